"""Everything about contact policy, put together for the doors: ledger, deferrals, orders."""

from typing import TYPE_CHECKING

from wegweiser.flow.attention import Attention
from wegweiser.flow.clockwork import Job
from wegweiser.flow.contact_checks import ContactChecks
from wegweiser.flow.contact_orders import ContactOrders
from wegweiser.flow.contact_report import ContactReport
from wegweiser.flow.deferrals import DecideAgain, Deferrals
from wegweiser.flow.hand_overs import HandOvers
from wegweiser.flow.leases import Leases
from wegweiser.flow.reservations import Reservations

if TYPE_CHECKING:
    from wegweiser.workspace.site import Site

LEASES_SECONDS = 10.0
ATTENTION_SECONDS = 3600.0


class ContactRoom:
    """`reservations` hold room, `deferrals` decide again, `orders` lift or forbid contacts."""

    def __init__(self, site: "Site", decide_again: DecideAgain):
        unifier, views, intake, clock = site.unifier, site.views, site.intake, site.clock
        self.reservations = Reservations(unifier, views)
        self.deferrals = Deferrals(unifier, intake, clock, decide_again)
        self.leases = Leases(unifier, intake, site.engines.store, clock)
        self.orders = ContactOrders(unifier, views, intake, clock)
        self.checks = ContactChecks(unifier, views)
        self.report = ContactReport(unifier, views, HandOvers(unifier, site.engines.store))
        self.attention = Attention(unifier, views, site.engines.store)
        self._seconds = site.settings.send_seconds

    @property
    def jobs(self) -> list[Job]:
        """What runs again and again."""
        return [
            Job("deferrals", self._seconds, self.deferrals.run),
            Job("leases", LEASES_SECONDS, self.leases.run),
            Job("attention", ATTENTION_SECONDS, self.attention.run),
        ]
