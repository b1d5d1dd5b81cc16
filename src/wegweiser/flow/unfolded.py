"""Decisions that are answered and not folded yet: whoever asks on about them waits so long."""

import asyncio
from collections.abc import Callable

from wegweiser.flow.asked_as import leaf_of
from wegweiser.flow.line import Landed
from wegweiser.terms.decision import Subject

Landing = asyncio.Future[Landed]
# A fold that is held for longer keeps nobody from looking.
PATIENCE_S = 2.0


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
            self._landings[landing] = _name(subject)
            landing.add_done_callback(self._landings.pop)

    async def about(self, subject: Subject) -> None:
        """Wait until everything is folded that was decided about a subject."""
        if self._landings and (name := _name(subject)):
            person_id = self._person_of(name)
            same = [
                landing
                for landing, held in self._landings.items()
                # Events before a decision may have made two identifiers one person meanwhile.
                if held == name or (person_id is not None and self._person_of(held) == person_id)
            ]
            if same:
                await asyncio.wait(same)

    async def all(self) -> None:
        """Wait until everything is folded that was decided, but not for ever."""
        if self._landings:
            await asyncio.wait(list(self._landings), timeout=PATIENCE_S)


def _name(subject: Subject) -> str:
    """Give what a subject is known by; empty where nobody can be known."""
    return leaf_of(subject) or subject.account
