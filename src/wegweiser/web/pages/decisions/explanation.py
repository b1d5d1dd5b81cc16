"""The explanation of a decision, read from its plain form into typed values."""

import msgspec

from wegweiser.terms.json import Json, JsonObject


class Step(msgspec.Struct, frozen=True):
    """How many candidates were left after a step."""

    step: str
    left: int
    dropped: int = 0


class Reason(msgspec.Struct, frozen=True):
    """Why a candidate was dropped; for a rule, its text and the value that failed it."""

    step: str
    reason: str
    rule: str = ""
    failing: str = ""
    found: Json = None
    until: str = ""


class DroppedOne(msgspec.Struct, frozen=True):
    """A candidate with all its reasons."""

    candidate: str
    reasons: tuple[Reason, ...]


class Contribution(msgspec.Struct, frozen=True):
    """What one feature added to the response, on the logit scale."""

    feature: str
    weight: float
    points: float
    doubt: float


class Weighed(msgspec.Struct, frozen=True, kw_only=True):
    """The sums of one candidate: response x value x lever x increment, less cost."""

    candidate: str
    p_response: float
    value: float
    lever: float
    increment: float
    cost: float
    utility: float
    contributions: dict[str, tuple[Contribution, ...]] = {}
    beaten: float | None = None


class Ranked(msgspec.Struct, frozen=True, kw_only=True):
    """One of all that could have been chosen; `pi` is its selection probability."""

    candidate: str
    pi: float
    p_response: float
    value: float
    factor: float
    lever: float
    increment: float
    cost: float
    price: float
    utility: float


class Chosen(Weighed, frozen=True, kw_only=True):
    """The winner of one slot, with its selection probability and the runner-up."""

    placement: str
    slot: int
    pi: float
    how: str
    runner_up: Weighed | None = None
    ranked: tuple[Ranked, ...] = ()


class Flip(msgspec.Struct, frozen=True):
    """What would have changed a slot, in words by language."""

    words: dict[str, str]


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a decision says about itself; `withheld` is what it was not to know, if at all."""

    sentence: dict[str, str]
    funnel: tuple[Step, ...] = ()
    dropped: tuple[DroppedOne, ...] = ()
    chosen: tuple[Chosen, ...] = ()
    flips: tuple[Flip, ...] = ()
    increment: str = "assumed"
    guard: tuple[str, ...] = ()
    withheld: str = ""
    arm: str = "main"
    ghost: bool = False
    not_before: str | None = None
    verified: bool | None = None
    replayable: bool | str = True


def read_explanation(told: JsonObject) -> Explanation:
    """Read an explanation; what pages do not show is left out."""
    return msgspec.convert(told, Explanation)
