"""How worker processes live: the server decides when they end, and none outlives it."""

import os
import signal
from multiprocessing import connection, parent_process
from threading import Thread

# Reports may take longer while events come in and decisions go out, never the other way round.
POLITENESS = 10


def prepare() -> None:
    """Make this worker deaf to Ctrl-C and polite, and let it end when its parent does."""
    if hasattr(os, "nice"):
        os.nice(POLITENESS)
    if hasattr(os, "sched_setscheduler"):
        # Who works in the background does not push aside whoever is waited for.
        os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
    # Set before numpy is loaded: fits are small, and threads that wait for each other cost more
    # processor time than they save.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()


def all_processors() -> int:
    """Give how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(0)
