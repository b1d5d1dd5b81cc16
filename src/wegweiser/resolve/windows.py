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
    ordered = sorted(set(statements), key=_age)
    keys = {(item.group_id, item.role, item.status) for item in ordered if not _is_end(item)}
    found: list[Window] = []
    for group_id, role, status in sorted(keys):
        found += _of_key(group_id, role, status, ordered)
    return tuple(found)


def _of_key(group_id: str, role: str, status: str, ordered: list[Membership]) -> list[Window]:
    done: list[Window] = []
    current: Window | None = None
    for item in ordered:
        if item.group_id != group_id:
            continue
        if item.status == status and item.role == role:
            since = item.since if current is None else min(current.since, item.since)
            current = Window(group_id, role, status, since, item.until)
        elif current is not None and _ends(item, current):
            done.append(Window(group_id, role, status, current.since, item.until))
            current = None
    return done if current is None else [*done, current]


def _is_end(item: Membership) -> bool:
    return item.status in {ENDED, ENDED_CLAIM}


def _ends(item: Membership, current: Window) -> bool:
    mighty = item.status == ENDED or (item.status == ENDED_CLAIM and current.status == "claimed")
    return mighty and item.role in {"", current.role}


def _age(item: Membership) -> tuple[int, str, str, str]:
    return (item.at, item.message_id, item.role, item.member)
