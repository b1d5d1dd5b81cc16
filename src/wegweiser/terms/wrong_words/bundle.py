"""What may be wrong with one document that decides: a message, placement, goal, cap, arms."""

from collections.abc import Mapping

Words = Mapping[str, tuple[str, str]]

_MESSAGES: Words = {
    "factor": (
        (
            "{name} {number} must be from {lowest} to {highest};"
            " a stronger push would hide what people respond to"
        ),
        (
            "{name}: {number} muss von {lowest} bis {highest} gehen;"
            " ein stärkerer Anschub würde verdecken, worauf Menschen ansprechen"
        ),
    ),
    "no_value": (
        "value {number} must be above 0: what is one response worth?",
        "value {number} muss über 0 liegen: was ist eine Reaktion wert?",
    ),
    "ends_first": (
        "ends_at must be later than starts_at",
        "ends_at muss nach starts_at liegen",
    ),
    "variant_twice": (
        "variant {key} is given twice; keep one",
        "die Variante {key} steht zweimal da; behalten Sie eine",
    ),
    "no_stage": (
        "stage_aim {stage} is no stage; {hint}",
        "stage_aim {stage} ist keine Phase; {hint}",
    ),
    "service_only": (
        "only a service message may be {field}; write class: service as well",
        "nur eine Servicebotschaft darf {field} sein; schreiben Sie dazu class: service",
    ),
    "own_fallback": (
        "a message cannot stand in for itself; name another one",
        "eine Botschaft kann sich nicht selbst vertreten; nennen Sie eine andere",
    ),
    "no_cost": ("cost {number} must be 0 or more", "cost {number} muss 0 oder mehr sein"),
    "no_locale": (
        "locale must be a language tag such as de or de-AT",
        "locale muss ein Sprachkürzel wie de oder de-AT sein",
    ),
    "no_moment": (
        "{field} {claim} is no time; write it like 2026-11-22T09:00:00Z",
        "{field}: {claim} ist kein Zeitpunkt; schreiben Sie ihn wie 2026-11-22T09:00:00Z",
    ),
    "no_class": (
        "class is service or normal, and stands instead of service",
        "class ist service oder normal und steht anstelle von service",
    ),
}
_OTHERS: Words = {
    "long_title": (
        "title is one line of at most {most} signs",
        "title ist eine Zeile mit höchstens {most} Zeichen",
    ),
    "no_worth": ("worth {number} must be 0 or more", "worth {number} muss 0 oder mehr sein"),
    "no_profile_field": (
        "key {key} is no field of a profile; write it like person.traits.plan",
        "key {key} ist kein Feld eines Profils; schreiben Sie es wie person.traits.plan",
    ),
    "no_target": (
        "target must be the address of the webhook or the folder of the files",
        "target muss die Adresse des Webhooks oder der Ordner der Dateien sein",
    ),
    "no_web_target": (
        "the target of a webhook must begin with https:// or http://",
        "das Ziel eines Webhooks muss mit https:// oder http:// beginnen",
    ),
    "no_folder": (
        (
            "target {target} must be the plain name of a folder, without / or \\ and without a"
            " leading dot (at most 60 characters)"
        ),
        (
            "target {target} muss der einfache Name eines Ordners sein, ohne / und \\ und ohne"
            " Punkt am Anfang (höchstens 60 Zeichen)"
        ),
    ),
    "arm_model": (
        "name the model of this arm: challenger_model: beta",
        "nennen Sie das Modell dieses Arms: challenger_model: beta",
    ),
    "arms_sum": (
        "nothing and random and the other arms together must not be more than 1",
        "nothing, random und die anderen Arme dürfen zusammen nicht mehr als 1 sein",
    ),
    "no_epoch": (
        "epoch must not be empty; write for example '2026'",
        "epoch darf nicht leer sein; schreiben Sie etwa '2026'",
    ),
    "no_epoch_day": (
        "epoch_starts must be a day such as 2026-01-01",
        "epoch_starts muss ein Tag wie 2026-01-01 sein",
    ),
    "unknown_channel": (
        "channel {channel} is not known",
        "der Kanal {channel} ist nicht bekannt",
    ),
    "unknown_purpose": (
        "purpose {purpose} is not known; {hint}",
        "der Zweck {purpose} ist nicht bekannt; {hint}",
    ),
    "factor_reads": (
        "a factor cannot read {name}; name its messages or topics beside it",
        "ein Faktor kann {name} nicht lesen; nennen Sie daneben seine Botschaften oder Themen",
    ),
}
_CONTACT: Words = {
    "no_window": (
        "missing field window_hours, or calendar: day, week or month",
        "es fehlt window_hours, oder calendar: day, week oder month",
    ),
    "no_high_value": (
        "reserve needs high_value: from which value is a message kept room for?",
        "reserve braucht high_value: ab welchem Wert wird einer Botschaft Platz gelassen?",
    ),
    "per_message": (
        "per_message counts by message, per says {per}; keep one of them",
        "per_message zählt je Botschaft, per sagt {per}; behalten Sie eines davon",
    ),
    "count_at": (
        "count_at is for placements that ask; what is sent counts when reserved",
        "count_at gilt für Plätze, die fragen; was versandt wird, zählt bei der Reservierung",
    ),
    "no_counting": (
        "counting must hold declined, ignored, or both",
        "counting muss declined, ignored oder beides enthalten",
    ),
    "hours_order": (
        "allowed {allowed} must begin before it ends, as 08:00-20:00",
        "allowed {allowed} muss vor seinem Ende beginnen, wie 08:00-20:00",
    ),
    "no_hours": (
        "allowed {allowed} must be two times of day, as 08:00-20:00",
        "allowed {allowed} muss aus zwei Uhrzeiten bestehen, wie 08:00-20:00",
    ),
    "no_country": (
        "country {country} must be two capital letters, such as DE",
        "country {country} muss aus zwei Großbuchstaben bestehen, wie DE",
    ),
    "no_topic": (
        "topic must say of what these roles hear one after the other",
        "topic muss sagen, wovon diese Rollen nacheinander hören",
    ),
    "no_order": (
        "order must name two or more different roles, such as [security, finance]",
        "order muss zwei oder mehr verschiedene Rollen nennen, wie [security, finance]",
    ),
}
SENTENCES: Words = {**_MESSAGES, **_OTHERS, **_CONTACT}
