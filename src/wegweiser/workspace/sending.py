"""Everything about delivery, put together for the doors: sender, ways out, bounces, endpoints."""

from contextlib import suppress
from typing import TYPE_CHECKING

from wegweiser.adapters.audience_folder import AudienceFolder, MemoryFolder
from wegweiser.decide.track import TokenKind
from wegweiser.flow.address_stops import AddressStops
from wegweiser.flow.audience_files import AudienceFiles
from wegweiser.flow.bounces import BounceDesk
from wegweiser.flow.choose import Chooser
from wegweiser.flow.decide_again import decide_again
from wegweiser.flow.endpoint_states import EndpointStates
from wegweiser.flow.last_check import LastCheck
from wegweiser.flow.parcels import Packer
from wegweiser.flow.send import Sender
from wegweiser.flow.unsubscribe import UnsubscribeDesk
from wegweiser.terms.decision import Decision, Item
from wegweiser.terms.errors import ComeAgain, InputRefused, NotFound

if TYPE_CHECKING:
    from wegweiser.workspace.site import Site


class SendingRoom:
    """`sender` hands over, `unsubscribe` lets people out, `bounces` reads what came back."""

    def __init__(self, site: "Site", chooser: Chooser):
        unifier, views, clock = site.unifier, site.views, site.clock
        store = site.engines.store
        self._site = site
        self._chooser = chooser
        self.stops = AddressStops(store, site.suppressions.mask)
        self.unsubscribe = UnsubscribeDesk(
            store,
            clock,
            lambda: unifier.decisions,
            lambda: site.loader,
            lambda: site.address,
            views.consent,
            site.subscriptions,
        )
        self.last_check = LastCheck(unifier, views, self.stops)
        self.sender = Sender(
            unifier,
            site.intake,
            store,
            clock,
            site.open_channel,
            Packer(
                unifier,
                views,
                clock,
                self.unsubscribe,
                chooser.explain,
                self._click_url,
            ),
            self.last_check,
            EndpointStates(store),
            self._decide_again,
        )
        folder = site.engines.folder
        left_in = MemoryFolder() if folder is None else AudienceFolder(folder.outbox)
        self.audiences = AudienceFiles(unifier, self.sender, store, clock, left_in)
        self.bounces = BounceDesk(
            self.sender, site.intake, clock, self.stops, self.unsubscribe, lambda: unifier.policy
        )

    def _click_url(self, decision: Decision, index: int, kind: TokenKind) -> str:
        # Tokens are made by a neighbour that is put together after this one.
        return self._site.deciding.tracks.click_url(decision, index, kind)

    async def _decide_again(self, decision: Decision, item: Item) -> None:
        # What can no longer be asked, or not be written now, is left at the withdrawal.
        with suppress(InputRefused, NotFound, ComeAgain):
            await decide_again(self._chooser.decide, decision, item)
