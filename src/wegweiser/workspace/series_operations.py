"""What every door asks about imported series: loaded, listed, removed."""

from typing import TYPE_CHECKING

from wegweiser.collect.series_row import read_series
from wegweiser.flow.series_book import SeriesBook
from wegweiser.terms.json import Json, JsonObject
from wegweiser.workspace.arguments import plain, text
from wegweiser.workspace.money_operations import rows_of

if TYPE_CHECKING:
    from wegweiser.workspace.site import Site


async def series_load(site: "Site", arguments: JsonObject) -> Json:
    """Keep the rows of a file of series, all or none; gives how many were new or changed."""
    values = read_series(text(arguments, "file"), rows_of(arguments), site.clock.now_ms())
    return plain(SeriesBook(site.engines.store).load(values))


async def series_list(site: "Site", arguments: JsonObject) -> Json:
    """List the files of series."""
    return plain(SeriesBook(site.engines.store).files())


async def series_remove(site: "Site", arguments: JsonObject) -> Json:
    """Take a file of series away."""
    file = text(arguments, "file")
    return {"file": file, "removed": SeriesBook(site.engines.store).remove(file)}


OPERATIONS = {
    "series_load": series_load,
    "series_list": series_list,
    "series_remove": series_remove,
}
