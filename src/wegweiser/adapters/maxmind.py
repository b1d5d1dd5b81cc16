"""The port for regions from a database file in the MaxMind format, held in memory."""

from pathlib import Path

import maxminddb

from wegweiser.ports.regions import Place
from wegweiser.terms.errors import InputRefused


class MaxmindRegions:
    """A country or city database; raises InputRefused when the file cannot be read."""

    def __init__(self, path: Path):
        try:
            self._reader = maxminddb.open_database(path, maxminddb.MODE_MEMORY)
        except (OSError, ValueError, maxminddb.InvalidDatabaseError) as error:
            raise InputRefused(
                "bad_database",
                f"The database of regions {path} cannot be read: {error}. Correct the setting"
                " region_database, or remove it.",
                422,
                "region_database",
            ) from error

    def place_of(self, address: str) -> Place | None:
        """Give the place of an address; None for one that is unknown, a proxy, or unreadable."""
        try:
            found = self._reader.get(address)
        except ValueError:
            return None
        if not isinstance(found, dict) or _part(found, "traits").get("is_anonymous_proxy") is True:
            return None
        country = _part(found, "country").get("iso_code")
        if not isinstance(country, str):
            return None
        parts = found.get("subdivisions")
        first = parts[0] if isinstance(parts, list) and parts else None
        code = first.get("iso_code") if isinstance(first, dict) else None
        return Place(country, f"{country}-{code}" if isinstance(code, str) and code else "")

    def close(self) -> None:
        """Release the database."""
        self._reader.close()


def _part(record: dict[str, object], name: str) -> dict[str, object]:
    value = record.get(name)
    return value if isinstance(value, dict) else {}
