"""How worker processes live: the server decides when they end, and none outlives it."""

import os
import signal
from multiprocessing import connection, parent_process
from threading import Thread


def prepare() -> None:
    """Make this worker deaf to Ctrl-C, and let it end when its parent does, however that ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(0)
