"""The value to come of one customer: all of them together are what the measure tells."""

import asyncio

import numpy as np
import pytest

from tests.flow.sites import NOW, caller, post, running
from wegweiser.terms.customer_value import CustomerValue
from wegweiser.terms.errors import NotFound
from wegweiser.terms.instant import DAY_MS, format_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.workspace import operations
from wegweiser.workspace.site import Site

CUSTOMERS = 260
DAYS = 300


def ordered(user: str, number: int, days_ago: float, **more: Json) -> JsonObject:
    stated: JsonObject = {"order_id": f"{user}-{number}", "revenue": 20.0, "currency": "EUR"}
    return {
        "type": "track",
        "event": "Order Completed",
        "messageId": f"{user}-{number}",
        "userId": user,
        "timestamp": format_instant(NOW - round(days_ago * DAY_MS)),
        "properties": stated | more,
    }


def shop() -> list[JsonObject]:
    """Let customers begin at any time, buy at rates of their own, and perhaps stop."""
    chance = np.random.default_rng(11)
    events = []
    for who in range(CUSTOMERS):
        ago, rate = chance.uniform(100, DAYS), chance.gamma(1.0) / 25
        stops, mean = chance.beta(1.0, 3.0), 120 / chance.gamma(4.0)
        number = 0
        while ago > 1.5:
            value = round(float(mean * chance.gamma(4.0) / 4), 2)
            events.append(ordered(f"u-{who}", number, ago, revenue=value))
            number += 1
            if chance.random() < stops:
                break
            ago -= chance.exponential(1 / rate)
    return events


async def send(site: Site, events: list[JsonObject]) -> None:
    key, _ = caller(site)
    for start in range(0, len(events), 100):
        sent = await post(site, key, "/v1/batch", {"batch": events[start : start + 100]})
        assert sent.status == 200


async def value_of(site: Site, user: str, **more: Json) -> JsonObject:
    asked: JsonObject = {"identifier": f"user_id:{user}", **more}
    told = await operations.run(site, "customer_value", asked)
    assert isinstance(told, dict)
    return told


def test_the_values_of_all_customers_are_the_value_of_all() -> None:
    async def scenario() -> None:
        async with running("") as site:
            await send(site, shop())
            first = await value_of(site, "u-1")
            assert first["status"] == "not_computed"
            assert "learned" in str(first["sentence"])
            told = await value_of(site, "u-1", learn=True)
            assert told["status"] == "ok"
            # The measure looks at whole days, which end with yesterday.
            values = _values(site, site.clock.now_ms() - DAY_MS)
            answer = await site.measure("lifetime.value", {})
            [total] = [one for one in answer.results if one.name == "lifetime.value.total"]
            assert len(values) == CUSTOMERS
            assert sum(one.value or 0.0 for one in values) == pytest.approx(
                total.estimate, rel=1e-6
            )
            [error] = [one for one in answer.results if one.name == "lifetime.value.holdout"]
            assert {one.holdout_error for one in values} == {error.estimate}
            for one in values:
                assert (one.low or 0.0) <= (one.value or 0.0) <= (one.high or 0.0)
            wide = [one for one in values if (one.high or 0.0) > 2 * (one.value or 0.0)]
            assert len(wide) > CUSTOMERS / 2
            assert "19 of 20 such customers" in values[0].sentence["en"]
            assert values == _values(site, site.clock.now_ms() - DAY_MS)

    asyncio.run(scenario())


def _values(site: Site, at_ms: int) -> list[CustomerValue]:
    from wegweiser.measure.lifetime.one_customer import customer_value
    from wegweiser.profile.order_days import order_days

    found = []
    for person in site.unifier.directory.persons():
        bought = order_days(site.views.cells_of(person), "EUR")
        model = site.knowing.customer_value.model
        found.append(customer_value(model, bought, True, at_ms // DAY_MS))
    return found


def test_why_there_is_no_value() -> None:
    async def scenario() -> None:
        async with running("") as site:
            visit: JsonObject = {"type": "page", "messageId": "p", "userId": "visitor"}
            await send(site, [visit, ordered("few", 1, 40)])
            few = await value_of(site, "few", learn=True)
            assert (few["status"], few["value"]) == ("refused", None)
            assert "of 200" in str(few["sentence"])
            await send(site, shop())
            assert (await value_of(site, "visitor", learn=True))["status"] == "no_order"
            await send(site, [ordered("abroad", 1, 30, currency="CHF")])
            abroad = await value_of(site, "abroad")
            assert (abroad["status"], abroad["value"]) == ("other_currency", None)
            assert "CHF" in str(abroad["sentence"])
            with pytest.raises(NotFound):
                await value_of(site, "nobody")

    asyncio.run(scenario())


def test_the_model_is_learned_once_a_day_and_kept() -> None:
    async def scenario() -> None:
        async with running("") as site:
            book = site.knowing.customer_value
            await book.run_due()
            kept = book.model
            assert kept is not None
            await book.run_due()
            assert book.model is kept
            again = type(book)(site.engines.store, site.views, site.clock, "EUR", site.measure)
            assert again.model == kept

    asyncio.run(scenario())
