"""Configuration from files: check everything, then publish one bundle, or nothing."""

import asyncio
from collections.abc import Sequence
from typing import Protocol

import msgspec

from wegweiser.decide.bundle import merge
from wegweiser.decide.document import Documents, Judge, read_documents
from wegweiser.decide.policy import compile_policy
from wegweiser.flow.intake import Intake
from wegweiser.flow.mappings import Put
from wegweiser.flow.unify import Unifier
from wegweiser.ports.clock import Clock
from wegweiser.terms.record import Published


class Applied(msgspec.Struct, frozen=True):
    """How many objects an apply created, changed and left as they were."""

    created: int
    changed: int
    unchanged: int


class Book(Protocol):
    """Keeps documents that no bundle holds."""

    def check(self, documents: Documents) -> None:
        """Raise DocumentRefused for the first fault, before anything is kept."""

    def put(self, documents: Documents) -> Put:
        """Keep what was checked."""


class Applier:
    """Publishes configuration; a second time changes nothing."""

    def __init__(
        self,
        unifier: Unifier,
        intake: Intake,
        books: Sequence[Book],
        clock: Clock,
        judge: Judge = lambda value: (),
    ):
        """`judge` tells what this workspace forbids beyond what is wrong everywhere."""
        self._unifier = unifier
        self._intake = intake
        self._clock = clock
        self._books = tuple(books)
        self._judge = judge
        self._applying = asyncio.Lock()

    async def apply(self, files: Sequence[tuple[str, str]]) -> Applied:
        """Apply documents given as (file name, text); raises DocumentRefused on the first fault."""
        async with self._applying:
            return await self._apply(files)

    async def _apply(self, files: Sequence[tuple[str, str]]) -> Applied:
        documents = read_documents(files, self._judge)
        merged = merge(self._unifier.policies.bundle, documents.objects)
        compile_policy(merged.bundle)
        for book in self._books:
            book.check(documents)
        if merged.created or merged.changed:
            await self._intake.append(Published(at=self._clock.now_ms(), bundle=merged.bundle))
        others = sum((book.put(documents) for book in self._books), Put())
        return Applied(
            created=len(merged.created) + others.created,
            changed=len(merged.changed) + others.changed,
            unchanged=len(merged.unchanged) + others.unchanged,
        )
