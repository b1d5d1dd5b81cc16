"""What everything meets on its way in: masking, consent, enrichment and the cuts of privacy."""

import asyncio
import base64
import json

import msgspec
import pytest
from mmdb_writer import MMDBWriter
from netaddr import IPNetwork, IPSet

from tests.flow.sites import CONSENT, NOW, caller, post, running
from wegweiser.adapters.memory import MemoryClock
from wegweiser.flow.loader import Unmapped
from wegweiser.settings import Settings
from wegweiser.terms.errors import DocumentRefused
from wegweiser.terms.wire import WireRequest
from wegweiser.workspace.engines import in_memory
from wegweiser.workspace.site import Site

BROWSER = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/126.0.6478.127 Safari/537.36"
)
TAXONOMY = """
kind: taxonomy
key: site
topics:
  - {topic: security, paths: [/security/*], titles: ["*sso*"]}
  - {topic: prices, paths: [/prices]}
"""


def view(number=1, **context):
    """A page view; `context` is laid over what a browser says of itself."""
    page = {"url": "https://www.example.com/security/keys?token=x&gclid=g-1", "title": "Keys"}
    return {
        "type": "page",
        "messageId": f"m-{number}",
        "anonymousId": "a-1",
        "context": {"userAgent": BROWSER, "page": page, **context},
    }


def sent(*elements, documents="", headers=None, secret=False, prepare=None):
    """Send elements one by one to a new site; gives the site's exports and the answers."""

    async def run():
        async with running(documents) as site:
            if prepare is not None:
                prepare(site)
            key, _ = caller(site, secret)
            answers = [await answer(site, key, element, headers) for element in elements]
            upto = await site.intake.settle()
            return {
                "events": list(site.exporter.events(upto)),
                "quarantine": list(site.exporter.quarantine()),
                "answers": answers,
                "tally": site.unifier.tally,
                "site": site,
                "persons": [site.views.person(one) for one in site.unifier.directory.persons()],
            }

    return asyncio.run(run())


async def answer(site, key, element, headers=None):
    body = msgspec.json.encode({"batch": [element]})
    request = WireRequest(
        "POST", "/v1/batch", headers={"x-write-key": key, **(headers or {})}, body=body
    )
    return json.loads((await site.receiver.receive(request)).body)


def test_an_event_gains_what_it_tells_and_loses_what_privacy_forbids():
    found = sent(view(ip="192.0.2.77", screen={"width": 1}), documents=TAXONOMY, secret=True)
    (event,) = found["events"]
    assert event["enriched"] == {
        "browser": "Chrome",
        "browserVersion": "126",
        "os": "Windows",
        "device": "desktop",
        "channel": "paid_search",
        "clickIds": {"gclid": "g-1"},
        "topics": ["security"],
    }
    assert event["context"] == {
        "userAgent": BROWSER.replace("126.0.6478.127", "126.0.0.0"),
        "page": {"url": "https://www.example.com/security/keys?gclid=g-1", "title": "Keys"},
    }
    assert found["persons"][0].interests.keys() == {"security"}


def test_fields_of_the_device_stay_with_consent():
    (event,) = sent(view(screen={"width": 1}, **CONSENT))["events"]
    assert event["context"]["screen"] == {"width": 1}


def test_a_region_comes_from_the_local_database_and_the_address_goes(tmp_path):
    writer = MMDBWriter(6, "test-city", languages=["en"], ipv4_compatible=True)
    place = {"country": {"iso_code": "DE"}, "subdivisions": [{"iso_code": "BY"}]}
    writer.insert_network(IPSet([IPNetwork("192.0.2.0/24")]), place)
    database = str(tmp_path / "city.mmdb")
    writer.to_db_file(database)

    async def run(settings):
        site = Site(in_memory(MemoryClock(NOW, 1)), settings)
        await site.start(background=False)
        key, _ = caller(site, True)
        await answer(site, key, view(ip="192.0.2.77"))
        events = list(site.exporter.events(await site.intake.settle()))
        await site.stop()
        return events

    (event,) = asyncio.run(run(Settings(region_database=database, store_addresses="network")))
    assert (event["enriched"]["country"], event["enriched"]["region"]) == ("DE", "DE-BY")
    assert event["context"]["ip"] == "192.0.2.0"
    (event,) = asyncio.run(run(Settings(region_database=database)))
    assert event["enriched"]["region"] == "DE-BY"
    assert "ip" not in event["context"]


def test_secrets_reach_neither_the_log_nor_quarantine_and_the_sender_is_told():
    secret = {"password": "hunter2", "note": "4111 1111 1111 1111", "deep": [{"IBAN": "x"}]}
    good = {"type": "track", "event": "E", "userId": "u", "messageId": "good", "properties": secret}
    bad = {"type": "track", "userId": "u", "messageId": "bad", "properties": secret}
    found = sent(good, bad)
    masked = {"password": "***", "note": "[card]", "deep": [{"IBAN": "***"}]}
    assert found["events"][0]["properties"] == masked
    assert found["quarantine"][0]["element"]["properties"] == masked
    assert found["answers"][0]["repaired"] == [{"index": 0, "codes": ["masked"]}]
    payloads = b"".join(payload for _, payload in found["site"].engines.log.read(0))
    for word in (b"hunter2", b"4111"):
        assert word not in payloads


def test_what_the_root_of_a_batch_says_is_masked_for_every_element():
    async def run():
        async with running() as site:
            key, _ = caller(site)
            body = {
                "context": {"app": {"api_key": "s3cret"}},
                "batch": [{"type": "track", "event": "E", "userId": "u"}],
            }
            answered = await post(site, key, "/v1/batch", body)
            return json.loads(answered.body), list(site.exporter.events(await site.intake.settle()))

    answered, (event,) = asyncio.run(run())
    assert event["context"]["app"] == {"api_key": "***"}
    assert answered["repaired"] == [{"index": 0, "codes": ["masked"]}]


def test_an_element_too_deep_to_read_is_masked_in_its_source():
    deep = b'{"userId":"u","event":"E","properties":{"password":"hunter2","x":' + b"[" * 60
    body = deep + b"]" * 60 + b"}}"

    async def run():
        async with running() as site:
            key, _ = caller(site)
            request = WireRequest("POST", "/v1/track", headers={"x-write-key": key}, body=body)
            with pytest.raises(Exception, match="nested deeper"):
                await site.receiver.receive(request)
            await site.intake.settle()
            return list(site.exporter.quarantine())

    (kept,) = asyncio.run(run())
    assert '"password":"***"' in kept["element"]


RULES = """
{kind: field_rule, key: salaries, field: salary, action: hash}
---
{kind: field_rule, key: notes, path: properties.note, action: drop}
---
{kind: field_rule, key: cards, field: card, action: keep}
"""


def test_an_operator_adds_rules_and_takes_names_off_the_list():
    properties = {"salary": 5000, "note": "x", "card": "hero", "Salary": 5000, "plan": "team"}
    element = {"type": "track", "event": "E", "userId": "u", "properties": properties}
    (event,) = sent(element, documents=RULES)["events"]
    found = event["properties"]
    assert found["card"] == "hero"
    assert found["plan"] == "team"
    assert "note" not in found
    assert found["salary"].startswith("hashed:")
    assert found["salary"] == found["Salary"]
    assert found["salary"] != sent(element, documents=RULES.replace("hash", "mask"))["events"][0]


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ("{kind: field_rule, key: a, action: mask}", "give either field"),
        ("{kind: field_rule, key: a, field: userId, action: hash}", "cannot be masked"),
        ("{kind: field_rule, key: a, field: x, action: burn}", "action"),
        ("{kind: legal_basis, key: a, events: [], purpose: measurement}", "at least one event"),
        ("{kind: legal_basis, key: a, events: [E], purpose: fun}", "not one of"),
        ("{kind: taxonomy, key: a, topics: [{topic: x}]}", "needs paths"),
        ("{kind: taxonomy, key: a, topics: [{topic: x, paths: [/a], colour: red}]}", "colour"),
    ],
)
def test_a_wrong_document_is_refused_with_its_reason(document, reason):
    with pytest.raises(DocumentRefused, match=reason):
        sent(documents=document)


def test_documents_applied_again_change_nothing():
    async def run():
        async with running(RULES + "---" + TAXONOMY) as site:
            again = await site.applier.apply([("b.yaml", RULES + "---" + TAXONOMY)])
            return again, len(site.door_rules.current.topics)

    again, topics = asyncio.run(run())
    assert (again.created, again.changed, again.unchanged) == (0, 0, 4)
    assert topics == 2


def choice(number, preferences, kind="page", **more):
    element = view(number, consent={"categoryPreferences": preferences})
    return {**element, "type": kind, **more}


def test_an_event_that_denies_its_purpose_is_counted_and_not_stored():
    # Who lists nothing at all denies everything.
    denials = ({"measurement": False}, {"analytics": False}, {})
    found = sent(*(choice(number, denied) for number, denied in enumerate(denials, 1)))
    assert found["events"] == []
    assert found["answers"] == [{"success": True}] * 3
    assert (found["tally"].received, found["tally"].dropped) == (3, 3)


def test_what_is_no_measuring_or_says_nothing_of_it_is_stored():
    found = sent(
        choice(1, {"measurement": False}, "identify", userId="u"),
        choice(2, {"measurement": False}, "track", event="Segment Consent Preference Updated"),
        choice(3, {"email": True}),
    )
    assert [event["messageId"] for event in found["events"]] == ["m-1", "m-2", "m-3"]


def test_a_withdrawal_is_heard_though_nothing_else_of_its_event_is_kept():
    granted = {"measurement": True, "personalisation": True}
    denied = dict.fromkeys(granted, False)
    found = sent(choice(1, granted), choice(2, denied), choice(3, denied))
    assert found["persons"][0].consent["personalisation"] == "denied"
    (_, kept) = found["events"]
    assert kept["event"] == "Segment Consent Preference Updated"
    assert kept["messageId"] == "m-2"
    assert kept["context"] == {"consent": {"categoryPreferences": denied}}
    assert found["tally"].dropped == 1


BASES = """
{kind: legal_basis, key: orders, events: [Order Completed], basis: contract, purpose: functional}
---
{kind: legal_basis, key: videos, events: [Video Played], purpose: profiling, categories: [C0009],
 when_unset: drop}
"""


def test_the_basis_of_an_event_is_declared_by_its_name():
    def tracked(number, name, preferences):
        more = {"consent": {"categoryPreferences": preferences}} if preferences else {}
        element = view(number, **more)
        return {**element, "type": "track", "event": name}

    found = sent(
        tracked(1, "Order Completed", {"measurement": False}),
        tracked(2, "Video Played", {"measurement": True}),
        tracked(3, "Video Played", {"C0009": True}),
        tracked(4, "Video Played", None),
        documents=BASES,
    )
    assert [event["messageId"] for event in found["events"]] == ["m-1", "m-3"]
    assert found["tally"].dropped == 2


def test_the_header_of_global_privacy_control_denies_sharing():
    found = sent(view(), headers={"sec-gpc": "1"})
    consent = found["persons"][0].consent
    assert (consent["advertising"], consent["sharing"]) == ("denied", "denied")
    # What the service cannot do without needs nobody's consent.
    assert {key for key, value in consent.items() if value == "granted"} == {
        "functional",
        "security",
    }


def test_the_lines_of_group_privacy_come_out_as_they_say(shared_data):
    lines = [
        json.loads(line)
        for line in (shared_data("hostile") / "events.jsonl").read_text("utf-8").splitlines()
    ]
    kept = {}
    for line in (line for line in lines if line["group"] == "privacy"):
        body = line["body"]
        if line["encoding"] == "base64":
            body = json.loads(base64.b64decode(body))
        found = sent({"type": line["path"].rpartition("/")[2], **body}, headers=line.get("headers"))
        assert found["answers"][0]["success"], line["name"]
        assert found["tally"].unaccounted == 0
        kept[line["name"]] = found["events"][0] if found["events"] else None
        assert found["events"] or line["name"] == "no_consent"
    assert kept["pii_in_url"]["context"]["page"] == {
        "url": "https://shop.example/reset",
        "referrer": "https://mail.example/",
    }
    assert kept["special_category"]["properties"]["diagnosis"] == "***"
    assert kept["no_consent"] is None
    assert kept["fingerprint_fields"].get("context", {}) == {}


def test_rows_that_no_mapping_could_read_are_masked_as_well():
    async def run():
        async with running() as site:
            row = {"order": "A-1", "iban": "DE89370400440532013000", "text": "4111111111111111"}
            await site.loader.take("files", [], [Unmapped("no id", row)])
            await site.intake.settle()
            return list(site.exporter.quarantine())

    (kept,) = asyncio.run(run())
    assert kept["element"] == {"order": "A-1", "iban": "***", "text": "[card]"}
