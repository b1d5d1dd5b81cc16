"""The desk of the quarantine as a site puts it together."""

from typing import TYPE_CHECKING

from wegweiser.flow.replay import QuarantineDesk

if TYPE_CHECKING:
    from wegweiser.workspace.site import Site


def quarantine_desk(site: "Site") -> QuarantineDesk:
    """Give the desk over the parts of a site that stand already."""
    return QuarantineDesk(
        site.unifier.quarantine,
        site.intake,
        site.reader,
        site.callers,
        site.clock,
        site.hooks.remap,
    )
