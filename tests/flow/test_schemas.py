"""The tracking plan: checked on arrival, quarantined or marked, and compared with what arrives."""

import asyncio

import msgspec
import pytest

from tests.flow.sites import caller, post, running
from wegweiser.collect.schema import compile_schema
from wegweiser.terms.errors import DocumentRefused
from wegweiser.terms.event import Event
from wegweiser.terms.json import Json, JsonObject
from wegweiser.workspace.operations import export, run
from wegweiser.workspace.site import Site

PLAN = """
{kind: event_schema, key: paid, event: Order Paid, mode: quarantine,
 properties: {type: object, required: [amount], properties: {amount: {type: number}}}}
---
{kind: event_schema, key: seen, call: page, mode: observe,
 properties: {type: object, properties: {path: {type: string, pattern: '^/'}}}}
"""


def paid(number: int, **properties: Json) -> JsonObject:
    """Make one track event of a user."""
    return {
        "type": "track",
        "messageId": f"m-{number}",
        "userId": "u-1",
        "event": "Order Paid",
        "properties": properties,
    }


def page(number: int, path: str) -> JsonObject:
    """Make one page view of a user."""
    return {
        "type": "page",
        "messageId": f"p-{number}",
        "userId": "u-1",
        "properties": {"path": path},
    }


async def exported(site: Site, kind: str) -> list[JsonObject]:
    """Give all rows of an export."""
    return [msgspec.json.decode(line) async for line in export(site, kind)]


def test_an_event_that_breaks_its_schema_is_set_aside_alone_and_comes_back_when_mended():
    async def go() -> None:
        async with running(PLAN) as site:
            key, _ = caller(site)
            answer = await post(
                site, key, "/v1/batch", {"batch": [paid(1, amount="9"), paid(2, amount=9)]}
            )
            told = msgspec.json.decode(answer.body)
            assert answer.status == 200
            assert [one["code"] for one in told["quarantined"]] == ["schema_violation"]
            assert [one["messageId"] for one in await exported(site, "events")] == ["m-2"]
            [kept] = await exported(site, "quarantine")
            assert kept["message"] == "The event breaks its schema: /properties/amount: type."
            looser = PLAN.replace("amount: {type: number}", "amount: {type: [number, string]}")
            assert (await site.applier.apply([("plan.yaml", looser)])).changed == 1
            await run(site, "quarantine_replay", {"code": "schema_violation"})
            stored = {one["messageId"] for one in await exported(site, "events")}
            assert stored == {"m-1", "m-2"}
            doctor = await run(site, "doctor", {})
            assert isinstance(doctor, dict)
            assert doctor["healthy"]
            assert (doctor["received"], doctor["stored"], doctor["quarantined"]) == (2, 2, 0)

    asyncio.run(go())


def test_observed_faults_are_stored_with_the_event_and_counted_without_values():
    async def go() -> None:
        async with running(PLAN) as site:
            key, _ = caller(site)
            await post(site, key, "/v1/batch", {"batch": [page(1, "secret"), page(2, "/prices")]})
            rows = {one["messageId"]: one for one in await exported(site, "events")}
            assert rows["p-1"]["enriched"]["schema_faults"] == ["/properties/path: pattern"]
            assert "schema_faults" not in rows["p-2"].get("enriched", {})
            shown = await run(site, "plan_show", {})
            assert isinstance(shown, dict)
            assert shown["faults"] == {"seen": 1}

    asyncio.run(go())


def test_names_that_the_schema_does_not_know_are_not_told():
    number = {"type": "object", "additionalProperties": {"type": "number"}}
    schema = compile_schema(
        {
            "key": "k",
            "event": "Paid",
            "properties": {**number, "properties": {"lines": {"items": number}}},
            "traits": {"required": ["plan"], **number},
        }
    )
    private = {"ada@example.com": "x"}
    event = Event(
        type="track",
        message_id="m",
        at=0,
        properties={**private, "lines": [private]},
        traits={"plan": "x"},
    )
    assert set(schema.faults(event)) == {
        "/properties/*: type",
        "/properties/lines/0/*: type",
        "/traits/plan: type",
    }


def test_what_no_schema_knows_is_set_aside_only_where_the_plan_says_so():
    async def go() -> None:
        async with running(PLAN) as site:
            key, _ = caller(site)
            other = paid(1, amount=1) | {"event": "Order Sent"}
            assert "quarantined" not in msgspec.json.decode(
                (await post(site, key, "/v1/batch", {"batch": [other]})).body
            )
            strict = "{kind: tracking_plan, key: plan, undeclared: quarantine}"
            await site.applier.apply([("strict.yaml", strict)])
            other |= {"messageId": "m-9"}
            told = msgspec.json.decode(
                (await post(site, key, "/v1/batch", {"batch": [other, paid(2, amount=1)]})).body
            )
            assert [one["code"] for one in told["quarantined"]] == ["undeclared_event"]

    asyncio.run(go())


def test_the_report_tells_what_differs_from_the_plan():
    async def go() -> None:
        async with running(PLAN.replace("mode: quarantine", "mode: observe")) as site:
            key, _ = caller(site)
            batch = [paid(1), paid(2, amount="9"), paid(3, amount=9, coupon="x"), page(1, "/")]
            batch.append(paid(4) | {"event": "Order Sent"})
            await post(site, key, "/v1/batch", {"batch": batch})
            report = await run(site, "plan_report", {"days": 7})
            assert isinstance(report, dict)
            findings = report["findings"]
            assert isinstance(findings, list)
            assert {
                (one["finding"], one["event"], one["field"], one["events"], one["of"])
                for one in findings
                if isinstance(one, dict)
            } == {
                ("undeclared_event", "Order Sent", "", 1, 1),
                ("undeclared_field", "Order Paid", "properties/coupon", 1, 3),
                ("missing_field", "Order Paid", "properties/amount", 1, 3),
                ("wrong_type", "Order Paid", "properties/amount", 1, 3),
            }

    asyncio.run(go())


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({"event": "A"}, "say what properties"),
        ({"properties": {}}, "event is the name"),
        ({"event": "A", "properties": {"$ref": "https://example.com/a.json"}}, "refers to"),
        ({"event": "A", "properties": {"type": "nonsense"}}, "properties:"),
        ({"event": "A", "properties": {"pattern": "(?=a)b"}}, "properties:"),
        ({"event": "A", "mode": "drop", "properties": {}}, "mode is one"),
        ({"event": "A", "call": "identify", "traits": {}}, "has no name"),
        ({"event": "A", "propertys": {}}, "there is no field propertys"),
    ],
)
def test_a_schema_that_cannot_be_used_is_refused_with_its_reason(document, reason):
    with pytest.raises(DocumentRefused, match=reason.replace("(", r"\(")):
        compile_schema({"key": "k", **document})
