"""Archive rows from log records: stored events, decisions, exposures and outcomes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from unicodedata import normalize
from urllib.parse import urlsplit

import msgspec
import pyarrow as pa

from wegweiser.measure.revenue.stated_sale import stated_sale
from wegweiser.query.relation import DECISIONS, EVENTS, EXPOSURES, OUTCOMES
from wegweiser.terms.decision import Decision, Item
from wegweiser.terms.event import Event
from wegweiser.terms.instant import day_of
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.outcome import Outcome
from wegweiser.terms.record import Collected, Decided, Record, Reported, Verdict
from wegweiser.terms.source import Trust

LeafOf = Callable[[Event, Trust], str]
Row = dict[str, object]
_NO_ITEM = Item(placement="", slot=0, message="", variant="", pi=1.0, how="best")


class Judged(msgspec.Struct, frozen=True):
    """A log record at its position, with what the fold found about it."""

    position: int
    record: Record
    verdict: Verdict


def event_rows(judged: Sequence[Judged], leaf_of: LeafOf) -> pa.Table:
    """Give one row per stored event; repeats are left out."""
    return EVENTS.rows(list(_events(judged, leaf_of)))


def decision_rows(judged: Sequence[Judged]) -> pa.Table:
    """Give one row per chosen item, and one for a decision that chose nothing."""
    return DECISIONS.rows(
        [
            _decision(one.position, one.record.decision, item)
            for one in judged
            if isinstance(one.record, Decided)
            for item in one.record.decision.items or (_NO_ITEM,)
        ]
    )


def outcome_rows(judged: Sequence[Judged]) -> pa.Table:
    """Give one row per outcome reported or read off an event, exposures too."""
    return OUTCOMES.rows([row for one in judged for row in _outcomes(one)])


def exposure_rows(judged: Sequence[Judged]) -> pa.Table:
    """Give one row per outcome that says a message was seen."""
    return EXPOSURES.rows(
        [
            row | {"exposure_id": row["outcome_id"]}
            for one in judged
            for row in _outcomes(one)
            if row["kind"] == "seen" and row["decision_id"]
        ]
    )


def _events(judged: Sequence[Judged], leaf_of: LeafOf) -> Iterator[Row]:
    for one in judged:
        record = one.record
        if not isinstance(record, Collected):
            continue
        gone = one.verdict.gone
        for index, event in enumerate(record.events):
            if index not in gone:
                place = _place(one.position, index, record.source_id, record.received_at)
                yield place | _event(event, record, leaf_of(event, record.trust))


def _place(position: int, index: int, source_id: str, received_at: int) -> Row:
    return {
        "source_id": source_id,
        "position": position,
        "idx": index,
        "received_at": received_at * 1000,
        "received_day": day_of(received_at),
    }


def _event(event: Event, record: Collected, leaf: str) -> Row:
    row: Row = {
        "event_id": f"{record.source_id}:{event.message_id}",
        "message_id": event.message_id,
        "occurred_at": event.at * 1000,
        "trust": int(record.trust),
        "leaf": leaf,
        "user_id": event.user_id,
        "anonymous_id": event.anonymous_id,
        "group_id": event.group_id or _text(event.context, "groupId"),
        "type": event.type,
        "name": event.shown_name,
        "bot": event.enriched.get("bot") is True or "bot" in event.flags,
        "properties": _json(event.properties),
        "traits": _json(event.traits),
        "context": _json(event.context),
    }
    row |= _page(event) | _origin(event) | _device(event) | _activity(event)
    return row | stated_sale(event.event, event.properties) if event.type == "track" else row


def _page(event: Event) -> Row:
    page = _object(event.context, "page")
    stated = event.properties
    url = urlsplit_or_empty(_text(stated, "url") or _text(page, "url"))
    referrer = urlsplit_or_empty(_text(stated, "referrer") or _text(page, "referrer"))
    return {
        "path": _text(stated, "path") or _text(page, "path") or url[1],
        "title": _text(stated, "title") or _text(page, "title"),
        "referrer_host": referrer[0] if referrer[0] != url[0] else "",
        "page_view_id": _text(stated, "page_view_id") or _text(page, "page_view_id"),
    }


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


def _origin(event: Event) -> Row:
    campaign = _object(event.context, "campaign") or _object(event.enriched, "campaign")
    return {
        "source": _text(campaign, "source"),
        "medium": _text(campaign, "medium"),
        "campaign": _text(campaign, "name"),
        "channel": _text(event.enriched, "channel"),
        "search_words": _text(event.enriched, "search"),
    }


def _device(event: Event) -> Row:
    context, enriched = event.context, event.enriched
    location, device = _object(context, "location"), _object(context, "device")
    country = _text(context, "country") or _text(location, "country")
    topics = enriched.get("topics")
    return {
        "country": country or _text(enriched, "country"),
        "region": country or _text(enriched, "region") or _text(enriched, "country"),
        "device": _text(enriched, "device") or _text(device, "type"),
        "browser": _text(enriched, "browser"),
        "system": _text(enriched, "os"),
        "topics": _json(topics) if isinstance(topics, list) else "",
    }


def _activity(event: Event) -> Row:
    stated = event.properties
    found = stated.get("results_count")
    seconds = stated.get("seconds") if event.event == "Engaged Time" else None
    known = isinstance(seconds, int | float) and not isinstance(seconds, bool)
    is_search = event.event == "Search Performed"
    return {
        "search_query": searched(_text(stated, "query")) if is_search else "",
        "results_count": found if type(found) is int and 0 <= found < 2**63 else None,
        "file_name": _file_name(stated) if event.event == "File Downloaded" else "",
        "engaged_seconds": float(seconds) if known and isinstance(seconds, int | float) else None,
    }


def searched(query: str) -> str:
    """Write a search as all equal searches are written: width, case and spaces do not matter.

    >>> searched("\uff33afety  BOOTS ")
    'safety boots'
    """
    return " ".join(normalize("NFKC", query).casefold().split())


def _file_name(stated: JsonObject) -> str:
    return _text(stated, "file_name") or urlsplit_or_empty(_text(stated, "url"))[1]


def _decision(position: int, decision: Decision, item: Item) -> Row:
    return _place(position, 0, decision.source_id, decision.at) | {
        "decision_id": decision.decision_id,
        "request_id": decision.request_id,
        "occurred_at": decision.at * 1000,
        "leaf": decision.leaf,
        "decided_person_id": decision.person_id,
        "group_id": decision.group_id,
        "unit_id": decision.unit_id,
        "unit_kind": decision.unit_kind,
        "channel": decision.channel,
        "placement": item.placement,
        "slot": item.slot,
        "message": item.message,
        "variant": item.variant,
        "arm": decision.arm,
        "ghost": decision.ghost,
        "fallback": decision.status == "fallback",
        "status": decision.status,
        "pi": item.pi,
        "bundle": decision.bundle,
        "model": decision.model,
    }


def _outcomes(one: Judged) -> Iterator[Row]:
    match one.record:
        case Reported(received_at=received_at, source_id=source_id, outcomes=reported):
            found: Mapping[str, Outcome] = {each.outcome_id: each for each in reported}
        case Collected(received_at=received_at, source_id=source_id):
            found = {each.outcome_id: each for each in one.verdict.outcomes}
        case _:
            return
    for index, outcome in enumerate(found.values()):
        yield _place(one.position, index, source_id, received_at) | _outcome(outcome)


def _outcome(outcome: Outcome) -> Row:
    return {
        "outcome_id": outcome.outcome_id,
        "occurred_at": outcome.at * 1000,
        "kind": outcome.kind,
        "decision_id": outcome.decision_id,
        "placement": outcome.placement,
        "slot": outcome.slot,
        "leaf": outcome.leaf,
        "group_id": outcome.group_id,
        "goal": outcome.goal,
        "value": outcome.amount,
        "currency": outcome.currency,
    }


def _text(of: JsonObject, key: str) -> str:
    value: Json = of.get(key)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else ""


def _object(of: JsonObject, key: str) -> JsonObject:
    value: Json = of.get(key)
    return value if isinstance(value, dict) else {}


def _json(value: JsonObject | list[Json]) -> str:
    return msgspec.json.encode(value).decode()
