"""What may be wrong with the type of a value in a document."""

from collections.abc import Mapping

# How values are called that a field may hold.
KINDS: Mapping[str, str] = {
    "str": "Text",
    "int": "ganze Zahl",
    "float": "Zahl",
    "bool": "true oder false",
    "null": "nichts",
    "array": "Liste",
    "object": "Felder",
    "date": "Tag",
    "datetime": "Zeitpunkt",
}
SENTENCES: Mapping[str, tuple[str, str]] = {
    "of_type": ("expected {wanted}, got {given}", "erwartet ist {wanted}, da steht {given}"),
    "of_length": (
        "expected {count} entries, got {given}",
        "erwartet sind {count} Einträge, da stehen {given}",
    ),
    "not_among": ("{word} is no word that is allowed here", "{word} ist hier kein erlaubtes Wort"),
    "missing_field": ("missing field {name}", "das Feld {name} fehlt"),
    "foreign_field": ("there is no field {name}", "ein Feld {name} gibt es nicht"),
    "unreadable": ("it cannot be read: {why}", "das ist nicht zu lesen: {why}"),
    "at_field": ("{reason}, at {field}", "{reason}, bei {field}"),
    "with_words": ("{reason}; {hint}", "{reason}; {hint}"),
    "at_start": ("{name}: {reason}", "{name}: {reason}"),
}
