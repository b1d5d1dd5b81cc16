"""Which measures the page Today asks, from period and published policy."""

import msgspec

from wegweiser.terms.policy import Arms, Bundle
from wegweiser.web.pages.answers import Wish, wish
from wegweiser.web.pages.period import Span

ARM = "main"
CONTROL = "nothing"
EVEN = "random"


class LiftWish(msgspec.Struct, frozen=True):
    """One comparison of arms for a goal."""

    goal: str
    control: str
    wish: Wish


class Wishes(msgspec.Struct, frozen=True):
    """All questions of one view of Today."""

    visits: Wish
    visits_before: Wish
    messages: Wish
    messages_before: Wish
    lifts: tuple[LiftWish, ...]

    @property
    def all(self) -> tuple[Wish, ...]:
        """Every question, the quickest first."""
        rest = (self.messages, self.messages_before, *(lift.wish for lift in self.lifts))
        return (self.visits, self.visits_before, *rest)


def wishes_of(span: Span, bundle: Bundle, zone: str) -> Wishes:
    """Say what to ask; a lift is asked since the test began, whatever the period."""
    now, before = span.options | {"zone": zone}, span.options_before | {"zone": zone}
    return Wishes(
        visits=wish("web.visits", {**now, "by": "day"}),
        visits_before=wish("web.visits", {**before, "by": "day"}),
        messages=wish("message.goals", now),
        messages_before=wish("message.goals", before),
        lifts=tuple(
            LiftWish(goal.key, control, _lift(goal.key, goal.window_days, control, bundle.arms))
            for goal in bundle.goals
            for control in _controls(bundle.arms)
        ),
    )


def _controls(arms: Arms) -> list[str]:
    return [name for name, share in ((CONTROL, arms.nothing), (EVEN, arms.random)) if share > 0]


def _lift(goal: str, window_days: int, control: str, arms: Arms) -> Wish:
    options = {
        "goal": goal,
        "arm": ARM,
        "control": control,
        "window_days": str(window_days),
        "shares": shares_of(arms),
    }
    return wish("lift", options)


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
