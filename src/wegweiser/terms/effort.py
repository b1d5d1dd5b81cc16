"""A plan of effort that was handed over, so that the next period can be held against it."""

import msgspec


class PlannedCell(msgspec.Struct, frozen=True):
    """One group × channel × message: its group's units, contacts then and planned, and profit.

    `profit` is what a contact was expected to leave after its cost (money).
    """

    group: str
    channel: str
    message: str
    units: float
    now: float
    planned: float
    profit: float


class KeptPlan(msgspec.Struct, frozen=True, kw_only=True):
    """A plan as it was on a day: `at` in ms, gain against the period before in money.

    `options` are those of `allocate.effort`, `question` the hash of what was asked, `draft` the
    name of the draft bundle that it was handed over as.
    """

    at: int
    gain: float
    gain_low: float
    gain_high: float
    cells: tuple[PlannedCell, ...]
    options: dict[str, str] = {}
    question: str = ""
    draft: str = ""
