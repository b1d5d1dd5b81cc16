"""Segments for Prometheus: differences at recounts, who waits, and rules without an answer."""

from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Gauge

if TYPE_CHECKING:
    from wegweiser.workspace.site import Site


def measure_segments(registry: CollectorRegistry, site: "Site") -> None:
    """Add the figures of segments to a registry."""
    differences = Gauge(
        "wegweiser_segment_differences_total",
        "Memberships since the start that a recount had to put right; anything but 0 is a fault.",
        registry=registry,
    )
    differences.set(site.segments.drifted)
    waiting = Gauge(
        "wegweiser_segment_subjects_waiting",
        "Persons and accounts still to be looked at for segments.",
        registry=registry,
    )
    waiting.set(site.segments.lagging)
    unknown = Gauge(
        "wegweiser_segment_unknown_total",
        "Looks since the start at which the rule of a segment had no answer.",
        ["segment"],
        registry=registry,
    )
    for key, count in site.segments.unknown.items():
        unknown.labels(key).set(count)
