"""The truth: equal luck with and without messages, and an effect that measures can find."""

import math
from random import Random

import msgspec
import pytest

from tests.demo.engines import Acts, AnyMessage, played, sends, silent
from wegweiser.demo.acts import Question
from wegweiser.demo.booking import HAZARD, HIGHEST_HAZARD, WINDOW_DAYS
from wegweiser.demo.journey import MOVES
from wegweiser.demo.messages import OFFERS
from wegweiser.demo.play import play
from wegweiser.demo.response import HIGHEST_MULTIPLIER, click_probability, goal_multiplier
from wegweiser.demo.truth import Truth, truth
from wegweiser.demo.world import World
from wegweiser.terms.instant import DAY_MS

HOLDOUT = 0.25
SEEDS = range(30)


class Trial(msgspec.Struct, frozen=True):
    """One seed: goals and units per arm, the true effect, and the rate without messages."""

    goals_main: int
    units_main: int
    goals_held: int
    units_held: int
    effect: float
    baseline: float


def _trial(seed: int) -> Trial:
    world = World(seed, days=34, accounts=140)
    luck = Random(1_000 + seed)
    main = {a.group_id for a in world.company.accounts if luck.random() >= HOLDOUT}
    play(world, lambda send: None, AnyMessage(seed, main.__contains__), lambda report: None)
    told = truth(world)
    everybody = list(told.fates(told.first_questions))
    treated = [fate for fate in everybody if fate.group_id in main]
    held = [fate for fate in everybody if fate.group_id not in main]
    assert all(fate.with_messages == fate.without_messages for fate in held)
    return Trial(
        goals_main=sum(fate.with_messages for fate in treated),
        units_main=len(treated),
        goals_held=sum(fate.with_messages for fate in held),
        units_held=len(held),
        effect=told.effect_on_treated(main),
        baseline=sum(fate.without_messages for fate in everybody) / len(everybody),
    )


@pytest.fixture(scope="module")
def trials() -> list[Trial]:
    return [_trial(seed) for seed in SEEDS]


def _wilson(goals: int, units: int, z: float = 1.959964) -> tuple[float, float]:
    centre = (goals + z * z / 2) / (units + z * z)
    rate = goals / units
    half = z / (units + z * z) * math.sqrt(units * rate * (1 - rate) + z * z / 4)
    return centre - half, centre + half


def _newcombe(trial: Trial) -> tuple[float, float]:
    p1, p0 = trial.goals_main / trial.units_main, trial.goals_held / trial.units_held
    low1, high1 = _wilson(trial.goals_main, trial.units_main)
    low0, high0 = _wilson(trial.goals_held, trial.units_held)
    difference = p1 - p0
    return (
        difference - math.hypot(p1 - low1, high0 - p0),
        difference + math.hypot(high1 - p1, p0 - low0),
    )


def test_measured_lift_covers_the_truth(trials):
    covered = 0
    for trial in trials:
        low, high = _newcombe(trial)
        covered += low <= trial.effect <= high
    assert covered >= 27


def test_the_effect_is_large_enough_to_be_seen(trials):
    assert 0.15 < sum(trial.baseline for trial in trials) / len(trials) < 0.25
    assert 0.08 < sum(trial.effect for trial in trials) / len(trials) < 0.15


def test_the_naive_difference_is_no_substitute_for_an_interval(trials):
    misses = [
        abs(t.goals_main / t.units_main - t.goals_held / t.units_held - t.effect) for t in trials
    ]
    assert max(misses) > 0.05


def test_without_messages_fact_and_counterfact_are_one():
    world = World(seed=3, days=60, accounts=60)
    played(world, silent)
    told = truth(world)
    assert told.with_messages == told.without_messages
    assert sum(map(len, told.with_messages.values())) > 10
    assert told.effect_on_treated(told.first_questions) == 0


def test_messages_change_only_what_follows_from_them():
    def exogenous(acts: Acts) -> list[object]:
        return [
            element
            for send in sends(acts)
            for element in send.elements
            if not any(mark in str(element["messageId"]) for mark in ("landing", "-d", "-w"))
        ]

    world = World(seed=3, days=60, accounts=40)
    quiet = played(world, silent)
    before = truth(world)
    loud = played(world, AnyMessage(1, lambda group_id: True))
    after = truth(world)
    asked = [[act for act in acts if isinstance(act, Question)] for acts in (quiet, loud)]
    assert asked[0] == asked[1]
    assert exogenous(quiet) == exogenous(loud)
    assert before.first_questions == after.first_questions
    assert before.without_messages == after.without_messages
    assert before.with_messages != after.with_messages


def test_one_accounts_messages_do_not_touch_another():
    world = World(seed=3, days=60, accounts=40)
    chosen = world.company.accounts[7].group_id
    played(world, AnyMessage(1, lambda group_id: group_id == chosen))
    told = truth(world)
    for group_id, moments in told.with_messages.items():
        assert group_id == chosen or moments == told.without_messages[group_id]


def test_windows_that_are_still_open_do_not_count():
    told = Truth(
        end=20 * DAY_MS,
        first_questions={"a": 0, "b": 10 * DAY_MS},
        with_messages={"a": (WINDOW_DAYS * DAY_MS,), "b": (11 * DAY_MS,)},
        without_messages={"a": (), "b": ()},
        journeys={},
    )
    assert [fate.group_id for fate in told.fates(["a", "b", "never asked"])] == ["a"]
    assert told.effect_on_treated(["a", "b"]) == 1.0
    assert told.effect_on_treated(["a"], first_triggers={"a": DAY_MS}) == 1.0
    assert told.effect_on_treated(["a"], window_days=13) == 0.0
    with pytest.raises(ValueError, match="no treated account"):
        told.effect_on_treated(["b"])


def test_the_loudest_messages_do_nothing():
    stages = list(MOVES)
    idle = {
        offer.key
        for offer in OFFERS
        if all(goal_multiplier(offer.key, stage) == 1 for stage in stages)
    }
    assert idle == {"conference-raffle", "trend-quiz"}
    appeal = {o.key: sum(click_probability(o.key, s, ()) for s in stages) for o in OFFERS}
    assert max(appeal, key=appeal.__getitem__) == "conference-raffle"
    assert sorted(appeal, key=appeal.__getitem__)[0] == "roi-calculator"


def test_no_boost_is_cut_off_by_the_highest_hazard():
    assert max(HAZARD.values()) * HIGHEST_MULTIPLIER <= HIGHEST_HAZARD


def test_an_unknown_message_is_harmless():
    assert goal_multiplier("somebody's own", "evaluate") == 1.0
    assert click_probability("somebody's own", "evaluate", ()) == 0.05
