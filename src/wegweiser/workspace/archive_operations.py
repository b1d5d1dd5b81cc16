"""What every door asks about the archive: how far behind it is, and to merge its files."""

from wegweiser.terms.json import Json, JsonObject
from wegweiser.workspace.site import Site


async def archive_show(site: Site, arguments: JsonObject) -> Json:
    """Say how far the archive is behind the log."""
    return site.archiving.told(site.unifier.position)


async def archive_compact(site: Site, arguments: JsonObject) -> Json:
    """Bring the archive up to the log and merge its small files."""
    await site.archiving.bring()
    merged = await site.archiving.merge_all()
    return {"files_merged": merged} | site.archiving.told(site.unifier.position)


OPERATIONS = {"archive_show": archive_show, "archive_compact": archive_compact}
