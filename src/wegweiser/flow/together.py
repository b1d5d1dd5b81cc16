"""Decides for the people of one account together, where it has fewer contacts left than people."""

from collections.abc import Awaitable, Callable, Mapping

import msgspec

from wegweiser.decide.shared_out import Draft, shared_out
from wegweiser.flow.choose import Chooser
from wegweiser.terms.decision import Decision
from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.json import JsonObject
from wegweiser.terms.source import Caller


class Drawn(msgspec.Struct, frozen=True):
    """Decisions by the number of their subject; those in `first` are written first, in order."""

    first: tuple[int, ...] = ()
    ready: Mapping[int, Decision] = {}


class Together:
    """Drafts a decision for each, then draws who is told for the contacts that are left."""

    def __init__(self, chooser: Chooser, pause: Callable[[], Awaitable[None]]):
        """`pause` lets others go first."""
        self._chooser = chooser
        self._pause = pause

    async def drawn(
        self, placement: str, asks: Mapping[int, JsonObject], caller: Caller, lease_hours: int
    ) -> Drawn:
        """Give the decisions of people of one account; none where all may be told.

        `asks` are the bodies of their requests.
        """
        policy, snapshot = pinned = self._chooser.pinned
        if placement not in policy.placements:
            return Drawn()
        drafts: dict[int, Draft] = {}
        for number, body in asks.items():
            await self._pause()
            try:
                draft = await self._chooser.draft(body, caller, lease_hours, pinned)
            except (InputRefused, NotFound):
                # Whoever is asked about alone gets the refusal.
                continue
            if draft is not None:
                drafts[number] = draft
        place, key = policy.placements[placement], self._chooser.stream_key
        found = shared_out(policy, snapshot, place, list(drafts.values()), key)
        number_of = {draft.name: number for number, draft in drafts.items()}
        return Drawn(
            tuple(number_of[name] for name in found.first),
            {number_of[name]: decision for name, decision in found.decisions.items()},
        )
