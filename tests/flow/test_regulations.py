"""Regulations: what each type does, how far each recipient is, what cannot be done."""

import asyncio
from pathlib import Path

import pytest

from tests.flow.erasing import run
from tests.flow.sites import CONFIGURATION, running, seen
from tests.scenarios.erased_world import HISTORY, OTHERS, places_of_canaries
from tests.scenarios.undo_world import send
from wegweiser.adapters.memory import MemoryChannel
from wegweiser.flow.erasure_notice import ErasureNotices
from wegweiser.ports.channel import Receipt
from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.instant import format_instant
from wegweiser.terms.json import JsonObject
from wegweiser.workspace.site import Site
from wegweiser.workspace.workspace import Workspace

TOLD = (
    CONFIGURATION
    + """
---
{kind: endpoint, key: crm, channel: webhook, via: webhook, target: https://hooks.crm.example/in,
 secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw, events: [erasure.finished]}
"""
)
TYPES = {
    "SUPPRESS_ONLY": ("suppressed", True),
    "SUPPRESS_WITH_DELETE": ("suppressed", False),
    "SUPPRESS_WITH_DELETE_INTERNAL": ("suppressed", False),
    "DELETE_INTERNAL": ("clean", False),
    "DELETE_ONLY": ("clean", False),
    "UNSUPPRESS": ("clean", True),
}


async def regulated(site: Site, kind: str, *subjects: str, **more: str) -> JsonObject:
    """Ask for a regulation and let it be carried out."""
    asked = {"regulationType": kind, "subjectType": "USER_ID", "subjectIds": [*subjects]}
    made = await run(site, "regulation_create", **(asked | more))  # type: ignore[arg-type]
    await site.privacy.run_due()
    return await run(site, "regulation_show", id=made["regulateId"])


def now(site: Site) -> str:
    site.clock.advance(1_000)  # type: ignore[attr-defined]
    return format_instant(site.clock.now_ms())


@pytest.mark.parametrize("kind", TYPES)
def test_each_type_does_what_it_says(kind: str) -> None:
    fate, stays = TYPES[kind]

    async def check() -> None:
        async with running(TOLD) as site:
            await send(site, seen("u-1", 1), seen("u-2", 1))
            found = await regulated(site, kind, "u-1")
            assert (found["overallStatus"], found["subjects"]) in (
                ("FINISHED", []),
                ("RUNNING", []),
            )
            assert (site.views.find_person("user_id:u-1") is not None) == stays
            assert site.views.find_person("user_id:u-2") is not None
            tells = not kind.endswith("INTERNAL") and "DELETE" in kind
            assert site.erasure_notices.waiting == int(tells)
            tomb = site.suppressions.of("user_id:u-1")
            assert (tomb is not None and tomb.suppressed) == (fate == "suppressed")
            before = site.unifier.tally.stored
            await send(site, seen("u-1", 2, timestamp=now(site)))
            assert site.unifier.tally.stored == before + (fate == "clean")

    asyncio.run(check())


def test_unsuppress_lets_somebody_in_again() -> None:
    async def check() -> None:
        async with running() as site:
            await regulated(site, "SUPPRESS_ONLY", "u-1")
            await send(site, seen("u-1", 1, timestamp=now(site)))
            assert site.views.find_person("user_id:u-1") is None
            await regulated(site, "UNSUPPRESS", "u-1")
            await send(site, seen("u-1", 2))
            assert site.views.find_person("user_id:u-1") is not None

    asyncio.run(check())


def test_recipients_are_told_and_their_state_is_that_of_the_whole() -> None:
    async def check() -> None:
        async with running(TOLD) as site:
            channel = MemoryChannel()
            site.erasure_notices = ErasureNotices(
                site.unifier, site.engines.store, site.clock, lambda endpoint: channel
            )
            site._eraser = site._new_eraser()
            site.privacy.regulations._notices = site.erasure_notices
            await send(site, seen("u-1", 1), seen("u-2", 1))
            found = await regulated(site, "SUPPRESS_WITH_DELETE", "u-1")
            assert found["overallStatus"] == "RUNNING"
            await site.erasure_notices.run()
            [parcel] = channel.parcels
            assert parcel.type == "erasure.finished"
            assert parcel.data["identifiers"] == [{"type": "user_id", "value": "u-1"}]
            found = await run(site, "regulation_show", id=found["id"])
            assert found["overallStatus"] == "FINISHED"
            assert _destinations(found) == [("crm", "FINISHED")]
            rows = [value for _, value in site.engines.store.scan("erasure_notices")]
            assert all(b"u-1" not in row for row in rows)
            channel.answers = [Receipt("", "disabled", 410, "gone")]
            found = await regulated(site, "DELETE_ONLY", "u-2")
            await site.erasure_notices.run()
            found = await run(site, "regulation_show", id=found["id"])
            assert found["overallStatus"] == "PARTIAL_SUCCESS"

    asyncio.run(check())


def _destinations(found: JsonObject) -> list[tuple[str, str]]:
    [stream] = found["streamStatus"]  # type: ignore[misc]
    return [(one["id"], one["status"]) for one in stream["destinationStatus"]]  # type: ignore[index,call-overload]


def test_what_cannot_be_done_is_said_at_once() -> None:
    async def check() -> None:
        async with running() as site:
            await send(site, seen("u-1", 1))
            by_source = await regulated(site, "DELETE_ONLY", "u-1", source="sources/src_1")
            assert by_source["overallStatus"] == "NOT_SUPPORTED"
            invalid = await regulated(site, "DELETE_ONLY", "null")
            assert invalid["overallStatus"] == "INVALID"
            assert site.views.find_person("user_id:u-1") is not None
            for wrong in ({"regulationType": "X"}, {"subjectIds": []}, {"subjectType": "Y"}):
                asked = {"regulationType": "DELETE_ONLY", "subjectType": "USER_ID"}
                with pytest.raises(InputRefused):
                    await run(site, "regulation_create", **(asked | wrong))  # type: ignore[arg-type]

    asyncio.run(check())


def test_only_what_was_not_begun_is_taken_back() -> None:
    async def check() -> None:
        async with running() as site:
            asked = {"regulationType": "DELETE_ONLY", "subjectType": "IDENTIFIER"}
            made = await run(site, "regulation_create", **asked, subjectIds=["email:a@b.example"])
            assert await run(site, "regulation_delete", id=made["regulateId"])
            with pytest.raises(NotFound):
                await run(site, "regulation_show", id=made["regulateId"])
            done = await regulated(site, "SUPPRESS_ONLY", "u-1")
            with pytest.raises(InputRefused):
                await run(site, "regulation_delete", id=done["id"])

    asyncio.run(check())


def test_no_byte_of_a_subject_is_left_when_it_is_over(tmp_path: Path) -> None:
    with Workspace.open(tmp_path) as workspace:
        workspace.load([*HISTORY, *OTHERS], source="shop", kind="live")
        asked: JsonObject = {
            "regulationType": "DELETE_ONLY",
            "subjectType": "IDENTIFIER",
            "subjectIds": ["email:canary@buyer.example"],
        }
        workspace.run("regulation_create", asked)
        assert places_of_canaries(tmp_path) != []
        workspace.wait(workspace.site.privacy.run_due())
        assert places_of_canaries(tmp_path) == []


def test_one_that_was_cut_off_is_carried_out_by_the_next_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def check() -> None:
        async with running() as site:
            await send(site, seen("u-1", 1), seen("u-2", 1))
            asked = {"regulationType": "DELETE_ONLY", "subjectType": "USER_ID"}
            made = await run(site, "regulation_create", **asked, subjectIds=["u-1"])

            def cut_off(payloads: object) -> None:
                raise RuntimeError("the process ends here")

            monkeypatch.setattr(site.engines.log, "rewrite", cut_off)
            with pytest.raises(RuntimeError):
                await site.privacy.run_due()
            monkeypatch.undo()
            again = Site(site.engines, site.settings)
            await again.start(background=False)
            assert again.views.find_person("user_id:u-1") is None
            tomb = again.suppressions.of("user_id:u-1")
            assert tomb is not None
            assert not tomb.suppressed
            await again.privacy.run_due()
            shown = await run(again, "regulation_show", id=made["regulateId"])
            assert shown["overallStatus"] == "FINISHED"
            await again.intake.stop()

    asyncio.run(check())
