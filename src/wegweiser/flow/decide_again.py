"""A new decision in place of a message that was withdrawn right before it was handed over."""

import re
from collections.abc import Awaitable, Callable

from wegweiser.terms.decision import Decision, Item
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.source import SECRET_SCOPES, Caller, Trust

MOST_TIMES = 5
_TIMES = re.compile(r"(.*)/w(\d+)", re.DOTALL)

Decide = Callable[[Json, Caller], Awaitable[JsonObject]]


async def decide_again(decide: Decide, decision: Decision, item: Item) -> JsonObject | None:
    """Ask for the same person and placement once more, under a request id that says so.

    Nothing of the old answer is kept. After five times it is left at the last one: None.
    """
    request = next_request(decision.request_id)
    if request is None:
        return None
    subject = decision.subject
    named = (("person", subject.person), ("device", subject.device), ("account", subject.account))
    body: JsonObject = {
        "request_id": request,
        "subject": {key: text for key, text in named if text},
        "placements": [{"key": item.placement}],
    }
    if decision.channel:
        body["channel"] = decision.channel
    if decision.locale:
        body["locale"] = decision.locale
    context = decision.facts.get("context")
    if isinstance(context, dict) and context:
        body["context"] = context
    return await decide(body, Caller(decision.source_id, "live", Trust.SERVER, SECRET_SCOPES))


def next_request(request_id: str) -> str | None:
    """Name the request that follows a withdrawn one, None after the fifth.

    >>> next_request("r-1"), next_request("r-1/w1"), next_request("r-1/w5")
    ('r-1/w1', 'r-1/w2', None)
    """
    found = _TIMES.fullmatch(request_id)
    first, times = (found[1], int(found[2])) if found else (request_id, 0)
    return f"{first}/w{times + 1}" if times < MOST_TIMES else None
