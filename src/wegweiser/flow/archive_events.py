"""Archive rows of stored events, made column by column from what the log holds of them."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from unicodedata import normalize
from urllib.parse import urlsplit

import msgspec
import pyarrow as pa

from wegweiser.collect.enrich.remember import LONGEST_HELD, remembered
from wegweiser.flow.archive_reading import (
    Leaves,
    LoggedBody,
    LoggedEvent,
    context_tells,
)
from wegweiser.flow.archive_rows import Judged
from wegweiser.measure.revenue.stated_sale import NAMES, stated_sale
from wegweiser.query.relation import EVENTS
from wegweiser.terms.instant import day_of
from wegweiser.terms.json import Json, JsonObject

SITUATIONS_HELD = 8_192
_SALE = ("stated_order", "stated_refund", "stated_currency", "stated_amount")
_NO_SALE = (None, None, None, None)
_NO_ACTIVITY = ("", "", None)
_ACTIVITIES = frozenset(("Search Performed", "File Downloaded", "Engaged Time"))

Row = tuple[object, ...]


class _Stated(msgspec.Struct, frozen=True):
    """What a row needs of the properties of every event."""

    url: Json = None
    path: Json = None
    title: Json = None
    referrer: Json = None
    page_view_id: Json = None
    results_count: Json = None


class _Around(msgspec.Struct, frozen=True, rename="camel"):
    """What a row needs of a context."""

    page: Json = None
    campaign: Json = None
    group_id: Json = None
    country: Json = None
    location: Json = None
    device: Json = None


class _Enriched(msgspec.Struct, frozen=True):
    """What a row needs of that which the server read off an event's circumstances."""

    bot: Json = None
    browser: Json = None
    campaign: Json = None
    channel: Json = None
    country: Json = None
    device: Json = None
    os: Json = None
    region: Json = None
    search: Json = None
    topics: Json = None


class _Situation(msgspec.Struct, frozen=True):
    """What context and enrichment of an event say, which many events share.

    `origin` are source, medium and campaign, `seen` the columns from `channel` to `topics`;
    `tells` says whether the context may name anybody.
    """

    page: JsonObject
    group_id: str
    origin: tuple[str, str, str]
    bot: bool
    seen: tuple[str, ...]
    tells: bool


_read_stated = msgspec.json.Decoder(_Stated).decode
_read_around = msgspec.json.Decoder(_Around).decode
_read_enriched = msgspec.json.Decoder(_Enriched).decode
_read_object = msgspec.json.Decoder(dict[str, Json]).decode


def event_rows(judged: Sequence[Judged], leaves: Leaves) -> pa.Table:
    """Give one row per stored event; repeats are left out."""
    rows = [
        row
        for one in judged
        if isinstance(one.record, LoggedBody)
        for row in _rows(one, one.record, leaves)
    ]
    columns = zip(*rows, strict=True) if rows else [()] * len(EVENTS.schema)
    fields = zip(columns, EVENTS.schema, strict=True)
    arrays = [pa.array(column, field.type) for column, field in fields]
    return pa.Table.from_arrays(arrays, schema=EVENTS.schema)


def _rows(one: Judged, body: LoggedBody, leaves: Leaves) -> Iterator[Row]:
    """Yield a tuple per event, in the order of the schema."""
    gone, source_id, trust = one.verdict.gone, body.source_id, int(body.trust)
    received_at, received_day = body.received_at * 1000, day_of(body.received_at)
    for index, event in enumerate(body.events):
        if index in gone:
            continue
        context, properties = bytes(event.context), bytes(event.properties)
        situation = _situation(context, bytes(event.enriched))
        stated = _read_stated(properties)
        path, title, referrer_host, page_view_id = _page(stated, situation.page)
        name, found = event.shown_name, stated.results_count
        query, file, seconds = _activity(event, properties)
        yield (
            f"{source_id}:{event.message_id}",
            source_id,
            event.message_id,
            one.position,
            index,
            event.at * 1000,
            received_at,
            received_day,
            trust,
            leaves.of(body, index, situation.tells),
            event.user_id,
            event.anonymous_id,
            event.group_id or situation.group_id,
            event.type,
            name,
            path,
            title,
            referrer_host,
            *situation.origin,
            query,
            found if type(found) is int and 0 <= found < 2**63 else None,
            file,
            page_view_id,
            seconds,
            situation.bot or "bot" in event.flags,
            *situation.seen,
            properties,
            bytes(event.traits),
            context,
            *_sale(event, properties),
        )


def _situation(context: bytes, enriched: bytes) -> _Situation:
    known = len(context) + len(enriched) <= 2 * LONGEST_HELD
    return (situation_held if known else _read_situation)(context, enriched)


def _read_situation(context: bytes, enriched: bytes) -> _Situation:
    around, read = _read_around(context), _read_enriched(enriched)
    campaign = _object(around.campaign) or _object(read.campaign)
    country = _text(around.country) or _text(_object(around.location).get("country"))
    topics = read.topics
    return _Situation(
        page=_object(around.page),
        group_id=_text(around.group_id),
        origin=(
            _text(campaign.get("source")),
            _text(campaign.get("medium")),
            _text(campaign.get("name")),
        ),
        bot=read.bot is True,
        seen=(
            _text(read.channel),
            _text(read.search),
            country or _text(read.country),
            country or _text(read.region) or _text(read.country),
            _text(read.device) or _text(_object(around.device).get("type")),
            _text(read.browser),
            _text(read.os),
            msgspec.json.encode(topics).decode() if isinstance(topics, list) else "",
        ),
        tells=context_tells(context),
    )


# It names people; an erasure empties it.
situation_held = lru_cache(maxsize=SITUATIONS_HELD)(_read_situation)


def _page(stated: _Stated, page: JsonObject) -> tuple[str, str, str, str]:
    """Give path, title, the host that the page was reached from, and the id of the view."""
    url = _place_of(_text(stated.url) or _text(page.get("url")))
    referrer = _place_of(_text(stated.referrer) or _text(page.get("referrer")))
    return (
        _text(stated.path) or _text(page.get("path")) or url[1],
        _text(stated.title) or _text(page.get("title")),
        referrer[0] if referrer[0] != url[0] else "",
        _text(stated.page_view_id) or _text(page.get("page_view_id")),
    )


def urlsplit_or_empty(url: str) -> tuple[str, str]:
    """Give host and path of an address, both empty when it cannot be read.

    >>> urlsplit_or_empty("https://www.example.com/prices?q=1")
    ('www.example.com', '/prices')
    >>> urlsplit_or_empty("https://[broken")
    ('', '')
    """
    try:
        parts = urlsplit(url)
        return (parts.hostname or "", parts.path)
    except ValueError:
        return ("", "")


_place_of = remembered(urlsplit_or_empty)


def _activity(event: LoggedEvent, properties: bytes) -> tuple[str, str, float | None]:
    """Give what was searched for, which file was fetched, and for how long somebody stayed."""
    if event.event not in _ACTIVITIES:
        return _NO_ACTIVITY
    stated = _read_object(properties)
    if event.event == "Search Performed":
        return searched(_text(stated.get("query"))), "", None
    if event.event == "File Downloaded":
        url = _text(stated.get("url"))
        return "", _text(stated.get("file_name")) or urlsplit_or_empty(url)[1], None
    seconds = stated.get("seconds")
    known = isinstance(seconds, int | float) and not isinstance(seconds, bool)
    return "", "", float(seconds) if known and isinstance(seconds, int | float) else None


def searched(query: str) -> str:
    """Write a search as all equal searches are written: width, case and spaces do not matter.

    >>> searched("\uff33afety  BOOTS ")
    'safety boots'
    """
    return " ".join(normalize("NFKC", query).casefold().split())


def _sale(event: LoggedEvent, properties: bytes) -> Row:
    if event.type != "track" or event.event not in NAMES:
        return _NO_SALE
    stated = stated_sale(event.event, _read_object(properties))
    return tuple(stated.get(name) for name in _SALE)


def _text(value: Json) -> str:
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def _object(value: Json) -> JsonObject:
    return value if isinstance(value, dict) else {}
