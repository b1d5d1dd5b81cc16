"""Why elements are set aside, how each kind is mended, and where in one the fault lies."""

import re

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.json import Json
from wegweiser.web.pages.data.live import indented
from wegweiser.web.text import Reader, mark

SENDER = mark("Mend the sender; what waits here can be mended one by one.")
# Code -> (the reason, how to fix it).
REASONS: dict[str, tuple[str, str]] = {
    "bad_type": (mark("The kind of event is not one of the six calls."), SENDER),
    "bad_shape": (mark("A part of the event has the wrong shape."), SENDER),
    "bad_value": (mark("A value of the event cannot be used."), SENDER),
    "bad_event_name": (mark("The name of the event is missing or cannot be used."), SENDER),
    "bad_id": (mark("An identifier holds what no identifier may hold."), SENDER),
    "bad_message_id": (mark("The message id cannot be used."), SENDER),
    "no_identity": (mark("The event does not say of whom it tells."), SENDER),
    "no_identifier": (mark("All identifiers of the event stand for nobody."), SENDER),
    "event_too_large": (mark("The event is too large."), SENDER),
    "too_deep": (mark("The event is nested too deeply."), SENDER),
    "too_many_keys": (mark("The event has too many fields."), SENDER),
    "too_old": (
        mark("The event is older than events are kept here."),
        mark("Keep events longer, then try again."),
    ),
    "unmapped": (
        mark("A mapping could make no event of this record."),
        mark("Mend the mapping and apply it, then try again."),
    ),
    "schema_violation": (
        mark("The event breaks its declared schema."),
        mark("Mend the sender, or widen the schema and try again."),
    ),
    "undeclared_event": (
        mark("The tracking plan knows no such event."),
        mark("Declare the event, then try again."),
    ),
    "fold_failed": (
        mark("The event could not be processed. This is our fault."),
        mark("Install the newest version, then try again."),
    ),
}
OTHER = (mark("The event cannot be used."), SENDER)
_WORD = re.compile(r"[\w$-]+")
_KEY = re.compile(r'^\s*"((?:[^"\\]|\\.)*)":')


def reason_of(reader: Reader, code: str) -> str:
    """Say why elements with a code are set aside."""
    return reader.say(REASONS.get(code, OTHER)[0])


def remedy_of(reader: Reader, code: str) -> str:
    """Say how elements with a code get out again."""
    return reader.say(REASONS.get(code, OTHER)[1])


def refusal_of(reader: Reader, error: InputRefused) -> str:
    """Say why an element is refused once more: what senders are told in English, by its kind.

    >>> refusal_of(Reader("de", "UTC", 0), InputRefused("bad_id", "`userId` holds a blank."))
    'Eine Kennung enthält, was keine Kennung enthalten darf.'
    """
    told = error.said(reader.language)
    is_english_only = told == error.message and error.code in REASONS
    return reason_of(reader, error.code) if is_english_only and reader.language != "en" else told


def marked_lines(element: Json, message: str) -> tuple[tuple[str, bool], ...]:
    """Write an element line by line, each with whether the message names the field on it.

    >>> marked_lines({"event": 1, "type": "track"}, "`event` is not text.")[1]
    ('  "event": 1,', True)
    """
    meant = set(_WORD.findall(message))
    lines = indented(element).split("\n")
    return tuple((line, _names(line, meant)) for line in lines)


def _names(line: str, meant: set[str]) -> bool:
    found = _KEY.match(line)
    return found is not None and found[1] in meant
