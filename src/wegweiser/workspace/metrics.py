"""The counts of a site as Prometheus text; no labels about persons."""

from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Gauge, generate_latest

from wegweiser.workspace.archive_metrics import measure_archive
from wegweiser.workspace.delivery_metrics import measure_deliveries
from wegweiser.workspace.rule_metrics import measure_rules
from wegweiser.workspace.segment_metrics import measure_segments

if TYPE_CHECKING:
    from wegweiser.workspace.site import Site

OUTCOMES = ("stored", "duplicate", "quarantined", "suppressed", "dropped")


def metrics_text(site: "Site") -> bytes:
    """Write received elements by outcome, the log position and what is unaccounted for."""
    registry = CollectorRegistry()
    tally = site.unifier.tally
    received = Gauge(
        "wegweiser_events_received_total",
        "Elements received, by what became of them.",
        ["outcome"],
        registry=registry,
    )
    for outcome in OUTCOMES:
        received.labels(outcome).set(getattr(tally, outcome))
    _by_code(registry, site)
    unaccounted = Gauge(
        "wegweiser_unaccounted_events",
        "Elements received less all outcomes; anything but 0 is a fault.",
        registry=registry,
    )
    unaccounted.set(tally.unaccounted)
    lag = Gauge(
        "wegweiser_log_position", "Position of the newest folded record.", registry=registry
    )
    lag.set(site.unifier.position)
    skipped = Gauge(
        "wegweiser_records_skipped_total",
        "Records since the start that could not be folded; anything but 0 is a fault.",
        registry=registry,
    )
    skipped.set(site.unifier.skipped)
    failures = Gauge(
        "wegweiser_job_failures_total", "Failed runs of periodic jobs.", ["job"], registry=registry
    )
    for job, count in site.clockwork.failures.items():
        failures.labels(job).set(count)
    _fallbacks(registry, site)
    measure_archive(registry, site)
    measure_segments(registry, site)
    measure_rules(registry, site)
    measure_deliveries(registry, site)
    return generate_latest(registry)


def _fallbacks(registry: CollectorRegistry, site: "Site") -> None:
    shown = Gauge(
        "wegweiser_decisions_fallback_total",
        "Decisions since the start that were answered by a fallback only, by reason; alarm on"
        " unlogged.",
        ["reason"],
        registry=registry,
    )
    for reason, count in site.deciding.chooser.fallbacks.items():
        shown.labels(reason).set(count)


def _untold(site: "Site") -> dict[str, int]:
    filtered = site.segment_feed.filtered + site.profiles.readers.filtered
    return {"FILTERED_BY_END_USER_CONSENT": filtered}


def _by_code(registry: CollectorRegistry, site: "Site") -> None:
    """Count refusals and repairs since the start, and what was ever set aside, by code."""
    counts = (
        ("requests_refused", "Requests refused since the start.", site.receiver.refusals),
        ("quarantine", "Elements ever set aside.", site.unifier.quarantine.counts.ever),
        ("repairs", "Elements repaired since the start.", site.reader.repairs),
        ("changes_untold", "Changes of profiles not told since the start.", _untold(site)),
    )
    for name, told, by_code in counts:
        gauge = Gauge(f"wegweiser_{name}_total", told, ["code"], registry=registry)
        for code, count in by_code.items():
            gauge.labels(code).set(count)
