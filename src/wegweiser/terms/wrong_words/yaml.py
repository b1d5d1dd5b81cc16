"""What keeps a text from being YAML, in English and German, by the words of its reader."""

from collections.abc import Mapping

OF_PROBLEM: Mapping[str, str] = {
    "mapping values are not allowed in this context": "yaml_colon",
    "found character that cannot start any token": "yaml_start",
    "did not find expected '-' indicator": "yaml_dash",
    "did not find expected ',' or '}'": "yaml_brace",
    "did not find expected ',' or ']'": "yaml_bracket",
    "found unexpected end of stream": "yaml_quote",
    "found undefined alias": "yaml_alias",
    "did not find expected key": "yaml_key",
    "did not find expected comment or line break": "yaml_block",
    "found unknown escape character": "yaml_escape",
}
SENTENCES: Mapping[str, tuple[str, str]] = {
    "yaml_colon": (
        "no colon can stand here; put the text in quotation marks, or indent it as its neighbours",
        (
            "hier kann kein Doppelpunkt stehen; setzen Sie den Text in Anführungszeichen oder"
            " rücken Sie ihn ein wie seine Nachbarn"
        ),
    ),
    "yaml_start": (
        "no text begins with this sign; indent by blanks, not tabs, or use quotation marks",
        (
            "mit diesem Zeichen beginnt kein Text; rücken Sie mit Leerzeichen statt Tabulatoren ein"
            " oder nehmen Sie Anführungszeichen"
        ),
    ),
    "yaml_dash": (
        "in a list every entry begins with - in the same column",
        "in einer Liste beginnt jeder Eintrag mit - in derselben Spalte",
    ),
    "yaml_brace": ("a comma or }} is missing", "ein Komma oder }} fehlt"),
    "yaml_bracket": ("a comma or ] is missing", "ein Komma oder ] fehlt"),
    "yaml_quote": (
        "a quotation mark is not closed",
        "ein Anführungszeichen ist nicht geschlossen",
    ),
    "yaml_alias": (
        "* names something that no & has named; put the text in quotation marks",
        "* nennt etwas, das kein & benannt hat; setzen Sie den Text in Anführungszeichen",
    ),
    "yaml_key": (
        (
            "a field begins in the column of its neighbours, and nothing follows a closed"
            " quotation mark"
        ),
        (
            "ein Feld beginnt in der Spalte seiner Nachbarn, und auf ein schließendes"
            " Anführungszeichen folgt nichts"
        ),
    ),
    "yaml_block": (
        "nothing but a remark follows | or > on its line",
        "auf | oder > folgt in der Zeile nichts außer einer Anmerkung",
    ),
    "yaml_escape": (
        "this backslash has no meaning; use single quotation marks",
        "dieser Rückstrich hat keine Bedeutung; nehmen Sie einfache Anführungszeichen",
    ),
}
