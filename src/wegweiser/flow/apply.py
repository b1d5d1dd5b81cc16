"""Configuration from files: check everything, then publish one bundle, or nothing."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

import msgspec

from wegweiser.decide.bundle import Merged, lay_together
from wegweiser.decide.document import Documents, Judge, Loose, look_through
from wegweiser.decide.policy import compile_policy
from wegweiser.flow.intake import Intake
from wegweiser.flow.mappings import Put
from wegweiser.flow.unify import Unifier
from wegweiser.ports.clock import Clock
from wegweiser.terms.errors import DocumentRefused, InputRefused, refused_together
from wegweiser.terms.policy import Bundle
from wegweiser.terms.record import Published
from wegweiser.terms.wrong import Wrong, wrong

Warn = Callable[[Bundle, Bundle], Sequence[Wrong]]
WarnOf = Callable[[Documents], Sequence[Wrong]]
Refuse = Callable[[Bundle, Documents], Sequence[InputRefused]]


class Applied(msgspec.Struct, frozen=True, omit_defaults=True):
    """How many objects an apply created, changed and left as they were, and took out."""

    created: int
    changed: int
    unchanged: int
    removed: int = 0
    warnings: tuple[str, ...] = ()


class Checked(msgspec.Struct, frozen=True):
    """What documents would make of the bundle, and everything that is wrong with them."""

    documents: Documents
    merged: Merged
    faults: tuple[InputRefused, ...] = ()
    warnings: tuple[Wrong, ...] = ()

    def require_good(self) -> None:
        """Raise all faults in one error."""
        if placed := [one for one in self.faults if isinstance(one, DocumentRefused)]:
            raise refused_together(placed)
        if self.faults:
            raise self.faults[0]


class Book(Protocol):
    """Keeps documents that no bundle holds."""

    def check(self, documents: Documents) -> None:
        """Raise DocumentRefused for the first fault, before anything is kept."""

    def put(self, documents: Documents) -> Put:
        """Keep what was checked."""


class Applier:
    """Publishes configuration; a second time changes nothing.

    Where `needs_review`, only what another person has approved may change the bundle.
    """

    def __init__(
        self,
        unifier: Unifier,
        intake: Intake,
        books: Sequence[Book],
        clock: Clock,
        judge: Judge = lambda value: (),
        needs_review: bool = False,
    ):
        """`judge` tells what this workspace forbids beyond what is wrong everywhere."""
        self._unifier = unifier
        self._intake = intake
        self._clock = clock
        self._books = tuple(books)
        self._judge = judge
        self.needs_review = needs_review
        # Gives warnings that need profiles, for an old and a new bundle.
        self.warn: Warn = lambda old, new: ()
        # Gives warnings that need what else is declared, for what is to be applied.
        self.warn_of: WarnOf = lambda documents: ()
        # Gives faults between what would be published and what else is declared.
        self.refuse: Refuse = lambda bundle, documents: ()
        self._applying = asyncio.Lock()

    def check(self, files: Sequence[tuple[str, str]], prune: bool = False) -> Checked:
        """Check documents given as (file name, text), and change nothing."""
        looked = look_through(files, self._judge)
        policies = self._unifier.policies
        merged, faults = lay_together(
            policies.bundle,
            looked.documents.objects,
            policies.variants(),
            prune,
            looked.broken,
        )
        found: list[InputRefused] = [*looked.faults, *faults]
        for book in self._books:
            found += _refused_by(book, looked.documents)
        if not found:
            found += self.refuse(merged.bundle, looked.documents)
        if found:
            return Checked(looked.documents, merged, tuple(_in_order(found)), merged.warnings)
        compile_policy(merged.bundle)
        warnings = (*merged.warnings, *self.warn_of(looked.documents))
        warnings += (*self.warn(policies.bundle, merged.bundle),)
        return Checked(looked.documents, merged, (), warnings)

    async def apply(
        self,
        files: Sequence[tuple[str, str]],
        by: str = "",
        reason: str = "",
        prune: bool = False,
        approved: bool = False,
    ) -> Applied:
        """Apply documents given as (file name, text); raises DocumentRefused with all faults.

        `by` and `reason` are kept with the publication. Raises InputRefused where a second
        person has to approve first.
        """
        async with self._applying:
            checked = self.check(files, prune)
            checked.require_good()
            merged = checked.merged
            if merged.is_new:
                if self.needs_review and not approved:
                    raise _unreviewed()
                await self._publish(merged.bundle, by, reason)
            documents = checked.documents
            others = sum((book.put(documents) for book in self._books), Put())
        return Applied(
            created=len(merged.created) + others.created,
            changed=len(merged.changed) + others.changed,
            unchanged=len(merged.unchanged) + others.unchanged,
            removed=len(merged.removed),
            warnings=tuple(one.said() for one in checked.warnings),
        )

    async def put_again(self, changed: Loose) -> bool:
        """Keep a document that an erasure changed; False where it would be refused like this."""
        documents = Documents((), (changed,))
        async with self._applying:
            if any(next(_refused_by(book, documents), None) for book in self._books):
                return False
            for book in self._books:
                book.put(documents)
        return True

    async def restore(self, number: int, by: str = "", reason: str = "") -> bool:
        """Publish an old bundle again under a new number; raises NotFound.

        Gives False where it is what decides already. It was published once, so nobody has to
        approve it again.
        """
        async with self._applying:
            policies = self._unifier.policies
            old, current = policies.numbered(number), policies.bundle
            if msgspec.structs.replace(old, number=current.number) == current:
                return False
            bundle = msgspec.structs.replace(old, number=current.number + 1)
            await self._publish(bundle, by, reason, number)
            return True

    async def _publish(self, bundle: Bundle, by: str, reason: str, restores: int = 0) -> None:
        now = self._clock.now_ms()
        record = Published(at=now, bundle=bundle, by=by, reason=reason, restores=restores)
        await self._intake.append(record)


def _unreviewed() -> InputRefused:
    return InputRefused("needs_approval", wrong("no_reviewer"), 403)


def _refused_by(book: Book, documents: Documents) -> Iterator[DocumentRefused]:
    """Give what a book refuses, document by document: it stops at its first fault itself."""
    refused: list[str] = []
    while True:
        try:
            book.check(documents)
            return
        except DocumentRefused as error:
            # Who only names a document that was refused is probably right.
            if not any(key in error.reason for key in refused):
                yield error
            held = [
                one for one in documents.loose if one.file == error.file and one.line <= error.line
            ]
            if not held:
                return
            guilty = max(held, key=lambda one: one.line)
            refused.append(guilty.key or guilty.kind)
            rest = tuple(one for one in documents.loose if one is not guilty)
            documents = msgspec.structs.replace(documents, loose=rest)


def _in_order(faults: Sequence[InputRefused]) -> list[InputRefused]:
    """Put faults in the order of files and lines; those without a place come last."""
    placed = [one for one in faults if isinstance(one, DocumentRefused)]
    each = refused_together(placed).each if placed else ()
    return [*each, *(one for one in faults if not isinstance(one, DocumentRefused))]
