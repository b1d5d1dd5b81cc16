"""Where a message stands: its draft, its published form, and the word for its state."""

from urllib.parse import quote, urlencode

import msgspec
from starlette.requests import Request

from wegweiser.terms.errors import NotFound
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.message import Message
from wegweiser.web.pages.desk import Desk
from wegweiser.web.text import mark
from wegweiser.workspace.message_operations import FILE, document_of, draft_name

STATES = {
    "draft": mark("draft"),
    "submitted": mark("in review"),
    "approved": mark("approved"),
    "planned": mark("planned"),
    "live": mark("live"),
    "paused": mark("paused"),
    "archived": mark("archived"),
}


class DraftTold(msgspec.Struct, frozen=True):
    """What is told of a draft."""

    name: str
    status: str
    authors: tuple[str, ...]
    changed_at: str
    files: tuple[str, ...] = ()
    documents: dict[str, str] = {}


def message_path(key: str, more: str = "") -> str:
    """Give the page of a message.

    >>> message_path("a b", "/edit")
    '/messages/a%20b/edit'
    """
    return f"/messages/{quote(key, safe='')}{more}"


def simulate_path(draft: str) -> str:
    """Give the page that holds a draft, or what is published, against the last 30 days.

    >>> simulate_path("message-a b")
    '/simulate?period=30d&draft=message-a+b'
    """
    return f"/simulate?{urlencode({'period': '30d', 'draft': draft})}"


def state_of(message: Message, now: int) -> str:
    """Give the code of the state of a published message at a moment (ms)."""
    if message.stopped:
        return "paused"
    if message.ends_at is not None and message.ends_at <= now:
        return "archived"
    return "planned" if message.starts_at is not None and message.starts_at > now else "live"


def published(desk: Desk, key: str) -> Message | None:
    """Give a message as it is published."""
    messages = desk.site.unifier.policies.bundle.messages
    return next((one for one in messages if one.key == key), None)


def published_document(desk: Desk, key: str) -> JsonObject | None:
    """Give a published message as its document."""
    return document_of(desk.site.unifier.policies.bundle, key)


async def drafts(desk: Desk, request: Request) -> dict[str, DraftTold]:
    """Give the drafts of messages by the key of the message."""
    told = await desk.run(request, "draft_list", {})
    found = msgspec.convert(told, tuple[DraftTold, ...])
    begin = draft_name("")
    return {
        one.name.removeprefix(begin): one
        for one in found
        if one.name.startswith(begin) and one.files == (FILE,)
    }


async def draft_of(desk: Desk, request: Request, key: str) -> tuple[DraftTold, JsonObject] | None:
    """Give the draft of a message with its document; None where there is none."""
    try:
        told = await desk.run(request, "draft_show", {"name": draft_name(key)})
    except NotFound:
        return None
    draft = msgspec.convert(told, DraftTold)
    if FILE not in draft.documents:
        return None
    read = await desk.run(request, "message_read", {"text": draft.documents[FILE]})
    return draft, _object(read)


def _object(value: Json) -> JsonObject:
    return value if isinstance(value, dict) else {}
