"""The port for regions from a table in memory, the reference for all others."""

from collections.abc import Mapping
from ipaddress import ip_address, ip_network

from wegweiser.ports.regions import Place


class MemoryRegions:
    """Places by network, such as "192.0.2.0/24"; the smallest network that holds it counts.

    >>> MemoryRegions({"192.0.2.0/24": Place("DE", "DE-BY")}).place_of("192.0.2.1")
    Place(country='DE', region='DE-BY')
    """

    def __init__(self, places: Mapping[str, Place] | None = None):
        found = {ip_network(network): place for network, place in (places or {}).items()}
        self._places = sorted(found.items(), key=lambda entry: -entry[0].prefixlen)

    def place_of(self, address: str) -> Place | None:
        """Give the place of an address; None for one that is unknown or cannot be read."""
        try:
            wanted = ip_address(address)
        except ValueError:
            return None
        return next((place for network, place in self._places if wanted in network), None)
