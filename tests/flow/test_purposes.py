"""Declared purposes at the doors: claims, other names, lapse at the moment of a decision."""

import asyncio

import pytest

from tests.flow.sites import NOW, running
from tests.scenarios.test_consent import PUSHING, consent, decided, said, sender_to
from tests.scenarios.undo_world import send
from wegweiser.adapters.memory import MemoryChannel
from wegweiser.terms.errors import DocumentRefused
from wegweiser.terms.instant import DAY_MS, format_instant


def test_a_public_claim_restricts_a_known_person_and_opens_no_marketing() -> None:
    async def check() -> None:
        async with running(PUSHING) as site:
            known = said(1, 9, {"measurement": True, "sharing": True}, userId="u-1")
            await send(site, known | {"traits": {"email": "ada@buyer.example"}})
            opening = {"marketing": True, "email": True, "sharing": False}
            claim = said(2, 1, opening, userId="u-1", anonymousId="a-1")
            await send(site, claim, secret=False)
            found = await consent(site, "email:ada@buyer.example")
            assert site.views.find_person("anonymous_id:a-1") == site.views.find_person(
                "user_id:u-1"
            )
            assert "granted" not in (found.get("marketing"), found.get("email"))
            # Said in the moment that joins them, it is a conflict: not granted either.
            assert found["sharing"] in ("denied", "conflict")

    asyncio.run(check())


def test_a_declared_purpose_counts_under_its_other_names_at_once() -> None:
    async def check() -> None:
        async with running(PUSHING) as site:
            await send(site, said(1, 9, {"C0003": True}, userId="u-1"))
            assert (await decided(site, "home.hero"))["status"] == "nothing"
            rule = "{kind: purpose, key: personalisation, aliases: [C0003]}"
            await site.applier.apply([("purposes.yaml", rule)])
            assert (await consent(site, "user_id:u-1"))["personalisation"] == "granted"
            assert (await decided(site, "home.hero", "r-2"))["status"] == "decided"

    asyncio.run(check())


@pytest.mark.parametrize("by_rule", [True, False])
def test_a_grant_lapses_without_any_event(by_rule: bool) -> None:
    async def check() -> None:
        async with running(PUSHING) as site:
            granted = said(1, 9, {"personalisation": True}, userId="u-1")
            if by_rule:
                rule = "{kind: purpose, key: personalisation, valid_days: 30}"
                await site.applier.apply([("purposes.yaml", rule)])
            else:
                context = granted["context"]
                assert isinstance(context, dict)
                assert isinstance(context["consent"], dict)
                context["consent"]["expiry"] = format_instant(NOW + 30 * DAY_MS)
            await send(site, granted)
            assert (await decided(site, "home.hero"))["status"] == "decided"
            site.clock.advance(30 * DAY_MS)  # type: ignore[attr-defined]
            assert (await decided(site, "home.hero", "r-2"))["status"] == "nothing"
            person_id = site.views.find_person("user_id:u-1") or ""
            assert site.views.consent_of(person_id)["personalisation"] == "expired"

    asyncio.run(check())


def test_an_endpoint_gets_nothing_without_its_purpose() -> None:
    async def check() -> None:
        async with running(PUSHING) as site:
            rule = "{kind: purpose, key: crm_transfer, destinations: [crm]}"
            await site.applier.apply([("purposes.yaml", rule)])
            channel = MemoryChannel()
            sender = sender_to(site, channel)
            await send(site, said(1, 9, {"sharing": True}, userId="u-1"))
            assert (await decided(site, "crm.push"))["status"] == "decided"
            await site.intake.checkpoint()
            await sender.send_due()
            [delivery] = sender.deliveries()
            assert (delivery.state, channel.parcels) == ("withdrawn", [])

    asyncio.run(check())


@pytest.mark.parametrize(
    "rule",
    [
        "{kind: purpose, key: email, valid_days: -1}",
        "{kind: purpose, key: email, when_unset: perhaps}",
        "{kind: purpose, key: a, aliases: [C1]}\n---\n{kind: purpose, key: b, aliases: [C1]}",
    ],
)
def test_what_is_not_clear_is_refused(rule: str) -> None:
    async def check() -> None:
        async with running() as site:
            with pytest.raises(DocumentRefused):
                await site.applier.apply([("purposes.yaml", rule)])

    asyncio.run(check())
