"""A row made from what the log holds, unread for the most part, is that of the whole event."""

from collections.abc import Iterator
from unicodedata import normalize

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import events
from wegweiser.flow.archive_events import event_rows, urlsplit_or_empty
from wegweiser.flow.archive_reading import Leaves, LoggedBody, read_record
from wegweiser.flow.archive_rows import Judged
from wegweiser.log.record import encode
from wegweiser.measure.revenue.stated_sale import stated_sale
from wegweiser.query.relation import EVENTS
from wegweiser.resolve.statement import read_event
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.event import Event
from wegweiser.terms.instant import day_of
from wegweiser.terms.record import Collected, Verdict
from wegweiser.terms.source import Trust

texts = st.sampled_from(["", "x", "Prices", "https://www.example.com/a?b=1", "/a", "ajs_uid=u-1"])
values = st.one_of(
    texts, st.integers(-2, 2**64), st.booleans(), st.none(), st.lists(texts), st.floats(0, 5)
)
told = {
    "properties": (
        *("url", "path", "title", "referrer", "page_view_id", "results_count", "query"),
        *("file_name", "seconds", "order_id", "revenue", "currency", "total", "tax"),
    ),
    "page": ("url", "path", "title", "referrer", "page_view_id", "search"),
    "context": ("campaign", "groupId", "country", "location", "device", "externalIds", "verified"),
    "enriched": (
        *("bot", "browser", "campaign", "channel", "country", "device", "os", "region"),
        *("search", "topics"),
    ),
    "campaign": ("source", "medium", "name"),
    "traits": ("email", "phone", "company", "plan"),
}


def objects(part: str) -> st.SearchStrategy[dict[str, object]]:
    return st.dictionaries(st.sampled_from(told[part]), values, max_size=4)


@st.composite
def contexts(draw: st.DrawFn) -> dict[str, object]:
    found = draw(objects("context"))
    for part in ("page", "campaign", "traits"):
        if draw(st.booleans()):
            found[part] = draw(objects(part))
    if draw(st.booleans()):
        found["device"] = {"type": draw(values), "id": draw(values)}
        found["location"] = {"country": draw(values)}
    return found


@st.composite
def stored(draw: st.DrawFn) -> Event:
    kind = draw(st.sampled_from(["track", "page", "identify", "screen", "group", "alias"]))
    named = ["Order Completed", "Search Performed", "File Downloaded", "Engaged Time", "Left Group"]
    return Event(
        type=kind,
        message_id=draw(texts),
        at=draw(st.integers(0, 2**41)),
        user_id=draw(st.sampled_from(["", "u-1", "u-2"])),
        anonymous_id=draw(st.sampled_from(["", "a-1", "a-2"])),
        group_id=draw(st.sampled_from(["", "g"])) if kind == "group" else "",
        previous_id=draw(st.sampled_from(["u-9", "a-1"])) if kind == "alias" else "",
        event=draw(st.sampled_from([*named, "Asked"])) if kind == "track" else "",
        properties=draw(objects("properties")),
        traits=draw(objects("traits")),
        context=draw(contexts()),
        flags=draw(st.sampled_from([(), ("bot",), ("proof_ok",), ("inferred_identity",)])),
        enriched=draw(objects("enriched")),
    )


def leaf_of(event: Event, trust: Trust) -> str:
    try:
        return read_event(event, trust, "", 0).leaf
    except InputRefused:
        return "nobody"


@given(
    st.lists(st.lists(st.one_of(stored(), events()), max_size=6), max_size=4),
    st.sampled_from([Trust.PUBLIC, Trust.SERVER]),
    st.sets(st.integers(0, 5)),
)
def test_a_row_from_the_log_is_that_of_the_whole_event(bodies, trust, repeats):
    records = [
        Collected(
            received_at=86_400_000 + number,
            source_id="shop",
            trust=trust,
            kind="live",
            events=tuple(body),
        )
        for number, body in enumerate(bodies)
    ]
    verdict = Verdict(1, repeats=tuple(sorted(repeats)))
    judged = [Judged(at, read_record(encode(one)), verdict) for at, one in enumerate(records, 1)]
    assert all(isinstance(one.record, LoggedBody) for one in judged)
    wanted = [
        row for at, one in enumerate(records, 1) for row in whole_rows(at, one, verdict.repeats)
    ]
    assert event_rows(judged, Leaves(leaf_of)).to_pylist() == EVENTS.rows(wanted).to_pylist()


def whole_rows(
    position: int, record: Collected, repeats: tuple[int, ...]
) -> Iterator[dict[str, object]]:
    """Read each event whole, one field after the other."""
    for index, event in enumerate(record.events):
        if index in repeats:
            continue
        yield {
            "event_id": f"{record.source_id}:{event.message_id}",
            "source_id": record.source_id,
            "message_id": event.message_id,
            "position": position,
            "idx": index,
            "occurred_at": event.at * 1000,
            "received_at": record.received_at * 1000,
            "received_day": day_of(record.received_at),
            "trust": int(record.trust),
            "leaf": leaf_of(event, record.trust),
            "user_id": event.user_id,
            "anonymous_id": event.anonymous_id,
            "group_id": event.group_id or text(event.context, "groupId"),
            "type": event.type,
            "name": event.shown_name,
            "bot": event.enriched.get("bot") is True or "bot" in event.flags,
            **{part: written(getattr(event, part)) for part in ("properties", "traits", "context")},
            **of_page(event),
            **of_circumstances(event),
            **of_activity(event),
            **(stated_sale(event.event, event.properties) if event.type == "track" else {}),
        }


def of_page(event: Event) -> dict[str, object]:
    page, stated = part_of(event.context, "page"), event.properties
    url = urlsplit_or_empty(text(stated, "url") or text(page, "url"))
    referrer = urlsplit_or_empty(text(stated, "referrer") or text(page, "referrer"))
    return {
        "path": text(stated, "path") or text(page, "path") or url[1],
        "title": text(stated, "title") or text(page, "title"),
        "referrer_host": referrer[0] if referrer[0] != url[0] else "",
        "page_view_id": text(stated, "page_view_id") or text(page, "page_view_id"),
    }


def of_circumstances(event: Event) -> dict[str, object]:
    context, enriched = event.context, event.enriched
    campaign = part_of(context, "campaign") or part_of(enriched, "campaign")
    country = text(context, "country") or text(part_of(context, "location"), "country")
    topics = enriched.get("topics")
    return {
        "source": text(campaign, "source"),
        "medium": text(campaign, "medium"),
        "campaign": text(campaign, "name"),
        "channel": text(enriched, "channel"),
        "search_words": text(enriched, "search"),
        "country": country or text(enriched, "country"),
        "region": country or text(enriched, "region") or text(enriched, "country"),
        "device": text(enriched, "device") or text(part_of(context, "device"), "type"),
        "browser": text(enriched, "browser"),
        "system": text(enriched, "os"),
        "topics": written(topics) if isinstance(topics, list) else "",
    }


def of_activity(event: Event) -> dict[str, object]:
    stated, found = event.properties, event.properties.get("results_count")
    row: dict[str, object] = {"search_query": "", "file_name": "", "results_count": None}
    if type(found) is int and 0 <= found < 2**63:
        row["results_count"] = found
    if event.event == "Search Performed":
        row["search_query"] = " ".join(normalize("NFKC", text(stated, "query")).casefold().split())
    if event.event == "File Downloaded":
        url = text(stated, "url")
        row["file_name"] = text(stated, "file_name") or urlsplit_or_empty(url)[1]
    seconds = stated.get("seconds")
    if event.event == "Engaged Time" and type(seconds) in (int, float):
        row["engaged_seconds"] = float(seconds)
    return row


def text(of: dict[str, object], name: str) -> str:
    value = of.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else ""


def part_of(of: dict[str, object], name: str) -> dict[str, object]:
    value = of.get(name)
    return value if isinstance(value, dict) else {}


def written(value: object) -> str:
    return msgspec.json.encode(value).decode()
