"""What is learned end to end: snapshots in the store, held-out units, measured increments."""

import asyncio
import random

import msgspec
import pytest

from tests.decisioning.learning_world import SETTLING_MS, WINDOW_MS, Shop, shop
from tests.flow.sites import post
from wegweiser import __version__
from wegweiser.adapters.memory import MemoryStore
from wegweiser.decide.circumstance import Circumstance
from wegweiser.decide.response import baseline, increment_of
from wegweiser.flow.model_book import KEEP_DAYS, ModelBook, newest_snapshot
from wegweiser.flow.tables import MODELS, number_key
from wegweiser.learn.increment import increment
from wegweiser.learn.train import digest_of
from wegweiser.ports.operational_store import Change
from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.instant import DAY_MS, format_instant
from wegweiser.terms.json import JsonObject
from wegweiser.terms.model import Head, Increment, Snapshot
from wegweiser.terms.result import Answer, Question, Result
from wegweiser.workspace.learning import increment_from
from wegweiser.workspace.operations import run

START_DAY = 20_000


def snapshot(number: int, day: int, features: int = 200) -> Snapshot:
    """A snapshot in which a few features moved since the one before."""
    luck = random.Random(number)
    mean = {f"message:{place}": float(place) for place in range(features)}
    mean |= {f"message:{luck.randrange(features)}": luck.random() for _ in range(3)}
    return Snapshot(
        number=number,
        heads={"engage": Head(mean, dict.fromkeys(mean, 0.1), labels=number)},
        labels=number,
        watermark=day * DAY_MS + number,
        waiting={"person.traits.seats": [1.0]},
    )


def bare(one: Snapshot) -> Snapshot:
    return msgspec.structs.replace(one, waiting={})


def test_snapshots_are_stored_as_differences_and_read_back_whole() -> None:
    store = MemoryStore()
    book = ModelBook(store)
    made = {number: snapshot(number, START_DAY) for number in range(1, 130)}
    for one in made.values():
        book.publish(one)
    sizes = {line.number: line.bytes for line in book.lines()}
    assert sizes[1] > 5 * sizes[50]
    again = ModelBook(store)
    assert again.newest == newest_snapshot(store) == made[129]
    for number, one in made.items():
        assert bare(again.numbered(number)) == bare(one)
    # What is waiting is needed by the next snapshot only.
    assert again.numbered(128).waiting == {}
    assert again.numbered(999) == made[129]
    assert again.numbered(0) == Snapshot()


def test_the_version_of_the_program_is_kept_and_no_part_of_the_digest() -> None:
    store = MemoryStore()
    old = msgspec.structs.replace(snapshot(1, START_DAY), digest="d")
    # What was written before there was such a field has neither name nor value of it.
    written = msgspec.json.encode(old)
    assert b'"code"' not in written
    store.commit([Change(MODELS, number_key(1), written)])
    book = ModelBook(store)
    assert (book.newest.code, book.newest) == ("", old)
    for number in (2, 3):
        book.publish(msgspec.structs.replace(snapshot(number, START_DAY), code="9.9.9"))
    again = ModelBook(store)
    assert [again.numbered(number).code for number in (1, 2, 3)] == ["", "9.9.9", "9.9.9"]
    one = snapshot(4, START_DAY)
    # As it was before there was such a field.
    known = "1730c208bec6"
    assert digest_of(one).startswith(known)
    assert digest_of(msgspec.structs.replace(one, code="9.9.9")).startswith(known)


def test_old_snapshots_are_thinned_to_the_last_of_each_day() -> None:
    store = MemoryStore()
    book = ModelBook(store)
    made: dict[int, Snapshot] = {}
    for day in range(60):
        for _ in range(3):
            number = len(made) + 1
            made[number] = snapshot(number, START_DAY + day)
            book.publish(made[number])
    now = (START_DAY + 60) * DAY_MS
    assert book.thin(now) > 40
    kept = {line.number for line in ModelBook(store).lines()}
    young = {one.number for one in made.values() if one.watermark > now - KEEP_DAYS * DAY_MS}
    assert young <= kept
    assert {3 * day for day in range(1, 61)} <= kept
    for number in kept:
        assert bare(ModelBook(store).numbered(number)) == bare(made[number])
    assert book.thin(now) == 0


async def _held_out() -> None:
    everybody = "{kind: arms, unit: person, nothing: 1.0, random: 0, no_levers: 0, rules_only: 0, "
    configuration = (
        "{kind: placement, key: home.hero, channel: web, allow_nothing: false}\n---\n"
        "{kind: goal, key: demo-booked, when: 'event == \"Demo Booked\"', window_days: 7}\n---\n"
        "{kind: message, key: sso, goal: demo-booked,"
        " variants: [{key: v, channel: web, content: {title: Sso}}]}\n---\n"
        + everybody
        + "eligible_only: 0}"
    )
    async with shop(configuration) as there:
        for number in range(6):
            await there.come(number)
            answer = await there.ask(number)
            assert (answer["status"], answer["items"]) == ("nothing", [])
            if number < 2:
                there.wait(60_000)
                await _booked(there, number)
        there.wait(7 * DAY_MS + SETTLING_MS + WINDOW_MS)
        await there.learn()
        learned = there.site.deciding.trainer.snapshot
        assert set(learned.heads) == {"nothing:demo-booked"}
        head = learned.heads["nothing:demo-booked"]
        assert (head.labels, head.positives) == (6, 2)
        assert {"bias", "fatigue:0"} <= set(head.mean)
        assert not any(name.startswith("message:") for name in head.mean)


async def _booked(there: Shop, number: int) -> None:
    event: JsonObject = {
        "type": "track",
        "event": "Demo Booked",
        "messageId": f"booked-{number}",
        "userId": f"u-{number}",
        "timestamp": format_instant(there.now),
    }
    assert (await post(there.site, there.key, "/v1/track", event)).status == 200


def test_held_out_units_teach_what_happens_when_nothing_is_said() -> None:
    asyncio.run(_held_out())


def test_measured_increments_lie_between_the_prior_and_the_measured_ratio() -> None:
    sure = increment(0.010, 0.0001, 0.010)
    vague = increment(0.010, 0.1, 0.010)
    harmful = increment(-0.5, 0.001, 0.010)
    assert sure is not None
    assert vague is not None
    assert harmful is not None
    assert sure.kappa == pytest.approx(1.0, abs=0.01)
    assert vague.kappa == pytest.approx(0.5, abs=0.01)
    assert harmful.kappa == 0.0
    assert increment(0.01, 0.0, 0.01) is increment(0.01, 0.1, 0.0) is None


async def _measured() -> None:
    async with shop() as there:
        trainer = there.site.deciding.trainer
        assert increment_of(trainer.snapshot, "demo-booked") == (0.5, "assumed")
        await there.visit(1)
        trainer.measured([("demo-booked", Increment(0.8, 0.02, 0.004, 0.02))])
        decision = there.site.unifier.decisions.get(await there.visit(2))
        assert decision is not None
        assert decision.increment == "measured"
        await there.site.deciding.learn()
        assert increment_of(trainer.snapshot, "demo-booked") == (0.8, "measured")


def test_a_measured_increment_decides_from_then_on_and_the_record_says_so() -> None:
    asyncio.run(_measured())


async def _operations() -> None:
    async with shop() as there:
        name = await there.visit(1)
        await there.report([(name, "seen", there.now), (name, "click", there.now)])
        there.wait(WINDOW_MS + SETTLING_MS + 1)
        await there.learn()
        site = there.site
        listed = await run(site, "models_list", {})
        assert isinstance(listed, dict)
        assert (listed["champion"], listed["kept"]) == ("shared", 1)
        assert listed["snapshot"]["code"] == __version__  # type: ignore[index,call-overload]
        shown = await run(site, "model_show", {})
        assert isinstance(shown, dict)
        assert (shown["labels"], shown["code"]) == (1, __version__)
        assert shown["heads"]["engage"]["positives"] == 1  # type: ignore[index,call-overload]
        guard = await run(site, "models_guard", {})
        assert isinstance(guard, dict)
        assert [one["part"] for one in guard["slices"]] == [  # type: ignore[index,call-overload,union-attr]
            "",
            "channel:web",
            f"message:{_message(there, name)}",
        ]
        with pytest.raises(NotFound, match="register it first"):
            await run(site, "model_promote", {"name": "unheard"})
        with pytest.raises(InputRefused, match="name is missing"):
            await run(site, "model_promote", {})
        promoted = await run(site, "model_promote", {"name": "beta"})
        assert isinstance(promoted, dict)
        assert promoted["champion"] == "beta"
        decision = site.unifier.decisions.get(await there.visit(2))
        assert decision is not None
        assert decision.learner == "beta"
        await run(site, "model_promote", {"name": "shared"})
        before = site.deciding.trainer.snapshot
        await site.deciding.learning.nightly()
        assert site.deciding.trainer.snapshot == before
        again = await run(site, "models_retrain", {"adopt": True})
        assert isinstance(again, dict)
        assert (again["same"], again["adopted"]) == (True, False)
        assert again["snapshot"]["code"] == __version__  # type: ignore[index,call-overload]


def _message(there: Shop, decision_id: str) -> str:
    decision = there.site.unifier.decisions.get(decision_id)
    assert decision is not None
    return decision.items[0].message


def test_what_decides_can_be_listed_looked_into_promoted_and_retrained() -> None:
    asyncio.run(_operations())


def test_a_baseline_is_the_rate_of_those_to_whom_nothing_is_said() -> None:
    learned = Snapshot(heads={"nothing:won": Head({"bias": 0.0}, {"bias": 0.1}, labels=1_000)})
    assert baseline(learned, "won", Circumstance()) == 0.5


def _answered(estimate: float | None, units: object, error: float | None = 0.0012) -> Answer:
    """A measured lift as the measure answers it: figures, and arms with their standard errors."""
    found = Result(
        name="lift.difference",
        unit="share",
        n={"main": 900},
        enough_data=estimate is not None,
        sentence={},
        estimate=estimate,
        low=None if estimate is None else estimate - 0.1,
        high=None if estimate is None else estimate + 0.1,
    )
    mean = None if estimate is None else 0.02 + estimate
    rows = (("main", units, mean, error), ("nothing", 100, 0.02, 0.0016))
    return Answer(
        measure="lift",
        status="ok",
        results=(found,),
        columns=("arm", "units", "mean", "standard_error"),
        rows=rows,  # type: ignore[arg-type]
        question=Question("", {}),
        as_of=0,
        n=1_100,
    )


def test_a_measured_lift_is_held_against_what_was_foretold_per_unit() -> None:
    found = increment_from(_answered(0.01, 1_000), foretold=10.0)
    assert found is not None
    assert (found.lift, found.predicted) == (pytest.approx(0.01), 0.01)
    assert found.error == pytest.approx(0.002, rel=1e-3)
    assert found.kappa == increment(found.lift, found.error, 0.01).kappa  # type: ignore[union-attr]
    assert increment_from(_answered(None, 1_000), foretold=10.0) is None
    assert increment_from(_answered(0.01, 0), foretold=10.0) is None
    assert increment_from(_answered(0.01, 1_000, error=None), foretold=10.0) is None
