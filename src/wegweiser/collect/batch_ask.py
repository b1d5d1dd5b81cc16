"""The body of a request to decide for many: one placement that sends, and whom it is about."""

import msgspec

from wegweiser.collect.ask import read_situation
from wegweiser.collect.name import id_text
from wegweiser.terms.decision import Situation, Subject
from wegweiser.terms.errors import BodyRefused, InputRefused
from wegweiser.terms.json import Json, JsonObject

MOST_SUBJECTS = 1_000
_SHARED = ("channel", "locale", "context")
# Stands for a subject where the rest of a request is checked.
_NOBODY: JsonObject = {"userId": "-"}


class BatchAsk(msgspec.Struct, frozen=True):
    """Whom a batch asks about (by name, or all members of a segment), for what.

    `shared` is what the request of every subject says besides, as POST /v1/decide takes it.
    """

    request_id: str
    placement: str
    subjects: tuple[Subject, ...]
    segment: str
    shared: JsonObject


def read_batch(body: Json) -> BatchAsk:
    """Read the body of POST /v1/decide/batch.

    Raises InputRefused (400) naming the field, BodyRefused `too_large` (413) for more than 1,000
    subjects.

    >>> asked = read_batch({"placement": "mail", "subjects": ["user_id:u-1", {"userId": "u-2"}]})
    >>> [subject.person for subject in asked.subjects]
    ['user_id:u-1', 'user_id:u-2']
    """
    if not isinstance(body, dict):
        raise InputRefused("bad_shape", "The body is not a JSON object.")
    shared = {name: body[name] for name in _SHARED if body.get(name) is not None}
    placement = body.get("placement")
    if not isinstance(placement, str) or not placement.strip():
        raise _bad_value("placement", "is not the key of a placement")
    segment, listed = body.get("segment"), body.get("subjects")
    if (segment is None) == (listed is None):
        raise _bad_value("subjects", "or `segment` says whom it is about, one of them")
    if segment is not None and not (isinstance(segment, str) and segment.strip()):
        raise _bad_value("segment", "is not the key of a segment")
    _checked(shared, _NOBODY)
    return BatchAsk(
        request_id=id_text(body.get("request_id"), "request_id"),
        placement=placement,
        subjects=() if listed is None else _subjects(listed, shared),
        segment=segment if isinstance(segment, str) else "",
        shared=shared,
    )


def _subjects(listed: Json, shared: JsonObject) -> tuple[Subject, ...]:
    if not isinstance(listed, list) or not listed:
        raise _bad_value("subjects", "is not an array of subjects")
    if len(listed) > MOST_SUBJECTS:
        raise BodyRefused("too_large", f"Send at most {MOST_SUBJECTS} subjects at once.", 413)
    found = []
    for index, one in enumerate(listed):
        stated: Json = {"person": one} if isinstance(one, str) else one
        if not isinstance(stated, dict):
            raise _bad_value(f"subjects[{index}]", "is not a subject")
        try:
            found.append(_checked(shared, stated).subject)
        except InputRefused as error:
            told = f"subjects[{index}]: {error.message}"
            raise InputRefused(error.code, told, field=f"subjects[{index}]") from error
    return tuple(found)


def _checked(shared: JsonObject, subject: JsonObject) -> Situation:
    placements: list[Json] = ["-"]
    return read_situation(
        {**shared, "request_id": "-", "subject": subject, "placements": placements}
    )


def _bad_value(field: str, reason: str) -> InputRefused:
    return InputRefused("bad_value", f"`{field}` {reason}.", field=field)
