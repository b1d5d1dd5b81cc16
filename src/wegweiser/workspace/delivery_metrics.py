"""Counts of deliveries as Prometheus tells them."""

from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Gauge

if TYPE_CHECKING:
    from wegweiser.workspace.site import Site


def measure_deliveries(registry: CollectorRegistry, site: "Site") -> None:
    """Count tries by endpoint and result, what waits, and how long the oldest has waited."""
    sender = site.deciding.sender
    attempts = Gauge(
        "wegweiser_delivery_attempts_total",
        "Tries to hand over since the start, by what they came to.",
        ["endpoint", "outcome"],
        registry=registry,
    )
    for (endpoint, outcome), count in sender.attempts.items():
        attempts.labels(endpoint, outcome).set(count)
    ended = Gauge(
        "wegweiser_deliveries_ended_total",
        "Deliveries that were over since the start, by their end.",
        ["state"],
        registry=registry,
    )
    for state, count in sender.ended.items():
        ended.labels(state).set(count)
    waiting = Gauge(
        "wegweiser_deliveries_waiting", "Deliveries that are not over.", registry=registry
    )
    pending = list(sender.pending)
    waiting.set(len(pending))
    age = Gauge(
        "wegweiser_delivery_age_seconds",
        "How long the oldest delivery that is not over has waited since its decision.",
        registry=registry,
    )
    oldest = min((one.parcel.at for one in pending), default=None)
    age.set(0 if oldest is None else max(0, site.clock.now_ms() - oldest) / 1000)
