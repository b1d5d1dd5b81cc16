"""Long exports as work that can be seen and stopped from the pages."""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.wrong import wrong

if TYPE_CHECKING:
    from wegweiser.workspace.site import Site

# Whoever takes fewer lines has them before anybody could look.
LONG_LINES = 5_000
REPORTED_EVERY = 1_000


async def seen_as_work(
    site: "Site", kind: str, lines: AsyncIterator[bytes]
) -> AsyncIterator[bytes]:
    """Pass the lines of an export on; after the first 5,000 it is listed among the long work.

    Raises InputRefused where somebody stops it: the file must not look whole.
    """
    work, number = None, 0
    try:
        async for line in lines:
            yield line
            number += 1
            if number == LONG_LINES:
                work = site.works.reported("export", kind, "", number, 0, {"lines": number})
            elif work is not None and number % REPORTED_EVERY == 0:
                site.works.report(work, number, 0, {"lines": number})
                if work.state == "cancelled":
                    raise InputRefused("cancelled", wrong("export_stopped"), 409)
        if work is not None:
            site.works.report(work, number, number, {"lines": number})
            site.works.ends(work)
    finally:
        # Whoever listened has gone, or something failed, unless it has ended above.
        if work is not None:
            site.works.ends(work, failed=True)
