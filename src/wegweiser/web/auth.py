"""Who is at the door of the pages: session cookie, same-origin check, limit on failed sign-ins."""

from collections.abc import Mapping
from urllib.parse import urlsplit

import msgspec

from wegweiser.terms.instant import MINUTE_MS

WINDOW_MS = 15 * MINUTE_MS
FAILURES_PER_CLIENT = 5
FAILURES_PER_NAME = 30
_CLIENTS_KEPT = 10_000
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
    origin, host = headers.get("origin", ""), headers.get("host", "")
    return bool(host) and urlsplit(origin).netloc == host


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
    """Failed sign-ins of the last 15 minutes, by client address and by name."""

    def __init__(self) -> None:
        self._failed: dict[tuple[str, str], list[int]] = {}

    def wait_ms(self, client: str, name: str, now: int) -> int:
        """Give how long this client has to wait before it may try this name, 0 when it may."""
        limits = ((("client", client), FAILURES_PER_CLIENT), (("name", name), FAILURES_PER_NAME))
        return max(self._wait(key, limit, now) for key, limit in limits)

    def _wait(self, key: tuple[str, str], limit: int, now: int) -> int:
        recent = [at for at in self._failed.get(key, ()) if now - at < WINDOW_MS]
        if len(recent) < limit:
            return 0
        return recent[-limit] + WINDOW_MS - now

    def failed(self, client: str, name: str, now: int) -> None:
        """Note a wrong name or password."""
        for key in (("client", client), ("name", name)):
            recent = [at for at in self._failed.pop(key, ()) if now - at < WINDOW_MS]
            self._failed[key] = [*recent, now]
        while len(self._failed) > _CLIENTS_KEPT:
            self._failed.pop(next(iter(self._failed)))

    def succeeded(self, client: str) -> None:
        """Forget the failures of a client that has shown that it knows the password."""
        self._failed.pop(("client", client), None)
