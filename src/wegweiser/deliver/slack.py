"""Writes a message as incoming webhooks of Slack and of what is compatible with it take it."""

import msgspec

from wegweiser.ports.channel import Parcel
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.json import JsonObject
from wegweiser.terms.wrong import wrong

_MOST_BLOCKS = 50


def slack_request(parcel: Parcel) -> tuple[dict[str, str], bytes]:
    """Give headers and body: `text` and `blocks` of the content, and nothing about the person.

    Values were escaped when they were filled in, since a name must not call everybody.

    >>> slack_request(Parcel("msg_1", "message.send", 0, {"content": {"text": "Call Ada"}}))[1]
    b'{"text":"Call Ada"}'
    """
    content = parcel.data.get("content")
    found: JsonObject = content if isinstance(content, dict) else {}
    body: JsonObject = {}
    if text := found.get("text"):
        body["text"] = text
    blocks = found.get("blocks")
    if isinstance(blocks, list) and blocks:
        body["blocks"] = blocks[:_MOST_BLOCKS]
    if not body:
        raise InputRefused("bad_content", wrong("slack_content"), 422, "content")
    return {"content-type": "application/json"}, msgspec.json.encode(body)
