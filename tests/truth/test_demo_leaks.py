"""The leak gate on the demo world: what is written because of a deal never foretells it."""

import json
from collections import Counter

import pytest

from tests.measure.asking import AS_OF, ask, offer, shown
from wegweiser.demo.acts import Send
from wegweiser.demo.play import play
from wegweiser.demo.world import World
from wegweiser.measure.revenue.leak_file import check_rows
from wegweiser.terms.instant import DAY_MS, parse_instant
from wegweiser.terms.json import Json, JsonObject

DAYS = 150


@pytest.fixture(scope="module")
def elements() -> list[JsonObject]:
    """Play a world for which nobody decides; give all that it sends."""
    sent: list[Send] = []
    start = AS_OF - (DAYS + 1) * DAY_MS
    play(World(7, DAYS, 160, start), sent.append, lambda _: None, lambda _: None)
    return [element for delivery in sent for element in delivery.elements]


def person_of(elements: list[JsonObject]) -> dict[str, str]:
    """Say whose anonymous ids are whose, as the identifying calls tell."""
    return {
        str(one["anonymousId"]): str(one["userId"])
        for one in elements
        if one.get("anonymousId") and one.get("userId")
    }


def properties(element: JsonObject) -> JsonObject:
    held: Json = element.get("properties")
    return held if isinstance(held, dict) else {}


def archived(elements: list[JsonObject]) -> list[dict[str, object]]:
    known = person_of(elements)
    return [
        {
            "leaf": known.get(name := str(one.get("userId") or one["anonymousId"]), name),
            "occurred_at": parse_instant(one["timestamp"]),
            "type": one["type"],
            "name": str(one.get("event") or one.get("name") or ""),
            "path": str(properties(one).get("path") or "") if one["type"] == "page" else "",
            "properties": json.dumps(properties(one)),
        }
        for one in elements
        if one["type"] in ("page", "track") and parse_instant(one["timestamp"]) is not None
    ]


def test_signs_of_a_deal_are_excluded_or_suspect(elements: list[JsonObject]) -> None:
    signed = [
        {**one, "event": "Contract Signed", "timestamp": one["timestamp"]}
        for one in elements
        if one.get("event") == "Demo Booked"
    ]
    offer({"events": archived([*elements, *signed])})
    asked = {"goal": "Deal Won", "landmark_days": "30", "window_days": "60"}
    rows = {row["feature"]: row["status"] for row in shown(ask("revenue.leaks", asked))}
    offer({})
    assert rows["Contract Signed"] == "excluded"
    assert "Order Completed" not in {name for name, status in rows.items() if status == "ok"}
    assert rows["/blog/why-reports-get-stuck"] == "ok"


def snapshot(elements: list[JsonObject]) -> list[JsonObject]:
    """Write the people as a system that knows only today would export them."""
    known = person_of(elements)
    people: dict[str, Counter[str]] = {}
    for one in elements:
        name = str(one.get("userId") or one.get("anonymousId"))
        held = people.setdefault(known.get(name, name), Counter())
        held[str(one.get("event") or one["type"])] += 1
    return [
        {
            "won": held["Deal Won"] > 0,
            "order_count": held["Order Completed"],
            "customer": "yes" if held["Order Completed"] else "no",
            "last_status": "customer" if held["Deal Won"] else "lead",
            "pages": held["page"],
            "signed_up": held["Signed Up"] > 0,
        }
        for held in people.values()
    ]


def test_a_snapshot_of_the_people_betrays_who_bought(elements: list[JsonObject]) -> None:
    rows = snapshot(elements)
    every = ["order_count", "customer", "last_status", "pages", "signed_up"]
    found = {one.name: one.status for one in check_rows(rows, "won", every)}
    assert [found[name] for name in ("order_count", "customer", "last_status")] == ["excluded"] * 3
    assert found["pages"] != "excluded"
    unconfirmed = {one.status for one in check_rows(rows, "won")}
    assert "ok" not in unconfirmed
