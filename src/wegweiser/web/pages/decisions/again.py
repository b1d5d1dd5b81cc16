"""The same question asked once more as of now, without anything being kept or sent."""

from starlette.requests import Request

from wegweiser.terms.decision import Decision
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.json import Json, JsonObject
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.facts import cut
from wegweiser.web.pages.rows import rows_in

NOW = "now"


async def as_of_now(desk: Desk, request: Request, found: Decision) -> tuple[str, ...]:
    """Say what the same person would get now, one sentence per place; empty where nobody asks."""
    if request.query_params.get("again", "") != NOW:
        return ()
    reader = desk.reader(request)
    try:
        told = await desk.run(request, "decide", _situation(found))
    except InputRefused as error:
        return (
            reader.say(
                "This cannot be asked any more: {reason}", reason=error.said(reader.language)
            ),
        )
    now = _chosen(told)
    before = {(one.placement, one.slot): one.message for one in found.items}
    return tuple(
        _sentence(desk, request, place, before.get(place, ""), now.get(place, ""))
        for place in dict.fromkeys([*before, *now])
    ) or (reader.say("Now as then there is nothing to say."),)


def _situation(found: Decision) -> JsonObject:
    subject = found.subject
    named = (("person", subject.person), ("device", subject.device), ("account", subject.account))
    wanted = dict(zip(found.asked, found.slots, strict=False))
    placements: list[Json] = [{"key": key, "max": wanted.get(key, 1)} for key in found.asked]
    body: JsonObject = {
        "subject": {key: text for key, text in named if text},
        "placements": placements,
        "mode": "simulate",
    }
    context = found.facts.get("context")
    stated = {"locale": found.locale, "context": context, "channel": found.channel}
    return body | {name: value for name, value in stated.items() if value}


def _chosen(told: Json) -> dict[tuple[str, int], str]:
    items = rows_in(told, "items")
    return {(str(one["placement"]), int(str(one["slot"]))): str(one["message"]) for one in items}


def _sentence(desk: Desk, request: Request, place: tuple[str, int], before: str, after: str) -> str:
    reader = desk.reader(request)
    words = {
        "placement": place[0],
        "before": cut(before) or reader.say("nothing"),
        "after": cut(after) or reader.say("nothing"),
    }
    if before == after:
        return reader.say("{placement}: now it would be {after} again.", **words)
    return reader.say("{placement}: now it would be {after}, then it was {before}.", **words)
