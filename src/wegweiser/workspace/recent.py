"""Whom the newest events were about, read a few at a time."""

from collections.abc import Iterable
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
    return last_seen_first(await accounts_of(site, site.views.recent_groups()[:limit]))


async def accounts_of(site: "Site", group_ids: Iterable[str]) -> list[AccountProfile]:
    """Read accounts by their ids, those that are there."""
    turns, found = Turns(), []
    for group_id in group_ids:
        # One may be erased meanwhile.
        with suppress(NotFound):
            found.append(site.views.account(group_id))
        await turns.pause()
    return found
