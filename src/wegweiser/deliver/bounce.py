"""Reads mails that came back: reports of non-delivery (RFC 3464) and complaints (RFC 5965)."""

import re
from collections.abc import Iterator, Sequence
from email import message_from_bytes
from email.message import Message
from email.policy import compat32
from typing import Literal

import msgspec

Kind = Literal["hard", "soft", "complaint"]
MOST_BYTES = 1 << 20
_MOST_PARTS = 2_000
# Reading what describes a part takes the square of its length.
_TOO_LONG = re.compile(rb"(?im)^content-[a-z-]{1,40}:(?:[^\r\n]|\r?\n[ \t]){4000}")
_PARCEL = re.compile(r"msg_dec_[0-9A-Za-z]{1,40}_[0-9]{1,3}")
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
# Classes of RFC 3463 that say of a final failure that the address itself may be good.
_PASSING = ("5.2.2", "5.3", "5.4.4", "5.4.5", "5.4.6", "5.4.7", "5.7")


class Bounce(msgspec.Struct, frozen=True):
    """What one mail says of one that we sent; `address` as the report writes it, or ""."""

    kind: Kind
    parcel_id: str
    address: str = ""
    status: str = ""


def read_bounce(raw: bytes) -> Bounce | None:
    """Read a report; None for any other mail, a mere delay, or one about no mail of ours.

    A failure for good is hard when it is the address that is wrong, and soft for a full mailbox,
    a broken way or a policy, which say nothing of the address.
    """
    if len(raw) > MOST_BYTES or raw.count(b"\n--") > _MOST_PARTS or _TOO_LONG.search(raw):
        return None
    try:
        # The old policy reads no structure into headers, which strangers have written.
        mail = message_from_bytes(raw, policy=compat32)
        parts = list(mail.walk())
        fields = _report_fields(parts)
        parcel_id = _parcel_in(mail, parts)
    except (RecursionError, ValueError, LookupError, AttributeError, TypeError):
        # What the library itself cannot read is no report of any mail server.
        return None
    if fields is None or not parcel_id:
        return None
    kind, status = _judged(fields)
    if kind is None:
        return None
    return Bounce(kind, parcel_id, _address_in(fields), status)


def _report_fields(parts: Sequence[Message]) -> list[tuple[str, str]] | None:
    """Give the fields of the machine-readable part, None where there is none."""
    for part in parts:
        if part.get_content_type() in ("message/delivery-status", "message/feedback-report"):
            return [(name.lower(), value) for name, value in _fields_of(part)]
    return None


def _fields_of(part: Message) -> Iterator[tuple[str, str]]:
    payload = part.get_payload()
    if isinstance(payload, list):
        for block in payload:
            if isinstance(block, Message):
                yield from ((name, str(value)) for name, value in block.items())
        return
    content = part.get_payload(decode=True)
    text = content.decode("utf-8", "replace") if isinstance(content, bytes) else str(payload)
    for line in text.splitlines():
        name, colon, value = line.partition(":")
        if colon:
            yield name.strip(), value.strip()


def _judged(fields: list[tuple[str, str]]) -> tuple[Kind | None, str]:
    said = dict(fields)
    if "feedback-type" in said:
        kind: Kind | None = "complaint" if said["feedback-type"].lower() != "not-spam" else None
        return kind, ""
    found = _STATUS.search(said.get("status", "")) or _STATUS.search(
        said.get("diagnostic-code", "")
    )
    status = found[0] if found else ""
    if said.get("action", "").strip().lower() != "failed":
        return None, status
    hard = status.startswith("5.") and not status.startswith(_PASSING)
    return ("hard" if hard else "soft"), status


def _address_in(fields: list[tuple[str, str]]) -> str:
    said = dict(fields)
    names = ("original-recipient", "final-recipient", "original-rcpt-to")
    told = next((said[name] for name in names if name in said), "")
    return told.rpartition(";")[2].strip().strip("<>").lower()


def _parcel_in(mail: Message, parts: Sequence[Message]) -> str:
    """Find the parcel: in the address that it came back to, or among the headers sent along."""
    told = [str(mail.get(name, "")) for name in ("To", "Delivered-To", "X-Original-To")]
    for part in parts:
        if part is not mail:
            told += [str(value) for value in part.get_all("Message-ID", [])]
        if part.get_content_type() == "text/rfc822-headers":
            told.append(str(part.get_payload()))
    told += [str(mail.get(name, "")) for name in ("In-Reply-To", "References")]
    return next((found[0] for text in told if (found := _PARCEL.search(text))), "")
