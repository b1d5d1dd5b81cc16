"""Where duplicates are looked for: a process of its own that ends with its search."""

import asyncio
import importlib.util
import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.queues import SimpleQueue

from wegweiser.flow.link_search import search
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.link import Linkage, LinkRecord
from wegweiser.terms.wrong import wrong
from wegweiser.workspace.worker import prepare

LOOKED_EVERY_S = 0.5
Tell = Callable[[str], None]


def require_installed() -> None:
    """Raise InputRefused where the extra is missing."""
    if importlib.util.find_spec("splink") is None:
        raise InputRefused(
            "not_installed",
            wrong("needs_splink"),
            422,
        )


async def find_here(records: Sequence[LinkRecord], at_least: float, tell: Tell) -> Linkage:
    """Search in a thread of this process; for workspaces in memory."""
    require_installed()
    return await asyncio.to_thread(_search, records, at_least, tell)


async def find_beside(records: Sequence[LinkRecord], at_least: float, tell: Tell) -> Linkage:
    """Search in a process of its own; `tell` hears how far it is."""
    require_installed()
    context = multiprocessing.get_context("spawn")
    steps: SimpleQueue[str] = context.SimpleQueue()
    pool = ProcessPoolExecutor(1, mp_context=context, initializer=_begin, initargs=(steps,))
    try:
        work = asyncio.wrap_future(pool.submit(_search_told, list(records), at_least))
        while not (await asyncio.wait([work], timeout=LOOKED_EVERY_S))[0]:
            while not steps.empty():
                tell(steps.get())
        return work.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


_steps: "list[SimpleQueue[str]]" = []


def _begin(steps: "SimpleQueue[str]") -> None:
    prepare()
    _steps.append(steps)


def _search_told(records: list[LinkRecord], at_least: float) -> Linkage:
    return _search(records, at_least, _steps[0].put)


def _search(records: Sequence[LinkRecord], at_least: float, tell: Tell) -> Linkage:
    # Splink is loaded only where it works.
    from wegweiser.adapters.splink_linker import SplinkLinker

    return search(SplinkLinker(), records, at_least, tell)
