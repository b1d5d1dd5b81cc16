"""One reader of the feed: where it stands, what it asked for, and what it may be told of whom."""

from collections.abc import Collection

import msgspec

from wegweiser.decide.consent import permitted
from wegweiser.flow.change_feed import ChangeFeed
from wegweiser.flow.unify import Unifier
from wegweiser.flow.views import Views
from wegweiser.terms.identity import kind_of, value_of
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.profile_change import NAMELESS, FeedCursor, ProfileChange

# Said by a reader that is no destination, such as the brand's own warehouse.
UNMAPPED = "none"
# What purposes call readers that name none.
DESTINATION = "feed"
_CHANNEL = "webhook"


class ToldChange(msgspec.Struct, frozen=True):
    """A change as this reader is told it."""

    change: ProfileChange
    data: JsonObject


class FeedReader:
    """Reads page by page; persons who did not grant every purpose asked for are passed over.

    That somebody left, was joined, parted or erased is told all the same, without a name.
    """

    def __init__(
        self,
        feed: ChangeFeed,
        unifier: Unifier,
        views: Views,
        after: FeedCursor,
        types: Collection[str] = (),
        purposes: Collection[str] = (),
        readers: "FeedReaders | None" = None,
    ):
        self._feed = feed
        self._unifier = unifier
        self._views = views
        # What followed a cursor that is ahead is not known; it is a gap, and goes on from now.
        self._ahead = feed.is_ahead(after)
        self.after = feed.head if self._ahead else after
        self._types = frozenset(types)
        self._purposes = frozenset(purposes)
        self._readers = readers or FeedReaders()

    @property
    def misses(self) -> bool:
        """True where something after the cursor is no longer kept, or was never here."""
        return self._ahead or self._feed.misses(self.after)

    async def next(self) -> list[ToldChange]:
        """Give the next changes, and move on behind them."""
        page = await self._feed.page(self.after)
        self.after = page.reached
        found: list[ToldChange] = []
        for one in page.changes:
            if not self._types or one.type in self._types:
                data = self._told(one)
                if data is None:
                    self._readers.filtered += 1
                else:
                    found.append(ToldChange(one, data))
        return found

    def _told(self, change: ProfileChange) -> JsonObject | None:
        """Write a change for this reader, None where consent forbids it."""
        kind, name = kind_of(change.subject), value_of(change.subject)
        if kind != "person_id":
            return {"group_id": name, **change.data}
        data: JsonObject = {"person_id": name, **change.data}
        if self._views.find_person(change.subject) == name:
            person = self._views.person(name)
            if self._permitted(self._views.consent_of(name)):
                known: list[Json] = [
                    {"type": one.type, "id": one.value} for one in person.identifiers
                ]
                return data | {"identifiers": known}
        return data if change.type in NAMELESS else None

    def _permitted(self, consent: dict[str, str]) -> bool:
        if not self._purposes:
            allowed = permitted(self._unifier.policy, _CHANNEL, consent)
            return allowed and self._views.purposes.permits(DESTINATION, consent)
        wanted = self._purposes - {UNMAPPED}
        return all(consent.get(purpose) == "granted" for purpose in wanted)


class FeedReaders:
    """How many readers follow the feed; once `closing` they are to be let go.

    `filtered` counts what was not told for want of consent.
    """

    def __init__(self) -> None:
        self.open = 0
        self.filtered = 0
        self.closing = False
