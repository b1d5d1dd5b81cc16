"""As many connections as the machine lets one process hold."""

import sys

# For the log, the store, the worker and the outgoing calls.
KEPT_FOR_FILES = 256


def most_connections() -> int:
    """Raise the limit of open files as far as allowed; give how many connections that leaves.

    >>> most_connections() > 0
    True
    """
    if sys.platform == "win32":
        return 512
    import resource

    limit, highest = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = highest if highest != resource.RLIM_INFINITY else max(limit, 65_536)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, highest))
    except (ValueError, OSError):
        wanted = limit
    return max(1, wanted - KEPT_FOR_FILES)
