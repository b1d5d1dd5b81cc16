"""Regions: a local database of where internet addresses are used."""

from typing import Protocol

import msgspec


class Place(msgspec.Struct, frozen=True):
    """A country (ISO 3166-1, two letters) and its first subdivision (ISO 3166-2, "DE-BY")."""

    country: str = ""
    region: str = ""


NOWHERE = Place()


class Regions(Protocol):
    """Finds places; it never asks anybody over the network."""

    def place_of(self, address: str) -> Place | None:
        """Give the place of an address; None for one that is unknown or cannot be read."""
