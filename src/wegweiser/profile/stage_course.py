"""The stage that people are shown at each of several moments, in one walk over the evidence."""

from collections.abc import Sequence

from wegweiser.profile.stage import CHANGES_ABOVE, UNKNOWN_ABOVE
from wegweiser.profile.stage_kernel import Kernel, Numbers, entropy
from wegweiser.terms.instant import MINUTE_MS
from wegweiser.terms.journey import STAGES, UNKNOWN, Sign


def read_course(
    kernel: Kernel, signs: Sequence[Sign], moments: Sequence[int], start: Numbers
) -> tuple[str, ...]:
    """Give the shown stage at each moment (ms, ascending); `signs` sorted by time.

    It is the stage that `read_stage` gives at that moment, with its hysteresis, and "unknown"
    where the belief is spread too far or nothing had been seen yet.
    """
    found: list[str] = []
    place, at, belief = 0, 0, start
    label = int(start.argmax())
    for moment in moments:
        now = moment // MINUTE_MS
        while place < len(signs) and signs[place].minute <= now:
            sign = signs[place]
            if place:
                belief, label = _waited(kernel, belief, label, sign.minute - at)
            belief = kernel.sign(belief, sign)
            # The first look gives the first label, whatever was believed before.
            label = _label(belief, label if place else None)
            at, place = sign.minute, place + 1
        here, shown = _waited(kernel, belief, label, now - at) if place else (belief, label)
        known = place > 0 and entropy(here) <= UNKNOWN_ABOVE
        found.append(STAGES[shown] if known else UNKNOWN)
    return tuple(found)


def _waited(kernel: Kernel, belief: Numbers, label: int, minutes: int) -> tuple[Numbers, int]:
    if minutes <= 0:
        return belief, label
    silent = kernel.silence(belief, minutes)
    return silent, _label(silent, label)


def _label(belief: Numbers, label: int | None) -> int:
    top = int(belief.argmax())
    return top if label is None or belief[top] > CHANGES_ABOVE else label
