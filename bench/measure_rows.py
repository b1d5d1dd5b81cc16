"""The world's events as rows of the archive, and who is who in it."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bench.measure_world import DAY_MS, DEMO, FIRST_DAY, KINDS, PAGES, PRICES, World
from wegweiser.query.relation import ACCOUNTS, EVENTS, LEAVES, MEMBERSHIPS

Whole = NDArray[np.int64]
CONTEXTS = 3_000
EVENTS_PER_RECORD = 25
# One leaf in seven belongs to the person of the leaf before, one in 25 to an account.
TOGETHER, ACCOUNT = 7, 25
_HEX = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)
_NAMES = ("Page Viewed", "Engaged Time", "Link Clicked", "Product Viewed", "Search Performed",
          "File Downloaded", "Demo Booked", "Order Completed", "Opportunity Updated")  # fmt: skip
# Orders state no sum here, so what they are worth stays unread.
_OF_MONEY = ("stated_order", "stated_refund", "stated_currency", "stated_amount")
_ORIGINS = (
    ("", "", "", "direct", ""),
    ("", "", "", "organic_search", "www.search.example"),
    ("searchengine", "cpc", "brand", "paid_search", "www.search.example"),
    ("newsletter", "email", "march", "email", ""),
    ("social", "paid", "spring", "paid_social", "www.social.example"),
    ("", "", "", "referral", "blog.example.org"),
    ("partner", "referral", "fair", "referral", "partner.example.com"),
    ("display", "cpm", "awareness", "display", "www.news.example"),
)


def identifiers(numbers: Whole, salt: int) -> pa.Array:
    """Write numbers as identifiers that look like UUIDs; equal numbers give equal ones.

    >>> identifiers(np.array([1, 1]), 5).unique().to_pylist()[0].count("-")
    4
    """
    halves = [_mixed(numbers.astype(np.uint64), 2 * salt + part) for part in (0, 1)]
    octets = np.stack(halves, axis=1).view(np.uint8).reshape(len(numbers), 16)
    signs = np.empty((len(numbers), 32), dtype=np.uint8)
    signs[:, 0::2], signs[:, 1::2] = _HEX[octets >> 4], _HEX[octets & 15]
    text = np.full((len(numbers), 36), ord("-"), dtype=np.uint8)
    for start, end, place in ((0, 8, 0), (8, 12, 9), (12, 16, 14), (16, 20, 19), (20, 32, 24)):
        text[:, place : place + end - start] = signs[:, start:end]
    offsets = np.arange(0, 36 * (len(numbers) + 1), 36, dtype=np.int32)
    return pa.StringArray.from_buffers(
        len(numbers), pa.py_buffer(offsets), pa.py_buffer(text.tobytes())
    )


def _mixed(numbers: NDArray[np.uint64], salt: int) -> NDArray[np.uint64]:
    """Mix bits by the steps of SplitMix64."""
    mixed = (numbers + np.uint64(salt)) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


def rows_of(world: World, start: int, end: int) -> pa.Table:
    """Give the rows of the archive for the events from one number to another."""
    part = slice(start, end)
    leaf, kind, page = world.leaf[part], world.kind[part], world.page[part]
    view, seconds = world.view[part].astype(np.int64), world.seconds[part]
    number = np.arange(start, end)
    count = end - start
    is_page, is_engaged, is_crm = kind == 0, kind == 1, kind == 8
    device = identifiers(leaf.astype(np.int64), 1)
    message = identifiers(number, 2)
    source = _chosen(is_crm, ("web", "crm"))
    path = _taken(np.where(is_crm, PAGES, page), _PATHS)
    origin = world.source[part]
    group = _taken(_account_of(leaf, world.leaves), _groups(world.leaves))
    view_id = _where(is_page | is_engaged, identifiers(view, 3))
    held = {
        "event_id": _joined(source, ":", message),
        "source_id": source,
        "message_id": message,
        "position": pa.array(1 + number // EVENTS_PER_RECORD),
        "idx": pa.array((number % EVENTS_PER_RECORD).astype(np.int32)),
        "occurred_at": _moments(world.at[part]),
        "received_at": _moments(world.received[part]),
        "received_day": pa.array((world.received[part] // DAY_MS).astype(np.int32)),
        "trust": pa.array(np.where(is_crm, 2, 0).astype(np.int8)),
        "leaf": _joined("anonymous_id:", device),
        "user_id": _same("", count),
        "anonymous_id": device,
        "group_id": group,
        "type": _chosen(is_page, ("track", "page")),
        "name": _taken(kind, _NAMES),
        "path": path,
        "title": _taken(np.where(is_crm, PAGES, page), _TITLES),
        "page_view_id": view_id,
        "engaged_seconds": pa.array(seconds.astype(np.float64), mask=~is_engaged),
        "bot": pa.array(leaf % 101 == 7),
        "results_count": pa.array(np.where(page % 9, page, 0).astype(np.int64), mask=kind != 4),
        "search_query": _taken(np.where(kind == 4, page % 500, 500), _QUERIES),
        "file_name": _taken(np.where(kind == 5, page % 40, 40), _FILES),
        "properties": _properties(kind, path, seconds, view_id),
        "context": _taken(leaf % CONTEXTS, _CONTEXTS),
        "traits": _same("{}", count),
    }
    for name, place in (
        ("source", 0),
        ("medium", 1),
        ("campaign", 2),
        ("channel", 3),
        ("referrer_host", 4),
    ):
        held[name] = _taken(origin, [*(one[place] for one in _ORIGINS), ""])
    for name, values in _DEVICES.items():
        held[name] = _taken(leaf % len(values), values)
    held["search_words"] = held["topics"] = _same("", count)
    for name in _OF_MONEY:
        held[name] = pa.nulls(count)
    return pa.table([held[field.name].cast(field.type) for field in EVENTS.schema], EVENTS.schema)


def who_is_who(leaves: int) -> dict[str, pa.Table]:
    """Give the relations of identity: persons of one or more leaves, accounts, and members."""
    number = np.arange(leaves)
    person = np.where(number % TOGETHER == 3, number - 1, number)
    leaf = _joined("anonymous_id:", identifiers(number, 1))
    named = _joined("person-", identifiers(person, 4))
    alone = np.bincount(person, minlength=leaves)[person] == 1
    account = _account_of(number, leaves)
    member = number[(account < _accounts(leaves)) & (number % TOGETHER != 3)]
    since = np.full(len(member), (FIRST_DAY - 10) * DAY_MS)
    nothing = pa.nulls(len(member))
    groups = _groups(leaves)[:-1]
    members = {
        "person_id": _joined("person-", identifiers(member, 4)),
        "account_id": _taken(account[member], _groups(leaves)),
        "role": nothing,
        "status": _same("active", len(member)),
        "valid_from": _moments(since),
        "valid_to": nothing,
    }
    held = [members[field.name].cast(field.type) for field in MEMBERSHIPS.schema]
    return {
        "leaves": pa.table([leaf, named, pa.array(alone)], LEAVES.schema),
        "accounts": pa.table([groups, groups], ACCOUNTS.schema),
        "memberships": pa.table(held, MEMBERSHIPS.schema),
    }


def _accounts(leaves: int) -> int:
    return max(1, leaves // 500)


def _groups(leaves: int) -> list[str]:
    return [*(f"company-{number:06}" for number in range(_accounts(leaves))), ""]


def _account_of(leaf: NDArray[np.integer], leaves: int) -> Whole:
    """Give the number of each leaf's account, and the number after the last where it has none."""
    accounts = _accounts(leaves)
    return np.where(leaf % ACCOUNT == 1, leaf // ACCOUNT % accounts, accounts).astype(np.int64)


def _same(text: str, count: int) -> pa.Array:
    return pa.repeat(text, count)


def _taken(places: NDArray[np.integer], values: Sequence[str]) -> pa.Array:
    """Give the values at these places; a place of -1 is the last."""
    places = np.where(places < 0, len(values) - 1, places)
    return pa.array(values, pa.string()).take(pa.array(places.astype(np.int32)))


def _chosen(which: NDArray[np.bool_], values: tuple[str, str]) -> pa.Array:
    return _taken(which.astype(np.int32), values)


def _where(which: NDArray[np.bool_], values: pa.Array) -> pa.Array:
    return pc.if_else(pa.array(which), values, "")


def _joined(*parts: pa.Array | str) -> pa.Array:
    return pc.binary_join_element_wise(*parts, "")


def _moments(milliseconds: Whole) -> pa.Array:
    return pa.array(milliseconds * 1_000).cast(pa.timestamp("us", tz="UTC"))


def _properties(
    kind: NDArray[np.int8], path: pa.Array, seconds: NDArray[np.float32], view_id: pa.Array
) -> pa.Array:
    """Write what senders state: pages their address, beats their seconds, all else two fields."""
    page = _joined('{"url":"https://www.example.com', path, '","title":"', path, '"}')
    told = pa.array(np.round(seconds, 1)).cast(pa.string())
    beat = _joined('{"seconds":', told, ',"page_view_id":"', view_id, '"}')
    other = _taken(kind, [f'{{"category":"{one}","quantity":1}}' for one in KINDS])
    return pc.if_else(pa.array(kind == 0), page, pc.if_else(pa.array(kind == 1), beat, other))


_PATHS = [*(f"/guide/{number}-how-to-plan-ahead" for number in range(PAGES)), ""]
_PATHS[0], _PATHS[PRICES], _PATHS[DEMO] = "/", "/prices", "/demo"
_TITLES = [f"Guide {number}" for number in range(PAGES)] + [""]
_QUERIES = [f"search for {number}" for number in range(500)] + [""]
_FILES = [f"paper-{number}.pdf" for number in range(40)] + [""]
_DEVICES = {
    "country": ["DE", "AT", "CH", "DE", "FR", "DE", "NL"],
    "region": ["DE-BY", "AT-9", "CH-ZH", "DE-BE", "FR", "DE-NW", "NL"],
    "device": ["desktop", "mobile", "mobile", "desktop", "tablet"],
    "browser": ["Chrome", "Safari", "Firefox", "Edge", "Chrome", "Chrome"],
    "system": ["Windows", "iOS", "Android", "macOS"],
}
_CONTEXTS = [
    '{"library":{"name":"analytics.js","version":"next-1.70.0"},"locale":"de-DE",'
    f'"screen":{{"width":{1000 + number % 900},"height":{700 + number % 400}}},'
    '"userAgent":"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) '
    f'Chrome/{100 + number % 50}.0.{number} Safari/537.36","timezone":"Europe/Berlin"}}'
    for number in range(CONTEXTS)
]
