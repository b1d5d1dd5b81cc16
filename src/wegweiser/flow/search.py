"""Search over all persons and accounts by name, e-mail, identifier and company.

Nothing is read before somebody searches. Then everybody is read once, a slice at a time, and
whoever changes later is read again; nothing is ever written to storage.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator

from wegweiser.flow.turns import Turns
from wegweiser.flow.unify import Unifier
from wegweiser.flow.views import Views
from wegweiser.profile import reading
from wegweiser.profile.reading import CellAt
from wegweiser.profile.search_index import Hit, SearchIndex
from wegweiser.profile.search_words import words_of
from wegweiser.terms.errors import NotFound
from wegweiser.terms.identity import identifier, kind_of, value_of

NAMES = ("name", "firstName", "lastName", "first_name", "last_name", "company")
# Devices have names that nobody types.
NAMED_BY = frozenset(("user_id", "email", "phone", "crm_id", "crm_account_id", "domain"))
PATIENCE_S = 1.5
PERSONS_PER_COMMIT = 5_000
# After so many changes everybody is read anew at the next search.
MOST_CHANGED = 50_000


class Search:
    """Finds subjects ("person_id:...", "group_id:...") by words that may be misspelt."""

    def __init__(self, unifier: Unifier, views: Views, commit: Callable[[], Awaitable[object]]):
        """`commit` lets go of cells that were read; it is called now and then while reading."""
        self._unifier = unifier
        self._views = views
        self._commit = commit
        self._index = SearchIndex()
        self._changed: set[str] = set()
        self._reading: asyncio.Task[None] | None = None
        self._of_all = 0
        self._is_whole = False
        views.heard.append(self._hear)
        views.forgotten.append(self.forget)

    @property
    def share_read(self) -> float:
        """How much of everybody was read, from 0 to 1."""
        return 1.0 if self._is_whole else min(0.99, len(self._index) / max(1, self._of_all))

    async def find(self, text: str, limit: int) -> list[Hit]:
        """Give whom the words fit best; waits at most 1.5 s where nobody was read before."""
        await self._read_soon()
        self._views.forget_changed()
        await self._read_changed()
        return [
            hit
            for hit in self._index.find(words_of(text), 2 * limit)
            if self._is_alive(hit.subject)
        ][:limit]

    def forget(self) -> None:
        """Drop everything, so that no word of somebody who was erased is left."""
        if self._reading is not None:
            self._reading.cancel()
        self._reading, self._is_whole = None, False
        self._index, self._changed = SearchIndex(), set()

    def _hear(self, persons: Iterable[str]) -> None:
        if self._reading is None:
            return
        self._changed.update(persons)
        if len(self._changed) > MOST_CHANGED:
            self.forget()

    async def _read_soon(self) -> None:
        if self._reading is None or (self._reading.done() and not self._is_whole):
            self.forget()
            self._reading = asyncio.create_task(self._read_everybody())
        under_way = self._reading
        await asyncio.wait([under_way], timeout=PATIENCE_S)
        if under_way.done() and not under_way.cancelled():
            under_way.result()

    async def _read_everybody(self) -> None:
        directory, index, turns = self._unifier.directory, self._index, Turns()
        accounts = list(directory.accounts())
        self._of_all = len(accounts) + sum(1 for _ in directory.names())
        companies: dict[str, tuple[str, ...]] = {}
        for group_id in accounts:
            companies[group_id] = self._words_of_account(group_id)
            index.add(identifier("group_id", group_id), companies[group_id])
            await turns.pause()
        for number, person_id in enumerate(directory.persons(), 1):
            index.add(identifier("person_id", person_id), self._words_of_person(person_id))
            await turns.pause()
            if number % PERSONS_PER_COMMIT == 0:
                await self._commit()
        self._is_whole = True

    async def _read_changed(self) -> None:
        """Read again whom the fold touched, and the accounts that they name."""
        changed, self._changed = self._changed, set()
        directory, turns = self._unifier.directory, Turns()
        groups: set[str] = set()
        for person_id in changed:
            alive = directory.find(identifier("person_id", person_id)) == person_id
            words = self._words_of_person(person_id) if alive else ()
            self._index.put(identifier("person_id", person_id), words)
            groups.update(directory.accounts_named_by(person_id) if alive else ())
            await turns.pause()
        for group_id in groups:
            self._index.put(identifier("group_id", group_id), self._words_of_account(group_id))
        if self._index.outdated > MOST_CHANGED:
            self.forget()

    def _words_of_person(self, person_id: str) -> tuple[str, ...]:
        directory = self._unifier.directory
        try:
            cells = self._views.cells_within(directory.leaves_of(person_id))
            known = directory.identifiers_of(person_id)
        except NotFound:
            # Joined with somebody else since it was named.
            return ()
        named = [one.value for one in known if one.type in NAMED_BY]
        companies = [link.group_id for link in directory.accounts_of(person_id)]
        return words_of(*_stated(cells), *named, *companies)

    def _words_of_account(self, group_id: str) -> tuple[str, ...]:
        return words_of(*_stated(self._views.own_cells_of(group_id)), group_id)

    def _is_alive(self, subject: str) -> bool:
        if kind_of(subject) == "group_id":
            return self._views.has_account(value_of(subject))
        return self._views.find_person(subject) == value_of(subject)


def _stated(cells: Iterable[CellAt]) -> Iterator[str]:
    """Yield the names that were stated, by whomever."""
    for register in reading.registers([*cells]):
        for name in NAMES:
            writing = register.get(name)
            if writing is not None and isinstance(writing.value, str):
                yield writing.value
