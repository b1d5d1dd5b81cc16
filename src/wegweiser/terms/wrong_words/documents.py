"""What may be wrong with the writing of a document, whatever it is about."""

from collections.abc import Mapping

SENTENCES: Mapping[str, tuple[str, str]] = {
    "at_line": ("{file}, line {line}: {reason}", "{file}, Zeile {line}: {reason}"),
    "long_file": (
        "the file is longer than {most} characters",
        "die Datei ist länger als {most} Zeichen",
    ),
    "no_yaml": ("this is not YAML: {why}", "das ist kein YAML: {why}"),
    "bad_character": ("a character is not allowed", "ein Zeichen ist nicht erlaubt"),
    "nested": ("nested deeper than {most} levels", "tiefer als {most} Ebenen verschachtelt"),
    "many_values": (
        "too many values; use fewer aliases or more files",
        "zu viele Werte; nehmen Sie weniger Verweise oder mehr Dateien",
    ),
    "tag": (
        "the tag {tag} is not allowed; leave it out",
        "die Markierung {tag} ist nicht erlaubt; lassen Sie sie weg",
    ),
    "name_no_text": ("a name must be a plain text", "ein Name muss ein einfacher Text sein"),
    "given_twice": (
        "{name} is given twice; keep one of them",
        "{name} steht zweimal da; behalten Sie eines davon",
    ),
    "no_fields": (
        "a document must be fields, such as kind: goal",
        "ein Dokument besteht aus Feldern wie kind: goal",
    ),
    "no_kind": ("kind is missing; {hint}", "kind fehlt; {hint}"),
    "unknown_kind": ("kind {kind} is not known; {hint}", "kind {kind} ist nicht bekannt; {hint}"),
    "meant": ("did you mean {name}?", "meinten Sie {name}?"),
    "known": ("known are {names}", "bekannt sind {names}"),
    "not_deletable": (
        "a {kind} cannot be taken out by a document, only {kinds} can",
        "{kind} lässt sich durch kein Dokument herausnehmen, nur {kinds}",
    ),
    "delete_only": (
        "to take a {kind} out write only kind, {fields} and deleted: true",
        "zum Herausnehmen ({kind}) schreiben Sie nur kind, {fields} und deleted: true",
    ),
    "delete_needs": (
        "a {kind} to take out needs {fields}, a text",
        "zum Herausnehmen ({kind}) fehlt {fields}, ein Text",
    ),
    "needs_text": ("a {kind} needs {field}, a text", "{kind} braucht {field}, einen Text"),
    "twin": (
        "{name} stands already in {file}, line {line}; keep one",
        "{name} steht schon in {file}, Zeile {line}; behalten Sie eines",
    ),
    "bad_key": (
        "key {key} must be letters, digits and . _ : - (at most 100)",
        "key {key} darf nur Buchstaben, Ziffern und . _ : - haben (höchstens 100)",
    ),
    "no_such_field": (
        "there is no field {name}; {hint}",
        "ein Feld {name} gibt es nicht; {hint}",
    ),
    "no_field": ("{kind} has no field {name}; {hint}", "{kind} hat kein Feld {name}; {hint}"),
    "range": (
        "{name} {number} must be from {lowest} to {highest}",
        "{name}: {number} muss von {lowest} bis {highest} gehen",
    ),
    "bad_setting": (
        "{why}; correct or remove this entry",
        "{why}; berichtigen oder entfernen Sie diesen Eintrag",
    ),
}
