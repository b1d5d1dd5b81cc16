"""Operations on what is worked out of profiles: computed traits, intents, scores."""

import msgspec

from wegweiser.terms.errors import NotFound
from wegweiser.terms.instant import format_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.wrong import wrong
from wegweiser.workspace.arguments import plain, text
from wegweiser.workspace.site import Site

_TOLD = ("intents", "purchases", "product_use", "rfm", "first_touch")


async def traits_list(site: Site, arguments: JsonObject) -> Json:
    """List the computed traits with since when each counts, and the intent signals."""
    book, intents = site.knowing.computed, site.knowing.intents
    traits: list[Json] = [
        {
            "key": one.key,
            "name": one.name or one.key,
            "of": one.of,
            "type": one.type,
            "event": one.event,
            "property": one.path or None,
            "when": one.when or None,
            "window_days": one.window_days,
            "since": _written(book.counts_since(one)),
        }
        for one in book.traits.values()
    ]
    signals: list[Json] = [
        {"key": one.key, "name": one.name or one.key, "declared": one.key in intents.declared}
        for one in intents.intents.signals
    ]
    progress = msgspec.structs.asdict(site.knowing.catch_up.progress)
    return {"computed_traits": traits, "intent_signals": signals, "catch_up": progress}


async def traits_show(site: Site, arguments: JsonObject) -> Json:
    """Give everything that is worked out about a person or an account."""
    await site.intake.settle()
    name = text(arguments, "identifier")
    insights = site.knowing.insights
    group_id = site.views.find_account(name)
    person_id = None if group_id is not None else site.views.find_person(name)
    if group_id is not None:
        subject, told = f"group_id:{group_id}", plain(insights.account(group_id))
    elif person_id is not None:
        subject, told = f"person_id:{person_id}", plain(insights.person(person_id))
    else:
        raise NotFound(wrong("no_profile"))
    assert isinstance(told, dict)
    computed: JsonObject = {
        one.key: {"value": one.value, "since": _written(one.since), "exact": one.exact}
        for one in insights.values_of(subject)
    }
    shown = {name: told[_camel(name)] for name in _TOLD}
    return {"subject": subject, "as_of": told["insightAsOf"], "computed": computed, **shown}


async def traits_catch_up(site: Site, arguments: JsonObject) -> Json:
    """Let new traits count what happened before they were declared."""
    await site.intake.checkpoint()
    done = await site.knowing.catch_up.run(site.erasing)
    await site.intake.checkpoint()
    site.views.forget_views()
    return msgspec.structs.asdict(done)


async def traits_score(site: Site, arguments: JsonObject) -> Json:
    """Count the distribution of recency, frequency and money now."""
    await site.intake.settle()
    await site.knowing.rfm.count()
    return {of: plain(cuts) for of, cuts in site.knowing.rfm.cuts.items()}


def _camel(name: str) -> str:
    first, *more = name.split("_")
    return first + "".join(part.title() for part in more)


def _written(at: int | None) -> str | None:
    return None if at is None else format_instant(at)


OPERATIONS = {
    "traits_list": traits_list,
    "traits_show": traits_show,
    "traits_catch_up": traits_catch_up,
    "traits_score": traits_score,
}
