"""Operations on probable duplicates: look for them, list them, explain one, say yes or no."""

from wegweiser.flow.link_book import Search
from wegweiser.flow.linking import Suggestion
from wegweiser.resolve.link_judge import Thresholds
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.instant import format_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.wrong import wrong
from wegweiser.workspace.arguments import plain, text
from wegweiser.workspace.site import Site

__all__ = ["OPERATIONS", "Suggestion"]

OPERATOR = "operator"
MOST_ROWS = 1_000


async def link_propose(site: Site, arguments: JsonObject) -> Json:
    """Look for probable duplicates among all persons; takes minutes where there are many."""
    await site.intake.settle()
    thresholds = Thresholds(
        _share(arguments, "possible", Thresholds().possible),
        _share(arguments, "likely", Thresholds().likely),
    )
    return told_search(await site.linking.propose(thresholds))


async def link_list(site: Site, arguments: JsonObject) -> Json:
    """List what waits for an answer, most probable first, and tell of the last search."""
    await site.intake.settle()
    limit = arguments.get("limit", 100)
    if not isinstance(limit, int) or isinstance(limit, bool) or not 1 <= limit <= MOST_ROWS:
        raise InputRefused(
            "bad_input",
            wrong("number_between", name="limit", least=1, most=MOST_ROWS),
            422,
            "limit",
        )
    found = site.linking.suggestions()
    last = site.linking.book.last
    return {
        "running": site.linking.step or None,
        "last_search": None if last is None else told_search(last),
        "refused": len(site.linking.book.refusals),
        "waiting": len(found),
        "suggestions": [told(site, one) for one in found[:limit]],
    }


async def link_explain(site: Site, arguments: JsonObject) -> Json:
    """Explain one suggestion: the weight of every field, and the values that were compared."""
    await site.intake.settle()
    one = site.linking.between(text(arguments, "a"), text(arguments, "b"))
    return {**told(site, one), "compared": {name: compared(site, name) for name in (one.a, one.b)}}


async def link_accept(site: Site, arguments: JsonObject) -> Json:
    """Say yes: the two become one person by an operator's link, which can be undone."""
    await site.intake.settle()
    reason = arguments.get("reason")
    return await site.linking.accept(
        text(arguments, "a"),
        text(arguments, "b"),
        OPERATOR,
        reason if isinstance(reason, str) else "",
    )


async def link_reject(site: Site, arguments: JsonObject) -> Json:
    """Say no: the two are never proposed again."""
    await site.intake.settle()
    a, b = text(arguments, "a"), text(arguments, "b")
    site.linking.reject(a, b, OPERATOR)
    return {"a": a, "b": b, "rejected": True}


def told(site: Site, one: Suggestion) -> JsonObject:
    """Write a suggestion; its bits add up to the logarithm of the odds."""
    return {
        "a": one.a,
        "b": one.b,
        "names": [site.linking.name_of(one.a), site.linking.name_of(one.b)],
        "probability": round(one.probability, 6),
        "standing": one.standing,
        "trust": "inferred",
        "found_at": format_instant(one.at),
        "weights": [
            {"field": weight.field, "finding": weight.finding, "bits": weight.bits}
            for weight in one.weights
        ],
    }


def told_search(search: Search) -> JsonObject:
    """Write how a search went."""
    written = plain(search)
    assert isinstance(written, dict)
    return {**written, "at": format_instant(search.at)}


def compared(site: Site, person_id: str) -> JsonObject:
    """Give what is compared of a person now."""
    record = site.linking.record_of(person_id)
    written = plain(record)
    return written if isinstance(written, dict) else {}


def _share(arguments: JsonObject, name: str, otherwise: float) -> float:
    value = arguments.get(name, otherwise)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputRefused(
            "bad_input", wrong("number_between", name=name, least=0.01, most=1), 422, name
        )
    return float(value)


OPERATIONS = {
    "link_propose": link_propose,
    "link_list": link_list,
    "link_explain": link_explain,
    "link_accept": link_accept,
    "link_reject": link_reject,
}
