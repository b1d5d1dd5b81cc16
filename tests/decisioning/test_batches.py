"""Decisions for many: taken at once, worked off behind everybody else, found again."""

import asyncio
from pathlib import Path

import httpx
import pytest

from tests.decisioning.doors import CONFIGURATION, Body, Door, full_after, opened
from wegweiser.flow.batch_book import BatchBook
from wegweiser.flow.tables import BATCHES
from wegweiser.ports.operational_store import Change
from wegweiser.terms.decision import Subject
from wegweiser.terms.json import JsonObject
from wegweiser.workspace import operations
from wegweiser.workspace.workspace import Workspace

PATH = "/v1/decide/batch"
SEGMENT = "{kind: segment, key: everybody, name: Everybody, when: 'has(person.traits.email)'}"


def users(count: int) -> list[str]:
    return [f"user_id:u-{number}" for number in range(count)]


async def begun(door: Door, **asked: object) -> str:
    answer = await door.secret.post(PATH, json={"placement": "news", **asked})
    assert answer.status_code == 202, answer.text
    batch_id = answer.json()["batch_id"]
    assert answer.headers["location"] == f"{PATH}/{batch_id}"
    return str(batch_id)


async def ended(door: Door, batch_id: str) -> Body:
    async with asyncio.timeout(60):
        while True:
            told: Body = (await door.secret.get(f"{PATH}/{batch_id}")).json()
            if told["status"] != "running":
                return told
            await asyncio.sleep(0.01)


async def results(door: Door, batch_id: str, limit: int = 100) -> list[Body]:
    found: list[Body] = []
    after = 0
    while True:
        address = f"{PATH}/{batch_id}/results?after={after}&limit={limit}"
        page = (await door.secret.get(address)).json()
        found += page["results"]
        if page["next"] is None:
            return found
        after = page["next"]


def test_a_batch_decides_for_everybody_once_and_its_messages_go_out() -> None:
    async def scenario() -> None:
        async with opened() as door:
            await door.meet(*(f"u-{number}" for number in range(60)))
            batch_id = await begun(door, subjects=[*users(60), "user_id:silent"])
            told = await ended(door, batch_id)
            assert (told["total"], told["done"], told["left"]) == (61, 61, 0)
            assert told["counts"] == {"decided": 60, "nothing": 1}
            found = await results(door, batch_id, limit=7)
            assert [row["number"] for row in found] == [*range(61)]
            decided = [row for row in found if row["items"]]
            assert len({row["decision_id"] for row in decided}) == 60
            assert {row["items"][0]["variant"] for row in decided} == {"mail"}  # type: ignore[index]
            rows = await door.exported("decisions")
            assert len(rows) == 61
            # No more than one a week: the next batch finds all of them told already.
            again = await ended(door, await begun(door, subjects=users(60)))
            assert "decided" not in again["counts"]  # type: ignore[operator]

    asyncio.run(scenario())


def test_whoever_waits_is_answered_before_the_batch_is_done() -> None:
    async def scenario() -> None:
        async with opened() as door:
            await door.meet("a-1", *(f"u-{number}" for number in range(300)))
            batch_id = await begun(door, subjects=users(300))
            for _ in range(3):
                asked = await door.decide(door.public, {"device": "anonymous_id:a-1"})
                assert asked["status"] == "decided"
            told: Body = (await door.secret.get(f"{PATH}/{batch_id}")).json()
            assert told["status"] == "running"
            assert (await ended(door, batch_id))["counts"] == {"decided": 300}

    asyncio.run(scenario())


def test_the_same_request_is_the_same_batch() -> None:
    async def scenario() -> None:
        async with opened() as door:
            await door.meet("u-0")
            first = await begun(door, request_id="autumn", subjects=users(1))
            await ended(door, first)
            assert await begun(door, request_id="autumn", subjects=users(1)) == first
            other = {"placement": "news", "request_id": "autumn", "subjects": users(2)}
            refused = await door.secret.post(PATH, json=other)
            assert (refused.status_code, refused.json()["status"]) == (409, 409)
            assert len(await door.exported("decisions")) == 1

    asyncio.run(scenario())


def test_a_request_that_is_sent_twice_at_once_is_one_batch() -> None:
    async def scenario() -> None:
        async with opened() as door:
            await door.meet(*(f"u-{number}" for number in range(3)))
            asked = [begun(door, request_id="autumn", subjects=users(3)) for _ in range(4)]
            names = set(await asyncio.gather(*asked))
            assert len(names) == 1
            told = await ended(door, names.pop())
            assert (told["total"], told["counts"]) == (3, {"decided": 3})

    asyncio.run(scenario())


def test_what_a_crash_left_of_a_beginning_is_nobodys_audience() -> None:
    async def scenario() -> None:
        async with opened() as door:
            await door.meet("u-0", "u-1")
            name = await begun(door, request_id="autumn", subjects=users(2))
            await ended(door, name)
            book = BatchBook(door.site.engines.store)
            book.add_subjects(name, 0, [Subject(person="user_id:u-0"), Subject(person="u-1")])
            door.site.engines.store.commit([Change(BATCHES, name.encode(), None)])
            told = await ended(door, await begun(door, request_id="autumn", subjects=users(1)))
            assert (told["total"], told["done"]) == (1, 1)

    asyncio.run(scenario())


def test_the_members_of_a_segment_are_an_audience() -> None:
    async def scenario() -> None:
        async with opened(f"{CONFIGURATION}---\n{SEGMENT}\n") as door:
            await door.meet(*(f"u-{number}" for number in range(5)), "a-1")
            # Nothing has looked at the segment since; the batch sees to it.
            told = await ended(door, await begun(door, segment="everybody"))
            assert (told["segment"], told["counts"]) == ("everybody", {"decided": 5})
            subjects = [row["subject"] for row in await door.exported("decisions")]
            assert sorted(one["person"] for one in subjects) == users(5)  # type: ignore[index]

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"placement": "home.hero", "subjects": users(1)}, 400),
        ({"placement": "nowhere", "subjects": users(1)}, 404),
        ({"placement": "news", "segment": "nobody"}, 404),
        ({"placement": "news"}, 400),
        ({"placement": "news", "subjects": []}, 400),
        ({"placement": "news", "subjects": users(1), "segment": "x"}, 400),
        ({"placement": "news", "subjects": [{"person": "nonsense"}]}, 400),
        ({"placement": "news", "subjects": users(1), "locale": 5}, 400),
        ({"placement": "news", "subjects": users(1_001)}, 413),
        ({"subjects": users(1)}, 400),
    ],
)
def test_a_bad_batch_is_refused_whole(asked: Body, status: int) -> None:
    async def scenario() -> None:
        async with opened() as door:
            refused = await door.secret.post(PATH, json=asked)
            assert (refused.status_code, refused.json()["status"]) == (status, status)
            assert (await door.public.post(PATH, json=asked)).status_code in (400, 403, 413)
            assert await door.exported("decisions") == []

    asyncio.run(scenario())


def test_a_cancelled_batch_says_what_was_left() -> None:
    async def scenario() -> None:
        async with opened() as door:
            await door.meet(*(f"u-{number}" for number in range(20)))
            batch_id = await begun(door, subjects=users(900))
            cancelled = (await door.secret.delete(f"{PATH}/{batch_id}")).json()
            assert cancelled["status"] == "cancelled"
            assert cancelled["done"] + cancelled["left"] == 900
            assert cancelled["left"] > 0
            # What was under way when it was cancelled is finished, and no more.
            await asyncio.sleep(0)
            await door.site.intake.settle()
            last = (await results(door, batch_id, limit=1_000))[-1]
            assert last == {"number": 899, "status": "undecided"}
            strange = door.client(door.site.callers.create("other").secret_key)
            assert (await strange.get(f"{PATH}/{batch_id}")).status_code == 404
            assert (await strange.delete(f"{PATH}/{batch_id}")).status_code == 404

    asyncio.run(scenario())


def test_an_erased_person_leaves_the_batches_that_wait() -> None:
    async def scenario() -> None:
        async with opened() as door:
            await door.meet("u-0", "u-1")
            batches = door.site.deciding.doors.batches
            stopped = pytest.MonkeyPatch()
            stopped.setattr(batches, "nudge", lambda: None)
            batch_id = await begun(door, subjects=users(2))
            gone: JsonObject = {"identifier": "user_id:u-1", "suppress": False}
            await operations.run(door.site, "forget", gone)
            stopped.undo()
            told = await ended(door, batch_id)
            assert told["counts"] == {"decided": 1, "erased": 1}

    asyncio.run(scenario())


def test_a_batch_goes_on_where_a_full_disk_stopped_it() -> None:
    async def scenario() -> None:
        async with opened() as door:
            await door.meet(*(f"u-{number}" for number in range(30)))
            with full_after(12, door.site) as is_full:
                batch_id = await begun(door, subjects=users(30))
                await door.until(is_full)
            told = await ended(door, batch_id)
            assert told["counts"] == {"decided": 30}
            assert len(await door.exported("decisions")) == 30

    asyncio.run(scenario())


def test_a_server_that_stops_leaves_no_batch_at_work() -> None:
    async def scenario() -> None:
        async with opened() as door:
            await door.meet(*(f"u-{number}" for number in range(60)))
            before = asyncio.all_tasks()
            await begun(door, subjects=users(60))
            at_work = asyncio.all_tasks() - before
            assert at_work
            await door.site.stop()
            assert all(task.done() for task in at_work)

    asyncio.run(scenario())


def test_what_broke_the_work_on_batches_is_told_when_the_server_stops(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with opened() as door:
            await door.meet("u-0")
            with monkeypatch.context() as broken:
                broken.setattr(door.site.views, "facts", lambda *_: 1 / 0)
                before = asyncio.all_tasks()
                await begun(door, subjects=users(1))
                at_work = asyncio.all_tasks() - before
                await door.until(lambda: all(task.done() for task in at_work))
                await door.site.deciding.doors.batches.stop()
        assert "decisions for many failed" in caplog.text

    asyncio.run(scenario())


def test_a_batch_survives_a_restart(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with Workspace.open(folder) as workspace:
        workspace.apply({"a.yaml": CONFIGURATION})
        for number in range(40):
            workspace.identify(
                f"u-{number}", context={"consent": {"categoryPreferences": {"email": True}}}
            )
        begun = workspace.run("decide_batch", {"placement": "news", "subjects": [*users(40)]})
        assert isinstance(begun, dict)
    with Workspace.open(folder) as workspace:
        told = workspace.wait_for_batch(str(begun["batch_id"]))
        assert (told["status"], told["done"], told["left"]) == ("done", 40, 0)
        rows = list(workspace.batch_results(str(begun["batch_id"])))
        assert len({row["decision_id"] for row in rows}) == 40
        assert len(list(workspace.export("decisions"))) == 40


def test_python_decides_for_many_and_lists_what_was_decided() -> None:
    with Workspace.open() as workspace:
        workspace.apply({"a.yaml": CONFIGURATION})
        workspace.identify("u-1", context={"consent": {"categoryPreferences": {"email": True}}})
        told = workspace.decide_batch("news", ["user_id:u-1", "user_id:u-2"])
        assert told["counts"] == {"decided": 1, "nothing": 1}
        listed = workspace.decisions(person="user_id:u-1")
        assert [row["status"] for row in listed] == ["decided"]
        assert [row["status"] for row in workspace.decisions(message="whitepaper")] == ["decided"]
        assert len(list(workspace.decisions(placement="news"))) == 2
        assert list(workspace.decisions(placement="home.hero")) == []


def test_the_list_is_read_page_by_page() -> None:
    async def scenario() -> None:
        async with opened() as door:
            await door.meet("a-1", "u-1")
            for number in range(5):
                door.clock.advance(1_000)
                subject: Body = {"userId": "u-1"} if number % 2 else {"anonymousId": "a-1"}
                await door.decide(door.secret, subject)
            found: list[str] = []
            after = ""
            while True:
                page = await listed(door.secret, limit=2, after=after)
                found += [row["decision_id"] for row in page["decisions"]]  # type: ignore[attr-defined]
                if page["next"] is None:
                    break
                after = str(page["next"])
            assert len(found) == 5
            assert found == sorted(found)
            theirs = await listed(door.secret, person="user_id:u-1")
            assert [row["subject"] for row in theirs["decisions"]] == [
                {"person": "user_id:u-1"}
            ] * 2  # type: ignore[attr-defined]
            assert (await listed(door.secret, message="gone"))["decisions"] == []
            assert (await door.secret.get("/v1/decisions?person=user_id:nobody")).status_code == 404
            assert (await door.secret.get("/v1/decisions?since=yesterday")).status_code == 400
            assert (await door.public.get("/v1/decisions")).status_code == 403

    asyncio.run(scenario())


async def listed(client: httpx.AsyncClient, **wanted: object) -> Body:
    answer = await client.get("/v1/decisions", params={k: str(v) for k, v in wanted.items()})
    assert answer.status_code == 200, answer.text
    found: Body = answer.json()
    return found
