"""What doors ask about decisions besides deciding: tokens, flags, batches, news, the past."""

from typing import TYPE_CHECKING

from wegweiser.collect.pixel import GIF
from wegweiser.decide.track import is_token
from wegweiser.flow.batches import Batches
from wegweiser.flow.decision_feed import DecisionFeed, Listener, News
from wegweiser.flow.decision_list import DecisionList, Filter
from wegweiser.flow.flags import EVENTS, Bulk, Flags
from wegweiser.flow.keyless import KeylessDesk
from wegweiser.flow.mail_clicks import MailClicks
from wegweiser.flow.tracks import Tracks

if TYPE_CHECKING:
    from wegweiser.workspace.deciding import DecidingRoom
    from wegweiser.workspace.site import Site

__all__ = ["EVENTS", "GIF", "Bulk", "DecisionDoors", "Filter", "Listener", "News", "is_token"]


class DecisionDoors:
    """`tracks` and `keyless` for tokens, `flags` for OFREP, `batches`, `feed`, `past`."""

    def __init__(self, site: "Site", room: "DecidingRoom"):
        unifier, store, clock = site.unifier, site.engines.store, site.clock
        self.tracks = Tracks(unifier, store, clock, lambda: site.address.rstrip("/"))
        room.chooser.tracks = self.tracks.tracks
        mail_clicks = MailClicks(
            unifier,
            site.views,
            room.sender.one,
            lambda: site.loader,
            clock,
            site.settings.mail_link_days,
        )
        self.keyless = KeylessDesk(room.desk, self.tracks, site.callers, clock, mail_clicks)
        self.flags = Flags(unifier, site.views, room.trainer, room.chooser, self.tracks, clock)
        self.batches = Batches(
            unifier,
            site.intake,
            site.views,
            room.chooser,
            site.segments,
            site.callers,
            store,
            clock,
        )
        self.feed = DecisionFeed(unifier, site.views, clock)
        self.past = DecisionList(unifier, site.views)
        self._unifier = unifier

    def stream_url(self, decision_id: str) -> str | None:
        """Give where the news for whom a decision was about are told; None without a record."""
        decision = self._unifier.decisions.get(decision_id)
        return None if decision is None else self.tracks.stream_url(decision, "/v1/stream")
