"""The vocabulary of journeys: stages, tables of rates and weights, and evidence as they read it."""

from typing import Literal

import msgspec

Stage = Literal[
    "dormant", "explore", "evaluate", "validate", "commit", "customer", "stalled", "not_buyer"
]
STAGES: tuple[Stage, ...] = (
    "dormant",
    "explore",
    "evaluate",
    "validate",
    "commit",
    "customer",
    "stalled",
    "not_buyer",
)
# The first six lie on the path, in this order; the others beside it.
ON_PATH = 6
# What is shown where the belief is spread too far, or nothing was seen yet.
UNKNOWN = "unknown"

Row = tuple[float, ...]


class JourneyTable(msgspec.Struct, frozen=True):
    """All numbers of a journey; stages in the order of STAGES, classes in their own.

    `start` are probabilities, `visits` sessions per day, `looks[stage][class]` probabilities of
    a stage's looks that add up to 1, `moves[from][to]` rates per day with zeros on the diagonal.
    """

    classes: tuple[str, ...]
    start: Row
    visits: Row
    looks: tuple[Row, ...]
    moves: tuple[Row, ...]


class Sign(msgspec.Struct, frozen=True):
    """One entry of evidence in whole minutes of UTC.

    `look` is the place of its class, -1 for a visit without one. `opens` says that it is the
    first of its session, `dwell` is the exponent for how long it took, `weight` (0 to 1) how
    far it counts. A fact has factors by stage instead of a class; a zero excludes a stage.
    """

    minute: int
    what: str
    look: int = -1
    opens: bool = False
    dwell: float = 1.0
    weight: float = 1.0
    factors: Row = ()
