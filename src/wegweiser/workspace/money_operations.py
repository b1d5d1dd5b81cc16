"""What every door asks about money: costs and rates imported, listed, removed; leaks in a file."""

import asyncio
from typing import TYPE_CHECKING

from wegweiser.collect.money_row import read_costs, read_rates
from wegweiser.flow.money_book import MoneyBook, unnamed
from wegweiser.terms.cost import Cost
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.instant import DAY_MS, format_day
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.wrong import wrong
from wegweiser.workspace.arguments import plain, read, text

if TYPE_CHECKING:
    from wegweiser.workspace.site import Site

MOST_ROWS = 100_000


async def cost_load(site: "Site", arguments: JsonObject) -> Json:
    """Keep the rows of a file of costs, all or none; gives how many were new or changed."""
    costs = read_costs(text(arguments, "file"), rows_of(arguments), site.clock.now_ms())
    if site.suppressions.kinds:
        costs = [_sifted(site, one) for one in costs]
    return plain(MoneyBook(site.engines.store).load_costs(costs))


def _sifted(site: "Site", cost: Cost) -> Cost:
    """Keep out the names of whoever was erased after the day of a cost."""
    at = cost.day * DAY_MS
    return unnamed(cost, lambda name: site.suppressions.keeps_out(name, at))


async def cost_list(site: "Site", arguments: JsonObject) -> Json:
    """List the files of costs."""
    return plain(MoneyBook(site.engines.store).files())


async def cost_remove(site: "Site", arguments: JsonObject) -> Json:
    """Take a file of costs away."""
    file = text(arguments, "file")
    return {"file": file, "removed": MoneyBook(site.engines.store).remove(file)}


async def rate_load(site: "Site", arguments: JsonObject) -> Json:
    """Keep rates of foreign money; where a row names no base, the workspace's currency is meant."""
    rates = read_rates(rows_of(arguments), site.settings.currency)
    return plain(MoneyBook(site.engines.store).load_rates(rates))


async def rate_list(site: "Site", arguments: JsonObject) -> Json:
    """List the rates of foreign money."""
    return [
        {
            "day": format_day(one.day),
            "currency": one.currency,
            "base": one.base,
            "rate": str(one.rate),
        }
        for one in MoneyBook(site.engines.store).rates()
    ]


async def rate_remove(site: "Site", arguments: JsonObject) -> Json:
    """Take all rates of a currency away."""
    currency = text(arguments, "currency").upper()
    return {"currency": currency, "removed": MoneyBook(site.engines.store).remove_rates(currency)}


async def leak_check(site: "Site", arguments: JsonObject) -> Json:
    """Judge every column of a flat file beside its goal column; nothing of it is kept."""
    # The statistics are loaded only where somebody asks for them.
    from wegweiser.measure.revenue.leak_file import check_rows

    rows, goal = rows_of(arguments), text(arguments, "goal")
    confirmed = read(arguments, "confirmed", list[str], [])
    person = read(arguments, "person", str, "")
    try:
        return plain(await asyncio.to_thread(check_rows, rows, goal, confirmed, person))
    except KeyError as error:
        told = wrong("no_column", name=repr(goal))
        raise InputRefused("bad_input", told, 422, "goal") from error


def rows_of(arguments: JsonObject) -> list[JsonObject]:
    """Give the rows that were handed over; raises InputRefused for none, or too many."""
    rows = read(arguments, "rows", list[JsonObject], [])
    if not rows or len(rows) > MOST_ROWS:
        told = f"rows must hold 1 to {MOST_ROWS:,} rows, not {len(rows):,}."
        raise InputRefused("bad_input", told, 422, "rows")
    return rows


OPERATIONS = {
    "cost_load": cost_load,
    "cost_list": cost_list,
    "cost_remove": cost_remove,
    "rate_load": rate_load,
    "rate_list": rate_list,
    "rate_remove": rate_remove,
    "leak_check": leak_check,
}
