"""Putting back into quarantine what was let in by mistake: noted in the log, then made anew."""

from typing import TYPE_CHECKING

from wegweiser.flow.taken_back import Range
from wegweiser.terms.record import TakenBack

if TYPE_CHECKING:
    from wegweiser.workspace.site import Site


async def take_back(site: "Site", ranges: list[Range], by: str) -> None:
    """Let records that came out of the quarantine count no more, and make everything anew.

    What was derived from them is gone afterwards; decisions that were taken on them stay.
    """
    now = site.clock.now_ms()
    await site.intake.append(TakenBack(at=now, by=by, ranges=tuple(ranges)))
    await site.intake.checkpoint()
    await settle_taken_back(site)


async def settle_taken_back(site: "Site") -> None:
    """Make everything anew where something that was taken back is still derived."""
    if site.unifier.taken_back.unsettled:
        await site.rebuild()
