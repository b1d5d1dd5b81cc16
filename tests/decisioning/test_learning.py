"""Acceptance tests 19 to 21: the calibration guard, labels that wait, snapshots that repeat."""

import asyncio
from collections.abc import Sequence
from typing import cast

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import expit

from tests.decide.world import ask, message, policy
from tests.decisioning.learning_world import SETTLING_MS, WINDOW_MS, shop
from wegweiser.learn.calibration import CELL, judge, night, note
from wegweiser.learn.label import Example
from wegweiser.learn.model import DAILY_FORGETTING, Belief, moved, pull
from wegweiser.learn.train import Learner, digest_of, train
from wegweiser.terms.decision import Decision
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.model import Cell, Guard, Head, Snapshot, Tallies

Numbers = NDArray[np.float64]
START = 1_795_340_467_000
PER_NIGHT = 5_000
SLICE = "engage|channel:web"


def a_night(rng: np.random.Generator, shuffled: bool = False) -> tuple[Numbers, NDArray[np.bool_]]:
    """Make what was foretold in a night, and what came true; shuffled labels know nothing."""
    foretold = expit(rng.normal(-3.2, 0.8, PER_NIGHT))
    found = rng.random(PER_NIGHT) < foretold
    return foretold, rng.permutation(found) if shuffled else found


def counted(foretold: Numbers, found: NDArray[np.bool_]) -> Tallies:
    """Count a whole night at once as `note` counts one label after the other."""
    places = np.floor(np.log(foretold / (1.0 - foretold)) / CELL).astype(int)
    least = int(places.min())
    counts = np.bincount(places - least)
    expected = np.bincount(places - least, weights=foretold)
    hits = np.bincount(places - least, weights=found)
    cells = {
        str(place + least): Cell(int(counts[place]), float(expected[place]), int(hits[place]))
        for place in np.flatnonzero(counts).tolist()
    }
    return {SLICE: cells}


def test_a_night_counted_at_once_is_the_one_that_labels_make() -> None:
    foretold, found = a_night(np.random.default_rng(1))
    tallies: Tallies = {}
    for chance, hit in zip(foretold.tolist(), found.tolist(), strict=True):
        note(tallies, "engage", ("channel:web",), chance, hit)
    ours, theirs = judge(tallies[SLICE]), judge(counted(foretold, found)[SLICE])
    assert (ours.count, ours.found) == (theirs.count, theirs.found) == (PER_NIGHT, found.sum())
    assert ours.chance == pytest.approx(theirs.chance, rel=1e-6)


def guards_after(nights: Sequence[tuple[Numbers, NDArray[np.bool_]]]) -> list[tuple[Guard, ...]]:
    """Give the guards after each of some nights."""
    guards: tuple[Guard, ...] = ()
    judged: tuple[str, ...] = ()
    told = []
    for day, (foretold, found) in enumerate(nights):
        after = night(counted(foretold, found), guards, judged, day)
        guards, judged = after.guards, after.judged
        told.append(guards)
    return told


def test_19_the_guard_trips_on_shuffled_labels_and_recovers_after_two_clean_nights() -> None:
    rng = np.random.default_rng(19)
    tripped = sum(bool(guards_after([a_night(rng)])[0]) for _ in range(1_000))
    print(f"{tripped} of 1,000 nights of correct labels tripped")
    assert tripped <= 3
    wrong, right = a_night(rng, shuffled=True), [a_night(rng) for _ in range(5)]
    assert all(guards_after([a_night(rng, shuffled=True)])[0] for _ in range(20))
    told = guards_after([wrong, right[0], right[1], right[2]])
    assert [[guard.clean for guard in guards] for guards in told] == [[0], [1], [], []]
    again = guards_after([wrong, right[0], a_night(rng, shuffled=True), right[1], right[2]])
    assert [len(guards) for guards in again] == [1, 1, 1, 1, 0]
    assert [guards[0].clean for guards in again[:4]] == [0, 1, 0, 1]


def test_a_slice_that_expects_too_little_waits_and_is_judged_by_its_head() -> None:
    foretold, found = a_night(np.random.default_rng(2))
    few = counted(foretold[:1_000], found[:1_000])
    assert night(few, (), (), 1).judged == ()
    assert SLICE in few
    whole = Snapshot(
        heads={"engage": Head({"message:a": 3.0}, {"message:a": 0.1})},
        guards=(Guard("engage", "", 20_000, -2.0),),
    )
    rules = policy(message("a"), message("b"))
    assert ask(rules, snapshot=whole).guard == ("engage|",)
    # A narrower slice that was right frees from the guard of the whole head.
    freed = msgspec.structs.replace(whole, judged=("engage|channel:web",))
    assert ask(rules, snapshot=freed).guard == ()


def test_a_guarded_slice_says_only_its_own_rate() -> None:
    rules = policy(message("a"), message("b"), message("c"))
    learned = Head({"message:a": 3.0}, {"message:a": 0.1})
    sure = Snapshot(heads={"engage": learned})
    guard = Guard("engage", "message:a", 20_000, -6.0)
    guarded = msgspec.structs.replace(sure, guards=(guard,))
    trusting = [chosen(ask(rules, request=f"r{n}", snapshot=sure)) for n in range(60)]
    careful = [ask(rules, request=f"r{n}", snapshot=guarded) for n in range(60)]
    assert trusting.count("a") > 50
    of_guarded = [one for one in careful if chosen(one) == "a"]
    assert len(of_guarded) < 10
    assert all(one.guard == ("engage|message:a",) for one in of_guarded)


def chosen(decision: Decision) -> str:
    """Name the message of a decision; "" for nothing."""
    return decision.items[0].message if decision.items else ""


async def _labels_wait() -> None:
    async with shop() as there:
        first = await there.visit(1)
        before = await there.learn()
        await there.report([(first, "seen", there.now), (first, "click", there.now)])
        there.wait(WINDOW_MS + SETTLING_MS - 1_000)
        assert await there.learn() == before
        there.wait(2_000)
        after = await there.learn()
        assert after != before
        snapshot = there.site.deciding.trainer.snapshot
        assert (snapshot.labels, snapshot.heads["engage"].positives) == (1, 1)
        # Late: it happened in time, but is told when the label is settled.
        second = await there.visit(2)
        shown_at = there.now
        there.wait(WINDOW_MS + SETTLING_MS + 1_000)
        await there.report([(second, "seen", shown_at), (second, "click", shown_at + 1_000)])
        there.wait(WINDOW_MS)
        assert await there.learn() == after
        _, same = await there.site.deciding.learning.retrain(adopt=False)
        assert same


async def _learned_in_order(places: Sequence[int]) -> str:
    async with shop() as there:
        visits = [await there.visit(number) for number in range(8)]
        reports = [
            (name, kind, there.now)
            for number, name in enumerate(visits)
            for kind in (("seen", "click") if number % 3 == 0 else ("seen",))
        ]
        await there.report([reports[place] for place in places])
        there.wait(WINDOW_MS + SETTLING_MS + 1)
        return await there.learn()


def test_20_a_label_waits_for_its_window_and_the_order_of_arrival_does_not_matter() -> None:
    asyncio.run(_labels_wait())
    rng = np.random.default_rng(20)
    orders = [list(range(11)), *(rng.permutation(11).tolist() for _ in range(3))]
    digests = {asyncio.run(_learned_in_order(order)) for order in orders}
    assert len(digests) == 1
    assert digests != {digest_of(Snapshot())}


def examples(count: int, seed: int = 5) -> list[Example]:
    """Make a label log over some days with two heads."""
    rng = np.random.default_rng(seed)
    made = []
    for number in range(count):
        key = f"m{rng.integers(0, 6)}"
        share = float(rng.random())
        weights = {"bias": 1.0, f"message:{key}": 1.0, f"message:{key}&stage:evaluate": share}
        made.append(
            Example(
                START + int(rng.integers(0, 9 * DAY_MS)),
                f"dec-{number:06d}",
                "home.hero",
                0,
                "engage" if number % 4 else "goal:won",
                bool(rng.random() < 0.2),
                weights,
                message=key,
                channel="web",
                numbers={"person.traits.seats": float(rng.integers(1, 500))},
            )
        )
    return made


async def _retrained() -> None:
    async with shop() as there:
        for day in range(4):
            for number in range(5):
                name = await there.visit(10 * day + number)
                kinds = ("seen", "click") if (day + number) % 3 else ("seen",)
                await there.report([(name, kind, there.now) for kind in kinds])
            there.wait(DAY_MS)
            await there.learn()
        there.wait(8 * DAY_MS)
        digest = await there.learn()
        assert there.site.deciding.trainer.snapshot.number > 3
        found, same = await there.site.deciding.learning.retrain(adopt=False)
        assert (same, found.digest) == (True, digest)


def test_21_training_twice_gives_equal_digests_and_variances_stay_in_bounds() -> None:
    asyncio.run(_retrained())
    log = examples(3_000)
    whole, learner = train(Snapshot(), log), Learner(Snapshot())
    for example in sorted(log, key=lambda one: one.order):
        learner.learn(example)
        if example.decision_id.endswith("00"):
            # As after a restart: what the store gave back goes on.
            stored = msgspec.json.encode(learner.snapshot())
            learner = Learner(msgspec.json.decode(stored, type=Snapshot))
    assert digest_of(learner.snapshot()) == whole.digest == digest_of(whole)
    _variances_stay_in_bounds(chains=100_000, steps=100)


def _variances_stay_in_bounds(chains: int, steps: int) -> None:
    """Make ten million random updates: many features at once, with the product's own formulas."""
    rng = np.random.default_rng(21)
    prior = rng.choice([0.5, 0.2, 0.02], chains)
    mean, variance = rng.normal(0.0, 3.0, chains), prior.copy()
    for step in range(steps):
        weight = rng.random(chains)
        # What the other features of the same label add to the sum.
        total, spread = weight * mean + rng.normal(-3.0, 2.0, chains), rng.exponential(2.0, chains)
        labels = (rng.random(chains) < 0.3).astype(float)
        spread += weight * weight * variance
        _, surprise, information = pull(
            cast("float", total), cast("float", spread), cast("float", labels), expit
        )
        moves = moved(
            cast("float", mean),
            cast("float", variance),
            cast("float", weight),
            surprise,
            information,
        )
        mean, variance = cast("Numbers", moves[0]), cast("Numbers", moves[1])
        assert (variance > 0.0).all()
        assert (variance <= prior).all()
        if step % 10 == 9:
            variance = np.minimum(prior, DAILY_FORGETTING * variance)
    assert np.isfinite(mean).all()


def test_the_bias_moves_to_the_rate_of_the_workspace_after_a_thousand_labels() -> None:
    rng = np.random.default_rng(4)
    belief = Belief("goal:won", Head())
    for _ in range(999):
        belief.update({"bias": 1.0}, bool(rng.random() < 0.3))
    before = belief.mean("bias")
    assert belief.head().rate == 0.0
    belief.update({"bias": 1.0}, False)
    assert belief.head().rate == pytest.approx(0.3, abs=0.05)
    assert belief.mean("bias") > before
    # A new goal begins where the other goals of the workspace are.
    learner = Learner(Snapshot(heads={"goal:won": belief.head()}, labels=1_000))
    learner.learn(Example(1, "d", "p", 0, "goal:lost", True, {"bias": 1.0}))
    assert learner.snapshot().heads["goal:lost"].rate == belief.head().rate
