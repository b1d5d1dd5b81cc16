"""The database of regions that the settings name, or none."""

from pathlib import Path

from wegweiser.adapters.maxmind import MaxmindRegions
from wegweiser.adapters.memory_regions import MemoryRegions
from wegweiser.ports.regions import Regions


def open_regions(database: str) -> Regions:
    """Open a database file; without one every place is unknown. Raises InputRefused."""
    return MaxmindRegions(Path(database)) if database else MemoryRegions()
