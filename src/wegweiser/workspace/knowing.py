"""What a workspace works out about people and accounts, assembled."""

from wegweiser.flow.catch_up import CatchUp
from wegweiser.flow.clockwork import Job
from wegweiser.flow.computed import ComputedBook
from wegweiser.flow.insights import Insights
from wegweiser.flow.intents import IntentBook
from wegweiser.flow.protected import ProtectedBook
from wegweiser.flow.rfm_cuts import RfmBook
from wegweiser.flow.segments import Segments
from wegweiser.flow.unify import Unifier
from wegweiser.flow.value_book import Asking, ValueBook
from wegweiser.flow.views import Views
from wegweiser.workspace.engines import Engines

RFM_SECONDS = 900.0
VALUE_SECONDS = 900.0


class Knowing:
    """Computed traits with their past, intents, purchases, scores and customer value."""

    def __init__(
        self,
        engines: Engines,
        unifier: Unifier,
        views: Views,
        segments: Segments,
        asking: Asking,
        currency: str,
    ):
        log, store, clock = engines.log, engines.store, engines.clock
        self.computed = ComputedBook(store, unifier, clock)
        self.intents = IntentBook(store)
        self.rfm = RfmBook(store, unifier, views, clock)
        self.customer_value = ValueBook(store, views, clock, currency, asking)
        self.insights = Insights(
            views,
            self.computed,
            self.intents,
            self.rfm,
            clock,
            ProtectedBook(store),
            lambda: (unifier.policy, segments.book.by_key),
        )
        self.catch_up = CatchUp(log, store, unifier, self.computed)

    @property
    def jobs(self) -> list[Job]:
        """What runs again and again: how buyers are spread and buy is learned once a UTC day."""
        return [
            Job("rfm", RFM_SECONDS, self.rfm.run_due),
            Job("customer value", VALUE_SECONDS, self.customer_value.run_due),
        ]
