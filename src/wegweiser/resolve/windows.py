"""From statements of joining and leaving to the days on which somebody was a member."""

from collections.abc import Iterable

import msgspec

from wegweiser.resolve.membership import (
    CLAIMED,
    CONFIRMED,
    ENDED,
    ENDS,
    REJECTED,
    UNDONE,
)
from wegweiser.resolve.roster import age_of
from wegweiser.terms.identity import Membership
from wegweiser.terms.instant import day_of
from wegweiser.terms.source import Trust

_RANKS = {CONFIRMED: 3, CLAIMED: 2, "suggested": 1, REJECTED: 0}


class Senders(msgspec.Struct, frozen=True):
    """Sources that count otherwise than most: imports, and those whose claims need a proof."""

    bulk: frozenset[str] = frozenset()
    proof: frozenset[str] = frozenset()


MOST_SENDERS = Senders()


class Window(msgspec.Struct, frozen=True):
    """Membership of one account in one role; both days count in full, None is still open.

    `left` tells that somebody left by their last day, which holds from that moment on.
    `confidence` is from 0 to 1, `at` the time (ms) of the newest statement, by `source_id` in
    the event `message_id`. A membership that does not count is told, and is in no sum.
    """

    group_id: str
    role: str
    status: str
    since: int
    until: int | None
    left: bool = False
    confidence: float = 1.0
    source_id: str = ""
    message_id: str = ""
    at: int = 0
    counts: bool = True

    def covers(self, day: int) -> bool:
        """Tell whether a day lies inside."""
        return self.since <= day and (self.until is None or day <= self.until)

    def current_on(self, day: int) -> bool:
        """Tell whether the membership still stands on a day: whoever left is out at once.

        >>> planned = Window("acme", "", "confirmed", 10, 20)
        >>> planned.current_on(20), msgspec.structs.replace(planned, left=True).current_on(20)
        (True, False)
        """
        return self.covers(day) and not (self.left and day == self.until)


def windows_of(
    statements: Iterable[Membership], senders: Senders = MOST_SENDERS
) -> tuple[Window, ...]:
    """Compute the windows of one person; a pure function of the set of statements.

    An end without a role ends every role; a claimed end and an operator's no end no confirmed
    membership.

    >>> joined = Membership("user_id:u", "acme", "", "confirmed", 1, "m-1", 10)
    >>> left = Membership("user_id:u", "acme", "", "ended", 2, "m-2", 20, 20)
    >>> [(w.since, w.until) for w in windows_of([left, joined])]
    [(10, 20)]
    """
    said = sorted(set(statements), key=age_of)
    dead = _undone(said)
    by_group: dict[str, list[Membership]] = {}
    for item in said:
        if item.status != UNDONE and item.message_id not in dead:
            by_group.setdefault(item.group_id, []).append(item)
    return tuple(
        window for group_id in sorted(by_group) for window in _of(by_group[group_id], senders)
    )


def _undone(ordered: list[Membership]) -> set[str]:
    """Give the messages that were taken back; what takes back may itself be taken back later."""
    dead: set[str] = set()
    for item in reversed(ordered):
        if item.undoes and item.message_id not in dead:
            dead.add(item.undoes)
    return dead


def best_of(windows: Iterable[Window]) -> tuple[Window, ...]:
    """List every account and role once, with its best status, by the last word on the account.

    A claim is left out where the same account is confirmed in its role, or it names none.

    >>> claimed = Window("acme", "", "claimed", 10, None, at=5)
    >>> best_of([claimed, Window("acme", "buyer", "confirmed", 12, None, at=7)])[0].role
    'buyer'
    """
    by_group: dict[str, list[Window]] = {}
    for window in windows:
        by_group.setdefault(window.group_id, []).append(window)
    return tuple(one for group_id in sorted(by_group) for one in _best(by_group[group_id]))


def _best(windows: list[Window]) -> list[Window]:
    today = day_of(max(window.at for window in windows))
    best: dict[str, Window] = {}
    for window in windows:
        old = best.get(window.role)
        if old is None or _weight(window, today) > _weight(old, today):
            best[window.role] = window
    sure = any(one.status == CONFIRMED and stands(one, today) for one in best.values())
    return [
        best[role]
        for role in sorted(best)
        if role or not sure or best[role].status == CONFIRMED or len(best) == 1
    ]


def stands(window: Window, day: int) -> bool:
    """Tell whether a membership is not over on a day; one that starts later is not."""
    return window.until is None or window.until > day or (window.until == day and not window.left)


def _weight(window: Window, day: int) -> tuple[bool, int, bool, int, int]:
    still = stands(window, day)
    rank = _RANKS[window.status] if still else 0
    return (still, rank, window.until is None, window.until or 0, window.since)


def _of(ordered: list[Membership], senders: Senders) -> list[Window]:
    # One pass, in which every window is opened once and closed once.
    done: list[Window] = []
    running: dict[tuple[str, bool], dict[str, Window]] = {}
    for item in ordered:
        counts = item.status == CONFIRMED or item.source_id not in senders.proof
        if item.status not in ENDS:
            of_kind = running.setdefault((item.status, counts), {})
            before = of_kind.get(item.role)
            if before is not None and _is_over(before, item):
                done.append(before)
                before = None
            of_kind[item.role] = _opened(item, before, counts, senders)
            continue
        for (status, _), of_kind in running.items():
            if item.status == ENDED or status == CLAIMED:
                done += _close(of_kind, item)
        if item.status == REJECTED:
            done.append(_window(item, item.since, None, counts=False))
    done += [window for of_kind in running.values() for window in of_kind.values()]
    # Sorting keeps the windows of one role in the order of their ends.
    return sorted(done, key=lambda window: (window.role, window.status))


def _is_over(window: Window, item: Membership) -> bool:
    """Tell whether a window had ended as planned before somebody joined once more."""
    return window.until is not None and window.until < item.since


def _opened(item: Membership, before: Window | None, counts: bool, senders: Senders) -> Window:
    """Give the window after somebody was said to belong: opened, or as what was said moves it."""
    if before is None:
        return _window(item, item.since, item.until, counts, senders)
    # Nobody is younger in an account for being called a member once more.
    since = item.since if item.dated_from else min(before.since, item.since)
    until = item.until if item.dated_to else before.until
    return _window(item, since, until, counts, senders, before.confidence)


def _window(
    item: Membership,
    since: int,
    until: int | None,
    counts: bool,
    senders: Senders = MOST_SENDERS,
    at_least: float = 0.0,
) -> Window:
    return Window(
        item.group_id,
        item.role,
        item.status,
        since,
        until,
        False,
        max(at_least, confidence_of(item, senders)),
        item.source_id,
        item.message_id,
        item.at,
        counts,
    )


def confidence_of(item: Membership, senders: Senders) -> float:
    """Give how far a statement is believed: 1.0, 0.9 or 0.5 by who said it.

    >>> confidence_of(Membership("user_id:u", "acme", "", "claimed", 1, "m", 10), Senders())
    0.5
    """
    if item.status == CLAIMED:
        return 0.5
    if item.status == REJECTED:
        return 0.0
    return 1.0 if item.trust >= Trust.OPERATOR or item.source_id in senders.bulk else 0.9


def _close(running: dict[str, Window], end: Membership) -> list[Window]:
    ended = [end.role] if end.role else list(running)
    windows = (running.pop(role, None) for role in ended)
    return [_ended(window, end) for window in windows if window is not None]


def _ended(window: Window, end: Membership) -> Window:
    until = end.until
    if window.until is not None and until is not None:
        until = min(window.until, until)
    # Whoever leaves on a day to come is a member until then, and that day counts in full.
    gone = until is None or until <= day_of(end.at)
    return msgspec.structs.replace(window, until=until, left=gone, at=end.at)
