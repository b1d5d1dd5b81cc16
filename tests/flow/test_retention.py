"""Retention: content goes by its age, who, what and when stay, and a rebuild gives the same."""

import asyncio

import msgspec
import pytest

from tests.flow.erasing import derived_rows, differing, documents, run, traces
from tests.flow.sites import CONFIGURATION, CONSENT, NOW, running
from tests.scenarios.undo_world import send
from wegweiser.terms.errors import DocumentRefused
from wegweiser.terms.instant import DAY_MS, format_instant
from wegweiser.terms.json import JsonObject
from wegweiser.workspace.site import Site

RULES = (
    CONFIGURATION
    + """
---
{kind: retention, key: raw, of: events, months: 13}
---
{kind: retention, key: chats, of: events, days: 30, events: [Chat Sent]}
---
{kind: retention, key: aside, of: quarantine, days: 7}
---
{kind: retention, key: reasons, of: decisions, days: 90}
"""
)


def event(number: int, days: int, name: str = "Order Completed", **more: object) -> JsonObject:
    """Write an event of some days ago, with a word that can be looked for."""
    told: JsonObject = {
        "type": "track",
        "messageId": f"m-{number}",
        "userId": "u-1",
        "event": name,
        "timestamp": format_instant(NOW - days * DAY_MS),
        "properties": {"note": f"secret-{number}", "revenue": 10, "topic": "security"},
        "context": {**CONSENT, "page": {"title": f"secret-{number}"}},
    }
    return told | more  # type: ignore[operator]


async def filled(site: Site) -> None:
    """Store something old and something new of each kind."""
    await send(
        site,
        event(1, 500),
        event(2, 40),
        event(3, 40, "Chat Sent"),
        event(4, 500, type="identify", traits={"plan": "team"}),
        {"type": "track", "messageId": "q-1", "userId": "secret-9", "event": 7},
    )
    body: JsonObject = {"subject": {"person": "user_id:u-1"}, "placements": [{"key": "home.hero"}]}
    await run(site, "decide", **body)
    await site.analyst.catch_up(await site.intake.settle())


def test_content_goes_by_rule_and_nothing_else() -> None:
    async def check() -> None:
        async with running(RULES) as site:
            await filled(site)
            person = await run(site, "profile", identifier="user_id:u-1")
            told = await run(site, "retention_run", dry_run=True)
            expected = {"events": 2, "quarantined": 0, "decisions": 0, "webhooks": 0}
            assert {name: told[name] for name in expected} == expected
            assert traces(site, "secret-1") != []
            done = await run(site, "retention_run")
            assert (done["status"], done["events"]) == ("FINISHED", 2)
            await site.intake.checkpoint()
            assert traces(site, "secret-1", "secret-3") == []
            assert traces(site, "secret-2") != []
            after = await run(site, "profile", identifier="user_id:u-1")
            assert after == person
            live, shown = derived_rows(site), documents(site)
            await site.rebuild()
            assert differing(live, derived_rows(site)) == []
            assert documents(site) == shown
            assert (await run(site, "retention_run"))["events"] == 0

    asyncio.run(check())


def test_what_was_set_aside_and_what_decisions_rest_on_go_later() -> None:
    async def check() -> None:
        async with running(RULES) as site:
            await filled(site)
            assert traces(site, "secret-9") != []
            site.clock.advance(8 * DAY_MS)  # type: ignore[attr-defined]
            assert (await run(site, "retention_run"))["quarantined"] == 1
            await site.intake.checkpoint()
            assert traces(site, "secret-9") == []
            [before] = list(site.exporter.decisions(site.intake.committed))
            site.clock.advance(90 * DAY_MS)  # type: ignore[attr-defined]
            assert (await run(site, "retention_run"))["decisions"] == 1
            [after] = list(site.exporter.decisions(site.intake.committed))
            assert after["items"] == before["items"]
            assert after["subject"] == before["subject"]
            decision = site.unifier.decisions.get(str(after["decisionId"]))
            assert decision is not None
            assert (decision.features, decision.facts) == ({}, {})
            live = derived_rows(site)
            await site.rebuild()
            assert differing(live, derived_rows(site)) == []

    asyncio.run(check())


def test_every_night_it_runs_once_and_leaves_a_row_in_the_audit() -> None:
    async def check() -> None:
        async with running(RULES) as site:
            await filled(site)
            for _ in range(3):
                await site.privacy.retain_nightly()
            assert len(site.audit.found(what="retention.done")) == 1
            site.clock.advance(DAY_MS)  # type: ignore[attr-defined]
            await site.privacy.retain_nightly()
            [_, first] = site.audit.found(what="retention.done")
            assert first.detail["events"] == 2
            shown = await run(site, "retention_show")
            assert shown["last_run"] == format_instant(site.clock.now_ms())

    asyncio.run(check())


@pytest.mark.parametrize(
    "rule",
    [
        "{kind: retention, key: x, of: events}",
        "{kind: retention, key: x, of: events, months: 1, days: 1}",
        "{kind: retention, key: x, of: events, days: -1}",
        "{kind: retention, key: x, of: people, days: 1}",
        "{kind: retention, key: x, of: decisions, days: 1, events: [A]}",
    ],
)
def test_a_rule_that_says_nothing_clear_is_refused(rule: str) -> None:
    async def check() -> None:
        async with running() as site:
            with pytest.raises(DocumentRefused):
                await site.applier.apply([("rule.yaml", rule)])

    asyncio.run(check())


def test_a_run_that_was_cut_off_is_finished_by_the_next_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def check() -> None:
        async with running(RULES) as site:
            await filled(site)

            def cut_off(payloads: object) -> None:
                raise RuntimeError("the process ends here")

            monkeypatch.setattr(site.engines.log, "rewrite", cut_off)
            with pytest.raises(RuntimeError):
                await run(site, "retention_run")
            monkeypatch.undo()
            again = Site(site.engines, site.settings)
            await again.start(background=False)
            assert traces(again, "secret-1", "secret-3") == []
            assert msgspec.json.encode(list(site.engines.store.scan("erasures"))) == b"[]"
            await again.intake.stop()

    asyncio.run(check())
