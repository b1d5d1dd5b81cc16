"""A plan of effort through the doors: from decisions to a draft to review, kept for later."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.flow.loops import on_a_loop
from tests.flow.sites import CONSENT, caller, post, running
from wegweiser.cli.main import app
from wegweiser.flow.kept_effort import kept_plans
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.instant import DAY_MS, format_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.workspace import operations
from wegweiser.workspace.site import Site

PEOPLE = 500
CONFIGURATION = """
{kind: placement, key: home.hero, channel: web, slots: 1, allow_nothing: false}
---
{kind: goal, key: demo-booked, when: 'event == "Demo Booked"', window_days: 30, worth: 400}
---
{kind: message, key: tour, goal: demo-booked, topic: tours, value: 40,
 variants: [{key: short, channel: web, locale: en, cost: 30, content: {title: A tour}}]}
---
{kind: arms, nothing: 0.5, random: 0, no_levers: 0, rules_only: 0, eligible_only: 0, unit: person}
---
{kind: cap, key: month, limit: 9, window_hours: 720}
"""
OPTIONS: JsonObject = {"goal": "demo-booked", "margin": "20"}


async def populate(site: Site) -> None:
    """Ask for everybody once; a fifth of all book, whatever they were told."""
    key, _ = caller(site)
    consent: list[JsonObject] = [
        {"type": "identify", "userId": f"u-{n}", "messageId": f"i-{n}", "context": CONSENT}
        for n in range(PEOPLE)
    ]
    await post(site, key, "/v1/batch", {"batch": consent})
    for number in range(PEOPLE):
        subject: JsonObject = {"person": f"user_id:u-{number}"}
        asked: JsonObject = {"subject": subject, "placements": [{"key": "home.hero"}]}
        await operations.run(site, "decide", {**asked, "request_id": f"r-{number}"})
    site.clock.advance(DAY_MS)  # type: ignore[attr-defined]  # a clock that tests move
    booked: list[JsonObject] = [
        {"type": "track", "event": "Demo Booked", "userId": f"u-{n}", "messageId": f"b-{n}"}
        for n in range(0, PEOPLE, 5)
    ]
    await post(site, key, "/v1/batch", {"batch": booked})
    site.clock.advance(40 * DAY_MS)  # type: ignore[attr-defined]


def fields(found: Json) -> JsonObject:
    assert isinstance(found, dict)
    return found


@on_a_loop
async def test_a_plan_is_handed_over_as_a_draft_and_never_published() -> None:
    async with running(CONFIGURATION) as site:
        await populate(site)
        before = site.unifier.policies.bundle
        made = fields(await operations.run(site, "effort_draft", {"options": OPTIONS, "by": "ada"}))
        [factor] = made["factors"] if isinstance(made["factors"], list) else []
        # A tour costs more than a booking earns.
        assert fields(factor)["factor"] == 0.5
        assert fields(factor)["messages"] == ["tour"]
        assert made["name"] == f"effort-{format_instant(site.clock.now_ms())[:10]}"
        site.publishing.drafts.checked(site.publishing.drafts.get(str(made["name"]))).require_good()
        assert site.unifier.policies.bundle is before
        [plan] = kept_plans(site.engines.store)
        assert plan.draft == made["name"]
        assert [row["draft"] for row in map(fields, _list(await _listed(site)))] == [plan.draft]
        # A period after the plan opens with what came of it; before it there is nothing to hold.
        later = format_instant(site.clock.now_ms() + DAY_MS)
        wish = await site.questions.wish("allocate.effort", {**_texts(OPTIONS), "from": later})
        assert "effort-" in wish.options["planned"]
        assert wish.options["most_contacts"] == "9"
        unasked = await site.questions.wish("allocate.effort", _texts(OPTIONS))
        assert "planned" not in unasked.options
        other = {**_texts(OPTIONS), "from": later, "goal": "other"}
        assert "planned" not in (await site.questions.wish("allocate.effort", other)).options


async def _listed(site: Site) -> Json:
    return await operations.run(site, "effort_list", {})


def _list(found: Json) -> list[Json]:
    assert isinstance(found, list)
    return found


def _texts(options: JsonObject) -> dict[str, str]:
    return {name: str(value) for name, value in options.items()}


@on_a_loop
async def test_without_advice_there_is_no_draft() -> None:
    async with running(CONFIGURATION) as site:
        with pytest.raises(InputRefused) as refused:
            await operations.run(site, "effort_draft", {"options": OPTIONS})
        assert refused.value.code == "no_advice"
        assert site.publishing.drafts.all() == []


def test_the_commands(tmp_path: Path) -> None:
    at = ["--data", str(tmp_path / "data"), "--json"]
    run = CliRunner()
    assert run.invoke(app, ["source", "create", "shop", *at]).exit_code == 0
    assert run.invoke(app, ["effort", "list", *at]).stdout.strip() == "[]"
    refused = run.invoke(app, ["effort", "draft", "--option", "margin=400", *at])
    assert refused.exit_code != 0
    assert "Nothing was said to anybody" in refused.output


@on_a_loop
async def test_what_is_cut_by_must_be_a_segment_and_of_those_for_whom_arms_are_drawn() -> None:
    segments = """---
{kind: segment, key: teams, when: 'person.traits.plan == "team"'}
---
{kind: segment, key: crowds, of: account, when: 'size(account.members) >= 2'}
"""
    by_account = CONFIGURATION.replace("unit: person", "unit: account")
    async with running(by_account + segments) as site:
        for group, told in (
            ("segment:crowds,teems", "no segment 'teems'"),
            ("segment:teams", "teams is a segment of persons"),
        ):
            options: JsonObject = {**OPTIONS, "group": group}
            with pytest.raises(InputRefused, match=told):
                await operations.run(site, "effort_draft", {"options": options, "by": "ada"})
        for measure, option in (
            ("lift.segments", "by"),
            ("lift.targeting", "by"),
            ("allocate.effort", "group"),
        ):
            for keys in ("teems", "teams,crowd", "team"):
                with pytest.raises(InputRefused, match="There is no segment"):
                    await site.measure(measure, {"goal": "demo-booked", option: f"segment:{keys}"})
            known = await site.measure(measure, {"goal": "demo-booked", option: "segment:teams"})
            assert not known.results[0].enough_data
        # Whom a segment held that is declared no more is still to be told apart.
        key, _ = caller(site)
        event = {"type": "identify", "userId": "u", "messageId": "i", "traits": {"plan": "team"}}
        await post(site, key, "/v1/batch", {"batch": [event]})
        await operations.run(site, "segment_remove", {"key": "teams"})
        assert await site.measure("lift.segments", {"goal": "demo-booked", "by": "segment:teams"})
