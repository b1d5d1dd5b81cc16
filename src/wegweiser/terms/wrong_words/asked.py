"""What may be wrong with what somebody asks an operation for: a number, a word, a day, a name."""

from collections.abc import Mapping

Words = Mapping[str, tuple[str, str]]

_VALUES: Words = {
    "argument_missing": ("{name} is missing.", "{name} fehlt."),
    "argument": ("{name} cannot be used: {why}.", "{name} ist nicht zu verwenden: {why}."),
    "number_between": (
        "{name} is a number from {least} to {most}.",
        "{name} ist eine Zahl von {least} bis {most}.",
    ),
    "one_from": ("{name} is one of {known}.", "{name} ist eines von {known}."),
    "this_or_that": ("{name} is {one} or {other}.", "{name} ist {one} oder {other}."),
    "number_of": (
        "{name} is the number of a {what}.",
        "{name} ist die Nummer von: {what}.",
    ),
    "a_date": (
        "{name} is a date such as 2027-01-31.",
        "{name} ist ein Tag wie 2027-01-31.",
    ),
    "a_day": (
        "{name} is a day such as 2026-11-22.",
        "{name} ist ein Tag wie 2026-11-22.",
    ),
    "a_journey_day": (
        "{name} is a day like 2026-10-01.",
        "{name} ist ein Tag wie 2026-10-01.",
    ),
    "a_moment": (
        "at is a moment in ISO 8601, such as 2026-11-22T09:41:07Z.",
        "at ist ein Zeitpunkt nach ISO 8601 wie 2026-11-22T09:41:07Z.",
    ),
    "no_date": (
        "{given} is no date; write it like 2026-11-22.",
        "{given} ist kein Tag; schreiben Sie ihn wie 2026-11-22.",
    ),
    "day_is_none": (
        "day {day} is no date; write it like 2026-11-22.",
        "day {day} ist kein Tag; schreiben Sie ihn wie 2026-11-22.",
    ),
    "since_when": (
        "since is a time such as 2026-11-03.",
        "since ist eine Zeit wie 2026-11-03.",
    ),
    "as_of_time": (
        "as_of is a time like 2026-11-22T09:00:00Z.",
        "as_of ist ein Zeitpunkt wie 2026-11-22T09:00:00Z.",
    ),
    "to_after_from": (
        "to lies after from, at most {most} days.",
        "to liegt nach from, höchstens {most} Tage.",
    ),
    "backwards": (
        "The period ends ({last}) before it begins ({first}).",
        "Der Zeitraum endet ({last}), bevor er beginnt ({first}).",
    ),
    "unknown_zone": (
        "The time zone {zone} is not known; write it like Europe/Berlin.",
        "Die Zeitzone {zone} ist nicht bekannt; schreiben Sie sie wie Europe/Berlin.",
    ),
    "no_form": (
        "There is no file form {form}; there are {known}.",
        "Eine Dateiform {form} gibt es nicht; es gibt {known}.",
    ),
    "no_format": (
        "There is no format {form}; use {known}.",
        "Ein Format {form} gibt es nicht; nehmen Sie {known}.",
    ),
    "limit_to": ("limit is 1 to {most}.", "limit geht von 1 bis {most}."),
    "are_these": ("{name} are {known}.", "{name} sind {known}."),
    "is_these": ("{name} is {known}.", "{name} ist {known}."),
    "after_change": (
        "after is the id of a change, or a log position.",
        "after ist die Nummer einer Änderung oder eine Stelle des Protokolls.",
    ),
    "no_option_called": (
        "There is no option {name}; use {known}.",
        "Eine Option {name} gibt es nicht; nehmen Sie {known}.",
    ),
    "segment_of": (
        "The segment {key} is of {of}s.",
        "Das Segment {key} gilt für anderes (of: {of}).",
    ),
    "none_called": ("There is no {name} {key}.", "Das gibt es nicht: {name} {key}."),
    "score_undeclared": (
        "There is no score {key}; declare it: kind: score.",
        "Einen Score {key} gibt es nicht; legen Sie ihn an: kind: score.",
    ),
    "no_column": ("No row has a column {name}.", "Keine Zeile hat eine Spalte {name}."),
    "variable_unset": (
        "The environment variable {name} is not set.",
        "Die Umgebungsvariable {name} ist nicht gesetzt.",
    ),
    "placement_twice": (
        "A placement is asked for twice; use max for slots.",
        "Nach einem Platz wird zweimal gefragt; nehmen Sie max für mehrere Stellen.",
    ),
    "no_placement_called": (
        "There is no placement {key}; `wegweiser apply` can make one.",
        "Einen Platz {key} gibt es nicht; `wegweiser apply` legt einen an.",
    ),
    "no_person_of_id": ("There is no person {id}.", "Eine Person {id} gibt es nicht."),
    "files_missing": (
        "files or documents is missing.",
        "files oder documents fehlt.",
    ),
}
_ON_PAGES: Words = {
    "address_word": (
        "The word {word} in the address is one of {known}.",
        "Das Wort {word} in der Adresse ist eines von {known}.",
    ),
    "address_at": (
        "The word at in the address is a whole number.",
        "Das Wort at in der Adresse ist eine ganze Zahl.",
    ),
    "form_names_nobody": ("The form names nobody.", "Das Formular nennt niemanden."),
    "no_measure_called": ("There is no measure {name}.", "Eine Auswertung {name} gibt es nicht."),
    "still_computed": (
        "The figures are being computed. Try it again soon.",
        "Die Zahlen werden gerade berechnet. Versuchen Sie es bald noch einmal.",
    ),
    "no_error_yet": (
        "There is no error on held-back data yet, so no figure is given.",
        "Es gibt noch keinen Fehler an zurückgehaltenen Daten, also auch keine Zahl.",
    ),
    "no_answer": ("No answer.", "Keine Antwort."),
    "no_provider": (
        "No identity provider is set up here.",
        "Hier ist kein Identitätsanbieter eingerichtet.",
    ),
    "write_day": ("Write the day as 2026-03-01.", "Schreiben Sie den Tag wie 2026-03-01."),
    "one_of_filter": (
        "The audit trail takes one value of each filter.",
        "Das Prüfprotokoll nimmt von jedem Filter einen Wert.",
    ),
    "yes_no_search": (
        "Say yes, no, or begin a search.",
        "Sagen Sie ja oder nein, oder beginnen Sie eine Suche.",
    ),
    "holiday_name": ("{line} has no name.", "{line} hat keinen Namen."),
}
_WHO: Words = {
    "as_identifier": (
        "{name} is an identifier, TYPE:VALUE.",
        "{name} ist eine Kennung, ART:WERT.",
    ),
    "write_identifier": (
        "Write the identifier as TYPE:VALUE.",
        "Schreiben Sie die Kennung als ART:WERT.",
    ),
    "useless_identifier": (
        "This is no usable identifier.",
        "Das ist keine brauchbare Kennung.",
    ),
    "useless_subject": (
        "This is no usable identifier; write TYPE:VALUE.",
        "Das ist keine brauchbare Kennung; schreiben Sie ART:WERT.",
    ),
    "written_identifier": (
        "{name} is no identifier; write TYPE:VALUE, such as email:...",
        "{name} ist keine Kennung; schreiben Sie ART:WERT, etwa email:...",
    ),
    "not_suppressed": (
        "This identifier is not on the suppression list.",
        "Diese Kennung steht nicht auf der Sperrliste.",
    ),
    "nothing_known": ("Nothing is known of {name}.", "Über {name} ist nichts bekannt."),
    "nobody_known": (
        "Nobody is known as {name}. Name a person as type:value.",
        "Als {name} ist niemand bekannt. Nennen Sie eine Person als ART:WERT.",
    ),
    "nobody_talked": (
        "Nobody is known as {name}. Name people as user_id:VALUE.",
        "Als {name} ist niemand bekannt. Nennen Sie Personen als user_id:WERT.",
    ),
    "talk_without_id": (
        "Somebody in the conversation has no usable id.",
        "Jemand in dem Gespräch hat keine brauchbare Kennung.",
    ),
    "not_in_profile": (
        "The profile does not hold these identifiers.",
        "Das Profil enthält diese Kennungen nicht.",
    ),
    "no_rule_profile": (
        "There is no profile {name}; name it as TYPE:VALUE.",
        "Ein Profil {name} gibt es nicht; nennen Sie es als ART:WERT.",
    ),
    "many_rule_profiles": (
        "A rule is tested on at most {most} profiles at a time.",
        "Eine Regel wird an höchstens {most} Profilen auf einmal erprobt.",
    ),
    "no_other_account": ("There is no account {name}.", "Einen Account {name} gibt es nicht."),
}
SENTENCES: Words = {**_VALUES, **_ON_PAGES, **_WHO}
