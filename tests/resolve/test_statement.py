"""What one event states: leaf, scope, identifiers, evidence, membership."""

import pytest

from wegweiser.resolve.statement import PROOF_FLAG, Stated, read_event
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.event import Event
from wegweiser.terms.source import Trust


def read(trust: Trust = Trust.PUBLIC, **fields: object) -> Stated:
    whole = {"type": "page", "message_id": "m-1", "at": 0, **fields}
    return read_event(Event(**whole), trust, "site", 7)


def pairs(stated: Stated) -> set[tuple[str, str, str]]:
    return {(item.a, item.b, item.trust.name) for item in stated.evidence}


@pytest.mark.parametrize(
    ("trust", "fields", "leaf"),
    [
        (Trust.SERVER, {"user_id": "u", "anonymous_id": "a"}, "user_id:u"),
        (Trust.PUBLIC, {"user_id": "u", "anonymous_id": "a"}, "claim:u/a"),
        (Trust.PUBLIC, {"user_id": "u"}, "claim:u/"),
        (Trust.PUBLIC, {"anonymous_id": "a"}, "anonymous_id:a"),
        (Trust.PUBLIC, {"user_id": "null", "anonymous_id": "a"}, "anonymous_id:a"),
        (
            Trust.PUBLIC,
            {"user_id": "u", "anonymous_id": "a", "flags": (PROOF_FLAG,)},
            "user_id:u",
        ),
        (
            Trust.PUBLIC,
            {"user_id": "u", "context": {"device": {"type": "iOS", "id": "d-1"}}},
            "claim:u/ios.id:d-1",
        ),
        (
            Trust.SERVER,
            {"traits": {"email": "one@buyer.example", "phone": "+4930123456"}},
            "email:one@buyer.example",
        ),
    ],
)
def test_the_leaf(trust: Trust, fields: dict[str, object], leaf: str) -> None:
    assert read(trust, **fields).leaf == leaf


def test_an_event_of_nobody_is_refused() -> None:
    with pytest.raises(InputRefused) as caught:
        read(user_id="undefined", anonymous_id="{{id}}")
    assert caught.value.code == "no_identifier"


def test_a_public_event_vouches_for_its_own_device_only() -> None:
    stated = read(user_id="u", anonymous_id="a", traits={"email": "one@buyer.example"})
    assert pairs(stated) == {
        ("anonymous_id:a", "user_id:u", "PUBLIC"),
        ("anonymous_id:a", "email:one@buyer.example", "PUBLIC"),
    }
    assert pairs(read(user_id="u", traits={"email": "one@buyer.example"})) == set()


def test_a_proof_lifts_one_pair_only() -> None:
    told = {"user_id": "u", "anonymous_id": "a", "flags": (PROOF_FLAG,)}
    stated = read(**told, traits={"email": "one@buyer.example"})
    assert pairs(stated) == {
        ("anonymous_id:a", "user_id:u", "VERIFIED"),
        ("anonymous_id:a", "email:one@buyer.example", "PUBLIC"),
    }


def test_a_server_event_links_everything_with_its_highest_identifier() -> None:
    context = {"traits": {"email": "one@buyer.example"}, "verified": ["email"]}
    stated = read(Trust.SERVER, user_id="u", anonymous_id="a", context=context)
    assert pairs(stated) == {
        ("email:one@buyer.example", "user_id:u", "VERIFIED"),
        ("anonymous_id:a", "user_id:u", "SERVER"),
    }


def test_only_whole_external_ids_of_persons_count() -> None:
    whole = {"id": "c-1", "type": "crm_contact", "collection": "users", "encoding": "none"}
    ids = [
        whole,
        {**whole, "id": "c-2", "collection": "accounts"},
        {**whole, "id": "c-3", "encoding": "sha256"},
        {"id": "c-4", "type": "crm_contact"},
        {**whole, "id": "h-1", "type": "household_id"},
        {**whole, "id": "x", "type": "bad:type"},
        "c-5",
    ]
    stated = read(Trust.SERVER, user_id="u", context={"externalIds": ids})
    assert stated.identifiers == ("user_id:u", "crm_contact:c-1")


def test_an_accounts_own_address_is_no_persons() -> None:
    traits = {"email": "info@acme.example", "plan": "team"}
    stated = read(Trust.SERVER, type="group", user_id="u", group_id="acme", traits=traits)
    assert stated.identifiers == ("user_id:u",)
    assert stated.account_leaf == "group_id:acme"
    assert [(m.group_id, m.status) for m in stated.memberships] == [("acme", "confirmed")]


def test_the_company_of_an_identify_is_a_membership() -> None:
    stated = read(type="identify", anonymous_id="a", traits={"company": {"id": 7}})
    assert [(m.member, m.group_id, m.status) for m in stated.memberships] == [
        ("anonymous_id:a", "7", "claimed")
    ]


def test_the_scope_is_the_account_of_the_context() -> None:
    assert read(anonymous_id="a", context={"groupId": 42}).scope == "42"
    assert read(anonymous_id="a", context={"groupId": "null"}).scope == ""
    assert read(anonymous_id="a").scope == ""
