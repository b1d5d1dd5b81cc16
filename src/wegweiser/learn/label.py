"""Which decisions are examples to learn from, and whether each was a success."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from wegweiser.terms.decision import Decision, Item
from wegweiser.terms.instant import DAY_MS, HOUR_MS, MINUTE_MS
from wegweiser.terms.message import Goal
from wegweiser.terms.outcome import Outcome
from wegweiser.terms.prior import ALONE, ENGAGE, GOAL, NOTHING_HEAD
from wegweiser.terms.record import ERASED

PULL_WINDOW_MS = 30 * MINUTE_MS
PUSH_WINDOW_MS = 72 * HOUR_MS
# What is received later than so long after the close of a window is late: kept, not learned.
SETTLING_MS = 5 * MINUTE_MS
LONG_DWELL_S = 10.0
_HANDED_OVER = ("delivered", "seen", "click", "dwell", "done", "declined")


class Windows(msgspec.Struct, frozen=True):
    """How long to wait for a response, in ms after the decision: engaging, and each goal."""

    engage_pull: int = PULL_WINDOW_MS
    engage_push: int = PUSH_WINDOW_MS
    goals: Mapping[str, int] = {}


class Example(msgspec.Struct, frozen=True):
    """One label of one head, with the features that were active and their weights.

    `names` are the texts behind hashed features, `numbers` the values of numeric attributes.
    """

    closes_at: int
    decision_id: str
    placement: str
    slot: int
    head: str
    responded: bool
    weights: dict[str, float]
    message: str = ""
    channel: str = ""
    goal: str = ""
    names: dict[str, str] = {}
    numbers: dict[str, float] = {}
    arm: str = "main"
    role: str = ""
    leanings: dict[str, float] = {}

    @property
    def order(self) -> tuple[int, str, str, int, str]:
        """The order of learning: by the close of the window, then by decision."""
        return self.closes_at, self.decision_id, self.placement, self.slot, self.head


class _Shown(msgspec.Struct, frozen=True):
    """The features of a chosen item, as decisions record them."""

    weights: dict[str, float]
    direction: str = "pull"
    goal: str = ""
    message: str = ""
    channel: str = ""
    names: dict[str, str] = {}
    numbers: dict[str, float] = {}
    role: str = ""
    leanings: dict[str, float] = {}
    engage: str = "response"
    engage_seconds: float = LONG_DWELL_S


class _Alone(msgspec.Struct, frozen=True):
    """The features of saying nothing, as decisions about held-out units record them."""

    weights: dict[str, float]


def windows_of(goals: Iterable[Goal]) -> Windows:
    """Give the windows of a set of goals.

    >>> windows_of([Goal("won", 'event == "Won"', window_days=7)]).goals
    {'won': 604800000}
    """
    return Windows(goals={goal.key: goal.window_days * DAY_MS for goal in goals})


def labels(
    decisions: Iterable[tuple[Decision, Sequence[Outcome]]], as_of: int, windows: Windows
) -> list[Example]:
    """Make the examples whose window has closed at `as_of` (ms), in the order of learning.

    Each decision comes with its own outcomes and the goal outcomes of its subject. Fallbacks
    and what was erased are never learned, nor is what was not seen (pull) or not handed over
    (push), nor what was reported later than five minutes after the close. Reaching a goal is
    learned of those who engaged, and of held-out units for what happens when nothing is said.
    """
    found = [
        example
        for decision, outcomes in decisions
        if not decision.leaf.startswith(ERASED)
        for example in _of_decision(decision, outcomes, windows)
        if example.closes_at <= as_of
    ]
    return sorted(found, key=lambda example: example.order)


def _of_decision(
    decision: Decision, outcomes: Sequence[Outcome], windows: Windows
) -> Iterator[Example]:
    if decision.ghost:
        yield from _held_out(decision, outcomes, windows)
        return
    for item in decision.items:
        if item.how != "fallback":
            yield from _examples(decision, item, outcomes, windows)


def _held_out(
    decision: Decision, outcomes: Sequence[Outcome], windows: Windows
) -> Iterator[Example]:
    told = decision.features.get(ALONE)
    if told is None:
        return
    weights = msgspec.convert(told, _Alone).weights
    for goal, window in sorted(windows.goals.items()):
        end = decision.at + window
        reached = any(
            _reaches(one, goal) and decision.at < one.at <= end and not one.decision_id
            for one in _in_time(outcomes, end)
        )
        head = f"{NOTHING_HEAD}{goal}"
        yield Example(end, decision.decision_id, ALONE, 0, head, reached, weights, goal=goal)


def _examples(
    decision: Decision, item: Item, outcomes: Sequence[Outcome], windows: Windows
) -> Iterator[Example]:
    name = f"{item.placement}#{item.slot}"
    if name not in decision.features:
        return
    shown = msgspec.convert(decision.features[name], _Shown)
    push = shown.direction == "push"
    closes_at = decision.at + (windows.engage_push if push else windows.engage_pull)
    own = [one for one in _in_time(outcomes, closes_at) if _belongs(one, decision, item)]
    timely = [one for one in own if decision.at <= one.at <= closes_at]
    if not _counts(timely, push):
        return
    engaged = any(is_engagement(one, shown.engage, shown.engage_seconds) for one in timely)
    yield _example(decision, item, ENGAGE, closes_at, engaged, shown)
    if engaged and shown.goal in windows.goals:
        end = decision.at + windows.goals[shown.goal]
        closes_at = max(closes_at, end)
        reached = any(
            _reaches(one, shown.goal)
            and decision.at < one.at <= end
            and (_belongs(one, decision, item) or not one.decision_id)
            for one in _in_time(outcomes, closes_at)
        )
        yield _example(decision, item, f"{GOAL}{shown.goal}", closes_at, reached, shown)


def _reaches(outcome: Outcome, goal: str) -> bool:
    return outcome.kind == "goal" and outcome.goal in (goal, "")


def _in_time(outcomes: Sequence[Outcome], closes_at: int) -> Iterator[Outcome]:
    """Leave out what was received when its label was settled, so that no replay learns it."""
    return (one for one in outcomes if one.received_at <= closes_at + SETTLING_MS)


def _example(
    decision: Decision, item: Item, head: str, closes_at: int, responded: bool, shown: _Shown
) -> Example:
    engage = head == ENGAGE
    return Example(
        closes_at,
        decision.decision_id,
        item.placement,
        item.slot,
        head,
        responded,
        shown.weights,
        message=shown.message or item.message,
        channel=shown.channel,
        goal=shown.goal,
        # Every decision tells its values, names, role and leanings once.
        names=shown.names if engage else {},
        numbers=shown.numbers if engage else {},
        arm=decision.arm,
        role=shown.role if engage else "",
        leanings=shown.leanings if engage else {},
    )


def _belongs(outcome: Outcome, decision: Decision, item: Item) -> bool:
    if outcome.decision_id != decision.decision_id:
        return False
    return not outcome.placement or (outcome.placement, outcome.slot) == (item.placement, item.slot)


def _counts(timely: Sequence[Outcome], push: bool) -> bool:
    kinds = {one.kind for one in timely}
    if push:
        return "bounced" not in kinds and not kinds.isdisjoint(_HANDED_OVER)
    return "seen" in kinds


def is_engagement(
    outcome: Outcome, counted: str = "response", seconds: float = LONG_DWELL_S
) -> bool:
    """Tell whether an outcome is what a placement counts, by default more than being seen.

    A "response" is a click, a thing done, or a dwell of so many seconds.

    >>> is_engagement(Outcome(outcome_id="o-1", kind="dwell", at=0, amount=12.0))
    True
    >>> is_engagement(Outcome(outcome_id="o-1", kind="click", at=0), "dwell")
    False
    """
    if outcome.kind == "dwell":
        return counted in ("response", "dwell") and outcome.amount >= seconds
    if counted == "response":
        return outcome.kind in ("click", "done")
    return outcome.kind == counted
