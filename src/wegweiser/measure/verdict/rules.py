"""The rules of advice: keep, change, drop, or cannot tell yet, and why."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from wegweiser.measure.statistic import Interval
from wegweiser.terms.result import Advice, Evidence, Gate

Why = Literal[
    "pays",
    "costs_more",
    "others_do_better",
    "spans_break_even",
    "not_its_own",
    "not_confirmed",
    "worth_a_test",
    "a_split",
    "money_unknown",
    "broken",
    "gate",
]
_CAUSAL = ("experiment", "quasi", "model")


class Grounds(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one campaign, channel, message or component.

    `profit` is the incremental profit in all (money), absent where margin or cost is unknown;
    `against_best` is its effect less that of the alternative that most surely does better,
    `against_rest` less that of all others together. `own` says that the effect is its
    own, because hardly anything else was shown to the same units. `settings` are the profits
    under other settings of a model. `confirmed` is whether it stands among all that were compared.
    """

    evidence: Evidence
    reason: Gate = ""
    profit: Interval | None = None
    against_rest: Interval | None = None
    against_best: Interval | None = None
    own: bool = True
    confirmed: bool = True
    settings: tuple[Interval, ...] = ()


class Advised(msgspec.Struct, frozen=True):
    """The advice and the reason for it; empty advice where only a comparison can be told."""

    advice: Advice
    why: Why


def advise(grounds: Grounds) -> Advised:
    """Give the advice that the grounds carry.

    Keep needs the whole interval of profit above break-even, drop the whole of it below, never
    one that spans both. A split of credit says nothing, what was only observed is at most worth a
    test, and a model must say the same under all its settings.

    >>> advise(Grounds(evidence="experiment", profit=Interval(50.0, 10.0, 90.0)))
    Advised(advice='keep', why='pays')
    >>> advise(Grounds(evidence="split", profit=Interval(50.0, 10.0, 90.0)))
    Advised(advice='cannot_tell_yet', why='a_split')
    """
    stopped = _stopped(grounds)
    if stopped is not None:
        return stopped
    if grounds.profit is None:
        return _without_money(grounds)
    profit = hull([grounds.profit, *grounds.settings])
    if profit.high < 0:
        return _if_sure(grounds, Advised("drop", "costs_more"), below=True)
    if _others_do_better(grounds):
        return _if_confirmed(grounds, Advised("change", "others_do_better"))
    if profit.low > 0:
        return _if_sure(grounds, Advised("keep", "pays"), below=False)
    return Advised("cannot_tell_yet", "spans_break_even")


def hull(intervals: Sequence[Interval]) -> Interval:
    """Give the interval that holds all of these; the estimate is that of the first.

    >>> hull([Interval(1.0, 0.0, 2.0), Interval(3.0, 1.0, 4.0)])
    Interval(estimate=1.0, low=0.0, high=4.0)
    """
    low, high = min(one.low for one in intervals), max(one.high for one in intervals)
    return Interval(intervals[0].estimate, low, high)


def _stopped(grounds: Grounds) -> Advised | None:
    if grounds.evidence == "split":
        return Advised("cannot_tell_yet", "a_split")
    if grounds.reason == "broken":
        return Advised("cannot_tell_yet", "broken")
    if grounds.reason:
        return Advised("cannot_tell_yet", "gate")
    if grounds.evidence not in _CAUSAL:
        return Advised("cannot_tell_yet", "worth_a_test")
    return None


def _without_money(grounds: Grounds) -> Advised:
    """Without break-even only parts can be held against each other."""
    if _others_do_better(grounds):
        return _if_confirmed(grounds, Advised("change", "others_do_better"))
    return Advised("", "money_unknown")


def _others_do_better(grounds: Grounds) -> bool:
    return grounds.against_best is not None and grounds.against_best.high < 0


def _if_sure(grounds: Grounds, wanted: Advised, below: bool) -> Advised:
    """Hold back what may be the doing of others that the same units were shown."""
    rest = grounds.against_rest
    apart = rest is not None and (rest.high < 0 if below else rest.low > 0)
    if not (grounds.own or apart):
        return Advised("cannot_tell_yet", "not_its_own")
    return _if_confirmed(grounds, wanted)


def _if_confirmed(grounds: Grounds, wanted: Advised) -> Advised:
    return wanted if grounds.confirmed else Advised("cannot_tell_yet", "not_confirmed")
