"""How far the archive is behind, and how its files are merged, as Prometheus gauges."""

from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Gauge

if TYPE_CHECKING:
    from wegweiser.workspace.site import Site


def measure_archive(registry: CollectorRegistry, site: "Site") -> None:
    """Write the seconds and the positions by which the archive is behind, and files merged."""
    head = site.unifier.position
    late = "Seconds by which the archive lacks what the log holds; alarm above 60."
    told = (
        ("archive_behind_seconds", late, site.archiving.behind_s(head)),
        ("archive_position", "Position of the log up to which the archive is complete.",
         site.archiving.pace.position),
        ("archive_files_merged_total", "Small files of the archive merged since the start.",
         site.archiving.merged_files),
    )  # fmt: skip
    for name, help_text, value in told:
        Gauge(f"wegweiser_{name}", help_text, registry=registry).set(value)
