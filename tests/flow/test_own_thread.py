"""Foreign code in its own thread: in order, with its errors, and never waited for at the end."""

import asyncio
import subprocess
import sys
from threading import Event, get_ident

import pytest

from tests.flow.loops import on_a_loop
from wegweiser.flow.own_thread import OwnThread

HANGING = """
import asyncio, threading
from wegweiser.flow.own_thread import OwnThread

async def main():
    thread = OwnThread("hangs")
    asking = asyncio.ensure_future(thread.run(threading.Event().wait))
    await asyncio.sleep(0)
    asking.cancel()
    thread.end()

asyncio.run(main())
"""


@on_a_loop
async def test_calls_run_in_one_other_thread_in_order() -> None:
    thread = OwnThread("calls")
    said: list[int] = []
    idents = {await thread.run(get_ident) for _ in range(3)}
    await asyncio.gather(*(thread.run(lambda number=n: said.append(number)) for n in range(9)))
    thread.end()
    assert said == [*range(9)]
    assert len(idents) == 1
    assert get_ident() not in idents


@on_a_loop
async def test_an_error_reaches_whoever_asked() -> None:
    thread = OwnThread("fails")
    with pytest.raises(ZeroDivisionError):
        await thread.run(lambda: 1 // 0)
    with pytest.raises(RuntimeError, match="ended with 3"):
        await thread.run(lambda: sys.exit(3))
    assert await thread.run(lambda: 7) == 7
    thread.end()


@on_a_loop
async def test_an_answer_that_nobody_waits_for_any_more_is_dropped() -> None:
    thread, go_on = OwnThread("late"), Event()
    asking = asyncio.ensure_future(thread.run(go_on.wait))
    await asyncio.sleep(0)
    asking.cancel()
    go_on.set()
    assert await thread.run(lambda: "next") == "next"
    assert asking.cancelled()
    thread.end()


def test_a_call_that_never_returns_does_not_keep_the_process() -> None:
    done = subprocess.run([sys.executable, "-W", "error", "-c", HANGING], timeout=60, check=False)
    assert done.returncode == 0
