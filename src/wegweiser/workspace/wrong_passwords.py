"""Wrong passwords by account and network: after twenty in a day that way in is closed."""

from ipaddress import ip_address

from wegweiser.collect.allowance import network_of
from wegweiser.terms.instant import DAY_MS

MOST = 20
KEPT = 10_000


class WrongPasswords:
    """How many wrong passwords came for a name from a network; kept only in memory.

    A network is a /24 of IPv4 or a /48 of IPv6: strangers close an account for their own network
    alone. What comes from this machine itself is delayed and never closed, since it may be a
    proxy that stands for everybody. A new one-time link opens all ways in of its name.

    >>> wrong = WrongPasswords()
    >>> for _ in range(MOST):
    ...     wrong.note("203.0.113.7", "ada", 0)
    >>> wrong.is_closed("203.0.113.9", "ada", 5), wrong.is_closed("198.51.100.1", "ada", 5)
    (True, False)
    >>> wrong.open("ada")
    >>> wrong.is_closed("203.0.113.7", "ada", 5)
    False
    """

    def __init__(self) -> None:
        # How many, and when the first of them; the longest untouched comes first.
        self._wrong: dict[tuple[str, str], tuple[int, int]] = {}

    def is_closed(self, client: str, name: str, now: int) -> bool:
        """Tell whether no password for a name is believed from where a client is (ms UTC)."""
        count, since = self._wrong.get((network_of(client), name), (0, now))
        return count >= MOST and now - since < DAY_MS

    def note(self, client: str, name: str, now: int) -> None:
        """Note a wrong password, whether there is anybody of this name or not."""
        if _is_this_machine(client):
            return
        pair = (network_of(client), name)
        count, since = self._wrong.pop(pair, (0, now))
        self._wrong[pair] = (count + 1, since) if now - since < DAY_MS else (1, now)
        if len(self._wrong) > KEPT:
            del self._wrong[next(iter(self._wrong))]

    def right(self, client: str, name: str) -> None:
        """Forget what was wrong before from where somebody has just signed in."""
        self._wrong.pop((network_of(client), name), None)

    def open(self, name: str) -> None:
        """Believe passwords for a name from everywhere again."""
        self._wrong = {pair: held for pair, held in self._wrong.items() if pair[1] != name}


def _is_this_machine(client: str) -> bool:
    try:
        return ip_address(client).is_loopback
    except ValueError:
        return True
