"""The event loop of generator and echo: uvloop where there is one."""

import asyncio
import importlib
import sys


def new_event_loop() -> asyncio.AbstractEventLoop:
    """Make the fastest event loop that this platform has."""
    if sys.platform == "win32":
        return asyncio.new_event_loop()
    made: asyncio.AbstractEventLoop = importlib.import_module("uvloop").new_event_loop()
    return made
