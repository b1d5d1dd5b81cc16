"""Each rule for one element: what is stored, what is refused, and under which code."""

import json

import msgspec
import pytest

from tests.collect.reading import KEY, PUBLIC, RECEIVED_AT, SERVER, send
from wegweiser.collect.element import OUR_MESSAGE_IDS
from wegweiser.collect.limit import Limits
from wegweiser.collect.proof import user_hash
from wegweiser.collect.read import Repaired

GOOD = {"type": "track", "event": "Visited", "userId": "u-1", "messageId": "m-1"}
PAGE = {"type": "page", "userId": "u-1"}


def batch(*elements, **root):
    return json.dumps({"batch": list(elements), **root}).encode()


def read_one(element, **more):
    found = send(batch(element, **more.pop("root", {})), "/v1/batch", **more)
    assert found.status == 200
    assert found.reading.received == 1
    (event,) = found.events
    return event


def nested(levels):
    value = 1
    for _ in range(levels):
        value = [value]
    return value


REFUSED = {
    "bad_type": [
        {**GOOD, "type": None},
        {**GOOD, "type": "Track"},
        {**GOOD, "type": ["track"]},
        {"batch": [GOOD]},
        "track",
        None,
        [GOOD],
    ],
    "bad_event_name": [
        {**GOOD, "event": None},
        {**GOOD, "event": " \t"},
        {**GOOD, "event": 7},
        {**GOOD, "event": "e" * 256},
        {**PAGE, "name": "n" * 256},
    ],
    "no_identity": [
        {**GOOD, "userId": None},
        {**GOOD, "userId": "", "anonymousId": ""},
        {**GOOD, "userId": " "},
        {"type": "group", "userId": "u"},
        {"type": "group", "userId": "u", "groupId": ""},
        {"type": "alias", "userId": "u"},
        {"type": "alias", "anonymousId": "a", "previousId": "p"},
    ],
    "bad_id": [
        {**GOOD, "userId": value}
        for value in (
            True,
            1.0,
            2**53,
            10**25,
            float("nan"),
            ["u"],
            {"$ne": None},
            "u" * 256,
            "u\u0000",
            "u\ud83d",
            "u\n",
            "u\u200b",
            "\ufeffu",
            "u\u2060",
            "u\u202e",
            "u\u0085",
            "u\ufffd",
        )
    ]
    + [
        {**GOOD, "anonymousId": "a\u0000"},
        {**GOOD, "anonymousId": 10**25},
        {"type": "group", "userId": "u", "groupId": float("nan")},
        {"type": "alias", "userId": "u", "previousId": 2**64},
        {"type": "group", "userId": "u", "groupId": 1.5},
        {"type": "alias", "userId": "u", "previousId": "p\u0007"},
    ],
    "bad_message_id": [
        {**GOOD, "messageId": value} for value in (7, {}, "m" * 101, "m\u0000", float("inf"))
    ],
    "bad_shape": [
        {**GOOD, "properties": [1]},
        {**GOOD, "properties": "x"},
        {**GOOD, "traits": 1},
        {**GOOD, "context": "x"},
        {**GOOD, "integrations": True},
        {**PAGE, "name": 7},
    ],
    "no_identifier": [
        {**GOOD, "userId": "null"},
        {**GOOD, "userId": "{{user.id}}", "anonymousId": "00000000-0000-0000-0000-000000000000"},
    ],
    "too_deep": [{**GOOD, "properties": {"x": nested(31)}}, {**GOOD, "x": nested(900)}],
    "too_many_keys": [
        {**GOOD, "properties": {f"k{number}": 1 for number in range(1_000)}},
        {"type": "identify", "userId": "u", "traits": {f"k{number}": 1 for number in range(301)}},
    ],
    "key_too_long": [{**GOOD, "properties": {"a": [{"k" * 256: 1}]}}],
    "event_too_large": [{**GOOD, "properties": {"x": "ä" * 16_384}}],
    "number_too_long": [{**GOOD, "properties": {"x": "DIGITS"}}],
}
CASES = [(code, element) for code, elements in REFUSED.items() for element in elements]


@pytest.mark.parametrize(("code", "element"), CASES)
def test_a_refused_element_is_kept_aside_and_its_neighbours_are_stored(code, element):
    first, last = {**GOOD, "messageId": "first"}, {**GOOD, "messageId": "last"}
    body = batch(first, element, last).replace(b'"DIGITS"', b"9" * 4_301)
    found = send(body, "/v1/batch")
    assert found.status == 200
    assert [event.message_id for event in found.events] == ["first", "last"]
    (refused,) = found.refused
    assert (refused.index, refused.code) == (1, code)
    assert refused.message
    (told,) = found.reading.quarantined
    assert (told.index, told.message_id, told.code) == (1, refused.message_id, code)


ALONE = [(code, element) for code, element in CASES if code != "bad_type"]


@pytest.mark.parametrize(("code", "element"), ALONE)
def test_alone_it_is_refused_with_its_code_and_kept_all_the_same(code, element):
    body = json.dumps(element).encode().replace(b'"DIGITS"', b"9" * 4_301)
    found = send(body, "/v1/" + element["type"])
    expected = {"no_identifier": (200, ""), "event_too_large": (413, code)}
    assert (found.status, found.code) == expected.get(code, (400, code))
    assert [refused.code for refused in found.refused] == [code]


@pytest.mark.parametrize("stated", ["page", "Track", 5, ""])
def test_a_type_that_contradicts_the_path_is_refused(stated):
    assert send(json.dumps({**GOOD, "type": stated}).encode()).code == "bad_type"


def test_the_path_fixes_a_missing_type():
    body = json.dumps({"event": "Visited", "userId": "u"}).encode()
    assert send(body, "/v1/t/").events[0].type == "track"


def test_whole_numbers_are_ids():
    event = read_one({"type": "group", "userId": 42, "anonymousId": 0, "groupId": 2**53 - 1})
    assert (event.user_id, event.anonymous_id) == ("42", "0")
    assert event.group_id == "9007199254740991"


def test_a_message_without_id_gets_one_and_another_is_trimmed():
    assert read_one({**GOOD, "messageId": ""}).message_id == "given-1"
    assert read_one({**GOOD, "messageId": "  m "}).message_id == "m"


def test_null_is_empty():
    event = read_one({**GOOD, "properties": None, "context": None, "integrations": None})
    assert (event.properties, event.context, event.integrations) == ({}, {}, {})


def test_unknown_fields_are_data_and_the_servers_own_are_ignored():
    element = {
        **GOOD,
        "channel": "web",
        "_metadata": {"bundled": []},
        "groupId": "g",
        "receivedAt": "2020-01-01",
        "personId": "p",
        "_admin": True,
        "writeKey": "wk_test",
    }
    event = read_one(element)
    assert event.extra == {"channel": "web", "_metadata": {"bundled": []}, "groupId": "g"}
    assert event.group_id == ""


def test_the_page_fills_what_the_properties_of_a_page_lack():
    context = {"page": {"url": "https://example.com/a", "title": "A", "other": 1}}
    event = read_one({**PAGE, "properties": {"title": "Mine"}, "context": context})
    assert event.properties == {"url": "https://example.com/a", "title": "Mine"}
    assert read_one({**GOOD, "context": context}).properties == {}


def test_identify_overlays_the_traits_of_its_context():
    context = {"traits": {"plan": "free", "city": "Ulm"}}
    known = {"type": "identify", "userId": "u", "traits": {"plan": "pro"}, "context": context}
    assert read_one(known).traits == {"plan": "pro", "city": "Ulm"}
    assert read_one({**known, "type": "group", "groupId": "g"}).traits == {"plan": "pro"}
    assert read_one({**GOOD, "context": context}).traits == {}


def test_the_root_of_a_batch_speaks_for_elements_that_do_not():
    root = {
        "context": {"locale": "de", "app": {"name": "A", "build": 1}},
        "integrations": {"All": False},
        "sentAt": "2026-11-22T10:00:00Z",
        "timestamp": "2020-01-01T00:00:00Z",
    }
    event = read_one({**GOOD, "context": {"app": {"name": "B"}}}, root=root)
    assert event.context == {"locale": "de", "app": {"name": "B"}}
    assert event.integrations == {"All": False}
    assert event.sent_at == root["sentAt"]
    assert event.claim is None
    own = read_one({**GOOD, "sentAt": "2026-11-22T09:00:00Z"}, root=root)
    assert own.sent_at == "2026-11-22T09:00:00Z"


def test_a_refused_element_keeps_what_the_root_said_for_it():
    root = {"context": {"locale": "de"}, "sentAt": "2026-11-22T10:00:00Z"}
    found = send(batch({"type": "nonsense", "userId": "u"}, **root), "/v1/batch")
    assert found.refused[0].element == {"type": "nonsense", "userId": "u", **root}


def test_the_sender_is_told_of_repairs_of_what_was_stored():
    torn = {"properties": {"x": [float("nan"), float("nan"), "\ud83d"]}}
    body = batch(GOOD, {**GOOD, **torn}, {**GOOD, **torn, "event": ""})
    reading = send(body, "/v1/batch").reading
    assert reading.repaired == (Repaired(1, ("not_finite", "surrogate")),)
    assert reading.record.events[1].repairs == (
        "not_finite /properties/x/0",
        "not_finite /properties/x/1",
        "surrogate /properties/x/2",
    )
    assert [told.index for told in reading.quarantined] == [2]
    single = send(json.dumps({**GOOD, **torn}).encode()).reading
    assert single.repaired == (Repaired(0, ("not_finite", "surrogate")),)


def test_a_large_root_context_cannot_multiply():
    found = send(batch(*[GOOD] * 50, context={"x": "y" * 40_000}), "/v1/batch")
    assert {refused.code for refused in found.refused} == {"event_too_large"}
    assert all(refused.element == GOOD for refused in found.refused)
    many = send(batch(*[GOOD] * 1_000, context={"x": "y" * 10_000}), "/v1/batch")
    assert (many.status, many.code) == (413, "too_large")


def test_an_unusable_root_context_does_not_cost_the_elements():
    assert read_one(GOOD, root={"context": "x", "integrations": [1]}).context == {}
    deep = {"context": {"x": nested(60)}}
    assert read_one(GOOD, root=deep).repairs == ("too_deep",)


def test_the_address_is_the_connections_unless_the_key_is_secret():
    element = {**GOOD, "context": {"ip": "203.0.113.7", "locale": "de"}}
    assert read_one(element, client="192.0.2.1").context == {"ip": "192.0.2.1", "locale": "de"}
    assert read_one(element).context == {"locale": "de"}
    assert read_one(element, caller=SERVER, client="192.0.2.1").context == element["context"]


def test_the_privacy_signal_of_the_browser_travels_with_the_event():
    assert read_one(GOOD, gpc=True).context == {"gpc": True}


@pytest.mark.parametrize("ids", [{"userId": "victim"}, {"userId": "u", "anonymousId": "stolen"}])
def test_an_identity_from_the_address_bar_is_only_inferred(ids):
    context = {"page": {"search": "?ajs_uid=victim&ajs_aid=stolen&x=1"}}
    event = read_one({**PAGE, "anonymousId": "a-1", "context": context, **ids})
    assert event.flags == ("inferred_identity",)
    assert event.user_id == ids["userId"]
    assert event.anonymous_id == ids.get("anonymousId", "a-1")
    alone = send(batch({**PAGE, "userId": "victim", "context": context}), "/v1/batch")
    assert [refused.code for refused in alone.refused] == ["no_identifier"]
    honest = read_one({**PAGE, "anonymousId": "a-1", "context": context})
    assert (honest.user_id, honest.flags) == ("u-1", ())


def test_placeholders_do_not_count_where_a_real_id_stands_beside_them():
    event = read_one({**GOOD, "userId": "undefined", "anonymousId": "a-1"})
    assert (event.user_id, event.anonymous_id) == ("undefined", "a-1")


def test_what_is_older_than_its_retention_is_set_aside():
    body = json.dumps({**GOOD, "timestamp": "2024-01-01T00:00:00Z"}).encode()
    assert send(body).events
    found = send(body, limits=Limits(retention_days=365))
    assert (found.status, [refused.code for refused in found.refused]) == (200, ["too_old"])


def test_a_header_tells_when_a_single_event_was_sent():
    body = json.dumps({**GOOD, "timestamp": "2026-11-25T10:00:00Z"}).encode()
    (event,) = send(body, sent_at="2026-11-25T10:00:01Z").events
    assert event.at == 1_795_341_600_000 - 1_000
    assert event.flags == ("skew_large",)


def test_more_elements_than_allowed_are_refused_together():
    found = send(batch(*[{"type": "track"}] * 5_001), "/v1/batch")
    assert (found.status, found.code) == (413, "too_large")
    assert send(batch(*[{"type": "track"}] * 5_000), "/v1/batch").reading.received == 5_000
    assert send(batch(GOOD, GOOD), "/v1/batch", limits=Limits(elements=1)).code == "too_large"


def test_a_proof_is_judged_and_kept_nowhere():
    proof = user_hash("s", "u-1")
    proving = msgspec.structs.replace(PUBLIC, user_hash_secrets=("new", "s"))
    context = {"userHash": proof, "locale": "de"}
    event = read_one({**GOOD, "context": context}, caller=proving)
    assert (event.context, event.flags) == ({"locale": "de"}, ("proof_ok",))
    for who in (PUBLIC, SERVER):
        event = read_one(GOOD, caller=who, root={"context": context})
        assert (event.context, event.flags) == ({"locale": "de"}, ())


@pytest.mark.parametrize(("seconds", "flag"), [(1, "proof_ok"), (-1, "proof_expired")])
def test_a_proof_holds_until_it_says_it_ends(seconds, flag):
    ends = RECEIVED_AT // 1000 + seconds
    proving = msgspec.structs.replace(PUBLIC, user_hash_secrets=("s",))
    context = {"userHash": user_hash("s", "u-1", ends), "userHashExp": ends}
    event = read_one({**GOOD, "context": context}, caller=proving)
    assert (event.context, event.flags) == ({}, (flag,))
    longer = {**GOOD, "context": {**context, "userHashExp": ends + 100}}
    assert read_one(longer, caller=proving).flags == ("proof_bad",)


@pytest.mark.parametrize(
    "element",
    [
        {"type": "odd"},
        {**GOOD, "properties": {"x": "y" * 40_000}},
        {**GOOD, "properties": {"x": nested(40)}},
        {"type": "odd", "data": [{"writeKey": "wgw_sk_1", "context": {"userHash": "5e"}}]},
    ],
)
def test_what_is_set_aside_holds_neither_keys_nor_proofs(element):
    element = {**element, "writeKey": KEY, "context": {"userHash": "5ec2e7", "locale": "de"}}
    found = send(batch(element, context={"userHash": "5ec2e8"}), "/v1/batch")
    kept = json.dumps(found.refused[0].element)
    assert "de" in kept
    assert not any(secret in kept for secret in (KEY, "wgw_sk_1", "5e"))


@pytest.mark.parametrize("begins", OUR_MESSAGE_IDS)
def test_only_servers_use_the_ids_that_are_made_here(begins):
    element = {**GOOD, "messageId": f" {begins}0f3a"}
    found = send(batch(GOOD, element, {**GOOD, "messageId": f"m-{begins}"}), "/v1/batch")
    assert [event.message_id for event in found.events] == ["m-1", f"m-{begins}"]
    assert [(one.index, one.code) for one in found.refused] == [(1, "bad_message_id")]
    assert read_one(element, caller=SERVER).message_id == f"{begins}0f3a"
    assert read_one({**GOOD, "messageId": "wgw-1"}).message_id == "wgw-1"
