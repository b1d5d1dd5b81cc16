"""Which decisions are examples to learn from, and whether each was a success."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from wegweiser.terms.decision import Decision, Item
from wegweiser.terms.instant import DAY_MS, HOUR_MS, MINUTE_MS
from wegweiser.terms.message import Goal
from wegweiser.terms.outcome import Outcome
from wegweiser.terms.prior import ENGAGE

PULL_WINDOW_MS = 30 * MINUTE_MS
PUSH_WINDOW_MS = 72 * HOUR_MS
LONG_DWELL_S = 10.0
_HANDED_OVER = ("delivered", "seen", "click", "dwell", "done", "declined")


class Windows(msgspec.Struct, frozen=True):
    """How long to wait for a response, in ms after the decision: engaging, and each goal."""

    engage_pull: int = PULL_WINDOW_MS
    engage_push: int = PUSH_WINDOW_MS
    goals: Mapping[str, int] = {}


class Example(msgspec.Struct, frozen=True):
    """One label of one head, with the features that were active and their weights."""

    closes_at: int
    decision_id: str
    placement: str
    slot: int
    head: str
    responded: bool
    weights: dict[str, float]

    @property
    def order(self) -> tuple[int, str, str, int, str]:
        """The order of learning: by the close of the window, then by decision."""
        return self.closes_at, self.decision_id, self.placement, self.slot, self.head


class _Shown(msgspec.Struct, frozen=True):
    """The features of a chosen item, as decisions record them."""

    weights: dict[str, float]
    direction: str = "pull"
    goal: str = ""


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

    Each decision comes with its own outcomes and the goal outcomes of its subject. Held-out
    decisions and fallbacks are never learned, nor is what was not seen (pull) or not handed
    over (push). Reaching a goal is learned only of those who engaged.
    """
    found = [
        example
        for decision, outcomes in decisions
        if not decision.ghost
        for item in decision.items
        if item.how != "fallback"
        for example in _examples(decision, item, outcomes, windows)
        if example.closes_at <= as_of
    ]
    return sorted(found, key=lambda example: example.order)


def _examples(
    decision: Decision, item: Item, outcomes: Sequence[Outcome], windows: Windows
) -> Iterator[Example]:
    name = f"{item.placement}#{item.slot}"
    if name not in decision.features:
        return
    shown = msgspec.convert(decision.features[name], _Shown)
    push = shown.direction == "push"
    closes_at = decision.at + (windows.engage_push if push else windows.engage_pull)
    own = [one for one in outcomes if _belongs(one, decision, item)]
    timely = [one for one in own if decision.at <= one.at <= closes_at]
    if not _counts(timely, push):
        return
    engaged = any(map(is_engagement, timely))
    yield _example(decision, item, ENGAGE, closes_at, engaged, shown)
    if engaged and shown.goal in windows.goals:
        closes_at = max(closes_at, decision.at + windows.goals[shown.goal])
        end = decision.at + windows.goals[shown.goal]
        reached = any(
            one.kind == "goal"
            and one.goal in (shown.goal, "")
            and decision.at < one.at <= end
            and (_belongs(one, decision, item) or not one.decision_id)
            for one in outcomes
        )
        yield _example(decision, item, f"goal:{shown.goal}", closes_at, reached, shown)


def _example(
    decision: Decision, item: Item, head: str, closes_at: int, responded: bool, shown: _Shown
) -> Example:
    return Example(
        closes_at,
        decision.decision_id,
        item.placement,
        item.slot,
        head,
        responded,
        shown.weights,
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


def is_engagement(outcome: Outcome) -> bool:
    """Tell whether an outcome says more than that a message was seen.

    >>> is_engagement(Outcome(outcome_id="o-1", kind="dwell", at=0, amount=12.0))
    True
    """
    if outcome.kind == "dwell":
        return outcome.amount >= LONG_DWELL_S
    return outcome.kind in ("click", "done")
