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
SEGMENT_STAYS = "segment_stays"
SEGMENT_MEMBERS = "segment_members"
SEGMENT_CHECKS = "segment_checks"

# Not derived: made by people, kept by a rebuild.
SOURCES = "sources"
KEYS = "keys"
KEY_USES = "key_uses"
USER_HASHES = "user_hashes"
SETTINGS = "settings"
MAPPINGS = "mappings"
HOOKS = "hooks"
ANONYMOUS_COUNTS = "anonymous_counts"
HOOK_SECRETS = "hook_secrets"
PULLS = "pulls"
SCHEMAS = "schemas"
SEGMENTS = "segments"
# Versions, what was observed day by day, and what is still to be told cannot be made anew.
SEGMENT_STATES = "segment_states"
SEGMENT_NEWS = "segment_news"
SEGMENT_SIZES = "segment_sizes"
PULL_STATES = "pull_states"
FIELD_RULES = "field_rules"
LEGAL_BASES = "legal_bases"
TAXONOMIES = "taxonomies"
JOURNEYS = "journeys"
DELIVERIES = "deliveries"
SUPPRESSIONS = "suppressions"
ERASURES = "erasures"
ERASURES_RUNNING = "erasures_running"
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
    SEGMENT_STAYS,
    SEGMENT_MEMBERS,
    SEGMENT_CHECKS,
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
