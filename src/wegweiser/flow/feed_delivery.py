"""Profile changes pushed to endpoints that ask for them, through the line of the segment feed."""

import hashlib
from collections.abc import Iterable

import msgspec

from wegweiser.flow.change_feed import ChangeFeed
from wegweiser.flow.segment_feed import SegmentFeed
from wegweiser.flow.tables import FEED_CURSORS
from wegweiser.flow.unify import Unifier
from wegweiser.ports.channel import Parcel
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.terms.policy import Endpoint
from wegweiser.terms.profile_change import FeedCursor, ProfileChange

# Of audiences and erasures endpoints hear in other ways.
PUSHED = frozenset(("profile.changed", "identity.merged", "identity.split"))
MOST_WAITING = 1_000


class FeedDelivery:
    """Reads the feed for each endpoint; how far is committed together with what is to be told."""

    def __init__(
        self, unifier: Unifier, store: OperationalStore, feed: ChangeFeed, line: SegmentFeed
    ):
        self._unifier = unifier
        self._feed = feed
        self._line = line
        self._read = {
            key.decode(): msgspec.json.decode(value, type=FeedCursor)
            for key, value in store.scan(FEED_CURSORS)
        }
        self._fresh: dict[str, FeedCursor | None] = {}
        unifier.beside.append(self)

    async def run(self) -> None:
        """Put new changes into the line of every endpoint that asks for them."""
        asking = [one for one in self._unifier.policies.bundle.endpoints if _asks(one)]
        for gone in self._read.keys() - {one.key for one in asking}:
            del self._read[gone]
            self._fresh[gone] = None
        for endpoint in asking:
            after = self._read.get(endpoint.key)
            if after is None:
                # A new one hears of what changes from now on.
                self._keep(endpoint.key, self._feed.head)
            elif self._line.waiting_for(endpoint.key) < MOST_WAITING:
                page = await self._feed.page(after)
                for change in page.changes:
                    if change.type in endpoint.events and change.type in PUSHED:
                        self._line.tell(_parcel(change, endpoint), endpoint.key)
                if page.reached != after:
                    self._keep(endpoint.key, page.reached)

    def _keep(self, endpoint: str, cursor: FeedCursor) -> None:
        self._read[endpoint] = cursor
        self._fresh[endpoint] = cursor

    def drain(self) -> list[Change]:
        """Hand over what is not yet committed."""
        fresh, self._fresh = self._fresh, {}
        return [
            Change(FEED_CURSORS, key.encode(), None if one is None else msgspec.json.encode(one))
            for key, one in fresh.items()
        ]

    def erased(self, person_ids: Iterable[str], accounts: Iterable[str]) -> list[Change]:
        """Nothing about anybody is kept here."""
        return []

    def evict(self) -> None:
        """Nothing to give back."""


def _asks(endpoint: Endpoint) -> bool:
    return not PUSHED.isdisjoint(endpoint.events)


def _parcel(change: ProfileChange, endpoint: Endpoint) -> Parcel:
    """Name a change so that telling it again is known as the same."""
    parts = (endpoint.key, change.type, change.subject, str(change.cursor))
    name = "msg_" + hashlib.sha256(repr(parts).encode()).hexdigest()[:32]
    data = {**change.data, "subject": change.subject, "position": change.cursor.position}
    return Parcel(name, change.type, change.at, data)
