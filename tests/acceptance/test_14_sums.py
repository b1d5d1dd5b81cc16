"""Check 14: any cut of revenue sums to the cent; CLV has its error, credit says what it is."""

import json
import re
from collections.abc import Iterator
from decimal import Decimal

import numpy as np
import pytest

from tests.acceptance.reader import Reader, reading_as
from tests.acceptance.reading import Element
from tests.web.serving import Running
from wegweiser.adapters.memory import MemoryClock
from wegweiser.measure.registry import MEASURES
from wegweiser.settings import Settings
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.json import JsonObject
from wegweiser.workspace import operations
from wegweiser.workspace.engines import in_memory
from wegweiser.workspace.site import Site

CUTS = next(one for one in MEASURES["revenue.ledger"].options if one.name == "by").choices
SPLIT = "a split, not a cause"
BUYERS, DAYS = 500, 500
OF_VALUE = ("/measure/value", "/measure/one/lifetime.value", "/measure/one/lifetime.buying")
OF_CREDIT = ("/measure/credit", *(f"/measure/one/credit?by={by}" for by in ("channel", "campaign")))
FIGURE = re.compile(r"€[0-9]|[0-9]\.[0-9]")


@pytest.fixture(scope="module")
def sold(world: Running) -> Decimal:
    """What the events themselves say was sold."""

    async def orders() -> Decimal:
        rows = [
            json.loads(row, parse_float=Decimal)
            async for row in operations.export(world.site, "events")
        ]
        bought = (one["properties"] for one in rows if one.get("event") == "Order Completed")
        return sum((Decimal(one["revenue"]) for one in bought), Decimal(0))

    found: Decimal = world.wait(orders())
    assert found > 0
    return found


@pytest.mark.parametrize("cut", CUTS)
def test_every_cut_sums_to_the_ledger_to_the_cent(world: Running, sold: Decimal, cut: str) -> None:
    words = f"by={cut}&period=365d"
    file = world.client.get(f"/measure/one/revenue.ledger/file.json?{words}")
    rows = json.loads(file.content, parse_float=Decimal)
    assert sum(Decimal(str(row["revenue"])) for row in rows) == sold


def buyers() -> list[JsonObject]:
    """Make the orders of people who buy at a pace of their own, and stop some day."""
    rng = np.random.default_rng(14)
    paces, spans = rng.gamma(1.2, 1 / 40, BUYERS), rng.exponential(400, BUYERS)
    made: list[JsonObject] = []
    for person in range(BUYERS):
        day = float(rng.uniform(0, DAYS / 2))
        end = min(DAYS - 1.0, day + spans[person])
        while day < end:
            made.append(order(f"u-{person}", len(made), int(day * DAY_MS), rng.gamma(4, 15)))
            day += rng.exponential(1 / paces[person])
    return made


def order(user: str, number: int, at_ms: int, revenue: float) -> JsonObject:
    properties: JsonObject = {"order_id": f"o-{number}", "revenue": round(revenue, 2)}
    return {
        "type": "track",
        "event": "Order Completed",
        "userId": user,
        "messageId": f"o-{number}",
        "timestamp": START_MS + at_ms,
        "properties": properties | {"currency": "EUR"},
    }


START_MS = 1_735_689_600_000  # 1 January 2025


async def shop() -> Site:
    """Start a site to which people come back to buy."""
    site = Site(in_memory(MemoryClock(START_MS + DAYS * DAY_MS, 14)), Settings())
    await site.start(background=False)
    await site.loader.take("shop", buyers())
    await site.intake.checkpoint()
    return site


@pytest.fixture(scope="module")
def selling() -> Iterator[Running]:
    server = Running(shop)
    yield server
    server.close()


@pytest.mark.parametrize("path", OF_VALUE)
def test_a_customer_value_stands_beside_its_error_on_held_back_data(
    selling: Running, path: str
) -> None:
    reader = reading_as(selling).open(path).settle()
    told = [one for one in panels(reader) if "lifetime-" in one["id"] or "/one/" in path]
    assert told
    for panel in told:
        if FIGURE.search(panel.text):
            assert re.search("held (out|back)|held-back", panel.text), panel.text


def test_nobody_has_a_value_without_its_error(selling: Running) -> None:
    asked: JsonObject = {"identifier": "user_id:u-1", "learn": True}
    selling.wait(operations.run(selling.site, "customer_value", asked))
    told = 0
    for number in range(5):
        person = selling.site.views.find_person(f"user_id:u-{number}")
        part = reading_as(selling).open(f"/people/{person}").part("What it brings")
        told += bool(FIGURE.search(part.text))
        assert not FIGURE.search(part.text) or re.search("held (out|back)|held-back", part.text)
    assert told


def test_a_value_is_told_at_all(selling: Running) -> None:
    reader = reading_as(selling).open("/measure/one/lifetime.value").settle()
    assert FIGURE.search(reader.part("Answer").text)


@pytest.mark.parametrize("path", OF_CREDIT)
def test_credit_says_that_it_is_a_split(world: Running, path: str) -> None:
    words = "&" if "?" in path else "?"
    reader = reading_as(world).open(f"{path}{words}period=365d").settle()
    told = [one for one in panels(reader) if one["id"].startswith("credit") or "/one/" in path]
    assert told
    for panel in told:
        assert SPLIT in panel.text


def panels(reader: Reader) -> list[Element]:
    """Give the answers on a page, each with its tables."""
    return [one for one in reader.root.all("section") if one["class"] == "card" and one["id"]]
