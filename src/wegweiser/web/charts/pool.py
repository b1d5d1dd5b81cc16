"""The drawing pool: two worker processes, and a memory of what they have drawn."""

import asyncio
import hashlib
import logging
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from importlib import import_module

import msgspec

from wegweiser.terms.result import Answer
from wegweiser.web.charts.figures import WIDTHS, AnswerFigure, Width
from wegweiser.workspace.worker import prepare

WORKERS = 2
DRAWINGS_KEPT = 256
PATIENCE_S = 2.0
# Handed over at once per worker: many in one breath would hold the loop up as long as one drawing.
HANDED_OVER = 2
_log = logging.getLogger(__name__)


class Drawing(msgspec.Struct, frozen=True):
    """A figure drawn for each width; both empty when it could not be drawn."""

    wide: str = ""
    narrow: str = ""


class DrawingPool:
    """Draws in processes of their own, started with the first figure; never fails a page."""

    def __init__(self, workers: int = WORKERS):
        self._workers = workers
        self._pool: ProcessPoolExecutor | None = None
        self._drawn: dict[str, asyncio.Task[Drawing]] = {}
        self._room = asyncio.Semaphore(workers * HANDED_OVER)
        self._is_closed = False

    async def draw(self, figure: AnswerFigure) -> Drawing | None:
        """Give the drawing of a figure; None when it is still being drawn."""
        key = hashlib.sha256(msgspec.json.encode(figure)).hexdigest()
        task = self._drawn.pop(key, None)
        if task is None or _lost(task):
            task = asyncio.create_task(self._both(figure, f"c{key[:8]}"))
        self._drawn[key] = task
        if len(self._drawn) > DRAWINGS_KEPT:
            self._drawn.pop(next(iter(self._drawn)))
        done, _ = await asyncio.wait([task], timeout=PATIENCE_S)
        return task.result() if done else None

    async def _both(self, figure: AnswerFigure, prefix: str) -> Drawing:
        drawn = await asyncio.gather(*(self._one(figure, width, prefix) for width in WIDTHS))
        return Drawing(*drawn)

    async def _one(self, figure: AnswerFigure, width: Width, prefix: str) -> str:
        loop = asyncio.get_running_loop()
        try:
            async with self._room:
                if self._is_closed:
                    return ""
                return await loop.run_in_executor(
                    self._started(), _draw, figure, width, f"{prefix}{width[0]}"
                )
        except BrokenProcessPool:
            _log.exception("a drawing process ended; the next chart starts new ones")
            self._pool = None
        except Exception:  # noqa: BLE001 - a page shows its table when a chart cannot be drawn
            _log.exception("a chart could not be drawn; its table stands alone")
        return ""

    async def picture(self, answer: Answer, language: str, form: str) -> bytes:
        """Draw an answer as a file, "svg" or "png"; raises what the drawing raises."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._started(), _picture, answer, language, form)

    def _started(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                self._workers, multiprocessing.get_context("spawn"), _prepare
            )
        return self._pool

    def close(self) -> None:
        """End the worker processes; what still waits for one is not drawn any more."""
        self._is_closed = True
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None


def _lost(task: "asyncio.Task[Drawing]") -> bool:
    return task.done() and (task.cancelled() or not task.result().wide)


def _prepare() -> None:
    prepare()
    # Altair and the renderer are imported in the workers only, and there before they are needed.
    import_module("wegweiser.web.charts.draw")


def _draw(figure: AnswerFigure, width: Width, prefix: str) -> str:
    from wegweiser.web.charts import draw

    return draw.draw(figure, width, prefix)


def _picture(answer: Answer, language: str, form: str) -> bytes:
    from wegweiser.web.charts import of_answer

    return of_answer.png(answer, language) if form == "png" else of_answer.svg(answer, language)
