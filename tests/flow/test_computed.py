"""Computed traits, intents, purchases, use and scores: declared, counted, read, used in rules."""

import asyncio

import pytest

from tests.flow.loops import on_a_loop
from tests.flow.sites import CONFIGURATION, NOW, caller, post, running
from wegweiser.adapters.memory import MemoryClock
from wegweiser.flow import catch_up, turns
from wegweiser.settings import Settings
from wegweiser.terms.errors import DocumentRefused
from wegweiser.terms.instant import DAY_MS, format_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.workspace import operations
from wegweiser.workspace.engines import in_memory
from wegweiser.workspace.site import Site

TRAITS = """
{kind: computed_trait, key: orders, event: Order Completed}
---
{kind: computed_trait, key: orders_7d, event: Order Completed, window_days: 7}
---
{kind: computed_trait, key: spent, event: Order Completed, type: sum, property: revenue}
---
{kind: computed_trait, key: big_orders, event: Order Completed, when: 'properties.revenue >= 50'}
---
{kind: computed_trait, key: smallest, event: Order Completed, type: min, property: revenue}
---
{kind: computed_trait, key: largest, event: Order Completed, type: max, property: revenue}
---
{kind: computed_trait, key: first_shop, event: Order Completed, type: first, property: shop.city}
---
{kind: computed_trait, key: last_shop, event: Order Completed, type: last, property: shop.city}
---
{kind: computed_trait, key: usual_shop, event: Order Completed, type: most_frequent,
 property: shop.city}
---
{kind: computed_trait, key: shops, event: Order Completed, type: unique, property: shop.city}
---
{kind: computed_trait, key: team_orders, of: account, event: Order Completed}
---
{kind: segment, key: busy, when: 'person.computed.orders_7d >= 2'}
---
{kind: segment, key: priced, when: 'p.intents.pricing.strength > 0.5'}
---
{kind: segment, key: buying-teams, of: account, when: 'account.computed.team_orders >= 2'}
"""
SIGNALS = """
{kind: intent_signal, key: pricing, off: true}
---
{kind: intent_signal, key: acme, searches: [acme], weight: 3}
"""
ORDERS = ((10, "Köln", 1), (60.5, "Bonn", 2), (19.99, "Köln", 9))


def track(name: str, user: str, days_ago: float = 0, **properties: Json) -> JsonObject:
    """Make a track call of a user."""
    at = format_instant(NOW - round(days_ago * DAY_MS))
    told = f"{name}-{user}-{days_ago}-{sorted(properties.items(), key=str)}"
    return {
        "type": "track",
        "event": name,
        "messageId": told[:100],
        "userId": user,
        "timestamp": at,
        "properties": properties,
    }


def orders(user: str) -> list[JsonObject]:
    """Make three orders in two shops, the last of them nine days ago."""
    return [
        track("Order Completed", user, ago, revenue=price, currency="EUR", shop={"city": city})
        for price, city, ago in ORDERS
    ]


async def send(site: Site, *events: JsonObject) -> None:
    """Send events with a secret key."""
    key, _ = caller(site)
    assert (await post(site, key, "/v1/batch", {"batch": [*events]})).status == 200


async def run(site: Site, operation: str, **arguments: Json) -> JsonObject:
    """Run an operation that answers with an object."""
    found = await operations.run(site, operation, arguments)
    assert isinstance(found, dict)
    return found


async def values(site: Site, subject: str) -> dict[str, Json]:
    """Give the computed traits of somebody, by key."""
    told = (await run(site, "traits_show", identifier=subject))["computed"]
    assert isinstance(told, dict)
    return {key: one["value"] for key, one in told.items()}


WHOLE = {
    "orders": 3,
    "orders_7d": 2,
    "spent": 90.49,
    "big_orders": 1,
    "smallest": 10,
    "largest": 60.5,
    "first_shop": "Köln",
    "last_shop": "Köln",
    "usual_shop": "Köln",
    "shops": 2,
}


@on_a_loop
async def test_every_kind_of_figure_is_counted_in_its_window() -> None:
    async with running(TRAITS) as site:
        await send(site, *orders("u-1"), *orders("u-1"))
        assert await values(site, "user_id:u-1") == WHOLE
        site.clock.advance(7 * DAY_MS)
        later = await values(site, "user_id:u-1")
        assert (later["orders_7d"], later["orders"]) == (0, 3)


@on_a_loop
async def test_an_account_counts_what_its_people_did() -> None:
    async with running(TRAITS) as site:
        for user in ("u-1", "u-2"):
            group = {"type": "group", "messageId": f"g-{user}", "userId": user, "groupId": "acme"}
            early = format_instant(NOW - 20 * DAY_MS)
            await send(site, {**group, "timestamp": early}, *orders(user))
        assert (await values(site, "group_id:acme")) == {"team_orders": 6}
        assert site.views.account("acme").computed == {"team_orders": 6}


@on_a_loop
async def test_rules_read_figures_and_intents_and_time_takes_them_back() -> None:
    async with running(TRAITS) as site:
        await send(site, *orders("u-1"), track("Search Performed", "u-2", query="was kostet es"))
        assert await segments(site, "u-1") == ["busy"]
        assert await segments(site, "u-2") == ["priced"]
        site.clock.advance(7 * DAY_MS)
        await site.segments.run()
        assert await segments(site, "u-1") == []
        site.clock.advance(30 * DAY_MS)
        assert await segments(site, "u-2") == []


async def segments(site: Site, user: str) -> list[str]:
    """Give the segments in the profile of a user."""
    return (await run(site, "profile", identifier=f"user_id:{user}"))["segments"]


@on_a_loop
async def test_a_decision_may_hang_on_a_figure() -> None:
    rule = "person.computed.orders >= 3"
    message = CONFIGURATION.replace(
        """'person.traits.plan != "enterprise"', on_unknown: pass""", f"'{rule}'"
    )
    assert rule in message
    async with running(TRAITS + "---" + message) as site:
        consent = {
            "consent": {"categoryPreferences": {"measurement": True, "personalisation": True}}
        }
        for user, bought in (("u-1", orders("u-1")), ("u-2", orders("u-2")[:1])):
            await send(site, *({**one, "context": consent} for one in bought))
            decided = await run(
                site,
                "decide",
                subject={"person": f"user_id:{user}"},
                placements=[{"key": "home.hero", "max": 1}],
            )
            shown = [item["message"] for item in decided["items"]]
            assert shown == (["security-whitepaper"] if user == "u-1" else [])


@on_a_loop
async def test_a_figure_declared_later_says_since_when_and_catches_up() -> None:
    async with running() as site:
        await send(site, *orders("u-1"), *orders("u-2")[:1])
        site.clock.advance(1_000)
        await site.applier.apply([("t.yaml", TRAITS)])
        declared = format_instant(site.clock.now_ms())
        told = await run(site, "traits_list")
        assert {one["since"] for one in told["computed_traits"]} == {declared}
        assert (await values(site, "user_id:u-1"))["orders"] == 0
        await send(site, *orders("u-2")[1:])
        assert (await values(site, "user_id:u-2"))["orders"] == 2
        for _ in range(2):
            # Once more finds nothing that is lacking.
            await run(site, "traits_catch_up")
            assert await values(site, "user_id:u-1") == WHOLE == await values(site, "user_id:u-2")
        told = await run(site, "traits_list")
        assert {one["since"] for one in told["computed_traits"]} == {None}
        assert told["catch_up"]["position"] == told["catch_up"]["until"]


@pytest.mark.parametrize("steps_before", range(0, 20, 2))
@on_a_loop
async def test_an_erasure_in_the_middle_of_catching_up_loses_no_figure_of_others(
    steps_before: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catch_up, "RECORDS_PER_SLICE", 1)
    monkeypatch.setattr(turns, "LONGEST_S", 0.0)
    async with running() as site:
        for order in orders("u-1"):
            # They name the account, so that its erasure works the leaf of the person out anew.
            await send(site, order | {"context": {"groupId": "acme"}})
        await site.applier.apply([("t.yaml", TRAITS)])
        erasure = asyncio.create_task(run(site, "forget", identifier="group_id:acme"))
        for _ in range(steps_before):
            await asyncio.sleep(0)
        await run(site, "traits_catch_up")
        await erasure
        assert await values(site, "user_id:u-1") == WHOLE


@on_a_loop
async def test_a_rebuild_counts_the_whole_past() -> None:
    async with running() as site:
        await send(site, *orders("u-1"))
        await site.applier.apply([("t.yaml", TRAITS)])
        await site.rebuild()
        shown = await run(site, "traits_show", identifier="user_id:u-1")
        assert shown["computed"]["spent"] == {"value": 90.49, "since": None, "exact": True}
        assert await values(site, "user_id:u-1") == WHOLE


@on_a_loop
async def test_a_figure_that_is_switched_off_is_not_told() -> None:
    async with running(TRAITS) as site:
        off = "{kind: computed_trait, key: orders, event: Order Completed, off: true}"
        await site.applier.apply([("t.yaml", off)])
        await send(site, *orders("u-1"))
        assert "orders" not in await values(site, "user_id:u-1")


@pytest.mark.parametrize("declared_first", [True, False])
@on_a_loop
async def test_a_figure_that_was_off_for_a_while_misses_nothing_and_counts_nothing_twice(
    declared_first: bool,
) -> None:
    on = "{kind: computed_trait, key: orders, event: Order Completed}"
    first, second, third = orders("u-1")
    async with running(on if declared_first else CONFIGURATION) as site:
        await send(site, first)
        for change, order in ((on[:-1] + ", off: true}", second), (on, third)):
            await site.applier.apply([("t.yaml", change)])
            await send(site, order)
        assert (await values(site, "user_id:u-1"))["orders"] == 1
        told = await run(site, "traits_list")
        assert told["computed_traits"][0]["since"] is not None
        await run(site, "traits_catch_up")
        assert (await values(site, "user_id:u-1"))["orders"] == 3
        live = await run(site, "hash")
        assert (await run(site, "rebuild"))["hash"] == live["hash"]
        assert (await values(site, "user_id:u-1"))["orders"] == 3


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ("{kind: computed_trait, key: a, event: X, type: sum}", "property is missing"),
        ("{kind: computed_trait, key: a, event: X, type: total}", "no word that is allowed"),
        ("{kind: computed_trait, key: a, event: X, window_days: 401}", "from 1 to 400"),
        ("{kind: computed_trait, key: a, event: X, when: 'person.known'}", "when: "),
        ("{kind: computed_trait, key: a, event: ' '}", "event is missing"),
        ("{kind: computed_trait, key: a, event: X, colour: red}", "colour"),
        ("{kind: computed_trait, key: a, event: X, type: sum, property: a..b}", "no path"),
        ("{kind: intent_signal, key: a}", "name pages"),
        ("{kind: intent_signal, key: a, pages: [Big Word]}", "lower case"),
        ("{kind: intent_signal, key: a, pages: [price], weight: 0}", "weight"),
    ],
)
def test_a_faulty_document_is_refused_with_the_reason(document: str, reason: str) -> None:
    @on_a_loop
    async def go() -> None:
        async with running() as site:
            with pytest.raises(DocumentRefused, match=r"t\.yaml") as refused:
                await site.applier.apply([("t.yaml", document)])
            assert reason in refused.value.reason
            assert site.knowing.computed.traits == {}

    go()


@on_a_loop
async def test_intents_tell_their_strength_and_by_what_they_were_shown() -> None:
    async with running() as site:
        page: JsonObject = {"type": "page", "userId": "u-1", "messageId": "p-1"}
        seen = {**page, "properties": {"path": "/de/preise"}}
        switch = {
            "type": "identify",
            "userId": "u-1",
            "messageId": "i",
            "traits": {"competitor": "Acme"},
        }
        await send(
            site, seen, switch, track("Search Performed", "u-1", query="Alternative zu Acme")
        )
        intents = (await run(site, "traits_show", identifier="user_id:u-1"))["intents"]
        assert sorted(intents) == ["comparison", "competitor_use", "pricing"]
        assert intents["pricing"]["evidence"] == ["Page Viewed: /de/preise"]
        assert 0.95 < intents["pricing"]["strength"] <= 1
        await site.applier.apply([("t.yaml", SIGNALS)])
        intents = (await run(site, "traits_show", identifier="user_id:u-1"))["intents"]
        assert sorted(intents) == ["acme", "comparison", "competitor_use"]
        site.clock.advance(14 * DAY_MS)
        later = (await run(site, "traits_show", identifier="user_id:u-1"))["intents"]
        assert later["acme"]["strength"] == pytest.approx(intents["acme"]["strength"] / 2, abs=1e-3)


@on_a_loop
async def test_purchases_and_use_are_told_in_days_and_products() -> None:
    async with running() as site:
        goods = [{"product_id": "p-1", "name": "Lamp", "quantity": 2}, {"sku": "s-2"}]
        await send(
            site,
            track("Order Completed", "u-1", 3, revenue=40, currency="EUR", products=goods),
            track("Order Completed", "u-1", 1, value=7.5, currency="USD", product_id="p-1"),
            track("Feature Used", "u-1", 20, feature="Export"),
            track("Feature Used", "u-1", 2, feature="Export"),
            track("Logged In", "u-1", 0),
        )
        shown = await run(site, "traits_show", identifier="user_id:u-1")
        assert shown["purchases"]["orders"] == 2
        assert shown["purchases"]["revenue"] == {"EUR": 40, "USD": 7.5}
        bought = {
            one["id"]: (one["name"], one["quantity"]) for one in shown["purchases"]["products"]
        }
        assert bought == {"p-1": ("", 3), "s-2": ("", 1)}
        use = shown["product_use"]
        assert (use["activeDays7"], use["activeDays30"]) == (2, 3)
        assert (use["features7"], use["features30"]) == ({"Export": 1}, {"Export": 2})


@on_a_loop
async def test_buyers_are_scored_among_all_once_there_are_enough() -> None:
    async with running() as site:
        await send(site, track("Order Completed", "u-00", 1, revenue=5, currency="EUR"))
        await run(site, "traits_score")
        few = (await run(site, "traits_show", identifier="user_id:u-00"))["rfm"]
        assert (few["status"], few["recencyScore"], few["buyers"]) == ("too_few", None, 1)
        for number in range(1, 40):
            user = f"u-{number:02d}"
            price = 5 + number
            await send(
                site,
                track("Order Completed", user, 1 + number, revenue=price, currency="EUR"),
                *(track("Order Completed", user, 2 + number) for _ in range(number >= 20)),
            )
        await site.knowing.rfm.run_due()
        await run(site, "traits_score")
        best = (await run(site, "traits_show", identifier="user_id:u-39"))["rfm"]
        assert (best["recencyScore"], best["frequencyScore"], best["monetaryScore"]) == (1, 4, 5)
        first = (await run(site, "traits_show", identifier="user_id:u-00"))["rfm"]
        assert (first["recencyScore"], first["monetaryScore"], first["recencyDays"]) == (5, 1, 1)
        await send(site, track("Page Closed", "u-99"))
        nobody = (await run(site, "traits_show", identifier="user_id:u-99"))["rfm"]
        assert (nobody["status"], nobody["recencyScore"]) == ("no_order", None)


@pytest.mark.parametrize("committed", [(), ("before",), ("after",), ("caught up",)])
def test_a_crash_at_any_point_counts_nothing_twice_and_misses_nothing(
    committed: tuple[str, ...],
) -> None:
    @on_a_loop
    async def go() -> None:
        engines = in_memory(MemoryClock(NOW, 1))
        site = Site(engines, Settings())
        await site.start(background=False)
        await send(site, *orders("u-1")[:1], *orders("u-2"))
        for step in ("before", "declared", "after", "caught up", "crash"):
            if step == "declared":
                await site.applier.apply([("t.yaml", TRAITS)])
            if step == "after":
                await send(site, *orders("u-1")[1:])
            if step == "caught up":
                await site.knowing.catch_up.run()
            if step in committed:
                await site.intake.checkpoint()
        # Nothing of what memory holds is written: the process is gone.
        await site.intake._end()
        again = Site(engines, Settings())
        await again.start(background=False)
        await run(again, "traits_catch_up")
        assert await values(again, "user_id:u-1") == WHOLE == await values(again, "user_id:u-2")
        await again.stop()

    go()
