"""Where an address lies, looked up once per network in a local database."""

from collections.abc import Callable
from functools import lru_cache

from wegweiser.collect.enrich.address import network_of
from wegweiser.ports.regions import NOWHERE, Place, Regions

NETWORKS_HELD = 16_384

Finder = Callable[[str], Place]


def region_finder(regions: Regions) -> Finder:
    """Make a function from address to place; the database sees the network, never the address."""

    @lru_cache(maxsize=NETWORKS_HELD)
    def place_of_network(network: str) -> Place:
        return regions.place_of(network) or NOWHERE

    def place_of(address: str) -> Place:
        network = network_of(address)
        return place_of_network(network) if network else NOWHERE

    return place_of
