"""Who is who, as a running server keeps it: on demand, and of so many identifiers at a time."""

import logging

from wegweiser.ports.operational_store import OperationalStore
from wegweiser.resolve.directory import Directory

# Of so many identifiers all that is known of their persons stays in memory.
IDENTIFIERS_HELD = 200_000
_log = logging.getLogger(__name__)


def load_directory(store: OperationalStore) -> Directory:
    """Read what has to be in memory from the start; the rest is read when it is asked for."""
    directory = Directory(store, held=IDENTIFIERS_HELD)
    directory.load()
    if directory.lacking > 1:
        _log.info("identity of an older folder is indexed once: %d rows", directory.lacking)
    return directory
