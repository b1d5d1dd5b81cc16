"""What every door asks about elements that were set aside: list, show, fix, replay, discard."""

from collections import Counter

from wegweiser.flow.export import quarantine_row
from wegweiser.flow.quarantine import Place, Quarantined, place_of, quarantine_id
from wegweiser.flow.replay import Chosen, element_in
from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.instant import DAY_MS, parse_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.wrong import wrong
from wegweiser.workspace.arguments import plain, read, text
from wegweiser.workspace.site import Site

ROWS = 100
MOST_ROWS = 1_000
MOST_IDS = 1_000


async def quarantine_list(site: Site, arguments: JsonObject) -> Json:
    """List what is set aside, oldest first, without the elements.

    The first page counts all that are meant; with `after`, the `next` of a page, the list goes on.
    """
    limit = read(arguments, "limit", int, ROWS)
    if not 1 <= limit <= MOST_ROWS:
        raise InputRefused(
            "bad_input",
            wrong("number_between", name="limit", least=1, most=MOST_ROWS),
            422,
            "limit",
        )
    given = read(arguments, "after", str, "")
    after = _place(given) if given else None
    counts = Counter[str]()
    rows: list[Json] = []
    following: Json = None
    last = ""
    async for place, kept in site.quarantine.found(_chosen(site, arguments), after):
        counts[kept.refused.code] += 1
        if len(rows) < limit:
            rows.append(_without_element(place, kept))
            last = quarantine_id(place)
            continue
        following = last
        if after is not None:
            break
    page: JsonObject = {"quarantined": rows, "next": following}
    return page if after is not None else {"codes": {**counts}, **page}


def _without_element(place: Place, kept: Quarantined) -> JsonObject:
    row = quarantine_row(place, kept)
    return {name: value for name, value in row.items() if name != "element"}


async def quarantine_show(site: Site, arguments: JsonObject) -> Json:
    """Give one element with its reason, as it can be mended."""
    place = _place(text(arguments, "id"))
    kept = await site.quarantine.one(place)
    return {**quarantine_row(place, kept), "element": element_in(kept)}


async def quarantine_fix(site: Site, arguments: JsonObject) -> Json:
    """Store a mended element in place of one that was set aside."""
    element, patch = arguments.get("element"), arguments.get("patch")
    if (element is None) == (patch is None):
        raise InputRefused("bad_input", wrong("element_or_patch"), 422)
    return plain(await site.quarantine.fix(_place(text(arguments, "id")), element, patch))


async def quarantine_replay(site: Site, arguments: JsonObject) -> Json:
    """Read elements once more under the rules of now."""
    return plain(await site.quarantine.replay(_some(site, arguments)))


async def quarantine_discard(site: Site, arguments: JsonObject) -> Json:
    """Give elements up for ever; they count as dropped."""
    return {"discarded": await site.quarantine.discard(_some(site, arguments))}


def _some(site: Site, arguments: JsonObject) -> Chosen:
    """Read which elements are meant; all of them only where that is said."""
    chosen = _chosen(site, arguments)
    if chosen == Chosen() and arguments.get("all") is not True:
        raise InputRefused("bad_input", wrong("which_elements"), 422)
    return chosen


def _chosen(site: Site, arguments: JsonObject) -> Chosen:
    ids = read(arguments, "ids", list[str], [])
    if len(ids) > MOST_IDS:
        raise InputRefused("bad_input", wrong("many_ids", most=MOST_IDS), 422, "ids")
    named = read(arguments, "source", str, "")
    source = site.callers.named(named) or site.callers.source(named)
    if named and source is None:
        raise NotFound(wrong("no_source_called", key=repr(named)))
    return Chosen(
        code=read(arguments, "code", str, ""),
        source_id="" if source is None else source.source_id,
        day=_day(read(arguments, "day", str, "")),
        places=tuple(_place(name) for name in ids),
    )


def _day(written: str) -> int | None:
    at = parse_instant(written) if written else None
    if written and (at is None or at % DAY_MS):
        raise InputRefused("bad_input", wrong("a_date", name="day"), 422, "day")
    return None if at is None else at // DAY_MS


def _place(name: str) -> Place:
    place = place_of(name)
    if place is None:
        told = wrong("no_quarantine_id", name=repr(name[:100]))
        raise InputRefused("bad_input", told, 422, "id")
    return place


OPERATIONS = {
    "quarantine_list": quarantine_list,
    "quarantine_show": quarantine_show,
    "quarantine_fix": quarantine_fix,
    "quarantine_replay": quarantine_replay,
    "quarantine_discard": quarantine_discard,
}
