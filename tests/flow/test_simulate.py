"""A draft held against decisions that were really taken, through every door."""

import asyncio
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

import wegweiser
from tests.flow.sites import CONSENT, caller, post, running, seen
from wegweiser.adapters.memory import MemoryClock
from wegweiser.cli.main import app
from wegweiser.terms.errors import InputRefused, KeyRefused, NotFound
from wegweiser.terms.instant import DAY_MS, MINUTE_MS, format_instant
from wegweiser.terms.json import JsonObject
from wegweiser.terms.wire import WireRequest
from wegweiser.web.api import simulations
from wegweiser.workspace import operations
from wegweiser.workspace.site import Site

CONFIGURATION = """
{kind: placement, key: home.hero, channel: web, slots: 1, allow_nothing: false}
---
{kind: goal, key: demo-booked, when: 'event == "Demo Booked"', window_days: 1, worth: 400}
---
{kind: message, key: whitepaper, value: 1, goal: demo-booked,
 variants: [{key: web, channel: web, content: {title: SSO}}]}
---
{kind: message, key: webinar, value: 1, goal: demo-booked,
 variants: [{key: web, channel: web, content: {title: Live}}]}
---
{kind: arms, nothing: 0, random: 0, no_levers: 0, rules_only: 0, eligible_only: 0}
"""
DRAFT = "{kind: message, key: webinar, stopped: true}"
PEOPLE = 110


async def decided(site: Site) -> None:
    """Decide for many people, half of whom click; two of them book a demo."""
    key, holder = caller(site)
    batch = [seen(f"u-{number}", 0) for number in range(PEOPLE)]
    assert (await post(site, key, "/v1/batch", {"batch": batch})).status == 200
    outcomes: list[JsonObject] = []
    for number in range(PEOPLE):
        asked: JsonObject = {
            "request_id": f"r-{number}",
            "subject": {"person": f"user_id:u-{number}"},
            "placements": [{"key": "home.hero", "max": 1}],
        }
        found = await site.deciding.chooser.decide(asked, holder)
        outcomes += [
            {
                "outcome_id": f"o-{number}-{kind}",
                "decision_id": found["decision_id"],
                "kind": kind,
                "at": format_instant(site.clock.now_ms() + MINUTE_MS),
            }
            for kind in (("seen", "click") if number % 2 else ("seen",))
        ]
    _move(site, MINUTE_MS)
    await site.deciding.desk.report(outcomes, holder)
    booked = [
        {"type": "track", "event": "Demo Booked", "userId": f"u-{number}", "context": CONSENT}
        for number in (3, 8)
    ]
    assert (await post(site, key, "/v1/batch", {"batch": booked})).status == 200
    _move(site, 4 * DAY_MS)


def _move(site: Site, by_ms: int) -> None:
    assert isinstance(site.clock, MemoryClock)
    site.clock.advance(by_ms)


def simulate(**wish: object) -> JsonObject:
    async def run() -> JsonObject:
        async with running(CONFIGURATION) as site:
            await decided(site)
            found = await operations.run(site, "simulate", wish)  # type: ignore[arg-type]
            assert isinstance(found, dict)
            return found

    return asyncio.run(run())


def test_todays_rules_are_worth_what_was_logged() -> None:
    found = simulate()
    assert (found["n"], found["units"], found["left_out"]) == (PEOPLE, PEOPLE, {})
    fitness, target, logged = found["fitness"], found["target"], found["logged"]
    assert isinstance(fitness, dict)
    assert isinstance(target, dict)
    assert isinstance(logged, dict)
    assert fitness["mean_weight"] == pytest.approx(1.0)
    assert logged["estimate"] == pytest.approx(0.5)
    assert target["normalised"]["found"] == logged
    assert target["difference"]["found"]["estimate"] == pytest.approx(0.0)


def test_a_draft_that_stops_a_message_moves_its_choices() -> None:
    found = simulate(files=[["draft.yaml", DRAFT]])
    assert found["draft"] == {"created": [], "changed": ["message webinar"], "unchanged": 0}
    shifts = {row["message"]: (row["before"], row["after"]) for row in found["messages"]}  # type: ignore[union-attr,index,call-overload]
    assert shifts["whitepaper"][0] < PEOPLE
    assert shifts["whitepaper"][1] == pytest.approx(PEOPLE)
    assert shifts["webinar"][1] == 0
    sentence = found["sentence"]
    assert isinstance(sentence, dict)
    assert sentence["de"]
    if found["target"] is None:
        assert str(sentence["en"]).startswith("Nobody can tell")


def test_a_replay_tells_reach_by_people_and_the_budget_by_channel() -> None:
    mailed = CONFIGURATION.replace("key: home.hero, channel: web", "key: home.hero, channel: email")
    mailed = mailed.replace("{key: web, channel: web", "{key: web, channel: email")
    consent: JsonObject = {"consent": {"categoryPreferences": {"email": True}}}

    async def run() -> JsonObject:
        async with running(mailed) as site:
            key, holder = caller(site)
            batch: list[JsonObject] = [seen(f"u-{n}", 0, context=consent) for n in range(30)]
            assert (await post(site, key, "/v1/batch", {"batch": batch})).status == 200
            for number in range(60):
                asked: JsonObject = {
                    "request_id": f"r-{number}",
                    "subject": {"person": f"user_id:u-{number % 30}"},
                    "placements": [{"key": "home.hero", "max": 1}],
                }
                await site.deciding.chooser.decide(asked, holder)
            await site.intake.checkpoint()
            made = list(site.unifier.decisions.since(""))
            _move(site, 9 * DAY_MS)
            found = await operations.run(site, "simulate", {"files": [["d.yaml", DRAFT]]})
            assert isinstance(found, dict)
            people = {one.person_id for one in made if one.items[0].message == "whitepaper"}
            return found | {"people": len(people)}

    found = asyncio.run(run())
    rows = {row["message"]: row for row in found["messages"]}  # type: ignore[union-attr,index,call-overload]
    assert (rows["whitepaper"]["units"], rows["whitepaper"]["after"]) == (found["people"], 60)
    assert found["people"] < 30 == rows["whitepaper"]["units_after"]  # type: ignore[operator]
    assert (rows["webinar"]["units_after"], rows["webinar"]["units"] > 0) == (0.0, True)
    assert found["budget"] == [{"channel": "email", "before": 60, "after": 60.0}]


SEGMENTS = """
---
{kind: segment, key: buyers, when: 'person.traits.plan == "team"'}
---
{kind: placement, key: mail, channel: email, direction: push, allow_nothing: false}
---
{kind: message, key: letter, variants: [{key: m, channel: email, content: {subject: A, text: B}}],
 rules: [{when: 'person.traits.seats > 5'}]}
---
{kind: cap, key: one, limit: 1, window_hours: 24, channels: [email]}
"""


def test_a_draft_is_rehearsed_before_the_members_of_a_segment() -> None:
    consent: JsonObject = {"consent": {"categoryPreferences": {"email": True}}}

    async def run() -> None:
        async with running(CONFIGURATION + SEGMENTS) as site:
            key, _ = caller(site)
            for number in range(12):
                who: JsonObject = {
                    "type": "identify",
                    "userId": f"u-{number}",
                    "traits": {"plan": "team" if number < 10 else "free", "seats": number},
                    "context": consent,
                }
                assert (await post(site, key, "/v1/identify", who)).status == 200
            before = site.unifier.position
            draft = "{kind: message, key: letter, rules: [{when: 'person.traits.seats > 7'}]}"

            async def told(**wish: object) -> dict[str, object]:
                found = await operations.run(site, "simulate", {"segment": "buyers", **wish})  # type: ignore[arg-type]
                assert isinstance(found, dict)
                assert isinstance(found["segment"], dict)
                return found["segment"]

            found = await told()
            assert (found["members"], found["looked_at"]) == (10, 10)
            parts = {part["placement"]: part for part in found["parts"]}  # type: ignore[attr-defined]
            # Nobody agreed to be shown something on the website.
            assert parts["home.hero"]["messages"] == {"": 10.0}
            assert parts["home.hero"]["contacts"] == 0.0
            assert parts["mail"]["messages"] == {"": 6.0, "letter": 4.0}
            assert parts["mail"]["contacts"] == 4.0
            assert parts["mail"]["against"]["eligibility:eligible"] == 6.0
            (part,) = (await told(placement="mail", files=[["d.yaml", draft]]))["parts"]  # type: ignore[misc]
            assert part["messages"] == {"": 8.0, "letter": 2.0}
            # Neither kept nor counted: the cap of one is free as before.
            assert site.unifier.position == before
            assert list(site.unifier.decisions.since("")) == []
            assert (await told(placement="mail"))["parts"][0]["contacts"] == 4.0  # type: ignore[index]
            for wish in ({"segment": "nobody"}, {"placement": "nowhere"}):
                with pytest.raises(NotFound):
                    await told(**wish)

    asyncio.run(run())


def test_a_goal_counts_for_the_person_within_its_window() -> None:
    found = simulate(metric="demo-booked")
    logged = found["logged"]
    assert isinstance(logged, dict)
    assert logged["estimate"] == pytest.approx(2 / PEOPLE)


def test_a_period_without_decisions_cannot_tell() -> None:
    found = simulate(**{"from": "2020-01-01", "to": "2020-02-01"})
    assert (found["n"], found["target"], found["logged"]) == (0, None, None)


def test_an_unknown_metric_is_refused_with_those_that_exist() -> None:
    with pytest.raises(InputRefused, match="engaged, demo-booked"):
        simulate(metric="clicks")


def test_nothing_is_published_or_logged_by_it() -> None:
    async def run() -> None:
        async with running(CONFIGURATION) as site:
            await decided(site)
            before = (site.unifier.position, site.unifier.policies.bundle)
            await operations.run(site, "simulate", {"files": [["draft.yaml", DRAFT]]})
            assert (site.unifier.position, site.unifier.policies.bundle) == before

    asyncio.run(run())


def test_over_http_with_a_key_that_may_export() -> None:
    async def run() -> None:
        async with running(CONFIGURATION) as site:
            await decided(site)
            public, _ = caller(site, secret=False)
            made = await operations.run(
                site, "key_create", {"source": "shop", "scopes": ["export"]}
            )
            assert isinstance(made, dict)
            secret = str(made["key"])
            body = msgspec.json.encode({"files": [["draft.yaml", DRAFT]]})
            for key, allowed in ((public, False), (secret, True)):
                request = WireRequest("POST", "/v1/simulations", headers={"x-write-key": key})
                asked = msgspec.structs.replace(request, body=body)
                if allowed:
                    answer = await simulations.simulate(site, asked)
                    assert answer.status == 200
                    assert msgspec.json.decode(answer.body)["n"] == PEOPLE
                else:
                    with pytest.raises(KeyRefused):
                        await simulations.simulate(site, asked)

    asyncio.run(run())


def test_from_the_command_line_and_from_python(tmp_path: Path) -> None:
    draft = tmp_path / "draft.yaml"
    draft.write_text(DRAFT, encoding="utf-8")
    data = tmp_path / "data"
    with wegweiser.open(data) as workspace:
        workspace.apply({"config.yaml": CONFIGURATION})
        workspace.track("u-1", "Page Read", context=CONSENT)
        workspace.decide(
            {"subject": {"person": "user_id:u-1"}, "placements": [{"key": "home.hero", "max": 1}]}
        )
        told = workspace.simulate({"draft.yaml": DRAFT}, start="2020-01-01")
        assert told["left_out"] == {"open": 1}
    runner = CliRunner()
    shown = runner.invoke(app, ["simulate", str(draft), "--data", str(data)])
    assert shown.exit_code == 0, shown.output
    assert "Nobody can tell" in shown.output
    wrong = runner.invoke(app, ["simulate", str(tmp_path / "none"), "--data", str(data)])
    assert wrong.exit_code == 1
    assert "There is no file or folder" in wrong.output
