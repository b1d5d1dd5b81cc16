"""The belief about a journey's stage at a moment, read anew from its evidence every time."""

from collections.abc import Sequence
from math import log, log1p

import msgspec

from wegweiser.profile.stage_kernel import DAY_MINUTES, Kernel, Numbers, entropy, normal, rank
from wegweiser.terms.instant import MINUTE_MS
from wegweiser.terms.journey import ON_PATH, STAGES, Sign, Stage

CHANGES_ABOVE = 0.55
UNKNOWN_ABOVE = 0.85
LOOKS_BACK_MINUTES = 14 * DAY_MINUTES
# A quarter of a step within 14 days is a direction; less is none.
MOVES_ABOVE = 0.25
COMPETITOR_FACTOR = 20.0
SILENCE = "silence"
_MOST_REASONS = 12
_LEAST_ODDS = 1e-12


class Reason(msgspec.Struct, frozen=True):
    """What one kind of evidence did to the log-odds of the shown stage; silence in minutes."""

    what: str
    times: int
    minutes: int
    change: float


class StageBelief(msgspec.Struct, frozen=True):
    """The belief at `as_of` (ms): probabilities in the order of STAGES, and how it came about.

    `direction` is the change of the expected place on the path (0 to 5) within 14 days;
    `entropy` goes from 0 (sure) to 1; `reasons` add up to `log_odds` - `log_odds_before`.
    """

    as_of: int
    probabilities: tuple[float, ...]
    stage: Stage
    direction: float
    entropy: float
    entries: int
    log_odds_before: float
    log_odds: float
    reasons: tuple[Reason, ...]

    @property
    def known(self) -> bool:
        """False where the belief is spread so far that nothing can be said."""
        return self.entropy <= UNKNOWN_ABOVE

    @property
    def going(self) -> str:
        """The way in a word: forward, back, steady, dormant or off_path; unknown without one."""
        if not self.known:
            return "unknown"
        if self.stage == "dormant":
            return "dormant"
        if STAGES.index(self.stage) >= ON_PATH:
            return "off_path"
        if abs(self.direction) <= MOVES_ABOVE:
            return "steady"
        return "forward" if self.direction > 0 else "back"


class _Walk:
    """A belief on its way through signs and silences, with the label that people see."""

    def __init__(self, kernel: Kernel, start: Numbers):
        self.kernel = kernel
        self.belief = start
        self.label: int | None = None
        self.trail: list[tuple[str, int, Numbers]] = []

    def wait(self, minutes: int) -> None:
        if minutes > 0:
            self._go(SILENCE, minutes, self.kernel.silence(self.belief, minutes))

    def see(self, sign: Sign) -> None:
        self._go(sign.what, 0, self.kernel.sign(self.belief, sign))

    def _go(self, what: str, minutes: int, belief: Numbers) -> None:
        self.belief = belief
        self.trail.append((what, minutes, belief))
        top = int(belief.argmax())
        if self.label is None or belief[top] > CHANGES_ABOVE:
            self.label = top


def read_stage(
    kernel: Kernel, signs: Sequence[Sign], as_of: int, start: Numbers | None = None
) -> StageBelief:
    """Give the belief at a moment (ms); `signs` sorted by time, later ones are left out.

    `start` (shape (8,)) is believed at the first sign, or at `as_of` without any.
    """
    first = kernel.start if start is None else start
    now = as_of // MINUTE_MS
    told = [sign for sign in signs if sign.minute <= now]
    walk = _Walk(kernel, first)
    then = now - LOOKS_BACK_MINUTES
    at, before, before_at = now, first, then
    for place, sign in enumerate(told):
        walk.wait(sign.minute - at if place else 0)
        walk.see(sign)
        at = sign.minute
        if at <= then:
            before, before_at = walk.belief, at
    walk.wait(now - at)
    label = int(first.argmax()) if walk.label is None else walk.label
    return StageBelief(
        as_of=as_of,
        probabilities=tuple(round(float(part), 6) for part in walk.belief),
        stage=STAGES[label],
        direction=round(rank(walk.belief) - rank(kernel.silence(before, then - before_at)), 6),
        entropy=round(entropy(walk.belief), 6),
        entries=len(told),
        log_odds_before=_log_odds(first, label),
        log_odds=_log_odds(walk.belief, label),
        reasons=_reasons(first, walk.trail, label),
    )


def belief_at(
    kernel: Kernel, signs: Sequence[Sign], as_of: int, start: Numbers | None = None
) -> Numbers:
    """Give the bare belief at a moment (ms), shape (8,); as `read_stage` but without reasons."""
    belief = kernel.start if start is None else start
    now = as_of // MINUTE_MS
    at = signs[0].minute if signs else now
    for sign in signs:
        if sign.minute > now:
            break
        belief = kernel.sign(kernel.silence(belief, sign.minute - at), sign)
        at = sign.minute
    return kernel.silence(belief, now - at)


def start_of(prior: Numbers, account: Numbers | None = None, competitor: bool = False) -> Numbers:
    """Give the belief before any evidence: half the prior, half the account's belief.

    The account's belief is the one without this person's own entries. Somebody of a competitor
    is twenty times as likely to be no buyer.

    >>> import numpy as np
    >>> start_of(np.array([0.5, 0.5, 0, 0, 0, 0, 0, 0])).tolist()[:2]
    [0.5, 0.5]
    """
    start = prior if account is None else 0.5 * prior + 0.5 * account
    if competitor:
        start = start.copy()
        start[STAGES.index("not_buyer")] *= COMPETITOR_FACTOR
    return normal(start)


def _log_odds(belief: Numbers, label: int) -> float:
    share = min(max(float(belief[label]), _LEAST_ODDS), 1 - _LEAST_ODDS)
    return log(share) - log1p(-share)


def _reasons(
    start: Numbers, trail: Sequence[tuple[str, int, Numbers]], label: int
) -> tuple[Reason, ...]:
    """Add up what each kind of evidence changed; beyond twelve kinds the least are one."""
    grouped: dict[str, tuple[int, int, float]] = {}
    odds = _log_odds(start, label)
    for what, minutes, belief in trail:
        times, silent, change = grouped.get(what, (0, 0, 0.0))
        now = _log_odds(belief, label)
        grouped[what] = (times + 1, silent + minutes, change + now - odds)
        odds = now
    named = [Reason(what, *told) for what, told in grouped.items()]
    named.sort(key=lambda reason: (-abs(reason.change), reason.what))
    rest = named[_MOST_REASONS:]
    if rest:
        change = sum(reason.change for reason in rest)
        named[_MOST_REASONS:] = [Reason("other", sum(one.times for one in rest), 0, change)]
    return tuple(named)
