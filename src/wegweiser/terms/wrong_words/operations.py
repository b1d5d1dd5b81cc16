"""Why an operation on sources, drafts, work, files, people or reports is refused."""

from collections.abc import Mapping

Words = Mapping[str, tuple[str, str]]

_PEOPLE: Words = {
    "no_role_called": (
        "There is no role {role}; the roles are {known}.",
        "Eine Rolle {role} gibt es nicht; es gibt {known}.",
    ),
    "nobody_called": (
        "There is nobody with the name {name}.",
        "Es gibt niemanden mit dem Namen {name}.",
    ),
    "name_of_person": (
        "A name has 1 to 60 letters, digits or the signs . @ + - _ and blanks inside.",
        "Ein Name hat 1 bis 60 Buchstaben, Ziffern oder die Zeichen . @ + - _ und Leerzeichen.",
    ),
    "name_in_use": (
        "There is somebody with the name {name}.",
        "Jemand hat schon den Namen {name}.",
    ),
    "last_owner": (
        "Somebody has to own the workspace: make somebody else owner first.",
        "Jemandem muss der Arbeitsbereich gehören: Geben Sie zuerst jemand anderem die Rolle.",
    ),
    "no_factor_secret": (
        "There is no secret for second factors here.",
        "Für zweite Faktoren fehlt hier das Geheimnis.",
    ),
    "many_wrong_codes": (
        "There were too many wrong codes. Wait for a quarter of an hour.",
        "Es waren zu viele falsche Codes. Warten Sie eine Viertelstunde.",
    ),
    "comes_by_provider": (
        "They come by the identity provider; a password would outlive what it says of them.",
        (
            "Die Anmeldung kommt vom Identitätsanbieter; ein Passwort würde überdauern, was dieser"
            " sagt."
        ),
    ),
    "only_owners": (
        "Only an owner gives, takes or changes the roles owner and admin.",
        "Nur wem der Arbeitsbereich gehört, vergibt, nimmt und ändert die Rollen owner und admin.",
    ),
    "short_password": (
        "A password has at least {least} signs; a short sentence is a good one.",
        "Ein Passwort hat mindestens {least} Zeichen; ein kurzer Satz ist ein gutes.",
    ),
    "long_password": (
        "A password has at most {most} signs.",
        "Ein Passwort hat höchstens {most} Zeichen.",
    ),
    "guessed_password": (
        "This password is easily guessed: it repeats itself, or holds the name.",
        "Dieses Passwort ist leicht zu erraten: Es wiederholt sich oder enthält den Namen.",
    ),
    "test_mail_to": (
        "A test mail goes to the address of somebody who may sign in; name one with `to`.",
        (
            "Eine Testmail geht an die Adresse von jemandem, der sich anmelden darf; tragen Sie"
            " Ihre unter Mein Zugang ein."
        ),
    ),
}
_SOURCES: Words = {
    "nameless_source": ("A source needs a name.", "Eine Quelle braucht einen Namen."),
    "source_exists": (
        "There is a source {name} already; choose another name.",
        "Eine Quelle {name} gibt es schon; wählen Sie einen anderen Namen.",
    ),
    "public_scopes": (
        "A public key has no scopes to choose.",
        "Ein öffentlicher Schlüssel hat keine Rechte zur Wahl.",
    ),
    "overlap_hours": (
        "overlap_hours is a number from 0 to 8760.",
        "overlap_hours ist eine Zahl von 0 bis 8760.",
    ),
    "no_key": (
        "There is no such key; see: wegweiser key list.",
        "Diesen Schlüssel gibt es nicht; die Liste steht unter Einstellungen, Schlüssel.",
    ),
    "key_ended": (
        "This key has ended; make a new one.",
        "Dieser Schlüssel gilt nicht mehr; legen Sie einen neuen an.",
    ),
    "no_setting": (
        "There is no setting {name}; there are {known}.",
        "Eine Einstellung {name} gibt es nicht; es gibt {known}.",
    ),
    "origins_of_public": (
        "{name} is for public keys; a secret key never is in a page.",
        "{name} gilt für öffentliche Schlüssel; ein geheimer steht nie in einer Seite.",
    ),
    "some_of": ("{name} are some of {known}.", "{name} sind welche von {known}."),
    "text_up_to": (
        "{name} is a text of at most {most} characters.",
        "{name} ist ein Text von höchstens {most} Zeichen.",
    ),
    "texts_up_to": (
        "{name} is a list of at most {most} texts.",
        "{name} ist eine Liste von höchstens {most} Texten.",
    ),
    "only_texts": (
        "{name} holds only texts of at most {most} characters.",
        "{name} enthält nur Texte von höchstens {most} Zeichen.",
    ),
    "no_list": ("{name} is no JSON list: {why}.", "{name} ist keine JSON-Liste: {why}."),
    "key_until": (
        "{name} is a moment such as 2027-01-31 or 2027-01-31T12:00:00Z.",
        "{name} ist ein Zeitpunkt wie 2027-01-31 oder 2027-01-31T12:00:00Z.",
    ),
    "yes_or_no": ("{name} is true or false.", "{name} ist true oder false."),
    "no_origin": (
        "{text} is not an origin; write scheme and host, such as https://www.example.com.",
        "{text} ist kein Ursprung; schreiben Sie Schema und Rechner, etwa https://www.example.com.",
    ),
}
_WORK: Words = {
    "kind_of_work": (
        "kind is replay, undo, learning or simulation.",
        "kind ist replay, undo, learning oder simulation.",
    ),
    "nothing_to_put_back": (
        "Nothing of this work can be put back into quarantine.",
        "Von dieser Arbeit lässt sich nichts in die Quarantäne zurücklegen.",
    ),
    "final_work": (
        "What erases, or puts back into quarantine, is brought to its end once begun.",
        "Was löscht oder in die Quarantäne zurücklegt, wird zu Ende gebracht, sobald es beginnt.",
    ),
    "export_stopped": (
        "Somebody stopped this export.",
        "Jemand hat diese Ausgabe angehalten.",
    ),
    "no_metric": (
        "There is no goal {metric}; choose from {known}.",
        "Ein Ziel {metric} gibt es nicht; wählen Sie aus {known}.",
    ),
    "no_bundle_of": (
        "There is no bundle {number}; {known}.",
        "Einen Regelstand {number} gibt es nicht; {known}.",
    ),
    "bundles_up_to": ("known are 1 to {last}", "bekannt sind 1 bis {last}"),
    "no_bundles": ("nothing was published yet", "veröffentlicht ist noch nichts"),
    "no_report": ("There is no report {key}.", "Einen Bericht {key} gibt es nicht."),
    "mail_server_of_report": (
        "Name the mail server of the report: `endpoint: KEY`, an endpoint with via: smtp.",
        "Nennen Sie den Mailserver des Berichts: `endpoint: KEY`, einen Endpunkt mit via: smtp.",
    ),
    "no_endpoint_via": (
        "There is no endpoint {key} with via: {ways}.",
        "Einen Endpunkt {key} mit via: {ways} gibt es nicht.",
    ),
    "name_mail_server": (
        "Name the mail server: mail_by: KEY.",
        "Nennen Sie den Mailserver: mail_by: KEY.",
    ),
    "no_such_message": ("There is no message {key}.", "Eine Botschaft {key} gibt es nicht."),
    "unset_variable": (
        "Endpoint {key}: the environment variable {name} is not set.",
        "Endpunkt {key}: Die Umgebungsvariable {name} ist nicht gesetzt.",
    ),
}
_QUARANTINE: Words = {
    "element_or_patch": (
        "Give the whole element, or a patch of it.",
        "Geben Sie das ganze Element an oder eine Änderung daran.",
    ),
    "which_elements": (
        "Say which: ids, code, source, day, or all.",
        "Sagen Sie, welche: ids, code, source, day oder all.",
    ),
    "many_ids": (
        "Give at most {most} ids at once.",
        "Geben Sie höchstens {most} ids auf einmal an.",
    ),
    "no_quarantine_id": (
        "{name} is no quarantineId; they look like q-12-3.",
        "{name} ist keine quarantineId; sie sehen aus wie q-12-3.",
    ),
    "not_set_aside": (
        "Nothing is set aside under this id.",
        "Unter dieser Nummer liegt nichts in der Quarantäne.",
    ),
    "maps_to_nothing": (
        "The mapping makes no event of this record.",
        "Das Mapping macht aus diesem Datensatz kein Ereignis.",
    ),
    "turned_away": (
        "The element is turned away: {code}.",
        "Das Element wird abgewiesen: {code}.",
    ),
    "unreadable_event": (
        "The event cannot be read any more.",
        "Das Ereignis ist nicht mehr zu lesen.",
    ),
    "keeps_message_id": (
        "A mended element keeps its messageId, {id}.",
        "Ein ausgebessertes Element behält seine messageId {id}.",
    ),
}
_FILES: Words = {
    "no_rows": ("The file has no rows.", "Die Datei hat keine Zeilen."),
    "empty_file": ("The file is empty.", "Die Datei ist leer."),
    "no_room": (
        "There is no room for the file now. Try it again later.",
        "Für die Datei ist jetzt kein Platz. Versuchen Sie es später noch einmal.",
    ),
    "slow_file": (
        "The file takes too long to read. Load it with `wegweiser load`, or as CSV.",
        ("Die Datei zu lesen dauert zu lange. Laden Sie sie mit `wegweiser load` oder als CSV."),
    ),
    "bad_file": ("The file cannot be read.", "Die Datei ist nicht zu lesen."),
    "bad_file_since": (
        "The file cannot be read: {why}.",
        "Die Datei ist nicht zu lesen: {why}.",
    ),
    "large_row": (
        "The first row of the file is too large.",
        "Die erste Zeile der Datei ist zu groß.",
    ),
    "packed_file": (
        "The file is packed. Unpack it first.",
        "Die Datei ist gepackt. Entpacken Sie sie zuerst.",
    ),
    "large_file": (
        "The file holds more than {most} MB. Load it with `wegweiser load`.",
        "Die Datei enthält mehr als {most} MB. Laden Sie sie mit `wegweiser load`.",
    ),
    "no_mapping_called": ("There is no mapping {key}.", "Ein Mapping {key} gibt es nicht."),
    "one_mapping": (
        "There must be one mapping, not {count}.",
        "Es muss ein Mapping sein, nicht {count}.",
    ),
    "live_source": (
        "The source {name} sends by itself. Name another one in the mapping.",
        "Die Quelle {name} sendet selbst. Nennen Sie im Mapping eine andere.",
    ),
}
SENTENCES: Words = {**_PEOPLE, **_SOURCES, **_WORK, **_QUARANTINE, **_FILES}
