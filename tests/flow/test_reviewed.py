"""Faults that a review found, each as the scenario that showed it."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.flow.sites import NOW, caller, post, running, seen
from wegweiser.adapters.memory import MemoryEventLog, MemoryStore
from wegweiser.flow.intake import Intake
from wegweiser.flow.unify import Unifier
from wegweiser.settings import Settings
from wegweiser.terms.decision import Decision, Item, Subject
from wegweiser.terms.errors import ComeAgain, EngineBroken
from wegweiser.terms.event import Event
from wegweiser.terms.json import Json
from wegweiser.terms.record import Collected, Decided
from wegweiser.terms.source import Trust
from wegweiser.workspace.engines import embedded
from wegweiser.workspace.operations import run
from wegweiser.workspace.site import Site


class DyingStore(MemoryStore):
    """A store that cannot be read any more once `dying` is set."""

    dying = False

    def get(self, table: str, keys: Sequence[bytes]) -> list[bytes | None]:
        """Read, or fail as a broken disk does."""
        if self.dying:
            raise EngineBroken("read: Input/output error")
        return super().get(table, keys)


@pytest.mark.parametrize("slot", [True, 2**62, -1, "0", 1.5, None])
def test_a_made_up_slot_breaks_no_figure(slot: Json) -> None:
    async def play() -> None:
        async with running() as site:
            key, _ = caller(site, secret=False)
            properties = {"decision_id": "dec_made_up", "slot": slot, "placement": "x" * 9_000}
            event = seen("u-1", 1) | {"type": "track", "event": "Message Clicked"}
            body = {"batch": [event | {"properties": properties}]}
            assert (await post(site, key, "/v1/batch", body)).status == 200
            before = await run(site, "hash", {})
            assert (await site.measure("message.goals", {})).measure == "message.goals"
            upto = await site.intake.settle()
            assert [row["slot"] for row in site.exporter.outcomes(upto)] == [0]
            assert await run(site, "rebuild", {}) == before

    asyncio.run(play())


def test_a_store_that_dies_in_the_fold_ends_the_acks_and_nobody_waits_for_ever() -> None:
    async def play() -> None:
        told: list[EngineBroken] = []
        store = DyingStore()
        intake = Intake(MemoryEventLog(), store, Unifier(store), told.append)
        await intake.start()
        store.dying = True
        outcome = Event(
            type="track",
            message_id="m-1",
            at=NOW,
            user_id="u-1",
            event="Message Viewed",
            properties={"decision_id": "dec_1"},
        )
        record = Collected(
            received_at=NOW, source_id="s", trust=Trust.SERVER, kind="live", events=(outcome,)
        )
        for _ in range(2):
            with pytest.raises(ComeAgain):
                await asyncio.wait_for(intake.append(record), 60)
        assert len(told) == 1
        with pytest.raises(ComeAgain):
            await intake.stop()

    asyncio.run(play())


def test_two_applies_at_once_both_count() -> None:
    async def play() -> None:
        async with running() as site:
            goals = [f"{{kind: goal, key: g-{name}, when: 'event == \"X\"'}}" for name in "ab"]
            await asyncio.gather(*(site.applier.apply([(goal, goal)]) for goal in goals))
            assert {"g-a", "g-b"} <= set(site.unifier.policy.goals)

    asyncio.run(play())


def test_the_archive_holds_each_event_once_also_under_load(tmp_path: Path) -> None:
    async def play() -> None:
        settings = Settings()
        site = Site(embedded(tmp_path, settings), settings)
        await site.start(background=False)
        key, _ = caller(site)
        ended = asyncio.Event()

        async def sender(name: str) -> None:
            for number in range(120):
                events = [seen(f"{name}-{number}", index) for index in range(10)]
                await post(site, key, "/v1/batch", {"batch": [*events, *events]})
            ended.set()

        async def archivist() -> None:
            while not ended.is_set():
                await site.analyst.catch_up(await site.intake.checkpoint())

        await asyncio.gather(archivist(), *(sender(name) for name in "abc"))
        views = await site.measure("web.visits", {})
        stored = site.unifier.tally.stored
        viewed = [result.estimate for result in views.results if result.unit == "views"]
        assert (stored, viewed) == (3_600, [3_600])
        await site.stop()

    asyncio.run(play())


def test_decisions_wait_while_the_log_is_read_again() -> None:
    async def play() -> None:
        async with running() as site:
            site._assemble()
            body: Json = {
                "subject": {"person": "user_id:u-1"},
                "placements": [{"key": "home.hero"}],
            }
            with pytest.raises(ComeAgain):
                await site.deciding.chooser.decide(body, caller(site)[1])
            await site.intake.start()

    asyncio.run(play())


TWO_CHANNELS = """
{kind: placement, key: home.hero, channel: web, allow_nothing: false}
---
{kind: placement, key: mail.weekly, channel: email, direction: push, allow_nothing: false}
---
{kind: message, key: tour, variants: [{key: en, channel: web}]}
---
{kind: message, key: letter, variants: [{key: en, channel: email}]}
---
{kind: arms, nothing: 0, random: 0, no_levers: 0, rules_only: 0, eligible_only: 0}
"""


def test_one_decision_for_two_channels_counts_each_item_in_its_own_way() -> None:
    async def play() -> None:
        async with running(TWO_CHANNELS) as site:
            key, who = caller(site)
            granted = {"personalisation": True, "email": True}
            told = {"consent": {"categoryPreferences": granted}}
            await post(site, key, "/v1/batch", {"batch": [seen("u-1", 1) | {"context": told}]})
            placements: Json = [{"key": "home.hero"}, {"key": "mail.weekly"}]
            body: Json = {"subject": {"person": "user_id:u-1"}, "placements": placements}
            answer = await site.deciding.chooser.decide(body, who)
            cells = site.unifier.shelf.cells("user_id:u-1")
            held = [one for _, _, cell in cells for one in cell.contacts.values()]
            assert [(one.channel, one.message) for one in held] == [("email", "letter")]
            await site.deciding.sender.send_due()
            reported: Json = [
                {
                    "outcome_id": "o-1",
                    "decision_id": answer["decision_id"],
                    "placement": "home.hero",
                    "slot": 0,
                    "kind": "seen",
                }
            ]
            await site.deciding.desk.report(reported, who)
            cells = site.unifier.shelf.cells("user_id:u-1")
            channels = {one.channel for _, _, cell in cells for one in cell.contacts.values()}
            assert channels == {"email", "web"}

    asyncio.run(play())


def test_a_record_that_cannot_be_folded_is_told_by_doctor() -> None:
    async def play() -> None:
        async with running() as site:
            broken = Decision(
                decision_id="dec_1",
                request_id="r-1",
                body_digest="",
                at=NOW,
                subject=Subject(person="user_id:u-1"),
                leaf="user_id:u-1",
                bundle="not a number",
                items=(Item("home.hero", 0, "m", "v", 1.0, "best"),),
            )
            await site.intake.append(Decided(decision=broken))
            found = await run(site, "doctor", {})
            assert isinstance(found, dict)
            assert found["healthy"] is False

    asyncio.run(play())
