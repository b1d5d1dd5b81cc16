"""Which decisions become examples, when, and with which label."""

from typing import Any

import msgspec
import pytest

from wegweiser.learn.label import Windows, labels
from wegweiser.terms.decision import Decision, Item, Subject
from wegweiser.terms.instant import DAY_MS, HOUR_MS, MINUTE_MS
from wegweiser.terms.outcome import Outcome, OutcomeKind

AT = 1_795_340_467_000
WINDOWS = Windows(goals={"won": 7 * DAY_MS})
WEIGHTS = {"bias": 1.0, "affinity:sso": 0.5}
MUCH_LATER = AT + 90 * DAY_MS


def shown(direction: str = "pull", how: Any = "best", **fields: Any) -> Decision:
    """A decision with one item whose features are on record."""
    told = {"message": "a", "direction": direction, "goal": "won", "weights": WEIGHTS}
    decision = Decision(
        decision_id="dec-1",
        request_id="r",
        body_digest="",
        at=AT,
        subject=Subject(),
        items=(Item("home", 0, "a", "v", 0.5, how),),
        features={"home#0": told},
    )
    return msgspec.structs.replace(decision, **fields)


def outcome(kind: OutcomeKind, after: int, **fields: Any) -> Outcome:
    """An outcome of that decision so many ms after it."""
    plain: dict[str, Any] = {"decision_id": "dec-1", "placement": "home"}
    return Outcome(outcome_id=f"{kind}-{after}", kind=kind, at=AT + after, **{**plain, **fields})


def responses(decision: Decision, *outcomes: Outcome, as_of: int = MUCH_LATER) -> dict[str, bool]:
    found = labels([(decision, outcomes)], as_of, WINDOWS)
    assert all(one.weights == WEIGHTS for one in found)
    return {one.head: one.responded for one in found}


SEEN = outcome("seen", 1000)
CLICK = outcome("click", 2000)


@pytest.mark.parametrize(
    ("outcomes", "found"),
    [
        ([], {}),
        ([CLICK], {}),
        ([SEEN], {"engage": False}),
        ([SEEN, outcome("click", 31 * MINUTE_MS)], {"engage": False}),
        ([SEEN, outcome("dwell", 5000, amount=4.0)], {"engage": False}),
        ([SEEN, outcome("dwell", 5000, amount=12.0)], {"engage": True, "goal:won": False}),
        ([SEEN, CLICK], {"engage": True, "goal:won": False}),
        ([SEEN, outcome("goal", DAY_MS, goal="won")], {"engage": False}),
        ([SEEN, CLICK, outcome("goal", DAY_MS, goal="won")], {"engage": True, "goal:won": True}),
        ([SEEN, CLICK, outcome("goal", 8 * DAY_MS, goal="won")],
         {"engage": True, "goal:won": False}),
        ([SEEN, CLICK, outcome("goal", DAY_MS, goal="lost")],
         {"engage": True, "goal:won": False}),
        ([SEEN, CLICK, outcome("goal", DAY_MS, goal="won", decision_id="", placement="")],
         {"engage": True, "goal:won": True}),
        ([SEEN, CLICK, outcome("goal", DAY_MS, goal="won", decision_id="dec-2")],
         {"engage": True, "goal:won": False}),
        ([SEEN, outcome("click", 2000, slot=1)], {"engage": False}),
    ],
)  # fmt: skip
def test_a_pull_is_an_example_when_seen(outcomes: list[Outcome], found: dict[str, bool]) -> None:
    assert responses(shown(), *outcomes) == found


@pytest.mark.parametrize(
    ("outcomes", "found"),
    [
        ([], {}),
        ([outcome("delivered", 1000)], {"engage": False}),
        ([outcome("delivered", 1000), outcome("bounced", 2000)], {}),
        ([outcome("delivered", 1000), outcome("click", 71 * HOUR_MS)],
         {"engage": True, "goal:won": False}),
        ([outcome("delivered", 1000), outcome("click", 73 * HOUR_MS)], {"engage": False}),
        ([outcome("done", 5000)], {"engage": True, "goal:won": False}),
    ],
)  # fmt: skip
def test_a_push_is_an_example_when_handed_over(
    outcomes: list[Outcome], found: dict[str, bool]
) -> None:
    assert responses(shown("push"), *outcomes) == found


def test_a_label_waits_for_the_close_of_its_window_even_if_positive() -> None:
    close = AT + 30 * MINUTE_MS
    assert responses(shown(), SEEN, CLICK, as_of=close - 1) == {}
    assert responses(shown(), SEEN, CLICK, as_of=close) == {"engage": True}
    assert len(responses(shown(), SEEN, CLICK, as_of=AT + 7 * DAY_MS)) == 2


def test_ghosts_and_fallbacks_are_never_learned() -> None:
    assert responses(shown(ghost=True), SEEN, CLICK) == {}
    assert responses(shown(how="fallback"), SEEN, CLICK) == {}
    assert responses(shown(items=()), SEEN, CLICK) == {}


def test_an_erased_decision_without_features_is_left_out() -> None:
    assert responses(shown(features={}), SEEN, CLICK) == {}
