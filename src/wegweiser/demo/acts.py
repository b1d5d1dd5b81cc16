"""What a world does to the engine that it is played against."""

import msgspec

from wegweiser.terms.json import JsonObject

# The answer of POST /v1/decide; only decision_id, status and items are read.
Reply = JsonObject


class Send(msgspec.Struct, frozen=True):
    """A delivery of events at this moment; `trusted` ones come with the secret key."""

    at: int
    elements: tuple[JsonObject, ...]
    trusted: bool


class Question(msgspec.Struct, frozen=True):
    """A request for a decision: the body of POST /v1/decide, with its request_id."""

    at: int
    body: JsonObject


class Report(msgspec.Struct, frozen=True):
    """What became of shown messages: the items of POST /v1/outcomes."""

    at: int
    outcomes: tuple[JsonObject, ...]


Act = Send | Question | Report
