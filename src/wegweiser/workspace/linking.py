"""The desk for probable duplicates, put together for a site."""

from typing import TYPE_CHECKING

from wegweiser.flow.linking import LinkDesk
from wegweiser.workspace.link_worker import find_beside, find_here

if TYPE_CHECKING:
    from wegweiser.workspace.site import Site


def link_desk(site: "Site") -> LinkDesk:
    """Make the desk: it searches beside the server, and says a yes where operators do."""
    in_memory = site.engines.folder is None
    desk = LinkDesk(
        site.unifier,
        site.views,
        site.engines.store,
        site.clock,
        find_here if in_memory else find_beside,
        # The room of identity is put together after this one.
        lambda wish, by: site.identity.desk.say(wish, by),  # noqa: PLW0108
    )
    site.unifier.beside.append(desk.book)
    return desk
