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
# As the seen tables: emptied by a rebuild, and divided into rows as it comes.
SEEN_FILTERS = "seen_filters"
OUTBOX = "outbox"
CELLS = "cells"
EVENT_PLACES = "event_places"
IDENTITY = (
    "births",
    "evidence",
    "evidence_of",
    "evidence_waiting",
    "judgements",
    "memberships",
    "account_facts",
)
SEGMENT_STAYS = "segment_stays"
SEGMENT_MEMBERS = "segment_members"
SEGMENT_CHECKS = "segment_checks"
COMPUTED_STATES = "computed_states"
RFM_CUTS = "rfm_cuts"
CUSTOMER_MODELS = "customer_models"
# What counts for each person: leaves and identifiers, by person id.
OWNERS = "owners"
# Rules of identity as they were published, by log position.
RULINGS = "rulings"
# Decisions to be taken again by due time, reservations by the end of their lease, and orders.
DEFERRALS = "deferrals"
RESERVATIONS = "reservations"
CONTACT_ORDERS = "contact_orders"

# Who published a bundle, when and why, by its number.
PUBLICATIONS = "publications"

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
# Imported by people: what marketing cost, and what foreign money was worth.
COSTS = "costs"
RATES = "rates"
# Sales, media and other causes over time that come from elsewhere.
SERIES = "series"
SEGMENTS = "segments"
# Versions, what was observed day by day, and what is still to be told cannot be made anew.
SEGMENT_STATES = "segment_states"
SEGMENT_NEWS = "segment_news"
FEED_JOURNAL = "feed_journal"
FEED_CURSORS = "feed_cursors"
SEGMENT_SIZES = "segment_sizes"
SEGMENT_MOVES = "segment_moves"
# What each segment was declared as; the log does not say it.
SEGMENT_VERSIONS = "segment_versions"
PULL_STATES = "pull_states"
# Documents that wait for their publication, by name.
DRAFTS = "drafts"
IDENTITY_DRAFTS = "identity_drafts"
IDENTITY_TRIALS = "identity_trials"
# What was told of merges and splits, so that a rebuild tells nobody again.
LINEAGE = "lineage"
FIELD_RULES = "field_rules"
LEGAL_BASES = "legal_bases"
TAXONOMIES = "taxonomies"
JOURNEYS = "journeys"
BUYING_GROUPS = "buying_groups"
FREE_MAIL = "free_mail_domains"
COMPUTED_TRAITS = "computed_traits"
INTENT_SIGNALS = "intent_signals"
PROTECTED_TRAITS = "protected_traits"
DELIVERIES = "deliveries"
ENDPOINT_STATES = "endpoint_states"
ADDRESS_STOPS = "address_stops"
# What the owner of an address said of topics, by the keyed hash of the address.
SUBSCRIPTIONS = "subscriptions"
AUDIENCE_FILES = "audience_files"
SUPPRESSIONS = "suppressions"
# When a person was erased, by the keyed hash of each id that they had.
ERASED_IDS = "erased_ids"
ERASURES = "erasures"
ERASURES_RUNNING = "erasures_running"
ERASURE_NOTICES = "erasure_notices"
REGULATIONS = "regulations"
SUBJECT_REQUESTS = "subject_requests"
SUBJECT_CALLBACKS = "subject_callbacks"
ACCESS_REQUESTS = "access_requests"
AUDIT = "audit"
RETENTIONS = "retentions"
REPORTS = "reports"
# When a report was declared or changed, and what became of each hand-over.
REPORT_STARTS = "report_starts"
REPORT_SENDS = "report_sends"
# What is watched and how far each watch has looked; alarms with what was said to them.
WATCHES = "watches"
WATCH_STATES = "watch_states"
ALARMS = "alarms"
ALARM_SENDS = "alarm_sends"
ALARM_MISSES = "alarm_misses"
# Verdicts that were written down; what was advised then cannot be made anew.
ADVICE = "advice"
# Which measures were read on which day, what was decided about topics, and where one stood.
READINGS = "readings"
TOPICS = "topics"
STANDINGS = "standings"
# Plans of effort that were handed over, so that what came can be held against them.
EFFORT_PLANS = "effort_plans"
PURPOSES = "purposes"
# Records that let elements out of the quarantine by mistake, by their log positions.
TAKEN_BACK = "taken_back"
# Which definitions an erasure changed, and when.
UNNAMED = "unnamed"
# Long work that somebody began, and how far it is.
WORKS = "works"
MODELS = "models"
SCORES = "scores"
# By key and number; what was published stays.
SCORE_MODELS = "score_models"
SCORE_CHECKS = "score_checks"
# Jobs that decide for many; their decisions are in the log, whom they still concern is here.
BATCHES = "batches"
BATCH_SUBJECTS = "batch_subjects"
# Probable duplicates and what people said to them, by person ids.
LINKS = "links"

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
    PUBLICATIONS,
    SEEN_ERAS,
    OUTBOX,
    CELLS,
    EVENT_PLACES,
    *IDENTITY,
    OWNERS,
    SEGMENT_STAYS,
    SEGMENT_MEMBERS,
    SEGMENT_CHECKS,
    COMPUTED_STATES,
    RFM_CUTS,
    CUSTOMER_MODELS,
    RULINGS,
    DEFERRALS,
    RESERVATIONS,
    CONTACT_ORDERS,
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
