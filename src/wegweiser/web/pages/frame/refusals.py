"""What is wrong with a field, in the reader's language: the value, and what to do about it."""

from collections.abc import Mapping

from wegweiser.terms.errors import DocumentRefused, InputRefused, RuleRefused
from wegweiser.web.pages.frame.fields import Fault
from wegweiser.web.text import Reader, mark

VALUE_SHOWN = 100
NO_IDENTIFIER = mark(
    "{value} cannot be read. Write it as TYPE:VALUE, for example email:ada@example.com."
)
OF_IDENTIFIERS = {
    "not_found": mark("Nothing is known of {value}. Check how it is written."),
    "bad_id": NO_IDENTIFIER,
    "bad_identifier": NO_IDENTIFIER,
}
OF_PEOPLE = {
    "bad_name": mark(
        "{value} is no name here. A name has 1 to 60 letters, digits or the signs . @ + - _ and"
        " blanks inside."
    ),
    "taken": mark("There is somebody with the name {value} already. Choose another name."),
    "last_owner": mark(
        "{value} is the only owner of the workspace. Make somebody else owner first."
    ),
}
OF_SIMULATIONS = {
    "not_found": mark("There is no draft {value} any more. Choose another one."),
    "bad_metric": mark("There is no goal {value} any more. Choose another one."),
}
OF_SOURCES = {
    "bad_name": mark("A source needs a name."),
    "exists": mark("There is a source {value} already. Choose another name."),
}


def refusal(
    reader: Reader,
    error: InputRefused,
    sentences: Mapping[str, str],
    given: Mapping[str, str],
    field: str,
) -> Fault:
    """Give the field and the sentence of a refusal; `field` where the error names none.

    What has no sentence here is told as the error tells it.

    >>> error = InputRefused("exists", "There is one.", 409, "name")
    >>> refusal(Reader("en", "UTC", 0), error, OF_SOURCES, {"name": "shop"}, "name")
    ('name', 'There is a source shop already. Choose another name.')
    """
    wrong = error.field or field
    value = given.get(wrong, "").strip()[:VALUE_SHOWN]
    sentence = sentences.get(error.code, "")
    return wrong, reader.say(sentence, value=value) if sentence else said_to(reader, error)


def said_to(reader: Reader, error: InputRefused) -> str:
    """Give the sentence of a refusal in the reader's language, as far as it is known in it.

    >>> from wegweiser.terms.rule_fault import fault
    >>> error = RuleRefused("", 0, fault("empty"))
    >>> said_to(Reader("de", "UTC", 0), error)
    'Die Regel ist bei Zeichen 1 nicht zu verwenden: hier steht kein Ausdruck.'
    """
    rule: BaseException | None = error
    if isinstance(error, DocumentRefused) and not error.others:
        # A form has one rule only: where it stands in the file that is made of it says nothing.
        rule = error.__cause__
    return (rule if isinstance(rule, RuleRefused) else error).said(reader.language)
