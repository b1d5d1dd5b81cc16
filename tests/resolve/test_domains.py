"""Domains that say something about a company, and addresses by their host."""

import pytest

from wegweiser.resolve.domains import DomainLists, Mailboxes
from wegweiser.resolve.public_domains import PUBLIC_DOMAINS


@pytest.mark.parametrize(
    "domain",
    ["gmail.com", "gmx.de", "t-online.de", "mailinator.com", "mit.edu", "ox.ac.uk", "tu-x.de"],
)
def test_public_domains_suggest_nobody(domain: str) -> None:
    assert not DomainLists().is_company(domain)


def test_the_built_in_list_holds_whole_domains_in_one_spelling() -> None:
    assert all(name == name.lower().strip() and "." in name for name in PUBLIC_DOMAINS)
    assert len(PUBLIC_DOMAINS) > 250


def test_a_workspace_has_the_last_word() -> None:
    lists = DomainLists(frozenset({"acme.example"}), frozenset({"gmail.com"}))
    assert not lists.is_company("acme.example")
    assert lists.is_company("gmail.com")
    assert lists.is_company("globex.example")


def test_addresses_are_found_by_host_until_they_are_gone() -> None:
    held = Mailboxes()
    for name in (
        "email:b@acme.example",
        "user_id:x",
        "email:a@acme.example",
        "email:c@globex.example",
    ):
        held.add(name)
    assert held.at(["acme.example", "nowhere.example"]) == [
        "email:a@acme.example",
        "email:b@acme.example",
    ]
    before = held.changes
    held.remove("email:a@acme.example")
    held.remove("email:never@acme.example")
    assert (held.at(["acme.example"]), held.changes) == (["email:b@acme.example"], before)
    held.remove("email:b@acme.example")
    assert sorted(held.hosts()) == ["globex.example"]
    assert held.changes == before + 1
