"""Loads what owners of mail addresses said elsewhere: a row per address and topic, each judged."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from wegweiser.deliver.mail_address import plain_address
from wegweiser.flow.subscriptions import STATUSES, Said
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.instant import DAY_MS, parse_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.workspace.arguments import read

if TYPE_CHECKING:
    from wegweiser.workspace.site import Site

SOURCE = "file"
LONGEST_TOPIC, LONGEST_REASON = 255, 500
MOST_ROWS = 5_000
# A time without its zone may be that of a clock on the wall east of here.
_MOST_AHEAD_MS = DAY_MS


class Row(msgspec.Struct, frozen=True):
    """A row that can be used."""

    address: str
    topic: str
    said: Said


async def subscription_load(site: "Site", arguments: JsonObject) -> Json:
    """Note what was said elsewhere, with the time at which it was said; newer words stand.

    A row has `address`, `topic` (`*` for every one), `status`, `at` and perhaps `reason`. A row
    that cannot be used is told by its number, from `first_row` (1) on, and the others count. With
    `dry_run` nothing changes.
    """
    rows = read(arguments, "rows", list[JsonObject], [])
    if not 1 <= len(rows) <= MOST_ROWS:
        told = f"rows must hold 1 to {MOST_ROWS:,} rows, not {len(rows):,}."
        raise InputRefused("bad_input", told, 422, "rows")
    first = read(arguments, "first_row", int, 1)
    taken, refused = _sorted_out(rows, first, site.clock.now_ms())
    marks = site.subscriptions.mark
    lines = ((marks(row.address), row.topic, row.said) for row in taken)
    news = site.subscriptions.load(lines, keep=not read(arguments, "dry_run", bool, False))
    return {
        "rows": len(rows),
        "changed": sum(news),
        "standing": len(news) - sum(news),
        "refused": refused,
    }


def _sorted_out(rows: list[JsonObject], first: int, now: int) -> tuple[list[Row], list[Json]]:
    taken: list[Row] = []
    refused: list[Json] = []
    for number, row in enumerate(rows, first):
        try:
            taken.append(read_row(row, now))
        except InputRefused as error:
            refused.append({"row": number, "field": error.field, "message": error.message})
    return taken, refused


def read_row(row: JsonObject, now: int) -> Row:
    """Read a row at a moment (ms); raises InputRefused that names the field.

    >>> said = {"topic": "*", "status": "Unsubscribed", "at": "2026-01-05"}
    >>> row = {"address": "ada@a.example", **said}
    >>> read_row(row, 1795340467000).said
    Said(status='unsubscribed', at=1767571200000, source='file', reason='')
    >>> read_row({**row, "status": "maybe"}, 1795340467000)
    Traceback (most recent call last):
    ...
    wegweiser.terms.errors.InputRefused: status is subscribed or unsubscribed, not 'maybe'.
    """
    if "_error" in row:
        raise InputRefused("bad_row", str(row["_error"]), 422)
    row = {name.strip().lower(): value for name, value in row.items()}
    address, topic, status, reason = _texts(row, "address", "topic", "status", "reason")
    return Row(
        plain_address(address),
        topic_of(topic),
        Said(
            STATUSES[status_word(status)], _at(row.get("at"), now), SOURCE, reason[:LONGEST_REASON]
        ),
    )


def topic_of(text: str) -> str:
    """Read a topic; raises InputRefused for none, and for one that is too long."""
    if not text or len(text) > LONGEST_TOPIC:
        told = f"topic has 1 to {LONGEST_TOPIC} signs; * is every topic."
        raise InputRefused("bad_input", told, 422, "topic")
    return text


def status_word(text: str) -> str:
    """Read a status in any case; raises InputRefused for another word."""
    if text.lower() not in STATUSES:
        told = f"status is {' or '.join(STATUSES)}, not {text[:40]!r}."
        raise InputRefused("bad_input", told, 422, "status")
    return text.lower()


def _texts(row: JsonObject, *fields: str) -> Iterator[str]:
    for field in fields:
        value = row.get(field)
        yield "" if value is None else str(value).strip()


def _at(claimed: Json, now: int) -> int:
    at = parse_instant(claimed)
    if at is None:
        told = "at is the time when it was said, such as 2026-01-05T10:00:00Z."
        raise InputRefused("bad_input", told, 422, "at")
    if at > now + _MOST_AHEAD_MS:
        raise InputRefused("bad_input", "at lies in the future.", 422, "at")
    return min(at, now)
