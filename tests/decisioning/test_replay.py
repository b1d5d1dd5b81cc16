"""Ten thousand decisions proved and computed again from their records, and "what if"."""

import asyncio
import random
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

import wegweiser
from tests.decide.world import KEY
from tests.decisioning.told_worlds import decided, facts_of, model_of, policy_of
from tests.flow.erasing import run, traces
from tests.flow.sites import CONSENT, caller, post, running, seen
from wegweiser.cli.main import app
from wegweiser.decide.policy import Policy, compile_policy
from wegweiser.decide.recompute import MOST_DIFFERENCE, recompute
from wegweiser.decide.verify import verify
from wegweiser.decide.what_if import what_if
from wegweiser.terms.decision import Ask, Decision
from wegweiser.terms.instant import DAY_MS, format_instant
from wegweiser.terms.json import JsonObject
from wegweiser.terms.model import Snapshot
from wegweiser.terms.wire import WireRequest
from wegweiser.web.api import decision_records
from wegweiser.workspace import operations
from wegweiser.workspace.site import Site

RECORDS = 10_000
FEW = 300
PLACEMENTS = (Ask("home.hero", 3), Ask("home.side"), Ask("app.top"))


def recorded(count: int, seed: int) -> Iterator[tuple[Policy, Snapshot, Decision]]:
    """Make records as they are read back from a log, from several bundles and models."""
    luck = random.Random(seed)
    policies = [policy_of(luck, messages) for messages in (6, 12, 40)]
    models = [[Snapshot(), model_of(luck, rules)] for rules in policies]
    for number in range(count):
        place = number % len(policies)
        snapshot = models[place][number % 7 > 0]
        asked = luck.sample(PLACEMENTS, luck.randrange(1, 4))
        facts = facts_of(luck)
        yield (
            policies[place],
            snapshot,
            decided(policies[place], snapshot, facts, f"r-{number}", asked),
        )


def replayed(count: int) -> None:
    """Prove every record and compute it again; a changed integer is found."""
    # Everything that is read comes from the record, with bundles compiled anew.
    fresh: dict[str, Policy] = {}
    chosen = 0
    for number, (policy, snapshot, decision) in enumerate(recorded(count, 7)):
        other = fresh.setdefault(policy.bundle_id, compile_policy(policy.bundle))
        assert verify(decision)
        found = recompute(other, decision, snapshot, KEY)
        assert found.equal, (decision.decision_id, found)
        chosen += len(decision.items)
        if number % 50 == 0 and decision.draws:
            assert not verify(tampered(decision))
    assert chosen > count / 2


def tampered(decision: Decision) -> Decision:
    """Put another number where the draw was."""
    draw = decision.draws[0]
    others = [one for one in (0, (1 << 32) - 1) if one != draw.drawn]
    changed = (msgspec.structs.replace(draw, drawn=one, chosen=draw.chosen ^ 1) for one in others)
    return msgspec.structs.replace(decision, draws=(next(changed), *decision.draws[1:]))


def test_07_records_are_equal_to_the_bit_when_proved_and_computed_again() -> None:
    replayed(FEW)


@pytest.mark.sweep
def test_07_ten_thousand_records_are_equal_to_the_bit() -> None:
    replayed(RECORDS)


def test_07_another_model_moves_probabilities_and_is_found_out() -> None:
    changed = 0
    for policy, snapshot, decision in recorded(60, 3):
        if not decision.draws or not snapshot.number:
            continue
        found = recompute(policy, decision, Snapshot(), KEY)
        assert not found.equal
        changed += found.largest > MOST_DIFFERENCE and not found.holds
    assert changed > 20


def test_what_if_with_the_same_rules_changes_nothing_and_without_a_message_tells_who_is_lost() -> (
    None
):
    told = 0
    for policy, snapshot, decision in recorded(40, 5):
        same = what_if(decision, policy, policy, snapshot, KEY)
        assert all(slot.same and slot.before_pi == slot.after_pi for slot in same.slots)
        assert (same.gained, same.lost) == ((), {})
        if not decision.items:
            continue
        key = decision.items[0].message
        stopped = tuple(
            msgspec.structs.replace(one, stopped=one.key == key) for one in policy.bundle.messages
        )
        other = compile_policy(msgspec.structs.replace(policy.bundle, messages=stopped))
        found = what_if(decision, policy, other, snapshot, KEY)
        assert any(not slot.same for slot in found.slots)
        lost = {name for name in found.lost if name.startswith(f"{key}/")}
        assert lost
        assert all(found.lost[name][0]["reason"] == "stopped" for name in lost)  # type: ignore[index,call-overload]
        told += 1
    assert told > 20


CONFIGURATION = """
{kind: placement, key: home.hero, channel: web, slots: 2, allow_nothing: false}
---
{kind: goal, key: demo-booked, when: 'event == "Demo Booked"', window_days: 1, worth: 400}
---
{kind: message, key: whitepaper, value: 2, topic: sso,
 rules: [{when: 'person.traits.plan != "enterprise"', on_unknown: pass}],
 variants: [{key: web, channel: web, content: {title: SSO}}]}
---
{kind: message, key: webinar, value: 1, goal: demo-booked,
 variants: [{key: web, channel: web, content: {title: Live}}]}
---
{kind: arms, nothing: 0, random: 0, unit: person, no_levers: 0, rules_only: 0, eligible_only: 0}
"""
DRAFT = "{kind: message, key: whitepaper, stopped: true}"


async def several(site: Site, people: int = 12) -> list[str]:
    """Decide for several people; gives the ids of the decisions."""
    key, holder = caller(site)
    batch: list[JsonObject] = [
        *(seen(f"u-{one}", 0) for one in range(people)),
        *(
            {
                "type": "identify",
                "userId": f"u-{one}",
                "traits": {"plan": "team"},
                "context": CONSENT,
            }
            for one in range(people)
        ),
    ]
    assert (await post(site, key, "/v1/batch", {"batch": batch})).status == 200
    made = []
    for one in range(people):
        asked: JsonObject = {
            "request_id": f"r-{one}",
            "subject": {"person": f"user_id:u-{one}"},
            "placements": [{"key": "home.hero", "max": 2}],
        }
        found = await site.deciding.chooser.decide(asked, holder)
        made.append(str(found["decision_id"]))
    outcomes: list[JsonObject] = [
        {
            "outcome_id": f"o-{name}",
            "decision_id": name,
            "kind": "click",
            "at": format_instant(site.clock.now_ms() + 1_000),
        }
        for name in made[::2]
    ]
    site.clock.advance(60_000)  # type: ignore[attr-defined]
    await site.deciding.desk.report(outcomes, holder)
    return made


def test_07_a_workspace_proves_and_computes_all_of_its_own_decisions() -> None:
    async def check() -> None:
        async with running(CONFIGURATION) as site:
            made = await several(site)
            found = await run(site, "decision_recompute", last=1_000)
            assert (found["checked"], found["verified"]) == (len(made), len(made))
            assert (found["equal"], found["wrong"]) == (len(made), [])
            one = await run(site, "decision_show", id=made[0])
            assert one["draws"][0]["chosen"]["pi"] == one["items"][0]["pi"]  # type: ignore[index,call-overload]
            then = await run(site, "decision_what_if", id=made[0], files=[["d.yaml", DRAFT]])
            assert then["replayable"] is True
            assert "whitepaper/web" in then["lost"]  # type: ignore[operator]

    asyncio.run(check())


def test_a_decision_is_read_over_http_in_every_mode() -> None:
    async def check() -> None:
        async with running(CONFIGURATION) as site:
            [name, *_] = await several(site, 1)
            made = await run(site, "key_create", source="shop", scopes=["profile:read"])
            headers = {"x-write-key": str(made["key"])}
            modes = ("explain", "verify", "recompute", "what_if&bundle=1")
            bodies = []
            for mode in modes:
                request = WireRequest("GET", f"/v1/decisions/{name}", f"mode={mode}", headers)
                answer = await decision_records.one(site, request)
                assert answer.status == 200
                bodies.append(msgspec.json.decode(answer.body))
            assert bodies[0]["explain"]["sentence"]["de"]
            assert bodies[1]["verified"] is True
            assert bodies[2]["equal"] is True
            assert bodies[3]["slots"][0]["same"] is True

    asyncio.run(check())


def test_from_the_command_line(tmp_path: Path) -> None:
    data, log = tmp_path / "data", tmp_path / "log.dsjson"
    with wegweiser.open(data) as workspace:
        workspace.apply({"config.yaml": CONFIGURATION})
        workspace.track("u-1", "Page Read", context=CONSENT)
        made = workspace.decide(
            {"subject": {"person": "user_id:u-1"}, "placements": [{"key": "home.hero", "max": 1}]}
        )
    name, runner = str(made["decision_id"]), CliRunner()
    shown = runner.invoke(app, ["decision", "show", name, "--data", str(data)])
    assert shown.exit_code == 0, shown.output
    assert "Showed" in shown.output
    for command in ("verify", "recompute"):
        one = runner.invoke(app, ["decision", command, name, "--data", str(data)])
        many = runner.invoke(app, ["decision", command, "--last", "10000", "--data", str(data)])
        assert (one.exit_code, many.exit_code) == (0, 0), one.output + many.output
    neither = runner.invoke(app, ["decision", "verify", "--data", str(data)])
    assert neither.exit_code == 2
    then = runner.invoke(app, ["decision", "what-if", name, "--model", "77", "--data", str(data)])
    assert then.exit_code == 1
    assert "no model 77" in then.output
    draft = tmp_path / "draft.yaml"
    draft.write_text(f"{{kind: message, key: {made['items'][0]['message']}, stopped: true}}")
    other = runner.invoke(app, ["decision", "what-if", name, str(draft), "--data", str(data)])
    assert other.exit_code == 0, other.output
    assert "stopped" in other.output
    assert name in other.output.replace("\n", "")
    out = runner.invoke(app, ["decision", "export", "--data", str(data), "--out", str(log)])
    assert out.exit_code == 0, out.output
    assert b'"EventId"' in log.read_bytes()


NAMES = ("u-3", "ada@example.com")


def test_37_erasing_a_person_removes_it_everywhere_and_changes_no_report() -> None:
    async def check() -> None:
        async with running(CONFIGURATION) as site:
            made = await several(site)
            key, _ = caller(site)
            told: JsonObject = {
                "type": "identify",
                "userId": "u-3",
                "traits": {"email": "ada@example.com", "plan": "team"},
                "context": CONSENT,
            }
            assert (await post(site, key, "/v1/identify", told)).status == 200
            site.clock.advance(3 * DAY_MS)  # type: ignore[attr-defined]
            # The person is the unit here, so that its pi, arm and label have to stay.
            names = ("decisions.dropoff", "decisions.exploration", "decisions.counters")
            before = [await _figures(site, name) for name in names]
            simulated = await run(site, "simulate")
            assert traces(site, *NAMES)
            await run(site, "forget", identifier="user_id:u-3")
            assert traces(site, *NAMES) == []
            assert [await _figures(site, name) for name in names] == before
            assert (await run(site, "simulate"))["n"] == int(str(simulated["n"])) - 1
            one = await run(site, "decision_show", id=made[3])
            explained = one["explain"]
            assert isinstance(explained, dict)
            assert explained["replayable"] == "false (erased)"
            assert one["items"]
            assert one["draws"]
            assert explained["chosen"] == []
            verified = await run(site, "decision_verify", id=made[3])
            assert verified["verified"] is True
            again = await run(site, "decision_recompute", id=made[3])
            assert (again["replayable"], again["lacking"]) == (False, "erased")

    asyncio.run(check())


async def _figures(site: Site, name: str) -> object:
    found = await operations.run(site, "measure", {"name": name, "options": {}})
    assert isinstance(found, dict)
    return found["answer"], found["n"]
