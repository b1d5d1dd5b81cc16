"""The heavy path: archive and measures, run in a process of their own."""

import asyncio
import multiprocessing
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import cached_property
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import msgspec

from wegweiser.deliver.report_document import Report
from wegweiser.deliver.report_part import Composed
from wegweiser.flow.answer_wish import FileWish, Written
from wegweiser.flow.score_wish import ScoreTrained, ScoreWish
from wegweiser.flow.simulate import Wish
from wegweiser.measure.off_policy_answer import Told
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.result import Answer
from wegweiser.terms.wrong import InBoth
from wegweiser.workspace.engines import Engines
from wegweiser.workspace.folder import Folder
from wegweiser.workspace.worker import all_processors, prepare

if TYPE_CHECKING:
    # DuckDB, Delta and the statistics are loaded where reports run, not where events come in.
    from wegweiser.flow.report import Reporter
    from wegweiser.measure.described import Described


# Of a new process nothing is shared with the server, whose threads may hold any lock.
START_METHOD = "spawn"


class Analyst(Protocol):
    """Brings the archive up to a log position, and answers measures from it."""

    @property
    def busy(self) -> bool:
        """True while something that was asked is not done."""

    def leave_room(self) -> None:
        """Leave a processor to whoever decides meanwhile; before anything is asked."""

    async def compact(self) -> int:
        """Merge some small files of the archive; gives how many, 0 when nothing is left to do."""

    async def catch_up(self, upto: int) -> None:
        """Append everything up to this position to the archive."""

    async def measure(self, name: str, options: Mapping[str, str], as_of: int, upto: int) -> Answer:
        """Answer one measure over everything up to this position."""

    async def written(self, wish: FileWish) -> Written:
        """Answer one measure as a file."""

    async def measures(self) -> "tuple[Described, ...]":
        """List all measures with their options."""

    async def compose(
        self, report: Report, days: Mapping[str, str], wishes: Sequence[FileWish]
    ) -> Composed:
        """Write out the answers of a report."""

    async def simulate(self, wish: Wish) -> Told:
        """Hold a draft against committed decisions of the past."""

    async def train_score(self, wish: ScoreWish) -> ScoreTrained:
        """Learn a score, or look at its drift."""

    async def rebuild(self, upto: int) -> None:
        """Make the archive anew from the log."""

    async def replace(self, positions: Sequence[int]) -> None:
        """Write rows of the archive anew whose log records were changed."""

    def close(self) -> None:
        """End what runs."""


class InlineAnalyst:
    """The reference: works in this process, on engines in memory."""

    def __init__(self, engines: Engines):
        self._engines = engines

    @cached_property
    def _reporter(self) -> "Reporter":
        """Made when something is first asked, because most who open a site ask nothing."""
        from wegweiser.adapters.duckdb import DuckDBWarehouse
        from wegweiser.flow.report import Reporter

        engines = self._engines
        assert engines.archive is not None
        return Reporter(engines.log, engines.store, engines.archive, DuckDBWarehouse())

    @property
    def busy(self) -> bool:
        """Never: an answer is given before anything else happens."""
        return False

    def leave_room(self) -> None:
        """Nothing happens beside an answer."""

    async def compact(self) -> int:
        """Merge some small files of the archive; gives how many, 0 when nothing is left to do."""
        return self._reporter.compact()

    async def catch_up(self, upto: int) -> None:
        """Append everything up to this position to the archive."""
        self._reporter.catch_up(upto)

    async def measure(self, name: str, options: Mapping[str, str], as_of: int, upto: int) -> Answer:
        """Answer one measure over everything up to this position."""
        return self._reporter.measure(name, options, as_of, upto)

    async def written(self, wish: FileWish) -> Written:
        """Answer one measure as a file."""
        return self._reporter.written(wish)

    async def measures(self) -> "tuple[Described, ...]":
        """List all measures with their options."""
        return self._reporter.measures()

    async def compose(
        self, report: Report, days: Mapping[str, str], wishes: Sequence[FileWish]
    ) -> Composed:
        """Write out the answers of a report."""
        return self._reporter.compose(report, days, wishes)

    async def simulate(self, wish: Wish) -> Told:
        """Hold a draft against committed decisions of the past."""
        return self._reporter.simulate(wish)

    async def train_score(self, wish: ScoreWish) -> ScoreTrained:
        """Learn a score, or look at its drift."""
        return self._reporter.train_score(wish)

    async def rebuild(self, upto: int) -> None:
        """Make the archive anew from the log."""
        self._reporter.rebuild(upto)

    async def replace(self, positions: Sequence[int]) -> None:
        """Write rows of the archive anew whose log records were changed."""
        self._reporter.replace(positions)

    def close(self) -> None:
        """Nothing runs."""


class WorkerAnalyst:
    """Works in one spawned process, so that reports never slow a decision."""

    def __init__(self, folder: Folder):
        self._root = str(folder.root)
        self._pool: Executor | None = None
        # Known once the process is there.
        self.process_id: Future[int] = Future()
        self._processes: list[BaseProcess] = []
        self._works: set[Future[object]] = set()
        self._asked = 0
        self._threads = all_processors()

    @property
    def busy(self) -> bool:
        """True while something that was asked is not done."""
        return self._asked > 0

    @property
    def at_work(self) -> bool:
        """True while the process works on something, wanted still or not."""
        return any(work.running() for work in self._works)

    def leave_room(self) -> None:
        """Leave a processor to whoever decides meanwhile; before anything is asked."""
        self._threads = max(1, all_processors() - 1)

    async def compact(self) -> int:
        """Merge some small files of the archive; gives how many, 0 when nothing is left to do."""
        merged = await self._run("compact")
        assert isinstance(merged, int)
        return merged

    async def catch_up(self, upto: int) -> None:
        """Append everything up to this position to the archive."""
        await self._run("catch_up", upto)

    async def measure(self, name: str, options: Mapping[str, str], as_of: int, upto: int) -> Answer:
        """Answer one measure over everything up to this position."""
        answer = await self._run("measure", name, dict(options), as_of, upto)
        assert isinstance(answer, Answer)
        return answer

    async def written(self, wish: FileWish) -> Written:
        """Answer one measure as a file."""
        file = await self._run("written", wish)
        assert isinstance(file, Written)
        return file

    async def measures(self) -> "tuple[Described, ...]":
        """List all measures with their options."""
        listed = await self._run("measures")
        assert isinstance(listed, tuple)
        return listed

    async def compose(
        self, report: Report, days: Mapping[str, str], wishes: Sequence[FileWish]
    ) -> Composed:
        """Write out the answers of a report."""
        composed = await self._run("compose", report, dict(days), list(wishes))
        assert isinstance(composed, Composed)
        return composed

    async def simulate(self, wish: Wish) -> Told:
        """Hold a draft against committed decisions of the past."""
        told = await self._run("simulate", wish)
        assert isinstance(told, Told)
        return told

    async def train_score(self, wish: ScoreWish) -> ScoreTrained:
        """Learn a score, or look at its drift."""
        trained = await self._run("train_score", wish)
        assert isinstance(trained, ScoreTrained)
        return trained

    async def rebuild(self, upto: int) -> None:
        """Make the archive anew from the log."""
        await self._run("rebuild", upto)

    async def replace(self, positions: Sequence[int]) -> None:
        """Write rows of the archive anew whose log records were changed."""
        await self._run("replace", list(positions))

    async def _run(self, verb: str, *arguments: object) -> object:
        if self._pool is None:
            context = multiprocessing.get_context(START_METHOD)
            self._pool = ProcessPoolExecutor(1, mp_context=context, initializer=prepare)
            others = multiprocessing.active_children()
            self.process_id = self._pool.submit(os.getpid)
            started = multiprocessing.active_children()
            self._processes = [one for one in started if one not in others]
        self._asked += 1
        try:
            work = self._pool.submit(_work, self._root, self._threads, verb, arguments)
            self._works.add(work)
            work.add_done_callback(self._works.discard)
            found = await asyncio.wrap_future(work)
        except BrokenProcessPool:
            self._pool = None  # the next report gets a new process
            raise
        finally:
            self._asked -= 1
        if isinstance(found, Refusal):
            raise InputRefused(found.code, InBoth(found.sentences), found.status, found.field)
        return found

    def close(self) -> None:
        """End the process, in the middle of its work if need be.

        A report may take minutes, and whoever stops a server is not to wait for it; what the
        worker writes is whole or not there.
        """
        if self._pool is None:
            return
        at_work = self.at_work
        self._pool.shutdown(wait=not at_work, cancel_futures=True)
        for process in self._processes if at_work else ():
            # Also one that is still starting, of which the pool knows no more than that.
            process.kill()


class Refusal(msgspec.Struct, frozen=True):
    """An InputRefused on its way between processes; errors themselves cannot be pickled."""

    code: str
    sentences: dict[str, str]
    status: int
    field: str | None


_reporters: "dict[str, Reporter]" = {}


def _work(root: str, threads: int, verb: str, arguments: tuple[object, ...]) -> object:
    """Run one verb of the reporter of a data folder (in the worker process)."""
    if root not in _reporters:
        _reporters[root] = open_reporter(root, threads)
    try:
        return getattr(_reporters[root], verb)(*arguments)
    except InputRefused as error:
        sentences = {"en": error.message, "de": error.said("de")}
        return Refusal(error.code, sentences, error.status, error.field)


def open_reporter(root: str, threads: int = 2) -> "Reporter":
    """Open the archive of a data folder, reading its log and store beside the writer.

    Questions are worked on by so many threads.
    """
    from wegweiser.adapters.delta import DeltaArchive
    from wegweiser.adapters.duckdb import DuckDBWarehouse
    from wegweiser.adapters.sqlite_log import SqliteEventLog
    from wegweiser.adapters.sqlite_store import SqliteStore
    from wegweiser.flow.report import Reporter

    folder = Folder(Path(root))
    return Reporter(
        SqliteEventLog(folder.log, read_only=True),
        SqliteStore(folder.store, read_only=True),
        DeltaArchive(folder.archive),
        DuckDBWarehouse([folder.archive], threads=threads),
    )
