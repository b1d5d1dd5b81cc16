"""Why the desks of who is who, access, accounts, contacts and privacy refuse something."""

from collections.abc import Mapping

Words = Mapping[str, tuple[str, str]]

_IDENTITY: Words = {
    "long_reason": (
        "A reason has at most {most} characters.",
        "Ein Grund hat höchstens {most} Zeichen.",
    ),
    "log_position": (
        "position is a log position from 0 to {last}.",
        "position ist eine Stelle des Protokolls von 0 bis {last}.",
    ),
    "pairs_between": (
        "Give from 1 to {most} pairs of identifiers.",
        "Geben Sie 1 bis {most} Paare von Kennungen an.",
    ),
    "same_identifier": (
        "An identifier cannot be told apart from itself.",
        "Eine Kennung lässt sich nicht von sich selbst unterscheiden.",
    ),
    "account_to_account": (
        "An account is joined to accounts only, by link and cut.",
        "Ein Account wird nur mit Accounts verknüpft oder von ihnen gelöst.",
    ),
    "no_operation": ("There is no operation {name}.", "Einen Vorgang {name} gibt es nicht."),
    "rules_are_fields": ("rules is an object.", "rules besteht aus Feldern."),
    "no_rules_of": (
        "There are no rules of version {version}.",
        "Regeln mit dem Stand {version} gibt es nicht.",
    ),
    "no_rules_draft": (
        "There is no draft. Apply a document of kind identity_rules first.",
        "Es gibt keinen Entwurf. Wenden Sie zuerst ein Dokument mit kind: identity_rules an.",
    ),
    "search_runs": ("A search is running ({step}).", "Eine Suche läuft ({step})."),
    "nothing_waits": (
        "Nothing waits for an answer between {a} and {b}.",
        "Zwischen {a} und {b} wartet nichts auf eine Antwort.",
    ),
    "thresholds": (
        "The thresholds must be 0.01 <= possible <= likely <= 1.",
        "Für die Schwellen gilt 0,01 <= possible <= likely <= 1.",
    ),
    "needs_splink": (
        "Looking for duplicates needs Splink: pip install 'wegweiser[link]'.",
        "Die Suche nach Doppelten braucht Splink: pip install 'wegweiser[link]'.",
    ),
}
_PRIVACY: Words = {
    "other_releases": (
        "{by} asked for it; somebody else has to release it.",
        "{by} hat darum gebeten; freigeben muss es jemand anderes.",
    ),
    "no_access_request": (
        "There is no such request, or it has lapsed.",
        "Diese Anfrage gibt es nicht, oder sie ist verfallen.",
    ),
    "waits_for_release": (
        "This request waits for its release by a second person.",
        "Diese Anfrage wartet auf die Freigabe durch eine zweite Person.",
    ),
    "needs_release": (
        "Here a second person releases it: wegweiser access-request ask, then release.",
        "Hier gibt eine zweite Person sie frei: erst darum bitten, dann freigeben.",
    ),
    "claimed_names": (
        (
            "Nothing was erased. Only what a visitor claimed joins these names to the one that you"
            " gave: {claimed}. All that would go: {all}. If they are one person, ask again with"
            " --confirm (confirm: true)."
        ),
        (
            "Gelöscht wurde nichts. Nur was jemand von außen behauptet hat, verbindet diese Namen"
            " mit dem genannten: {claimed}. Alles, was ginge: {all}."
            " Bestätigen Sie, dass es eine Person ist."
        ),
    ),
    "short_called": (
        "{name} is too short or too long to be looked for; 3 to {most} signs.",
        "{name} ist zu kurz oder zu lang, um danach zu suchen; 3 bis {most} Zeichen.",
    ),
    "called_as_part": (
        "{name} is the name of a part of the configuration, and would go out of it.",
        "{name} heißt ein Teil der Konfiguration und ginge damit aus ihr verloren.",
    ),
    "no_purpose_called": (
        "There is no purpose {name}; {hint}.",
        "Einen Zweck {name} gibt es nicht; {hint}.",
    ),
}
_ACCOUNTS: Words = {
    "no_statement": (
        "There is no statement {name} about a membership.",
        "Eine Aussage {name} über eine Zugehörigkeit gibt es nicht.",
    ),
    "never_member": (
        "This person never belonged to this account.",
        "Diese Person hat nie zu diesem Account gehört.",
    ),
    "never_member_as": (
        "This person never belonged to this account as {role}.",
        "Diese Person hat nie als {role} zu diesem Account gehört.",
    ),
    "not_liftable": (
        "level {level} cannot be lifted; levels are {known}.",
        "Die Stufe {level} lässt sich nicht aufheben; Stufen sind {known}.",
    ),
    "until_days": (
        "until must be after now and at most {most} days away.",
        "until liegt nach jetzt und höchstens {most} Tage entfernt.",
    ),
    "no_contact_order": ("There is no order {name}.", "Eine Anweisung {name} gibt es nicht."),
    "must_be_stated": (
        "{field} must be stated, in at most {most} letters.",
        "{field} muss angegeben sein, mit höchstens {most} Buchstaben.",
    ),
    "until_moment": (
        "until is a moment such as 2027-01-31T18:00:00Z.",
        "until ist ein Zeitpunkt wie 2027-01-31T18:00:00Z.",
    ),
}
_COMPANY: Words = {
    "name_one": ("Name one of {known}.", "Nennen Sie eines von {known}."),
    "company_name": (
        "name has at most {most} signs.",
        "Der Name hat höchstens {most} Zeichen.",
    ),
    "company_currency": (
        "currency has three capital letters, for example EUR.",
        "Eine Währung hat drei große Buchstaben, zum Beispiel EUR.",
    ),
    "company_zone": (
        "time_zone is a place such as Europe/Berlin, or UTC.",
        "Eine Zeitzone ist ein Ort wie Europe/Berlin, oder UTC.",
    ),
    "company_week": (
        "working_days are numbers from 0, Monday, to 6, Sunday, in order.",
        "Arbeitstage sind Zahlen von 0 für Montag bis 6 für Sonntag, der Reihe nach.",
    ),
    "company_holidays": (
        "holidays are at most {most}.",
        "Feiertage sind es höchstens {most}.",
    ),
    "company_holiday": (
        "holidays are days with a name, as 2026-12-25; {day} is none.",
        "Feiertage sind Tage mit Namen wie 2026-12-25; {day} ist keiner.",
    ),
    "company_footer": (
        "legal_footer is plain text of at most {most} signs.",
        "Die Fußzeile ist einfacher Text von höchstens {most} Zeichen.",
    ),
    "company_roles": (
        "factor_roles are some of {known}.",
        "Rollen mit zweitem Faktor sind welche von {known}.",
    ),
    "no_demo_here": (
        "This is no demo company in a folder of its own; only such a one can be removed.",
        (
            "Das ist kein Demo-Unternehmen in einem eigenen Ordner; nur ein solches lässt sich"
            " entfernen."
        ),
    ),
    "type_folder": (
        "Type the name of the folder, {name}; what goes cannot be brought back.",
        "Tippen Sie den Namen des Ordners, {name}; was geht, kommt nicht wieder.",
    ),
}
SENTENCES: Words = {**_IDENTITY, **_PRIVACY, **_ACCOUNTS, **_COMPANY}
