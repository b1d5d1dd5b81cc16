"""The parts of an account over HTTP: members, sums, suggestions, buying groups."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import msgspec

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.json import Json, JsonObject
from wegweiser.web.api.profile_query import Asked, Found, invalid
from wegweiser.workspace import account_operations
from wegweiser.workspace.account_operations import MOST_ROWS
from wegweiser.workspace.site import Site

USUAL_ROWS = 100
Row = TypeVar("Row")
Place = tuple[str, str, int, str, str]
Rank = tuple[float, int, str]


async def members(site: Site, found: Found, asked: Asked) -> Json:
    """Give who belongs to an account, page by page; `ended=true` also who left."""
    _require_account(asked)
    ended, limit = asked.flag("ended"), asked.limit(USUAL_ROWS, MOST_ROWS)
    parts = account_operations.member_parts(site, found.group_id, ended, asked.query("role"))
    shown, last = _page(asked, parts, account_operations.place_of, Place, limit)
    rows: list[Json] = account_operations.members_told(site, found.group_id, shown, ended)
    return {"members": rows, "cursor": asked.cursor(limit, last)}


async def rollup(site: Site, found: Found, asked: Asked) -> Json:
    """Give the sums of an account now, over the members that the filters let in."""
    _require_account(asked)
    wanted: JsonObject = {
        "role": asked.query("role"),
        "confidence": asked.query("confidence", "0"),
        "include_suggested": asked.flag("include_suggested"),
        "below": asked.flag("below"),
    }
    try:
        which = account_operations.wanted(wanted)
    except InputRefused as error:
        raise invalid("confidence", "a number from 0 to 1") from error
    return account_operations.rollup(site, found.group_id, which)


async def suggestions(site: Site, found: Found, asked: Asked) -> Json:
    """Give who may belong to an account by the domain of an address, best first."""
    _require_account(asked)
    limit = asked.limit(USUAL_ROWS, MOST_ROWS)
    whole = site.accounts.reading.suggestions(found.group_id)
    shown, last = _page(asked, whole, account_operations.rank_of, Rank, limit)
    rows: list[Json] = account_operations.suggestions_told(shown)
    return {"suggestions": rows, "cursor": asked.cursor(limit, last)}


async def buying_groups(site: Site, found: Found, asked: Asked) -> Json:
    """Give how complete every declared buying group is at an account now."""
    _require_account(asked)
    return account_operations.buying_groups(site, found.group_id)


def _page(
    asked: Asked,
    rows: Sequence[Row],
    place: Callable[[Row], tuple[Json, ...]],
    kind: object,
    most: int,
) -> tuple[Sequence[Row], list[Json] | None]:
    """Cut a page out of rows in the order of their places; gives what the next begins after."""
    if asked.after is not None:
        try:
            last = msgspec.convert(asked.after, kind)
        except msgspec.ValidationError as error:
            raise invalid("next", "the text that the page before gave") from error
        rows = [row for row in rows if place(row) > last]
    return rows[:most], [*place(rows[most - 1])] if len(rows) > most else None


def _require_account(asked: Asked) -> None:
    if asked.collection != "accounts":
        raise InputRefused("not_found", "A person has no such part.", 404)


PARTS = {
    "members": members,
    "rollup": rollup,
    "suggestions": suggestions,
    "buying_groups": buying_groups,
}
