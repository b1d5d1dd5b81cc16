"""How a site reads profiles in detail and tells of their changes: its parts put together."""

import logging
from collections.abc import Collection
from typing import TYPE_CHECKING

from wegweiser.flow.change_feed import ChangeFeed
from wegweiser.flow.feed_delivery import FeedDelivery
from wegweiser.flow.feed_journal import FeedJournal
from wegweiser.flow.feed_reader import FeedReader, FeedReaders
from wegweiser.flow.person_events import PersonEvents
from wegweiser.flow.profile_document import ProfileDocuments
from wegweiser.flow.profile_reading import ProfileReading
from wegweiser.flow.search import Search
from wegweiser.flow.tables import EVENT_PLACES
from wegweiser.flow.timeline import Timeline
from wegweiser.terms.profile_change import FeedCursor
from wegweiser.workspace.read_rate import ReadRate

if TYPE_CHECKING:
    from wegweiser.workspace.site import Site

_log = logging.getLogger(__name__)
__all__ = ["FeedReader", "FeedReaders", "ProfileRoom"]


class ProfileRoom:
    """What doors ask of profiles: `details`, `documents`, `timeline`, `search`, `changes`.

    All of it at a `rate`.
    """

    def __init__(self, site: "Site"):
        unifier, views, segments = site.unifier, site.views, site.segments
        log, store = site.engines.log, site.engines.store
        self._unifier, self._views = unifier, views
        events = PersonEvents(log, store, unifier.places)
        if unifier.tally.stored and next(store.scan(EVENT_PLACES), None) is None:
            _log.warning("events of before this version are found by person after a rebuild")
        self.details = ProfileReading(unifier, views, events, segments)
        self.documents = ProfileDocuments(unifier, views, events, segments, site.knowing.insights)
        self.timeline = Timeline(
            unifier,
            views,
            events,
            segments,
            site.lineage,
            site.identity.desk.said_about,
            site.intake.checkpoint,
        )
        self.search = Search(unifier, views, site.intake.checkpoint)
        self.rate = ReadRate(site.settings.profile_reads_per_second, site.clock)
        journal = FeedJournal(unifier, store, site.clock)
        segments.listeners.append(journal.note_move)
        site.lineage.listeners.append(journal.note_lineage)
        intake = site.intake
        self.changes = ChangeFeed(log, store, unifier, journal, lambda: intake.committed)
        self.delivery = FeedDelivery(unifier, store, self.changes, site.segment_feed)
        self.readers = FeedReaders()

    @property
    def floor(self) -> str:
        """The id up to which changes are no longer kept."""
        return str(self.changes.journal.floor)

    def reader(
        self, after: FeedCursor, types: Collection[str], purposes: Collection[str]
    ) -> FeedReader:
        """Open the feed after a cursor, for some types (all if empty) and purposes."""
        return FeedReader(
            self.changes, self._unifier, self._views, after, types, purposes, self.readers
        )
