"""Whom the newest events were about, read a few at a time."""

from contextlib import suppress
from typing import TYPE_CHECKING

from wegweiser.flow.turns import Turns
from wegweiser.flow.views import last_seen_first
from wegweiser.terms.errors import NotFound
from wegweiser.terms.profile import AccountProfile

if TYPE_CHECKING:
    from wegweiser.workspace.site import Site


async def recent_accounts(site: "Site", limit: int) -> list[AccountProfile]:
    """Give up to `limit` accounts of which somebody was active lately, last seen first.

    An account is read with all its people, so that others get their turn between any two.
    """
    turns, found = Turns(), []
    for group_id in site.views.recent_groups()[:limit]:
        # One may be erased meanwhile.
        with suppress(NotFound):
            found.append(site.views.account(group_id))
        await turns.pause()
    return last_seen_first(found)
