"""Operations on decisions for many, and on the list of past decisions."""

import asyncio

from wegweiser.flow.decision_list import Filter
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.instant import parse_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.source import SECRET_SCOPES, Caller, Trust
from wegweiser.workspace.arguments import read, text
from wegweiser.workspace.site import Site

MOST = 1_000
_OPERATOR = Caller("console", "live", Trust.SERVER, SECRET_SCOPES)
_LOOK_AGAIN_S = 0.05
_FILTERS = ("person", "message", "placement", "status")


async def decide_batch(site: Site, arguments: JsonObject, caller: Caller | None = None) -> Json:
    """Begin to decide for many, as POST /v1/decide/batch does; with `wait` come back at its end."""
    body = {name: value for name, value in arguments.items() if name != "wait"}
    batches = site.deciding.doors.batches
    told = await batches.create(body, caller or _OPERATOR)
    return await _awaited(site, told, arguments, caller)


async def _awaited(
    site: Site, told: JsonObject, arguments: JsonObject, caller: Caller | None
) -> JsonObject:
    """Come back at the end of a batch, if that is wished."""
    while arguments.get("wait") is True and told["status"] == "running":
        await asyncio.sleep(_LOOK_AGAIN_S)
        told = site.deciding.doors.batches.show(str(told["batch_id"]), caller)
    return told


async def decide_batch_show(
    site: Site, arguments: JsonObject, caller: Caller | None = None
) -> Json:
    """Tell how far a batch is; with `wait` come back at its end."""
    told = site.deciding.doors.batches.show(text(arguments, "batch_id"), caller)
    return await _awaited(site, told, arguments, caller)


async def decide_batch_cancel(
    site: Site, arguments: JsonObject, caller: Caller | None = None
) -> Json:
    """End a batch; what is decided stays."""
    return site.deciding.doors.batches.cancel(text(arguments, "batch_id"), caller)


async def decide_batch_results(
    site: Site, arguments: JsonObject, caller: Caller | None = None
) -> Json:
    """Give the decisions of a batch from number `after` on, and where the next page begins."""
    after, limit = read(arguments, "after", int, 0), _limit(arguments)
    if after < 0:
        raise InputRefused("bad_input", "after is a whole number from 0.", 422, "after")
    batch_id = text(arguments, "batch_id")
    return site.deciding.doors.batches.results(batch_id, caller, after, limit)


async def decision_list(site: Site, arguments: JsonObject) -> Json:
    """List decisions by `person`, `message`, `placement`, `status`, `since` and `until`.

    Some at a time, oldest first: `after` is `next` of the page before.
    """
    await site.intake.settle()
    named = {name: read(arguments, name, str, "") for name in _FILTERS}
    since, until = (_moment(arguments, name) for name in ("since", "until"))
    wanted = Filter(**named, since=since or 0, until=until)
    after = read(arguments, "after", str, "")
    return site.deciding.doors.past.page(wanted, after, _limit(arguments))


def _limit(arguments: JsonObject) -> int:
    limit = read(arguments, "limit", int, 100)
    if not 1 <= limit <= MOST:
        told = f"limit is a whole number from 1 to {MOST}."
        raise InputRefused("bad_input", told, 422, "limit")
    return limit


def _moment(arguments: JsonObject, name: str) -> int | None:
    stated = read(arguments, name, str, "")
    moment = parse_instant(stated) if stated else None
    if stated and moment is None:
        told = f'{name} is no moment such as "2026-11-22T10:00:00Z".'
        raise InputRefused("bad_value", told, 400, name)
    return moment


# A batch is shown to whom it belongs.
OF_CALLERS = {
    "decide_batch": decide_batch,
    "decide_batch_show": decide_batch_show,
    "decide_batch_cancel": decide_batch_cancel,
    "decide_batch_results": decide_batch_results,
}
OPERATIONS = {**OF_CALLERS, "decision_list": decision_list}
