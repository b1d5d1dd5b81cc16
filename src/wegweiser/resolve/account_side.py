"""What memberships mean for persons and accounts: links, shares of leaves, and who counts."""

from collections.abc import Iterable

import msgspec

from wegweiser.resolve.membership import REJECTED
from wegweiser.resolve.person import LeafShare
from wegweiser.resolve.windows import Window, best_of, stands
from wegweiser.terms.instant import day_of, format_day
from wegweiser.terms.profile import AccountLink


class MemberShare(msgspec.Struct, frozen=True):
    """A person in an account: role, status, days, and the shares of leaves that count there.

    What `counts` not is told, and is in no sum; the other fields are those of its Window.
    """

    person_id: str
    role: str
    status: str
    since: int
    until: int | None
    shares: tuple[LeafShare, ...] = ()
    left: bool = False
    confidence: float = 1.0
    source_id: str = ""
    message_id: str = ""
    at: int = 0
    counts: bool = True

    def current_on(self, day: int) -> bool:
        """Tell whether the membership still stands on a day: whoever left is out at once."""
        inside = self.since <= day and (self.until is None or day <= self.until)
        return inside and not (self.left and day == self.until)


def links_of(windows: Iterable[Window]) -> tuple[AccountLink, ...]:
    """Give the accounts of a person as profiles list them, each role once.

    >>> links_of([Window("acme", "buyer", "confirmed", 0, None)])[0].since
    '1970-01-01'
    """
    return tuple(_link(window) for window in memberships_of(windows))


def memberships_of(windows: Iterable[Window]) -> tuple[Window, ...]:
    """List the memberships of a person, each account and role once with its best status."""
    return best_of(told(windows))


def counted_accounts(windows: Iterable[Window]) -> tuple[str, ...]:
    """Give the accounts of which a person is taken to be a member now, in their order.

    Now is the day of the newest statement, so that the answer does not hang on any clock.
    """
    best = memberships_of(windows)
    today = day_of(max((window.at for window in best), default=0))
    counted = (window.group_id for window in best if window.counts and stands(window, today))
    return tuple(dict.fromkeys(counted))


def shares_of(
    person_id: str, windows: Iterable[Window], shares: Iterable[LeafShare]
) -> list[MemberShare]:
    """Give every membership of a person in one account, with the leaves and days that count."""
    held = tuple(shares)
    return [_member(person_id, window, held) for window in told(windows)]


def listed(parts: Iterable[MemberShare]) -> tuple[MemberShare, ...]:
    """List the members of one account, each person and role once with its best status."""
    by_person: dict[str, dict[Window, MemberShare]] = {}
    for part in parts:
        by_person.setdefault(part.person_id, {})[_window_of(part)] = part
    return tuple(held[window] for person_id, held in by_person.items() for window in best_of(held))


def told(windows: Iterable[Window]) -> list[Window]:
    """Give the windows but those of somebody who is said not to belong."""
    return [window for window in windows if window.status != REJECTED]


def _link(window: Window) -> AccountLink:
    until = None if window.until is None else format_day(window.until)
    return AccountLink(window.group_id, window.role, window.status, format_day(window.since), until)


def _member(person_id: str, window: Window, shares: Iterable[LeafShare]) -> MemberShare:
    within = (share.within(window.since, window.until) for share in shares)
    return MemberShare(
        person_id,
        window.role,
        window.status,
        window.since,
        window.until,
        tuple(share for share in within if share is not None),
        window.left,
        window.confidence,
        window.source_id,
        window.message_id,
        window.at,
        window.counts,
    )


def _window_of(part: MemberShare) -> Window:
    return Window(
        "",
        part.role,
        part.status,
        part.since,
        part.until,
        part.left,
        part.confidence,
        part.source_id,
        part.message_id,
        part.at,
        part.counts,
    )
