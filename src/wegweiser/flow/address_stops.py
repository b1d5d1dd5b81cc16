"""Addresses that nothing is sent to any more: what bounced for good, or whose owner complained."""

from collections.abc import Callable

import msgspec

from wegweiser.flow.tables import ADDRESS_STOPS
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.terms.identity import Identifier, identifier


class Stop(msgspec.Struct, frozen=True):
    """Why nothing is sent to an address, since when (ms), and what told us."""

    reason: str
    at: int
    parcel_id: str = ""


class AddressStops:
    """Kept by keyed hash, so that it survives an erasure and names nobody, not even by guess."""

    def __init__(self, store: OperationalStore, digest: Callable[[Identifier], bytes]):
        """`digest` gives the keyed hash of an identifier; its secret lies outside the store."""
        self._store = store
        self._digest = digest

    def _mark(self, address: str) -> bytes:
        return self._digest(identifier("email", address.strip().lower()))

    def of(self, address: str) -> Stop | None:
        """Give why nothing may be sent to an address, None when it may."""
        found = self._store.get(ADDRESS_STOPS, [self._mark(address)])[0]
        return None if found is None else msgspec.json.decode(found, type=Stop)

    def put(self, address: str, stop: Stop) -> None:
        """Send nothing to an address from now on; the first reason stands."""
        if self.of(address) is None:
            kept = msgspec.json.encode(stop)
            self._store.commit([Change(ADDRESS_STOPS, self._mark(address), kept)])

    def lift(self, address: str) -> bool:
        """Let an address be used again; False when it was not stopped."""
        if self.of(address) is None:
            return False
        self._store.commit([Change(ADDRESS_STOPS, self._mark(address), None)])
        return True

    def count(self) -> int:
        """Give how many addresses are stopped."""
        return sum(1 for _ in self._store.scan(ADDRESS_STOPS))
