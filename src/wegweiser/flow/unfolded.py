"""Decisions that are answered and not folded yet: whoever asks on about them waits so long."""

import asyncio
from collections.abc import Callable

from wegweiser.flow.asked_as import leaf_of
from wegweiser.flow.line import Landed
from wegweiser.terms.decision import Subject

Landing = asyncio.Future[Landed]


class Unfolded:
    """Knows of each decision on disk that the fold has not reached whom it is about.

    What it reserved in the contact ledger counts already; all else that it changes is seen by
    whoever waits here.
    """

    def __init__(self, person_of: Callable[[str], str | None]):
        """`person_of` names the person of an identifier."""
        self._person_of = person_of
        self._landings: dict[Landing, str] = {}

    def note(self, subject: Subject, landing: Landing) -> None:
        """Know of a decision until it is folded, or until nothing more is folded at all."""
        if not landing.done():
            self._landings[landing] = self._name(subject)
            landing.add_done_callback(self._landings.pop)

    async def about(self, subject: Subject) -> None:
        """Wait until everything is folded that was decided about a subject."""
        if self._landings:
            name = self._name(subject)
            await _ended([one for one, held in self._landings.items() if held == name])

    async def all(self) -> None:
        """Wait until everything is folded that was decided."""
        await _ended(list(self._landings))

    def _name(self, subject: Subject) -> str:
        leaf = leaf_of(subject)
        return self._person_of(leaf) or leaf if leaf else subject.account


async def _ended(landings: list[Landing]) -> None:
    if landings:
        await asyncio.wait(landings)
