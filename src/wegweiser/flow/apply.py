"""Configuration from files: check everything, then publish one bundle, or nothing."""

import asyncio
from collections.abc import Sequence

import msgspec

from wegweiser.decide.bundle import merge
from wegweiser.decide.document import read_documents
from wegweiser.decide.policy import compile_policy
from wegweiser.flow.intake import Intake
from wegweiser.flow.mappings import MappingBook
from wegweiser.flow.unify import Unifier
from wegweiser.ports.clock import Clock
from wegweiser.ports.operational_store import OperationalStore
from wegweiser.terms.record import Published


class Applied(msgspec.Struct, frozen=True):
    """How many objects an apply created, changed and left as they were."""

    created: int
    changed: int
    unchanged: int


class Applier:
    """Publishes configuration; a second time changes nothing."""

    def __init__(self, unifier: Unifier, intake: Intake, store: OperationalStore, clock: Clock):
        self._unifier = unifier
        self._intake = intake
        self._clock = clock
        self.mappings = MappingBook(store)
        self._applying = asyncio.Lock()

    async def apply(self, files: Sequence[tuple[str, str]]) -> Applied:
        """Apply documents given as (file name, text); raises DocumentRefused on the first fault."""
        async with self._applying:
            return await self._apply(files)

    async def _apply(self, files: Sequence[tuple[str, str]]) -> Applied:
        documents = read_documents(files)
        merged = merge(self._unifier.policies.bundle, documents.objects)
        compile_policy(merged.bundle)
        if merged.created or merged.changed:
            await self._intake.append(Published(at=self._clock.now_ms(), bundle=merged.bundle))
        mapped = self.mappings.put(documents.mappings)
        return Applied(
            created=len(merged.created) + mapped.created,
            changed=len(merged.changed) + mapped.changed,
            unchanged=len(merged.unchanged) + mapped.unchanged,
        )
