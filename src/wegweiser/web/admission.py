"""How many connections may be open, in all and from one address."""

from collections import Counter


class Admission:
    """Counts open connections; an address is what the socket says, never a header.

    >>> door = Admission(per_address=1, in_all=2)
    >>> door.enter("192.0.2.1"), door.enter("192.0.2.1"), door.enter("192.0.2.2")
    (True, False, True)
    >>> door.leave("192.0.2.1")
    >>> door.enter("192.0.2.1"), door.enter("192.0.2.3")
    (True, False)
    """

    def __init__(self, per_address: int, in_all: int):
        self._per_address = per_address
        self._in_all = in_all
        self._by_address: Counter[str] = Counter()
        self.open = 0
        self.refused = 0

    def enter(self, address: str) -> bool:
        """Count a new connection; False where it is one too many, which must not leave."""
        if self._by_address[address] >= self._per_address or self.open >= self._in_all:
            self.refused += 1
            return False
        self._by_address[address] += 1
        self.open += 1
        return True

    def leave(self, address: str) -> None:
        """Count a connection off; an address without any is forgotten."""
        self.open -= 1
        self._by_address[address] -= 1
        if self._by_address[address] <= 0:
            del self._by_address[address]
