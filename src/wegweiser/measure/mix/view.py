"""The view `series`: imported figures over time, as far as they were known."""


def series() -> str:
    """Select each imported value of a series."""
    return """
select file, day, name, role, value, received_at
from imported_series
where received_at <= $as_of::timestamptz
"""
