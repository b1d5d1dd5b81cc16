"""What is wrong with a rule and what to do about it, by code, in English and German."""

from collections.abc import Mapping

Both = tuple[str, str]

# Types of values, where they stand in a sentence.
KINDS: Mapping[str, str] = {
    "bool": "wahr oder falsch",
    "int": "ganze Zahl",
    "double": "Zahl",
    "string": "Text",
    "timestamp": "Zeitpunkt",
    "duration": "Dauer",
    "list": "Liste",
    "map": "Objekt",
    "null": "nichts",
    "dyn": "beliebiger Wert",
}
# The values that are such types.
OF_KINDS = frozenset(("kind", "other"))

_WRITING: Mapping[str, Both] = {
    "too_long": ("longer than {most} characters", "länger als {most} Zeichen"),
    "hidden_sign": ("hidden character {sign}", "verstecktes Zeichen {sign}"),
    "empty": ("there is no expression", "hier steht kein Ausdruck"),
    "too_many_words": ("more than {most} words and signs", "mehr als {most} Wörter und Zeichen"),
    "byte_text": (
        "byte texts and triple quotes are not offered",
        "Bytetexte und dreifache Anführungszeichen gibt es hier nicht",
    ),
    "raw_backslash": (
        "a raw text cannot end with a backslash",
        "ein roher Text kann nicht mit einem Rückstrich enden",
    ),
    "large_whole": ("this whole number is too large", "diese ganze Zahl ist zu groß"),
    "large_number": ("this number is too large", "diese Zahl ist zu groß"),
    "word_as_field": (
        '"{name}" is a word of the language and no plain field name',
        "„{name}“ ist ein Wort der Sprache und kein einfacher Feldname",
    ),
    "reserved": ('"{name}" is a reserved word', "„{name}“ ist ein reserviertes Wort"),
    "bad_escape": ("{words} is not an escape", "{words} ist kein Ersatzzeichen"),
    "too_deep": ("nested deeper than {most} levels", "tiefer als {most} Ebenen geschachtelt"),
    "open_text": (
        "this text is not closed on its line",
        "dieser Text endet nicht auf seiner Zeile",
    ),
    "bad_letter": (
        "{sign} ({code}) cannot stand in a name; names are ASCII letters",
        "{sign} ({code}) kann in keinem Namen stehen; Namen sind Buchstaben ohne Umlaute",
    ),
    "bad_sign": ("{sign} is not part of the language", "{sign} gehört nicht zur Sprache"),
    "no_maps": (
        "maps and objects cannot be written in a rule",
        "Objekte lassen sich in einer Regel nicht schreiben",
    ),
    "too_many_parts": ("more than {most} parts ({count})", "mehr als {most} Teile ({count})"),
    "not_expected": ("{words} is not expected here", "{words} kann hier nicht stehen"),
    "incomplete": ("the expression is not complete", "der Ausdruck ist nicht vollständig"),
}
_TYPES: Mapping[str, Both] = {
    "unknown_name": ('"{name}" is not known here', "„{name}“ ist hier nicht bekannt"),
    "no_negative": ("a {kind} has no negative", "{kind}: das hat kein Minus"),
    "no_truth": (
        "this is a {kind}, not true or false",
        "hier steht {kind}, nicht wahr oder falsch",
    ),
    "no_field": ('"{name}" is not a field', "„{name}“ ist kein Feld"),
    "fieldless": ('a {kind} has no field "{name}"', "{kind}: das hat kein Feld „{name}“"),
    "unknown_field": ('{place} has no field "{name}"', "{place} hat kein Feld „{name}“"),
    "bad_key": (
        "a field name holds no quotes, semicolons or control signs",
        "ein Feldname hat keine Anführungszeichen, Semikolons oder Steuerzeichen",
    ),
    "no_entry": (
        "a {kind} has no entry under a {other}",
        "{kind}: darin lässt sich nicht nach {other} greifen",
    ),
    "branches": (
        "both branches must be of one type, not {kind} and {other}",
        "beide Zweige müssen von einer Art sein, nicht {kind} und {other}",
    ),
    "in_needs_list": (
        "in needs a list or a map, not a {kind}",
        "in braucht eine Liste oder ein Objekt, nicht: {kind}",
    ),
    "never_in": (
        "a {kind} is never in a {other} of {item}",
        "{kind} steht nie in {other} dieser Art ({item})",
    ),
    "no_order": ("a {kind} has no order", "{kind}: das hat keine Reihenfolge"),
    "not_comparable": (
        "a {kind} cannot be compared with a {other}",
        "{kind} und {other} lassen sich nicht vergleichen",
    ),
    "whole_only": ("% needs whole numbers", "% braucht ganze Zahlen"),
    "no_meaning": (
        "{kind} {sign} {other} has no meaning",
        "{kind} {sign} {other} ergibt keinen Sinn",
    ),
    "needs_list": (
        "{name} needs a list, not a {kind}",
        "{name} braucht eine Liste, nicht: {kind}",
    ),
    "taken_name": (
        '"{name}" already stands for something else here',
        "„{name}“ steht hier schon für etwas anderes",
    ),
    "list_in_list": (
        "a list function inside a list function is not offered",
        "eine Listenfunktion in einer Listenfunktion gibt es nicht",
    ),
    "too_many_lists": (
        "more than {most} list functions in a row",
        "mehr als {most} Listenfunktionen hintereinander",
    ),
    "no_value": ("{words} has no value", "{words} hat keinen Wert"),
}
_CALLS: Mapping[str, Both] = {
    "arguments": ("{name} takes {count} arguments", "{name} nimmt {count} Angaben"),
    "not_offered": (
        '{name} needs "{need}", which is not offered here',
        "{name} braucht „{need}“, und das gibt es hier nicht",
    ),
    "one_type": (
        "both must be of one type, not {kind} and {other}",
        "beide müssen von einer Art sein, nicht {kind} und {other}",
    ),
    "unknown_function": (
        'there is no function "{name}"',
        "es gibt keine Funktion „{name}“",
    ),
    "other_call": (
        "{name} is called in another way",
        "{name} wird anders aufgerufen",
    ),
    "bad_argument": (
        "{name} takes a {kind} here, not a {other}",
        "{name} nimmt hier {kind}, nicht {other}",
    ),
    "text_written": (
        "{name} takes a text written in the rule here",
        "{name} nimmt hier einen Text, der in der Regel steht",
    ),
    "window": (
        'a window is written as "30d" or "48h"',
        "ein Zeitraum wird wie „30d“ oder „48h“ geschrieben",
    ),
    "summed": (
        "sums are kept of {first} and {second} only",
        "Summen gibt es nur von {first} und {second}",
    ),
    "currency": ('a currency is written as "EUR"', "eine Währung wird wie „EUR“ geschrieben"),
    "long_pattern": (
        "the pattern is longer than {most} characters",
        "das Muster ist länger als {most} Zeichen",
    ),
    "bad_pattern": ("the pattern is refused: {why}", "das Muster wird abgelehnt: {why}"),
    "number_language": (
        'numbers are written as in "de" or as in "en"',
        "Zahlen werden wie in „de“ oder wie in „en“ geschrieben",
    ),
    "long_format": (
        "the format is too long or ends with %",
        "das Format ist zu lang oder endet mit %",
    ),
    "bad_directive": (
        "%{sign} is not a part of a time; use %Y %m %d %H %M %S",
        "%{sign} ist kein Teil einer Zeit; schreiben Sie %Y %m %d %H %M %S",
    ),
    "double_directive": (
        "the format names a part of the time twice",
        "das Format nennt einen Teil der Zeit zweimal",
    ),
    "time_zone": (
        "this time zone is not known; write one such as Europe/Berlin",
        "diese Zeitzone ist nicht bekannt; schreiben Sie eine wie Europe/Berlin",
    ),
}
_MEANING: Mapping[str, Both] = {
    "uncertain": (
        "it is not certain to be true or false",
        "sie ist nicht sicher wahr oder falsch",
    ),
    "no_rule": (
        "a rule is true or false, this is a {kind}",
        "eine Regel ist wahr oder falsch, hier steht {kind}",
    ),
    "same_for_all": (
        "the result is the same for everybody",
        "das Ergebnis ist für alle gleich",
    ),
    "no_segment": (
        'there is no segment "{name}" of {of}s',
        "ein Segment „{name}“ gibt es dafür nicht",
    ),
    "untold_time": (
        "it cannot be told beforehand when time changes this",
        "es lässt sich nicht vorhersagen, wann die Zeit das ändert",
    ),
    "text_too_long": (
        "the text is longer than {most} characters ({count})",
        "der Text ist länger als {most} Zeichen ({count})",
    ),
    "too_costly": ("it costs {cost}, more than {most}", "sie kostet {cost}, mehr als {most}"),
    "top_stage": (
        "the top stage alone does not say how sure it is",
        "die erste Phase allein sagt nicht, wie sicher sie ist",
    ),
    "likeliest_stage": (
        "the likeliest stage alone does not say how sure it is",
        "die wahrscheinlichste Phase allein sagt nicht, wie sicher sie ist",
    ),
}
_REMEDIES: Mapping[str, Both] = {
    "did_you_mean": ('Did you mean "{name}"?', "Meinten Sie „{name}“?"),
    "write": ("Write {words}.", "Schreiben Sie {words}."),
    "write_escape": (
        "Write it as an escape in a text.",
        "Schreiben Sie es als Ersatzzeichen in einen Text.",
    ),
    "write_index": (
        'Write ["{name}"] without the dot.',
        'Schreiben Sie ["{name}"] ohne den Punkt.',
    ),
    "write_either": ("Write {words}, or {otherwise}.", "Schreiben Sie {words} oder {otherwise}."),
    "to_compare": ("write == to compare", "schreiben Sie == zum Vergleichen"),
    "for_and": ("write && for and", "schreiben Sie && für und"),
    "for_or": ("write || for or", "schreiben Sie || für oder"),
    "plain_name": (
        "write the plain name of a variable",
        "schreiben Sie den bloßen Namen einer Variablen",
    ),
    "compare_clock": (
        "Compare days_since(…) or as_of with a number, a moment or a duration.",
        "Vergleichen Sie days_since(…) oder as_of mit Zahl, Zeitpunkt oder Dauer.",
    ),
    "two_rules": ("Make two rules of it.", "Machen Sie zwei Regeln daraus."),
    "less_in_lists": (
        "Say less inside exists, all, filter or map.",
        "Schreiben Sie weniger in exists, all, filter oder map.",
    ),
    "write_probability": (
        "Write a probability, such as {words}.",
        "Schreiben Sie eine Wahrscheinlichkeit, etwa {words}.",
    ),
    "add_probability": (
        "Add a probability, such as {words}.",
        "Fügen Sie eine Wahrscheinlichkeit hinzu, etwa {words}.",
    ),
}
SENTENCES: Mapping[str, Both] = {**_WRITING, **_TYPES, **_CALLS, **_MEANING, **_REMEDIES}
WHOLE: Both = (
    "The rule cannot be used{place}: {reason}.{hint}",
    "Die Regel ist{place} nicht zu verwenden: {reason}.{hint}",
)
PLACE: Both = (" at character {number}", " bei Zeichen {number}")
