"""Builds the parcel of a chosen message, and its body on the wire."""

import msgspec

from wegweiser.ports.channel import Parcel
from wegweiser.terms.decision import Decision
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.instant import format_instant
from wegweiser.terms.json import JsonObject
from wegweiser.terms.message import Variant
from wegweiser.terms.wrong import wrong

BODY_BYTES = 20_000
MAIL_BYTES = 300_000
MESSAGE_SEND = "message.send"


def parcel_of(
    decision: Decision,
    index: int,
    variant: Variant,
    content: JsonObject,
    added: JsonObject | None = None,
    address: str = "",
) -> Parcel:
    """Pack item `index` of a decision with its rendered content; equal input, equal parcel.

    Of the person it tells the identifiers that were asked about, the mail address that a mail
    goes to, and what the template asked for (inside `content`), nothing else. A mail may be as
    large as a rendered text; raises InputRefused when the body would be too large.
    """
    item = decision.items[index]
    data: JsonObject = {
        "decisionId": decision.decision_id,
        "placement": item.placement,
        "slot": item.slot,
        "message": item.message,
        "variant": item.variant,
        "channel": variant.channel,
        "subject": _asked_about(decision),
        "content": content,
    }
    data.update({key: text for key, text in _form(variant) if text})
    data.update(added or {})
    if address:
        data["subject"] = _asked_about(decision) | {"email": address}
    parcel = Parcel(f"msg_{decision.decision_id}_{index}", MESSAGE_SEND, decision.at, data)
    size_bytes = len(body_of(parcel))
    if size_bytes >= (MAIL_BYTES if address else BODY_BYTES):
        raise InputRefused(
            "parcel_too_large",
            wrong(
                "large_parcel",
                message=repr(item.message),
                size=size_bytes,
                most=MAIL_BYTES if address else BODY_BYTES,
            ),
            422,
            "content",
        )
    return parcel


def body_of(parcel: Parcel) -> bytes:
    """Write the body of a parcel, the same bytes on every try.

    >>> body_of(Parcel("msg_1", "message.send", 0, {"message": "hello"}))
    b'{"type":"message.send","timestamp":"1970-01-01T00:00:00.000Z","data":{"message":"hello"}}'
    """
    return msgspec.json.encode(
        {"type": parcel.type, "timestamp": format_instant(parcel.at), "data": parcel.data}
    )


def _asked_about(decision: Decision) -> JsonObject:
    subject = decision.subject
    stated = (("person", subject.person), ("device", subject.device), ("account", subject.account))
    return {key: text for key, text in stated if text}


def _form(variant: Variant) -> tuple[tuple[str, str], ...]:
    return (("locale", variant.locale), ("format", variant.format))
