"""From statements of joining and leaving to the days on which somebody was a member."""

from collections.abc import Iterable

import msgspec

from wegweiser.resolve.membership import ENDED, ENDED_CLAIM
from wegweiser.terms.identity import Membership


class Window(msgspec.Struct, frozen=True):
    """Membership of one account in one role; both days count in full, None is still open."""

    group_id: str
    role: str
    status: str
    since: int
    until: int | None

    def covers(self, day: int) -> bool:
        """Tell whether a day lies inside."""
        return self.since <= day and (self.until is None or day <= self.until)


def windows_of(statements: Iterable[Membership]) -> tuple[Window, ...]:
    """Compute the windows of one person; a pure function of the set of statements.

    An end without a role ends every role; a claimed end ends no confirmed membership.

    >>> joined = Membership("user_id:u", "acme", "", "confirmed", 1, "m-1", 10)
    >>> left = Membership("user_id:u", "acme", "", "ended", 2, "m-2", 20, 20)
    >>> [(w.since, w.until) for w in windows_of([left, joined])]
    [(10, 20)]
    """
    by_group: dict[str, list[Membership]] = {}
    for item in sorted(set(statements), key=_age):
        by_group.setdefault(item.group_id, []).append(item)
    return tuple(window for group_id in sorted(by_group) for window in _of(by_group[group_id]))


def _of(ordered: list[Membership]) -> list[Window]:
    # One pass, in which every window is opened once and closed once.
    done: list[Window] = []
    running: dict[str, dict[str, Window]] = {}
    for item in ordered:
        if item.status not in {ENDED, ENDED_CLAIM}:
            of_status = running.setdefault(item.status, {})
            before = of_status.get(item.role)
            since = item.since if before is None else min(before.since, item.since)
            of_status[item.role] = Window(item.group_id, item.role, item.status, since, item.until)
            continue
        for status, of_status in running.items():
            if item.status == ENDED or status == "claimed":
                done += _close(of_status, item)
    done += [window for of_status in running.values() for window in of_status.values()]
    # Sorting keeps the windows of one role in the order of their ends.
    return sorted(done, key=lambda window: (window.role, window.status))


def _close(running: dict[str, Window], end: Membership) -> list[Window]:
    ended = [end.role] if end.role else list(running)
    windows = (running.pop(role, None) for role in ended)
    return [
        Window(window.group_id, window.role, window.status, window.since, end.until)
        for window in windows
        if window is not None
    ]


def _age(item: Membership) -> tuple[int, str, str, str]:
    return (item.at, item.message_id, item.role, item.member)
