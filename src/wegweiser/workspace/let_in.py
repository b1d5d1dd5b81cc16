"""What a replay of the quarantine let in when it was cut off in the middle of a step."""

import asyncio
from typing import TYPE_CHECKING

from wegweiser.flow.quarantine import Place
from wegweiser.log.record import decode
from wegweiser.terms.record import Collected

if TYPE_CHECKING:
    from wegweiser.workspace.site import Site


async def let_in(site: "Site", since: int, first: Place, last: Place) -> list[int]:
    """Give the log positions beyond `since` that let elements of a step out of the quarantine.

    A step is all elements from one place to another. The log alone knows: it was written before
    anything could be noted of it.
    """
    return await asyncio.to_thread(_read, site, since, first, last)


def _read(site: "Site", since: int, first: Place, last: Place) -> list[int]:
    found = []
    for position, payload in site.engines.log.read(since):
        record = decode(payload)
        # Those without events were given up.
        places = record.replaces if isinstance(record, Collected) and record.events else ()
        if any(first <= place <= last for place in places):
            found.append(position)
    return found
