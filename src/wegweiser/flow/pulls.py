"""Scheduled pulls: rows of other systems, mapped and loaded, each time only what is new."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator
from functools import partial

import msgspec

from wegweiser.collect.batch import batches
from wegweiser.collect.mapping import OF_ROWS
from wegweiser.flow.loader import Loader
from wegweiser.flow.mappings import DocumentBook, MappingBook
from wegweiser.flow.own_thread import OwnThread
from wegweiser.flow.tables import PULL_STATES, PULLS
from wegweiser.ports.clock import Clock
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.ports.row_source import Fetch, RowSource
from wegweiser.terms.errors import ComeAgain, DocumentRefused, InputRefused, NotFound
from wegweiser.terms.instant import MINUTE_MS
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.record import Tally
from wegweiser.terms.wrong import wrong
from wegweiser.terms.wrong_type import misread

_log = logging.getLogger(__name__)
LONGEST_REASON = 300
MOST_MINUTES = 60 * 24 * 31


class Pull(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One declared pull; `function` is written "module:function"."""

    kind: str = "pull"
    key: str
    function: str
    mapping: str
    every_minutes: float = 60
    arguments: JsonObject = {}
    select: tuple[str, ...] = ()
    cursor: str = ""


class PullState(msgspec.Struct, frozen=True):
    """How a pull stands: the greatest cursor that is loaded whole, and its last run (ms)."""

    since: Json = None
    ran_at: int | None = None
    tally: Tally = Tally()
    failure: str = ""


Allowed = Callable[[str], None]


class PullDesk:
    """Runs pulls one after another; `require_allowed` raises for what the operator forbids."""

    def __init__(
        self,
        store: OperationalStore,
        mappings: MappingBook,
        loader: Loader,
        source: RowSource,
        clock: Clock,
    ):
        self._store = store
        self.book = DocumentBook(store, PULLS)
        self._mappings = mappings
        self._loader = loader
        self._source = source
        self._clock = clock
        self._running = asyncio.Lock()

    def all(self) -> list[tuple[Pull, PullState]]:
        """List all pulls by key, with how they stand."""
        pulls = (msgspec.convert(document, Pull) for document in self.book.all())
        return [(pull, self._state(pull.key)) for pull in pulls]

    def _state(self, key: str) -> PullState:
        stored = self._store.get(PULL_STATES, [key.encode()])[0]
        return PullState() if stored is None else msgspec.json.decode(stored, type=PullState)

    def _keep(self, key: str, state: PullState) -> None:
        self._store.commit([Change(PULL_STATES, key.encode(), msgspec.json.encode(state))])

    async def run_due(self) -> None:
        """Run every pull whose time has come; one that fails is told and tried at its next time."""
        now = self._clock.now_ms()
        for pull, state in self.all():
            if state.ran_at is None or now >= state.ran_at + pull.every_minutes * MINUTE_MS:
                try:
                    await self.run(pull.key)
                except ComeAgain:
                    raise
                except Exception as error:  # noqa: BLE001 - foreign code may raise anything
                    _log.warning("the pull %s failed: %s", pull.key, error)

    async def run(self, key: str, anew: bool = False) -> Tally:
        """Run one pull now, from the beginning where `anew`; gives what became of its rows.

        Raises NotFound for an unknown key, InputRefused where its function fails. The cursor
        moves only after everything is loaded, so that an interrupted pull loses nothing.
        """
        document = self.book.get(key)
        if document is None:
            raise NotFound(f"There is no pull {key!r}.")
        pull = msgspec.convert(document, Pull)
        async with self._running:
            before = self._state(key)
            try:
                after = await self._pulled(pull, None if anew else before.since)
            except ComeAgain:
                raise
            except Exception as error:
                reason = f"{type(error).__name__}: {error}"[:LONGEST_REASON]
                now = self._clock.now_ms()
                self._keep(key, msgspec.structs.replace(before, ran_at=now, failure=reason))
                if isinstance(error, InputRefused):
                    raise
                raise InputRefused("pull_failed", f"{key} failed. {reason}", 422) from error
            self._keep(key, after)
            return after.tally

    async def _pulled(self, pull: Pull, since: Json) -> PullState:
        mapping = self._mappings.compiled(pull.mapping, OF_ROWS)
        newest = Newest(pull.cursor, since)
        fetch = Fetch(pull.function, pull.arguments, pull.select, pull.cursor, since)
        began, tally = self._clock.now_ms(), Tally()
        # One thread for the whole pull: foreign code keeps connections and state by thread.
        thread = OwnThread("pull")
        try:
            found = batches(newest.watched(_rows(self._source, fetch)), mapping)
            while (batch := await thread.run(partial(next, found, None))) is not None:
                tally += await self._loader.take(
                    mapping.source, batch.elements, batch.unmapped, "bulk"
                )
        finally:
            thread.end()
        return PullState(newest.value, began, tally)


class Newest:
    """Watches rows go by and keeps the greatest value of the cursor."""

    def __init__(self, cursor: str, value: Json):
        self._cursor = cursor
        self.value = value

    def watched(self, rows: Iterable[Json]) -> Iterator[Json]:
        """Yield the rows as they are.

        >>> newest = Newest("at", None)
        >>> len(list(newest.watched([{"at": 3}, {"at": 7}, {"at": 5}, {}]))), newest.value
        (4, 7)
        """
        for row in rows:
            stated = row.get(self._cursor) if isinstance(row, dict) else None
            if _later(stated, self.value):
                self.value = stated
            yield row


def _later(value: Json, than: Json) -> bool:
    if isinstance(value, str):
        return not isinstance(than, str) or value > than
    if isinstance(value, int | float) and not isinstance(value, bool):
        return not isinstance(than, int | float) or value > than
    return False


def _rows(source: RowSource, fetch: Fetch) -> Iterator[Json]:
    # The function is called where its rows are read: in the pull's own thread.
    yield from source.rows(fetch)


def read_pull(document: JsonObject, file: str, line: int, require_allowed: Allowed) -> Pull:
    """Read a `kind: pull` document; raises DocumentRefused with what is wrong."""
    try:
        pull = msgspec.convert(document, Pull)
        require_allowed(pull.function)
    except msgspec.ValidationError as error:
        raise DocumentRefused(file, line, misread(error).of("pull")) from error
    except InputRefused as error:
        fault = wrong("at_start", name="pull", reason=error)
        raise DocumentRefused(file, line, fault) from error
    if not 1 <= pull.every_minutes <= MOST_MINUTES:
        raise DocumentRefused(file, line, wrong("every_minutes", most=MOST_MINUTES))
    return pull
