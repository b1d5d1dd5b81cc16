"""The counts of how rules run, as Prometheus text."""

from hashlib import sha256
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Gauge

if TYPE_CHECKING:
    from wegweiser.workspace.site import Site


def measure_rules(registry: CollectorRegistry, site: "Site") -> None:
    """Add answers that were not possible by rule and reason, and which rules are slow.

    A rule is named by the first digits of the SHA-256 of its text; `wegweiser rule list` has both.
    """
    guard, now = site.publishing.guard, site.clock.now_ms()
    unknown = Gauge(
        "wegweiser_rule_unknown_total",
        "Answers that a rule could not give since the start, by reason.",
        ["reason", "rule"],
        registry=registry,
    )
    flagged = Gauge(
        "wegweiser_rule_flagged",
        "Rules that took more than 1 ms three times in the last hour.",
        ["rule"],
        registry=registry,
    )
    for text, record in guard.records.items():
        for reason, count in record.unknown.items():
            unknown.labels(reason, digest_of(text)).set(count)
        if record.is_flagged(now):
            flagged.labels(digest_of(text)).set(1)
    over = Gauge(
        "wegweiser_rule_budget_exceeded_total",
        "Requests whose rules took more than 5 ms together, since the start.",
        registry=registry,
    )
    over.set(guard.over_budget)


def digest_of(text: str) -> str:
    """Name a rule by 12 hex digits.

    >>> digest_of("person.known")
    '328cb60e8fdd'
    """
    return sha256(text.encode()).hexdigest()[:12]
