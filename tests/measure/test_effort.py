"""Effort: read from a test by group, planned within limits, held against the plan before."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.measure.asking import ask, offer, result, shown
from tests.measure.verdict_world import BEGAN, candidate, slot
from wegweiser.decide.rule_schema import compile_eligibility
from wegweiser.flow.effort_draft import documents_of
from wegweiser.measure.allocate.effort_cell import Cell
from wegweiser.measure.allocate.effort_plan import Possible, plan_effort
from wegweiser.measure.form import Row
from wegweiser.terms.effort import KeptPlan, PlannedCell
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.json import JsonObject
from wegweiser.terms.policy import Factor
from wegweiser.terms.result import Answer

ASKED = {"goal": "sale", "group": "trait:industry"}


@dataclass
class World:
    """Two industries and two messages; of each half the units are held out."""

    effects: Mapping[tuple[str, str], float]
    seed: int = 1
    per_arm: int = 400
    cost: float = 0.2
    followed: bool = False

    def offer(self) -> None:
        rng = np.random.default_rng(self.seed)
        names = ("decisions", "slots", "outcomes", "events", "segment_moves")
        tables: dict[str, list[Row]] = {name: [] for name in names}
        messages = list(dict.fromkeys(message for _, message in self.effects))
        for (industry, message), effect in self.effects.items():
            for arm in ("main", "nothing"):
                reached = rng.random(self.per_arm) < 0.1 + effect * (arm == "main")
                for number in range(self.per_arm):
                    leaf = f"{industry}-{message}-{arm}-{number}"
                    place = messages.index(message)
                    tables["decisions"].append(_decision(leaf, arm, message))
                    tables["slots"].append(slot(leaf, arm, place))
                    if self.followed:
                        later = (place + 1) % len(messages)
                        tables["slots"].append(slot(leaf, arm, later, BEGAN + DAY_MS))
                    tables["events"].append(_identify(leaf, industry))
                    tables["segment_moves"].append(_entered(leaf, industry))
                    if reached[number]:
                        tables["outcomes"].append(_goal(leaf))
        known = [candidate(i, m, self.cost) for i, m in enumerate(messages)]
        offer({**tables, "candidates": known})


def _decision(leaf: str, arm: str, message: str) -> Row:
    told = {"leaf": leaf, "decision_id": leaf, "arm": arm, "occurred_at": BEGAN}
    held = arm == "nothing"
    return {**told, "ghost": held, "message": "" if held else message}


def _goal(leaf: str) -> Row:
    return {"leaf": leaf, "occurred_at": BEGAN + 2 * DAY_MS, "kind": "goal", "goal": "sale"}


def _identify(leaf: str, industry: str) -> Row:
    traits = f'{{"industry":"{industry}"}}'
    when = BEGAN - DAY_MS
    return {"leaf": leaf, "occurred_at": when, "type": "identify", "name": "", "traits": traits}


def _entered(leaf: str, segment: str) -> Row:
    moved_at = (BEGAN - DAY_MS) * 1000
    unit: Row = {"segment": segment, "unit_kind": "person", "unit_id": leaf}
    return unit | {"entered": True, "moved_at": moved_at, "place": 0}


CLEAR = World({("retail", "news"): 0.12, ("retail", "offer"): -0.02,
               ("banks", "news"): -0.02, ("banks", "offer"): 0.12})  # fmt: skip


def planned(answer: Answer) -> dict[tuple[str, str], tuple[float, float]]:
    return {
        (str(row["group"]), str(row["message"])): (
            float(str(row["now"])),
            float(str(row["planned"])),
        )
        for row in shown(answer)
    }


def test_effort_goes_to_the_groups_that_respond() -> None:
    CLEAR.offer()
    answer = ask("allocate.effort", {**ASKED, "margin": "20"})
    found = result(answer, "allocate.effort")
    assert found.evidence == "experiment"
    assert float(found.low or 0) > 0
    assert "100% of it rest on experiments" in found.sentence["en"]
    moves = planned(answer)
    assert all(now == CLEAR.per_arm for now, _ in moves.values())
    assert min(moves["retail", "news"][1], moves["banks", "offer"][1]) > 700
    assert moves["retail", "offer"][1] < 100
    assert {row["held_out"] for row in shown(answer)} == {CLEAR.per_arm}
    # What was paid stays what may be paid.
    assert sum(plan for _, plan in moves.values()) <= 4 * CLEAR.per_arm + 1


def test_capacity_budget_and_hours_hold() -> None:
    CLEAR.offer()
    for limit in ({"capacity": "email=300"}, {"budget": "60"}, {"hours": "email=150/0.5"}):
        answer = ask("allocate.effort", {**ASKED, "margin": "20", "floor": "0", **limit})
        assert sum(plan for _, plan in planned(answer).values()) == pytest.approx(300)


@pytest.mark.parametrize(
    "wrong",
    [{"hours": "sales=9"}, {"capacity": "sales"}, {"hours": "sales=9/0"}, {"floor": "0.9"},
     {"planned": "{}"}],
)  # fmt: skip
def test_wrong_limits_are_refused(wrong: dict[str, str]) -> None:
    CLEAR.offer()
    with pytest.raises(InputRefused):
        ask("allocate.effort", {**ASKED, "margin": "20", **wrong})


def test_where_data_are_silent_there_is_no_advice() -> None:
    World({("retail", "news"): 0.0, ("retail", "offer"): 0.0}, per_arm=150, seed=3).offer()
    answer = ask("allocate.effort", {**ASKED, "margin": "20", "costs": "0"})
    found = result(answer, "allocate.effort")
    assert found.reason == "unidentified"
    assert "test retail" in found.sentence["en"]
    assert re.search(
        r" with about [\d,.]+ units instead of 300|earn as much as", found.sentence["en"]
    )
    assert all(row["planned"] is None for row in shown(answer))
    assert ask("allocate.effort", ASKED).results[0].reason == "no_source"
    offer({})
    assert ask("allocate.effort", ASKED).results[0].reason == "no_source"


def test_what_is_not_over_is_too_early_and_not_nothing() -> None:
    CLEAR.offer()
    early = ask("allocate.effort", {**ASKED, "margin": "20"}, as_of=BEGAN + 3 * DAY_MS)
    assert early.results[0].reason == "too_early"
    World(CLEAR.effects, per_arm=20).offer()
    few = ask("allocate.effort", {**ASKED, "margin": "20"})
    assert few.results[0].reason == "too_little"


def test_what_others_did_too_is_no_experiment_for_a_message() -> None:
    World(CLEAR.effects, followed=True).offer()
    answer = ask("allocate.effort", {**ASKED, "margin": "20"})
    assert answer.results[0].reason == "unidentified"
    assert "were offered other things as well" in answer.results[0].sentence["en"]
    assert {(row["why"], row["followed_share"]) for row in shown(answer)} == {("not_its_own", 1.0)}
    whole = ask("allocate.effort", {**ASKED, "margin": "20", "what": "all"})
    assert {row["evidence"] for row in shown(whole)} == {"experiment"}


def test_too_small_parts_say_how_many_units_and_what_asks_for_less() -> None:
    World(CLEAR.effects, per_arm=60).offer()
    answer = ask("allocate.effort", {**ASKED, "margin": "20"})
    (found,) = answer.results
    assert found.reason == "unidentified"
    rows = shown(answer)
    assert [row["units"] for row in rows] == [120] * 4
    assert all(float(str(row["units_needed"])) >= 200 for row in rows)
    assert {row["why"] for row in rows} == {"too_little"}
    # Who waits for the fewest units is named first, in both languages.
    shares = [120 / float(str(row["units_needed"])) for row in rows]
    assert shares == sorted(shares, reverse=True)
    nearest = f"{rows[0]['group']} · email · {rows[0]['message']}"
    assert f"Nearest is {nearest}: too little data: 120 of about" in found.sentence["en"]
    assert f"Am nächsten dran ist {nearest}: zu wenig Daten" in found.sentence["de"]
    assert "--what channel, --what all, no --group" in found.sentence["en"]


def test_where_today_is_best_nothing_changes() -> None:
    World({("retail", "news"): 0.2}).offer()
    answer = ask("allocate.effort", {**ASKED, "margin": "20"})
    found = result(answer, "allocate.effort")
    assert (found.estimate, found.low, found.high) == (0, 0, 0)
    assert found.sentence["en"].startswith("Nothing would change")
    assert planned(answer) == {("retail", "news"): (400, 400)}


def kept(answer: Answer, **more: float) -> KeptPlan:
    cells = tuple(
        PlannedCell(str(row["group"]), str(row["channel"]), str(row["message"]),
                    *(float(str(row[name])) for name in ("units", "now", "planned", "profit")))
        for row in shown(answer)
    )  # fmt: skip
    found = result(answer, "allocate.effort")
    low, high = float(found.low or 0), float(found.high or 0)
    return KeptPlan(
        at=0, gain=float(found.estimate or 0), gain_low=low, gain_high=high, cells=cells
    )


def test_the_next_period_opens_with_planned_against_measured() -> None:
    CLEAR.offer()
    options = {**ASKED, "margin": "20"}
    plan = kept(ask("allocate.effort", options))
    # Nobody followed the plan: contacts are what they were, so that nothing was gained.
    text = msgspec.json.encode(plan).decode()
    again = ask("allocate.effort", {**options, "planned": text})
    first = again.results[0]
    assert first.name == "allocate.effort.planned_against_measured"
    assert first.estimate == pytest.approx(0, abs=1e-6)
    assert "50% of the plan" in first.sentence["en"] or "followed" in first.sentence["en"]
    # In the next period retail hears only news, and banks only offers.
    followed = {cell: effect for cell, effect in CLEAR.effects.items() if effect > 0}
    World(followed, seed=5, per_arm=800).offer()
    after = ask("allocate.effort", {**options, "planned": text}).results[0]
    assert float(after.low or 0) > 0
    assert float(after.low or 0) <= plan.gain <= float(after.high or 0) * 1.5


def test_a_plan_becomes_factors_to_review() -> None:
    CLEAR.offer()
    answer = ask("allocate.effort", {**ASKED, "margin": "20"})
    old = Factor("effort-gone-1", "true", 1.7, messages=("news",))
    made = documents_of(answer, "trait:industry", "account", [old, Factor("own", "true", 1.2)])
    by_when = {(str(one["when"]), str(one.get("messages"))): one["factor"] for one in made}
    retail = 'account.traits.industry == "retail" && placement.channel == "email"'
    assert by_when[retail, "['offer']"] == 0.5
    assert float(str(by_when[retail, "['news']"])) > 1.8
    assert by_when["true", "['news']"] == 1.0  # what an earlier plan pushed is set back
    assert len({str(one["key"]) for one in made}) == len(made) == 5
    with pytest.raises(InputRefused):
        documents_of(answer, "country", "account", [])
    assert _whens(documents_of(answer, "", "person", [])) == {'placement.channel == "email"'}


@pytest.mark.parametrize("of_accounts", [(), ("banks",), ("banks", "retail")])
def test_a_plan_by_declared_segments_is_that_of_a_trait_and_reads_the_segments(
    of_accounts: tuple[str, ...],
) -> None:
    """Of people's units too a segment of accounts is read from the account."""
    CLEAR.offer()
    by_trait = ask("allocate.effort", {**ASKED, "margin": "20"})
    answer = ask("allocate.effort", {**ASKED, "margin": "20", "group": "segment:retail,banks"})
    for key, (now, then) in planned(by_trait).items():
        assert planned(answer)[key] == pytest.approx((now, then), rel=0.02)
    # Of the segments that somebody is in, the first that is named counts; the rest are in none.
    part = ask("allocate.effort", {**ASKED, "margin": "20", "group": "segment:retail"})
    assert {row["group"] for row in shown(part)} == {"retail", "(none)"}
    owners = {key: "account" if key in of_accounts else "person" for key in ("retail", "banks")}
    retail, banks = (f'"{key}" in {owner}.segments' for key, owner in owners.items())
    mail = ' && placement.channel == "email"'
    both = _whens(documents_of(answer, "segment:retail,banks", "person", [], of_accounts))
    assert both == {retail + mail, f"!({retail}) && {banks}{mail}"}
    one = _whens(documents_of(part, "segment:retail", "person", [], of_accounts))
    assert one == {retail + mail, f"!({retail}){mail}"}
    for when in (*both, *one):
        compile_eligibility(when)


def _whens(made: list[JsonObject]) -> set[str]:
    return {str(one["when"]) for one in made}


cells = st.lists(
    st.tuples(
        st.sampled_from("ab"),
        st.sampled_from(["email", "sales"]),
        st.floats(-5, 5),
        st.integers(1, 3),
        st.booleans(),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=30, deadline=None)
@given(cells, st.floats(0, 2_000), st.floats(0, 1_000), st.integers(0, 99))
def test_a_plan_keeps_every_limit(
    drawn: list[tuple[str, str, float, int, bool]], budget: float, calls: float, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    built = [
        Cell(
            group=group,
            channel=channel,
            message=f"m{place}",
            units=500,
            assigned=80,
            contacts=contacts,
            cost=1.0,
            profit=rng.normal(mean, 1.0, 12),
            evidence="experiment" if tested else "model",
        )
        for place, (group, channel, mean, contacts, tested) in enumerate(drawn)
    ]
    found = plan_effort(built, Possible({"sales": calls}, budget, per_unit=2.0))
    assert found.gain.low <= found.gain.estimate <= found.gain.high
    made = found.moves
    assert all(one.low <= one.planned <= one.high for one in made)
    assert sum(one.planned for one in made) <= budget + 1e-6
    assert sum(one.planned for one in made if one.cell.channel == "sales") <= calls + 1e-6
    for group in "ab":
        inside = [one for one in made if one.cell.group == group]
        assert sum(one.planned / one.cell.contacts for one in inside) <= 500 + 1e-6
        assert sum(one.planned for one in inside) <= 2.0 * 500 + 1e-6
