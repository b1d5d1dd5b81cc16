"""Who would be erased, and what would go: looked at, without changing anything."""

from collections.abc import Collection, Sequence

import msgspec

from wegweiser.flow.called import called_in, stated_name
from wegweiser.flow.erasure_claims import beside_claims, may_reach_by_claims, only_claimed
from wegweiser.flow.erasure_findings import Findings
from wegweiser.flow.erasure_reading import LogReading
from wegweiser.flow.erasure_receipt import Running, numbers_of, written
from wegweiser.flow.erasure_subject import Erasable, erasable_named, erasable_together, spelled
from wegweiser.flow.erasure_surroundings import Surroundings
from wegweiser.flow.erasure_typed import typed_in
from wegweiser.flow.typed_names import TypedNames
from wegweiser.flow.unify import Unifier
from wegweiser.flow.views import Views
from wegweiser.ports.operational_store import OperationalStore
from wegweiser.terms.errors import NotFound
from wegweiser.terms.identity import Identifier, kind_of
from wegweiser.terms.json import JsonObject
from wegweiser.terms.wrong import wrong


class ErasureLook:
    """Answers whom identifiers mean now, what is about them, and what was typed about them."""

    def __init__(
        self,
        store: OperationalStore,
        unifier: Unifier,
        views: Views,
        around: Surroundings,
        reading: LogReading,
    ):
        self._store = store
        self._directory = unifier.directory
        self._views = views
        self._around = around
        self._reading = reading

    def named(self, name: Identifier, with_persons: bool, called: Collection[str] = ()) -> Erasable:
        """Give whoever an identifier stands for, with what else they may be `called`."""
        find = self._views.find_person
        return self.with_called(erasable_named(self._directory, find, name, with_persons), called)

    def together(self, names: Sequence[Identifier]) -> Erasable:
        """Give whoever some identifiers stand for, each once."""
        return erasable_together(self._directory, self._views.find_person, names)

    def with_called(self, erasable: Erasable, called: Collection[str] = ()) -> Erasable:
        """Add what their traits, and whoever asks, say that persons are called."""
        found = {self._views.find_person(f"person_id:{one}") for one in erasable.person_ids}
        cells = [held for one in found if one for held in self._views.cells_of(one)]
        in_use = self._around.in_use() if called else ()
        asked = frozenset(stated_name(one, in_use) for one in called)
        return msgspec.structs.replace(erasable, called=called_in(cells) | asked)

    def typed(self, erasable: Erasable) -> TypedNames:
        """Give what people may have typed about the erased."""
        return TypedNames(erasable.told_as, self._around.in_use(), erasable.called)

    async def scan(self, running: Running) -> Findings:
        """Find what is about the erased of a request, and what is left of it."""
        return await self._reading.scan(running, self.typed(running.erasable))

    async def at(self, erasable: Erasable) -> Findings:
        """Find what would go, without a request."""
        return await self.scan(Running("", 0, erasable, b""))

    async def preview(self, name: Identifier, erasable: Erasable) -> JsonObject:
        """Tell what would go; raises NotFound where there is nothing."""
        found = await self.at(erasable)
        found.typed.update(await typed_in(self._store, self.typed(erasable), self._around.unname))
        if not (erasable.persons or found.records or found.typed.total()):
            raise NotFound(wrong("no_identifier"))
        numbers = numbers_of(erasable, found)
        would_go: JsonObject = {
            "names": [*sorted(erasable.all_names)],
            "called": [*sorted(erasable.called)],
            "only_claimed": [*self._only_claimed(name, erasable, found)],
            **numbers,
        }
        return {**written("DRY_RUN", numbers), "would_go": would_go}

    async def only_claimed(self, name: Identifier, erasable: Erasable) -> list[Identifier]:
        """Give what only claims of visitors join to a name."""
        return self._only_claimed(name, erasable, await self.at(erasable))

    async def is_known(self, erasable: Erasable) -> bool:
        """Tell whether anything at all is about names that mean no person."""
        known = any(self._directory.stored_at(name) for name in erasable.all_names)
        if known or (await self.at(erasable)).records:
            return True
        typed = await typed_in(self._store, self.typed(erasable), self._around.unname)
        return typed.total() > 0

    async def claimed_beside(
        self, names: Sequence[Identifier], erasable: Erasable
    ) -> dict[str, frozenset[Identifier]]:
        """Give by person whom claims alone join to the asked names, which mean an erasable."""
        asked = frozenset(map(spelled, names)) - {""}
        if not may_reach_by_claims(self._directory, erasable, asked):
            return {}
        found = await self.at(erasable)
        return beside_claims(self._directory, self._views.find_person, asked, found.stated_names)

    def _only_claimed(
        self, name: Identifier, erasable: Erasable, found: Findings
    ) -> list[Identifier]:
        asked = name if kind_of(name) == "person_id" else spelled(name)
        return only_claimed(self._directory, asked, erasable.names, found.stated_names)
