"""Persons or accounts in an order that a hash gives, so that any beginning of it is a sample."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from zlib import crc32

from wegweiser.flow.segment_around import GROUP, PERSON
from wegweiser.flow.segment_rules import Of
from wegweiser.flow.turns import Turns
from wegweiser.resolve.directory import Directory
from wegweiser.terms.identity import identifier

EXACT_UP_TO = 100_000
SAMPLE = 20_000
FEWEST = 500
LONGEST_S = 1.4
_SLICE = 5_000
_HASHES = 1 << 32


class Sample:
    """Everybody up to 100,000, else 20,000 of them; fewer where the time does not suffice.

    Who is drawn depends on names alone. A person is drawn by the identifier that its id comes
    from, hence once however many identifiers it has; `share` is how many of all names were drawn.
    """

    def __init__(self, directory: Directory, of: Of, longest_s: float | None = LONGEST_S):
        self._directory = directory
        self._of = of
        self._longest_s = longest_s
        self.share = 1.0
        self.drawn = 0

    @property
    def is_whole(self) -> bool:
        """True when nobody was left out."""
        return self.share == 1.0

    async def subjects(self) -> AsyncIterator[str]:
        """Yield subjects until the sample is large enough or its time is over."""
        turns, time = Turns(), asyncio.get_running_loop().time
        ends = None if self._longest_s is None else time() + self._longest_s
        names = await self._ordered(turns)
        for place, name in enumerate(names):
            enough = self.share < 1 and self.drawn >= SAMPLE
            late = ends is not None and time() > ends and self.drawn >= FEWEST
            if enough or late:
                self.share *= place / len(names)
                return
            subject = self._subject(name)
            if subject:
                self.drawn += 1
                yield subject
            await turns.pause()

    async def _ordered(self, turns: Turns) -> list[str]:
        """Give names by their hash: all of them, or of many three for each that is wanted."""
        found: list[tuple[int, str]] = []
        names = list(self._names())
        most = _HASHES
        if len(names) > EXACT_UP_TO and self._longest_s is not None:
            most = min(_HASHES, 3 * SAMPLE * _HASHES // len(names))
        for start in range(0, len(names), _SLICE):
            hashed = ((crc32(name.encode()), name) for name in names[start : start + _SLICE])
            found += [one for one in hashed if one[0] < most]
            await turns.pause()
        self.share = len(found) / len(names) if names else 1.0
        return [name for _, name in sorted(found)]

    def _names(self) -> Iterator[str]:
        if self._of == "account":
            return (identifier(GROUP, one) for one in self._directory.accounts())
        return (name for name in self._directory.names() if not name.startswith("group_id:"))

    def _subject(self, name: str) -> str:
        """Give whom a name stands for, "" where another name stands for the same."""
        if self._of == "account":
            return name
        person_id = self._directory.find(name)
        if person_id is None or person_id not in self._directory.ids_of(name):
            return ""
        return identifier(PERSON, person_id)
