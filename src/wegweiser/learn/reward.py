"""Whether a choice was followed by what counts, within its window."""

from collections.abc import Iterable

import msgspec

from wegweiser.learn.label import LONG_DWELL_S, Windows, is_engagement
from wegweiser.terms.decision import Decision
from wegweiser.terms.json import Json
from wegweiser.terms.outcome import Outcome


def engaged_in_time(
    decision: Decision, placement: str, outcomes: Iterable[Outcome], windows: Windows
) -> bool:
    """Tell whether the first slot of a placement was clicked, done or read for long in time.

    `outcomes` are those of the decision; nothing shown or not seen is not engaged with.
    """
    shown = _shown(decision, placement)
    window = windows.engage_push if shown.direction == "push" else windows.engage_pull
    return any(
        is_engagement(one, shown.engage, shown.engage_seconds)
        and decision.at <= one.at <= decision.at + window
        and (not one.placement or (one.placement, one.slot) == (placement, 0))
        for one in outcomes
        if one.decision_id == decision.decision_id
    )


class _Shown(msgspec.Struct, frozen=True):
    direction: str = "pull"
    engage: str = "response"
    engage_seconds: float = LONG_DWELL_S


def _shown(decision: Decision, placement: str) -> _Shown:
    shown: Json = decision.features.get(f"{placement}#0")
    return msgspec.convert(shown, _Shown) if isinstance(shown, dict) else _Shown()


def reached_in_time(
    decision: Decision, goal: str, outcomes: Iterable[Outcome], windows: Windows
) -> bool:
    """Tell whether a goal was reached in its window after a decision, whatever led there.

    `outcomes` are those of the decision and those of its person.
    """
    end = decision.at + windows.goals[goal]
    return any(
        one.kind == "goal"
        and one.goal == goal
        and decision.at < one.at <= end
        and one.decision_id in ("", decision.decision_id)
        for one in outcomes
    )
