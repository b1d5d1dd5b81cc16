"""The tables of the operational store, and how their keys are written."""

from functools import lru_cache

from wegweiser.terms.instant import day_of

# Derived from the log: emptied and made anew by a rebuild.
META = "meta"
VERDICTS = "verdicts"
QUARANTINE = "quarantine"
DECISIONS = "decisions"
DECISIONS_OF = "decisions_of"
REQUESTS = "requests"
OUTCOMES = "outcomes"
OUTCOMES_OF = "outcomes_of"
BUNDLES = "bundles"
SEEN_ERAS = "seen_eras"
OUTBOX = "outbox"
CELLS = "cells"
IDENTITY = ("births", "evidence", "memberships")

# Not derived: made by people, kept by a rebuild.
SOURCES = "sources"
KEYS = "keys"
SETTINGS = "settings"
MAPPINGS = "mappings"
DELIVERIES = "deliveries"
MODELS = "models"

DERIVED = (
    META,
    VERDICTS,
    QUARANTINE,
    DECISIONS,
    DECISIONS_OF,
    REQUESTS,
    OUTCOMES,
    OUTCOMES_OF,
    BUNDLES,
    SEEN_ERAS,
    OUTBOX,
    CELLS,
    *IDENTITY,
)

ERA_DAYS = 32


def number_key(*numbers: int) -> bytes:
    """Write whole numbers so that byte order is number order.

    >>> number_key(1) < number_key(256)
    True
    """
    return b"".join(number.to_bytes(8, "big") for number in numbers)


def seen_table(received_at: int) -> str:
    """Name the table of fingerprints for the era of a receive time."""
    return _seen_table_of(day_of(received_at) // ERA_DAYS)


@lru_cache(maxsize=8)
def _seen_table_of(era: int) -> str:
    return f"seen_{era:05d}"
