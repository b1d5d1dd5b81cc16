"""What people did with what they were told becomes evidence, and nobody is named."""

import msgspec

from wegweiser.adapters.memory import MemoryStore
from wegweiser.flow.practice import practice_table
from wegweiser.flow.reading_book import ReadingBook
from wegweiser.flow.tables import ALARMS, WATCH_STATES
from wegweiser.flow.topic_book import keep_topic
from wegweiser.ports.operational_store import Change
from wegweiser.terms.alarm import Judgement, KeptAlarm, Watching
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.topic import TopicDecided

NOON = 20_000 * DAY_MS + DAY_MS // 2


def told(store: MemoryStore) -> list[tuple[object, object, object]]:
    return [
        (row["line"], row["subject"], row["value"]) for row in practice_table(store).to_pylist()
    ]


def alarm(number: int, judgement: Judgement) -> Change:
    kept = KeptAlarm(
        alarm_id=f"a{number}",
        watch="sales",
        raised_at=NOON,
        known="2024-10-04",
        since="2024-10-03",
        series="orders",
        kind="point",
        sentence={"en": "Orders fell.", "de": "Die Bestellungen sanken."},
        judgement=judgement,
    )
    return Change(ALARMS, kept.alarm_id.encode(), msgspec.json.encode(kept))


def test_a_reading_counts_once_a_day_and_only_of_measures_that_say_something() -> None:
    store = MemoryStore()
    book = ReadingBook(store)
    for at in (NOON, NOON + 1, NOON + DAY_MS):
        book.note("revenue.relations", at)
        book.note("web.visits", at)
    ReadingBook(store).note("revenue.relations", NOON)
    assert told(store) == [("read", "revenue.relations", 1.0)] * 2


def test_alarms_topics_and_promises_are_told() -> None:
    store = MemoryStore()
    state = msgspec.json.encode(Watching(upto="2024-10-05", promised={"2024-10": 0.5}))
    store.commit([alarm(1, "false"), alarm(2, ""), Change(WATCH_STATES, b"sales", state)])
    keep_topic(store, TopicDecided(kind="query", term="boots", decision="follow", at=NOON))
    assert told(store) == [
        ("trend", "boots", 1.0),
        ("alarm", "orders", 1.0),
        ("alarm_false", "orders", 1.0),
        ("alarm", "orders", 0.0),
        ("alarms_promised", "2024-10", 0.5),
    ]
