"""Which measures the page Today asks, from period, comparison and published policy."""

import msgspec

from wegweiser.terms.message import Goal
from wegweiser.terms.policy import Arms, Bundle
from wegweiser.web.pages.answers import Wish, wish
from wegweiser.web.pages.frame.view import View
from wegweiser.web.pages.goal_names import goal_name
from wegweiser.web.pages.goal_order import goals_in_order

ARM = "main"
CONTROL = "nothing"
EVEN = "random"
EARLIER = {"before": "previous", "year": "year"}


class LiftWish(msgspec.Struct, frozen=True):
    """One comparison of arms for a goal."""

    goal: str
    control: str
    wish: Wish
    title: str = ""


class Wishes(msgspec.Struct, frozen=True):
    """All questions of one view of Today; those of before are None where nothing is compared."""

    visits: Wish
    visits_before: Wish | None
    reach: Wish
    reach_before: Wish | None
    messages: Wish
    messages_before: Wish | None
    verdicts: Wish
    channels: Wish
    revenue: Wish
    lifts: tuple[LiftWish, ...]
    gained: Wish | None

    @property
    def all(self) -> tuple[Wish, ...]:
        """Every question, the quickest first."""
        asked = (
            *(self.visits, self.visits_before, self.reach, self.reach_before),
            *(self.messages, self.messages_before, self.channels, self.revenue),
            *(*(lift.wish for lift in self.lifts), self.verdicts, self.gained),
        )
        return tuple(one for one in asked if one is not None)


def wishes_of(view: View, bundle: Bundle, zone: str) -> Wishes:
    """Say what to ask; a lift is asked since the test began, whatever the period."""
    now, before = view.span.options | {"zone": zone}, _before(view, zone)
    compare = EARLIER.get(view.compare, "")
    return Wishes(
        visits=wish("web.visits", {**now, "by": "day"}),
        visits_before=None if before is None else wish("web.visits", {**before, "by": "day"}),
        reach=wish("reach.days", now),
        reach_before=None if before is None else wish("reach.days", before),
        messages=wish("message.goals", now),
        messages_before=None if before is None else wish("message.goals", before),
        verdicts=wish("verdicts", {"by": "message", "shares": shares_of(bundle.arms)}),
        channels=wish("decisions.channels", {**now, "arm": "all", "compare": compare}),
        revenue=wish("revenue.ledger", {**now, "by": "day", "compare": compare}),
        lifts=tuple(
            LiftWish(
                goal.key,
                control,
                _lift(goal, control, bundle.arms),
                goal_name([goal], goal.key),
            )
            for goal in goals_in_order(bundle)
            for control in _controls(bundle.arms)
        ),
        gained=_gained(bundle),
    )


def _before(view: View, zone: str) -> dict[str, str] | None:
    """Give the time before; where the period is not over yet it ends at the same hour."""
    if view.compared is None:
        return None
    span = view.span
    options = span.options_year_before if view.compare == "year" else span.options_before
    return options | {"zone": zone}


def _controls(arms: Arms) -> list[str]:
    return [name for name, share in ((CONTROL, arms.nothing), (EVEN, arms.random)) if share > 0]


def _lift(goal: Goal, control: str, arms: Arms, metric: str = "") -> Wish:
    options = {
        "goal": goal.key,
        "arm": ARM,
        "control": control,
        "window_days": str(goal.window_days),
        "shares": shares_of(arms),
        "metric": metric,
    }
    return wish("lift", options)


def _gained(bundle: Bundle) -> Wish | None:
    """Ask what the messages brought in money; needs a goal with a worth and a control group."""
    goal = next((one for one in bundle.goals if one.value_property or one.worth > 0), None)
    if goal is None or bundle.arms.nothing <= 0:
        return None
    return _lift(goal, CONTROL, bundle.arms, "value")


def shares_of(arms: Arms) -> str:
    """Write the planned shares of the arms as measures read them.

    >>> shares_of(Arms(nothing=0.2, random=0.0))
    'main=0.8,nothing=0.2'
    >>> shares_of(Arms(nothing=0.2, random=0.0, rules_only=0.1))
    'main=0.7,nothing=0.2,rules_only=0.1'
    """
    told = msgspec.structs.asdict(arms)
    others = {name: share for name, share in told.items() if isinstance(share, float)}
    shares = {ARM: 1.0 - sum(others.values()), **others}
    return ",".join(f"{arm}={share:.6g}" for arm, share in shares.items() if share > 0)
