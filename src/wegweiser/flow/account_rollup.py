"""The sums of an account at a moment, over those members that are asked for."""

from collections.abc import Mapping, Sequence, Set

import msgspec

from wegweiser.flow.accounts import members_now
from wegweiser.flow.buying_groups import BuyingGroups, last_active, people_of
from wegweiser.flow.profile_cache import ProfileCache
from wegweiser.flow.suggestions import Suggestion, Suggestions
from wegweiser.ports.clock import Clock
from wegweiser.profile import reading
from wegweiser.profile.completeness import Completeness
from wegweiser.profile.reading import CellAt
from wegweiser.profile.view import account_cells
from wegweiser.resolve.account_side import MemberShare
from wegweiser.resolve.directory import Directory
from wegweiser.terms.instant import DAY_MS, day_of

SUGGESTED = "suggested"
Place = tuple[str, int, str]


class Wanted(msgspec.Struct, frozen=True):
    """Which members count: of a role (""; all), from a confidence on, also suggested ones.

    With `below` the members of all accounts below this one count as well.
    """

    role: str = ""
    least_confidence: float = 0.0
    with_suggested: bool = False
    below: bool = False


class Rollup(msgspec.Struct, frozen=True):
    """What the members of an account did, at a moment; `last_seen` in ms, None when never."""

    as_of: int
    members: int
    known_members: int
    active_7_days: int
    active_30_days: int
    last_seen: int | None
    topics: dict[str, float]
    engagement: float
    counters: dict[str, int]


class AccountReading:
    """Reads members, sums and completeness of accounts; as of now, and nothing is kept."""

    def __init__(
        self,
        directory: Directory,
        views: ProfileCache,
        suggestions: Suggestions,
        buying_groups: BuyingGroups,
        clock: Clock,
    ):
        self._directory = directory
        self._views = views
        self._suggestions = suggestions
        self._buying_groups = buying_groups
        self._clock = clock

    def members(self, group_id: str) -> tuple[MemberShare, ...]:
        """Give everybody who belongs to an account now, each once per role."""
        self._views.forget_changed()
        return members_now(self._directory.members_of(group_id), self._today())

    def ever(self, group_id: str) -> tuple[MemberShare, ...]:
        """Give every membership that there ever was."""
        self._views.forget_changed()
        return self._directory.members_of(group_id)

    def completeness(self, group_id: str) -> list[Completeness]:
        """Give how complete every declared buying group is at an account now."""
        people = people_of(self.ever(group_id), self._views.cells_for(group_id))
        return self._buying_groups.of(people, self._clock.now_ms(), self._today())

    def suggestions(self, group_id: str) -> list[Suggestion]:
        """Give who may belong to an account by the domain of an address."""
        self._views.forget_changed()
        return self._suggestions.of_account(group_id, self._clock.now_ms())

    def last_active(self, group_id: str, part: MemberShare) -> int | None:
        """Give when a member was last active for the account (ms), None when never."""
        return last_active(self._views.cells_for(group_id)(part.shares))

    def rollup(self, group_id: str, wanted: Wanted) -> Rollup:
        """Sum up what the wanted members did for the account while they belonged to it."""
        self._views.forget_changed()
        now, book = self._clock.now_ms(), self._directory.account_book
        parts: list[MemberShare] = []
        cells: dict[str, dict[Place, CellAt]] = {}
        for one in (group_id, *(book.below(group_id) if wanted.below else ())):
            found = self._parts(one, wanted, now)
            parts += found
            for part in found:
                counted = account_cells(book.together(one), self._views.cells_within(part.shares))
                held = cells.setdefault(part.person_id, {})
                held |= {(cell.leaf, cell.day, cell.scope): cell for cell in counted}
        there = {part.person_id for part in members_now(parts, self._today())}
        known = sum(self._directory.known(person_id) for person_id in there)
        by_person = {person_id: list(held.values()) for person_id, held in cells.items()}
        return _rollup(by_person, there, known, now)

    def sums(self, group_id: str) -> Rollup:
        """Sum up what all members did."""
        return self.rollup(group_id, Wanted())

    def _parts(self, group_id: str, wanted: Wanted, now: int) -> list[MemberShare]:
        held = [part for part in self._directory.members_of(group_id) if part.counts]
        if wanted.with_suggested:
            held += map(self._suggested, self._suggestions.of_account(group_id, now))
        return [
            part
            for part in held
            if wanted.role in ("", part.role) and part.confidence >= wanted.least_confidence
        ]

    def _suggested(self, one: Suggestion) -> MemberShare:
        since = day_of(one.since)
        shares = (share.within(since, None) for share in self._directory.leaves_of(one.person_id))
        return MemberShare(
            one.person_id,
            "",
            SUGGESTED,
            since,
            None,
            tuple(share for share in shares if share is not None),
            confidence=one.confidence,
            at=one.since,
        )

    def _today(self) -> int:
        return day_of(self._clock.now_ms())


def _rollup(
    by_person: Mapping[str, Sequence[CellAt]], there: Set[str], known: int, now: int
) -> Rollup:
    counted = sorted(
        (held for cells in by_person.values() for held in cells),
        key=lambda held: (held.leaf, held.day, held.scope),
    )
    seen = {name: at for name, cells in by_person.items() if (at := last_active(cells)) is not None}
    active = [at for name, at in seen.items() if name in there]
    return Rollup(
        now,
        len(there),
        known,
        sum(at >= now - 7 * DAY_MS for at in active),
        sum(at >= now - 30 * DAY_MS for at in active),
        max(seen.values(), default=None),
        reading.interests(counted, now),
        reading.engagement(counted, now),
        reading.counters(counted),
    )
