"""What may be wrong with what brings events in, and with what is sent or watched regularly."""

from collections.abc import Mapping

Words = Mapping[str, tuple[str, str]]

_WAYS_IN: Words = {
    "texts": (
        "{name} must be a text or a list of texts",
        "{name} muss ein Text oder eine Liste von Texten sein",
    ),
    "secret_text": ("secret must be a text", "secret muss ein Text sein"),
    "no_verify": (
        "verify is none, standard_webhooks, or fields such as {{by: hmac, ...}}",
        "verify ist none, standard_webhooks oder Felder wie {{by: hmac, ...}}",
    ),
    "no_expression": (
        "{field} must be an expression, which begins with =",
        "{field} muss ein Ausdruck sein, der mit = beginnt",
    ),
    "bad_secret": (
        "the secret is not written as this verification needs it",
        "das Geheimnis ist nicht so geschrieben, wie diese Prüfung es braucht",
    ),
    "kept_secret": (
        (
            "the secret that is kept is not written as this verification needs it;"
            " state the new one beside it: secret: ..."
        ),
        (
            "das vorhandene Geheimnis ist nicht so geschrieben, wie diese Prüfung es braucht;"
            " geben Sie das neue daneben an: secret: ..."
        ),
    ),
    "no_mapping": (
        "{name} names the mapping {key}, which there is not; apply it as well",
        "{name} nennt das Mapping {key}, das es nicht gibt; wenden Sie es mit an",
    ),
    "every_minutes": (
        "every_minutes must be from 1 to {most}",
        "every_minutes muss von 1 bis {most} gehen",
    ),
    "event_fields": (
        "event must be fields such as {{type: track, event: Paid}}",
        "event besteht aus Feldern wie {{type: track, event: Paid}}",
    ),
    "event_type": (
        "the type of an event is one of {known}",
        "die Art (type) eines Ereignisses ist eine von {known}",
    ),
    "verify_header": (
        "verify needs header, the name of the header with the signature or token",
        "verify braucht header, den Namen der Kopfzeile mit Signatur oder Token",
    ),
    "verify_body": (
        "verify.signed must contain {{body}}: else any body would pass",
        "verify.signed muss {{body}} enthalten: sonst käme jeder Inhalt durch",
    ),
    "verify_timestamp": (
        "verify.signed speaks of {{timestamp}}; name its header in verify.timestamp",
        "verify.signed spricht von {{timestamp}}; nennen Sie dessen Kopfzeile in verify.timestamp",
    ),
    "verify_unsigned": (
        (
            "verify names a time, but the time is not signed: write {{timestamp}} in verify.signed"
            " as the sender does, or name no time"
        ),
        (
            "verify nennt eine Zeit, aber die Zeit ist nicht unterschrieben: schreiben Sie"
            " {{timestamp}} in verify.signed, wie der Absender es tut, oder nennen Sie keine Zeit"
        ),
    ),
    "verify_parts": (
        "verify.signed knows {parts}",
        "verify.signed kennt nur {parts}",
    ),
    "verify_tolerance": (
        "verify.tolerance_seconds must be from 1 to {most}",
        "verify.tolerance_seconds muss von 1 bis {most} gehen",
    ),
}
_PLANS: Words = {
    "one_of": ("{field} is one of {known}", "{field} ist eines von {known}"),
    "event_name": (
        "event is the name of the event, a text",
        "event ist der Name des Ereignisses, ein Text",
    ),
    "nameless_call": (
        "a {call} call has no name; leave event out",
        "ein Aufruf {call} hat keinen Namen; lassen Sie event weg",
    ),
    "no_parts": (
        "say what {parts} hold, each as a JSON Schema",
        "sagen Sie, was {parts} enthalten, jeweils als JSON-Schema",
    ),
    "no_schema": (
        "{part} is not a JSON Schema object",
        "{part} ist kein JSON-Schema-Objekt",
    ),
    "foreign_schema": (
        "{part} refers to {place}; only #/... within it is read",
        "{part} verweist auf {place}; gelesen wird nur #/... darin",
    ),
    "bad_schema": (
        "{part}: this is no JSON Schema: {why}",
        "{part}: das ist kein JSON-Schema: {why}",
    ),
    "declared_already": (
        "{call} {name} is declared by {key} already",
        "{call} {name} ist schon durch {key} beschrieben",
    ),
}
_REGULAR: Words = {
    "no_title": ("title needs a text for en or de", "title braucht einen Text für en oder de"),
    "measures": ("measures needs 1 to {most} entries", "measures braucht 1 bis {most} Einträge"),
    "addresses": (
        "to needs {least} to {most} different addresses",
        "to braucht {least} bis {most} verschiedene Adressen",
    ),
    "no_address": (
        "{address} is not one plain mail address, such as ada@example.com.",
        "{address} ist keine einfache Mailadresse wie ada@example.com.",
    ),
    "no_time": (
        "{field} is a time such as '07:30', not {given}",
        "{field} ist eine Uhrzeit wie '07:30', nicht {given}",
    ),
    "no_day_of_month": (
        "schedule.day is a day that every month has, 1 to 28",
        "schedule.day ist ein Tag, den jeder Monat hat, 1 bis 28",
    ),
    "no_zone": ("{field} {zone} is not known", "{field} {zone} ist nicht bekannt"),
    "budget": (
        "budget is above 0 and at most {most} false alarms a year",
        "budget liegt über 0 und bei höchstens {most} Fehlalarmen im Jahr",
    ),
    "no_holiday": (
        "holidays: {day} is no day; write it like 2026-12-25",
        "holidays: {day} ist kein Tag; schreiben Sie ihn wie 2026-12-25",
    ),
    "no_series": (
        "--series: {names} is not watched; there are {known}, all",
        "--series: {names} wird nicht überwacht; es gibt {known}, all",
    ),
}
_JOURNEYS: Words = {
    "classes": (
        "give 1 to {most} classes of evidence",
        "geben Sie 1 bis {most} Klassen von Hinweisen an",
    ),
    "fields_here": (
        "this must be fields, such as explore: 0.3",
        "hier gehören Felder hin, wie explore: 0.3",
    ),
    "list_of_texts": (
        "this must be a list of texts, none of them empty",
        "hier gehört eine Liste von Texten hin, keiner davon leer",
    ),
    "number_up_to": (
        "this must be a number from 0 to {most}",
        "hier gehört eine Zahl von 0 bis {most} hin",
    ),
    "stages_are": ("stages are {known}", "Phasen sind {known}"),
    "every_stage": ("every stage is needed here", "hier wird jede Phase gebraucht"),
    "some_above_0": (
        "at least one of these must be above 0",
        "mindestens eines davon muss über 0 liegen",
    ),
    "classes_are": ("classes of evidence are {known}", "Klassen von Hinweisen sind {known}"),
    "number_or_word": (
        "this is a number or one of {known}",
        "hier steht eine Zahl oder eines von {known}",
    ),
    "other_stage": (
        "a move leads to another of the stages",
        "ein Übergang führt in eine andere der Phasen",
    ),
    "certain": (
        "certain names one of {known}, and stands alone",
        "certain nennt eines von {known} und steht allein",
    ),
    "factor_above_0": (
        "a factor is above 0; use certain for a certain stage",
        "ein Faktor liegt über 0; nehmen Sie certain für eine sichere Phase",
    ),
    "en_and_de": ("give en and de", "geben Sie en und de an"),
    "class_fields": ("a class has words and events", "eine Klasse hat words und events"),
}
_IDENTITY: Words = {
    "number_up": ("{name} is a number from {least} up.", "{name} ist eine Zahl ab {least}."),
    "only_custom": (
        "{name} is a type of Wegweiser's own; this is for types that senders made up.",
        "{name} ist ein eigener Typ von Wegweiser; dies gilt für Typen, die Absender erfanden.",
    ),
    "most_patterns": ("There are at most {most} patterns.", "Es gibt höchstens {most} Muster."),
    "empty_trait": (
        "A key of sensitive_traits is empty; name a trait, such as health_plan.",
        "Ein Schlüssel in sensitive_traits ist leer; nennen Sie ein Merkmal wie health_plan.",
    ),
    "pattern_length": (
        "A pattern has from 1 to {most} characters; an empty one is everybody's.",
        "Ein Muster hat 1 bis {most} Zeichen; ein leeres träfe alle.",
    ),
    "no_pattern": ("{pattern} is no pattern: {why}.", "{pattern} ist kein Muster: {why}."),
    "pinned": (
        "pinned: {name} is no identifier as it is kept; {hint}.",
        "pinned: {name} ist keine Kennung, wie sie hier steht; {hint}.",
    ),
    "write_so": ("write {words}", "schreiben Sie {words}"),
}
SENTENCES: Words = {**_WAYS_IN, **_PLANS, **_REGULAR, **_JOURNEYS, **_IDENTITY}
