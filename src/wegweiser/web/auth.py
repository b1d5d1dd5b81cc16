"""Who is at the door of the pages: session cookie, same-origin check, delay of failed sign-ins."""

from collections.abc import Mapping
from urllib.parse import urlsplit

import msgspec

from wegweiser.terms.instant import MINUTE_MS

FORGOTTEN_AFTER_MS = 15 * MINUTE_MS
FREE_FAILURES = 3
FIRST_DELAY_S = 0.5
LONGEST_DELAY_S = 4.0
PAIRS_KEPT = 10_000
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


class Cookie(msgspec.Struct, frozen=True):
    """How the session cookie is set: locked to the host where the address is https."""

    secure: bool

    @property
    def name(self) -> str:
        """The cookie's name.

        >>> Cookie(secure=True).name
        '__Host-wegweiser'
        """
        return "__Host-wegweiser" if self.secure else "wegweiser"


def same_origin(headers: Mapping[str, str]) -> bool:
    """Tell whether a browser sent an unsafe request from one of our own pages.

    Browsers state `Sec-Fetch-Site`, or at least `Origin`; a request with neither is refused.

    >>> same_origin({"origin": "http://127.0.0.1:8000", "host": "127.0.0.1:8000"})
    True
    >>> same_origin({"sec-fetch-site": "cross-site", "host": "127.0.0.1:8000"})
    False
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    host = headers.get("host", "")
    try:
        return bool(host) and urlsplit(headers.get("origin", "")).netloc == host
    except ValueError:
        # No browser names an origin that cannot be read.
        return False


def own_path(path: str) -> str:
    r"""Give a path of this site to go on to; anything else becomes the first page.

    >>> own_path("/people/per_1?lang=de"), own_path("//example.org"), own_path("/\\example.org")
    ('/people/per_1?lang=de', '/', '/')
    """
    plain = path.startswith("/") and not path.startswith("//")
    if not plain or "\\" in path or any(ord(sign) < 33 for sign in path):
        return "/"
    return path


class Attempts:
    """Failed sign-ins by client address and name: each delays the next.

    Behind a proxy all clients have one address, so strangers can delay an operator, by
    `longest_s` at most, but keep nobody with the right password out.
    """

    def __init__(self, longest_s: float = LONGEST_DELAY_S) -> None:
        self._longest_s = longest_s
        # How often in a row, and when last; the longest untouched comes first.
        self._failed: dict[tuple[str, str], tuple[int, int]] = {}

    def delay_s(self, client: str, name: str, now: int) -> float:
        """Give how long the next check waits, in seconds: 0 for three failures, then doubling.

        >>> attempts, delays = Attempts(), []
        >>> for _ in range(8):
        ...     delays.append(attempts.delay_s("192.0.2.1", "admin", 0))
        ...     attempts.failed("192.0.2.1", "admin", 0)
        >>> delays
        [0.0, 0.0, 0.0, 0.5, 1.0, 2.0, 4.0, 4.0]
        """
        over = self._count((client, name), now) - FREE_FAILURES
        if over < 0:
            return 0.0
        doubled = FIRST_DELAY_S * 2.0 ** min(over, 30)
        return min(self._longest_s, doubled)

    def _count(self, pair: tuple[str, str], now: int) -> int:
        count, at = self._failed.get(pair, (0, now))
        return count if now - at < FORGOTTEN_AFTER_MS else 0

    def failed(self, client: str, name: str, now: int) -> None:
        """Note a wrong name or password."""
        pair = (client, name)
        count = self._count(pair, now) + 1
        self._failed.pop(pair, None)
        self._failed[pair] = (count, now)
        if len(self._failed) > PAIRS_KEPT:
            del self._failed[next(iter(self._failed))]

    def succeeded(self, client: str, name: str) -> None:
        """Forget the failures of somebody who has shown that they know the password."""
        self._failed.pop((client, name), None)

    def __len__(self) -> int:
        """Give the number of pairs that are remembered."""
        return len(self._failed)
