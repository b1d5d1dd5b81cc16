"""What a decision tells of its draw: share, width and grid of exploration, flags, what held."""

import msgspec
import numpy as np
import pytest

from tests.decide.world import HERO, ask, message, person, policy
from tests.decisioning.contact_world import HOUR, LETTER, clock_of, know, site_with
from tests.decisioning.contact_world import ask as asked
from tests.flow.loops import on_a_loop
from wegweiser.decide.document import read_documents
from wegweiser.decide.probability import thompson
from wegweiser.decide.weigh import slot_of
from wegweiser.terms.errors import DocumentRefused
from wegweiser.terms.json import JsonObject
from wegweiser.terms.model import Snapshot
from wegweiser.terms.policy import Exploration
from wegweiser.workspace import operations
from wegweiser.workspace.site import Site

WIDE = Exploration(floor_pull=0.3, floor_push=0.2)
MESSAGES = [message(key, value=value) for key, value in (("a", 1.0), ("b", 2.0), ("c", 9.0))]


def test_a_placement_may_explore_as_much_as_it_says() -> None:
    """Its own share counts before that of the bundle; with 0 nothing but the model chooses."""
    shares = {}
    for floor in (None, 0.0, 0.05, 1.0):
        hero = msgspec.structs.replace(HERO, floor=floor, allow_nothing=False)
        rules = policy(*MESSAGES, placements=(hero,), exploration=WIDE)
        decision = ask(rules)
        (draw,) = decision.draws
        slot = slot_of(rules, decision, draw, person(), Snapshot())
        pure = thompson(slot.utilities, False)
        found = np.frombuffer(draw.weights, dtype="<u8") / 2**32
        wanted = 0.3 if floor is None else floor
        assert draw.floor == wanted
        assert found == pytest.approx((1 - wanted) * pure + wanted / 3, abs=1e-9)
        flags = {f"not_evaluable:{HERO.key}"} if floor == 0.0 else set()
        assert set(decision.flags) == flags
        shares[floor] = found
    assert shares[0.0][2] > shares[0.05][2] > shares[None][2] > shares[1.0][2]


def test_a_share_outside_0_to_1_is_refused() -> None:
    text = "{kind: placement, key: hero, channel: web, floor: 1.5}"
    with pytest.raises(DocumentRefused) as refused:
        read_documents([("a.yaml", text)])
    assert "floor" in str(refused.value)
    kept = read_documents([("a.yaml", text.replace("1.5", "0"))]).objects[0].value
    assert kept.floor == 0.0  # type: ignore[attr-defined]


PLACES = """
{kind: placement, key: home.fixed, channel: web, allow_nothing: false, floor: 0}
---
{kind: factor, key: always, when: 'person.known', factor: 1.5}
---
"""


async def shown(site: Site, answer: JsonObject) -> JsonObject:
    name = answer["decision_id"]
    return await operations.run(site, "decision_show", {"id": name})  # type: ignore[return-value]


@on_a_loop
async def test_whoever_reads_a_decision_sees_how_it_was_drawn() -> None:
    async with site_with(LETTER + PLACES) as site:
        who = await know(site, "ada")
        free = await shown(site, await asked(site, who, "ada", "home.hero"))
        fixed = await shown(site, await asked(site, who, "ada", "home.fixed"))
        grids = [
            {name: one["draws"][0][name] for name in ("floor", "top", "grid")}  # type: ignore[index, call-overload]
            for one in (free, fixed)
        ]
        assert grids == [
            {"floor": 0.05, "top": 10, "grid": 96},
            {"floor": 0.0, "top": 10, "grid": 96},
        ]
        assert (free["flags"], fixed["flags"]) == ([], ["not_evaluable:home.fixed"])
        assert free["factors"] == {"always": 1.5}
        assert (free["epoch"], free["attempt"], free["deferred_from"]) == ("1", 0, None)
        assert len(str(free["key_id"])) == 8
        assert isinstance(free["profile_version"], int)
        timings = free["timings"]
        assert isinstance(timings, dict)
        assert all(isinstance(one, int) for one in timings.values())


@on_a_loop
async def test_a_decision_taken_again_names_the_one_before_it() -> None:
    cap = """
{kind: cap, key: daily, limit: 1, window_hours: 24}
---
"""
    async with site_with(LETTER + cap) as site:
        who = await know(site, "ada")
        await asked(site, who, "ada", request="first")
        put_off = await asked(site, who, "ada", request="second")
        assert put_off["status"] == "deferred"
        assert (await shown(site, put_off))["not_before"] == put_off["not_before"]
        clock_of(site).advance(24 * HOUR)
        await site.deciding.contacts.deferrals.run()
        again = site.unifier.decisions.of_request(who.source_id, "second/1")
        assert again is not None
        told = await shown(site, {"decision_id": again.decision_id})
        assert told["deferred_from"] == put_off["decision_id"]
        assert told["not_before"] is None
