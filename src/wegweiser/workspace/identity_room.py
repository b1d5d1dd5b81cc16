"""Everything about who is who that doors ask for, put together for a site."""

from typing import TYPE_CHECKING

from wegweiser.flow.identity_desk import IdentityDesk
from wegweiser.flow.identity_queue import IdentityQueue
from wegweiser.flow.identity_rules import RuleDesk
from wegweiser.flow.identity_types import IdentityTypes
from wegweiser.flow.identity_why import IdentityReader
from wegweiser.flow.message_trail import MessageTrail

if TYPE_CHECKING:
    from wegweiser.workspace.site import Site


class IdentityRoom:
    """What operators say, why persons are one, what waits, rules, types, the way of a message."""

    def __init__(
        self,
        desk: IdentityDesk,
        reader: IdentityReader,
        queue: IdentityQueue,
        rules: RuleDesk,
        messages: MessageTrail,
        types: IdentityTypes,
    ):
        self.desk = desk
        self.reader = reader
        self.queue = queue
        self.rules = rules
        self.messages = messages
        self.types = types


def identity_room(site: "Site") -> IdentityRoom:
    """Put it together from the parts that a site has made so far."""
    log, store, clock = site.engines.log, site.engines.store, site.clock
    unifier, intake, views, segments = site.unifier, site.intake, site.views, site.segments
    desk = IdentityDesk(unifier, intake, views, segments, site.journeys, log, store, clock)
    rules = RuleDesk(unifier, intake, views, segments, site.journeys, store, clock)
    return IdentityRoom(
        desk,
        IdentityReader(unifier, desk, site.callers),
        IdentityQueue(unifier, intake),
        rules,
        MessageTrail(log, store, unifier, intake, site.callers, segments),
        IdentityTypes(unifier, intake, site.callers, rules, clock),
    )
