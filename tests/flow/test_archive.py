"""The follower brings every stored event, decision and outcome into the archive exactly once."""

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pytest

from wegweiser.adapters.delta import DeltaArchive
from wegweiser.adapters.duckdb import DuckDBWarehouse
from wegweiser.adapters.memory import MemoryArchive, MemoryEventLog
from wegweiser.flow import archive as following
from wegweiser.flow.archive import ArchiveFollower, offer_archive, offer_identity
from wegweiser.log.record import encode
from wegweiser.measure.registry import find
from wegweiser.measure.views import with_views
from wegweiser.ports.archive import Archive
from wegweiser.query.period import read_period
from wegweiser.query.relation import ARCHIVED, EVENTS, LEAVES
from wegweiser.terms.decision import Decision, Item, Subject
from wegweiser.terms.event import Event
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.outcome import Outcome
from wegweiser.terms.policy import Bundle
from wegweiser.terms.record import Collected, Decided, Published, Record, Reported, Verdict
from wegweiser.terms.source import Trust

NOW = 20_500 * DAY_MS
TABLES = [relation.name for relation in ARCHIVED]


def collected(*events: Event, at: int = NOW) -> Collected:
    return Collected(
        received_at=at, source_id="web", trust=Trust.PUBLIC, kind="live", events=events
    )


def page(message_id: str, path: str = "/prices") -> Event:
    return Event(
        type="page",
        message_id=message_id,
        at=NOW,
        anonymous_id="a-1",
        properties={
            "url": f"https://www.example.com{path}",
            "referrer": "https://news.example.org/today",
            "title": "Preise",
        },
        context={"campaign": {"source": "news", "medium": "email", "name": "spring"}},
    )


DECISION = Decision(
    decision_id="dec-1",
    request_id="r-1",
    body_digest="",
    at=NOW,
    subject=Subject(device="anonymous_id:a-1"),
    leaf="anonymous_id:a-1",
    unit_id="u-1",
    arm="main",
    items=(
        Item("home.hero", 0, "hello", "short", 0.5, "sampled"),
        Item("home.side", 0, "bye", "short", 0.25, "sampled"),
    ),
    source_id="web",
)
SEEN = Outcome(
    outcome_id="web:m-seen",
    kind="seen",
    at=NOW,
    decision_id="dec-1",
    placement="home.hero",
    source_id="web",
)
GOAL = Outcome(
    outcome_id="o-1", kind="goal", at=NOW, leaf="anonymous_id:a-1", goal="sale", amount=4
)
RECORDS: list[Record] = [
    Published(at=NOW, bundle=Bundle()),
    collected(page("m-1"), page("m-1"), page("m-2", "/about")),
    Decided(decision=DECISION),
    collected(Event(type="track", event="Message Viewed", message_id="m-seen", at=NOW,
                    anonymous_id="a-1")),
    Reported(received_at=NOW, source_id="shop", outcomes=(GOAL, GOAL)),
]  # fmt: skip
VERDICTS = {
    2: Verdict(2, repeats=(1,)),
    4: Verdict(4, outcomes=(SEEN,)),
}


def read_verdicts(after: int) -> Mapping[int, Verdict]:
    return {position: found for position, found in VERDICTS.items() if position > after}


def leaf_of(event: Event, trust: Trust) -> str:
    assert trust == Trust.PUBLIC
    return f"anonymous_id:{event.anonymous_id}"


@pytest.fixture
def log() -> MemoryEventLog:
    log = MemoryEventLog()
    log.append([encode(record) for record in RECORDS])
    return log


@pytest.fixture(params=["memory", "delta"])
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> Archive:
    return MemoryArchive() if request.param == "memory" else DeltaArchive(tmp_path / "archive")


def stored(archive: Archive, table: str, column: str) -> list[object]:
    rows = archive.read(table)
    assert rows is not None
    return sorted(rows[column].to_pylist())


def test_everything_stored_is_archived_once(log: MemoryEventLog, archive: Archive) -> None:
    follower = ArchiveFollower(log, archive, read_verdicts, leaf_of)
    follower.catch_up(log.head())
    follower.catch_up(log.head())
    assert stored(archive, "events", "event_id") == ["web:m-1", "web:m-2", "web:m-seen"]
    assert stored(archive, "decisions", "message") == ["bye", "hello"]
    assert stored(archive, "exposures", "exposure_id") == ["web:m-seen"]
    assert stored(archive, "outcomes", "outcome_id") == ["o-1", "web:m-seen"]
    assert {archive.position(table) for table in TABLES} == {5}


def test_an_event_keeps_what_questions_need(log: MemoryEventLog) -> None:
    archive = MemoryArchive()
    ArchiveFollower(log, archive, read_verdicts, leaf_of).catch_up(2)
    rows = archive.read("events")
    assert rows is not None
    assert rows.schema == EVENTS.schema
    row = rows.to_pylist()[0]
    assert (row["path"], row["referrer_host"], row["title"]) == (
        "/prices",
        "news.example.org",
        "Preise",
    )
    assert (row["source"], row["medium"], row["campaign"]) == ("news", "email", "spring")
    assert (row["position"], row["idx"], row["leaf"]) == (2, 0, "anonymous_id:a-1")
    assert row["occurred_at"].timestamp() * 1000 == NOW


@pytest.mark.parametrize("upto", [1, 2, 3, 4])
def test_tables_that_are_apart_after_a_crash_catch_up_without_repeats(
    log: MemoryEventLog, archive: Archive, upto: int
) -> None:
    whole = MemoryArchive()
    ArchiveFollower(log, whole, read_verdicts, leaf_of).catch_up(upto)
    events = whole.read("events")
    assert events is not None
    # The process ended after the first of the four appends.
    archive.append("events", events, upto)
    ArchiveFollower(log, archive, read_verdicts, leaf_of).catch_up(log.head())
    assert stored(archive, "events", "event_id") == ["web:m-1", "web:m-2", "web:m-seen"]
    assert stored(archive, "decisions", "decision_id") == ["dec-1", "dec-1"]
    assert {archive.position(table) for table in TABLES} == {5}


def test_chunks_give_the_same_archive(
    log: MemoryEventLog, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "EVENTS_PER_CHUNK", 1)
    ArchiveFollower(log, archive, read_verdicts, leaf_of).catch_up(log.head())
    assert stored(archive, "events", "event_id") == ["web:m-1", "web:m-2", "web:m-seen"]
    assert archive.position("outcomes") == 5


def test_measures_read_the_archive(log: MemoryEventLog, archive: Archive, tmp_path: Path) -> None:
    ArchiveFollower(log, archive, read_verdicts, leaf_of).catch_up(log.head())
    warehouse = DuckDBWarehouse([tmp_path / "archive"])
    offer_archive(archive, warehouse)
    offer_identity(
        warehouse,
        {"leaves": LEAVES.rows([{"leaf": "anonymous_id:a-1", "person_id": "p-1"}])},
    )

    def ask(name: str, **options: str) -> pa.Table:
        measure = find(name)
        asked = measure.ask(options, read_period("", "", NOW + DAY_MS), NOW + DAY_MS)
        question = measure.question(asked)
        return warehouse.ask(with_views(question.sql), question.parameters)

    total = ask("web.visits").to_pylist()[-1]
    assert (total["visitors"], total["visits"], total["views"]) == (1, 1, 2)
    [message] = ask("message.goals", goal="sale", **{"window-days": "1"}).to_pylist()
    assert (message["message"], message["people"], message["people_with_goal"]) == ("hello", 1, 1)
    told = ask("lift", goal="sale", metric="value", **{"window-days": "1"}).to_pylist()
    [arm] = [row for row in told if row["part"] == "all"]
    assert (arm["arm"], arm["n"], arm["sum_y"]) == ("main", 1, 4.0)


def test_an_empty_archive_still_answers() -> None:
    warehouse = DuckDBWarehouse()
    offer_archive(MemoryArchive(), warehouse)
    offer_identity(warehouse, {})
    measure = find("lift")
    asked = measure.ask({}, read_period("", "", NOW), NOW)
    question = measure.question(asked)
    table = warehouse.ask(with_views(question.sql), question.parameters)
    answer = measure.answer(table, question, asked)
    assert answer.results[0].reason == "no_source"
