"""The lists of Profiles: people with the names of their accounts, as far as the reader may know."""

import re

import pytest

from tests.web.roles import browser_of
from tests.web.serving import Running
from wegweiser.web.pages import profiles


def test_accounts_beside_people_have_names_also_beyond_the_list(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(profiles, "COMPARED", 1)
    views = running.site.views
    page = running.client.get("/profiles?lang=en").text
    people = page.partition('id="persons"')[2].partition("</section>")[0]
    beside = re.findall(r'</th><td class="[^"]*">([^<]*)</td>', people)
    assert len(set(beside)) > 2
    ids = {one for one in views.recent_groups() if views.account(one).traits.get("name")}
    assert len(ids) > 2
    assert not ids & {name for told in beside for name in told.split(", ")}


def test_who_sees_the_own_accounts_learns_the_names_of_no_others(fresh: Running) -> None:
    owned = {
        "own": ("Own Works", "sales@example.com"),
        "strange": ("Strange Holding", "x@y.example"),
    }
    identify = {"type": "identify", "userId": "u-1", "traits": {"name": "Ada Both"}}
    groups = [
        {"type": "group", "userId": "u-1", "groupId": key, "traits": {"name": name, "owner": owner}}
        for key, (name, owner) in owned.items()
    ]
    fresh.wait(fresh.site.loader.take("crm", [identify, *groups]))
    fresh.wait(fresh.site.intake.checkpoint())

    def beside(role: str, email: str = "") -> tuple[str, str]:
        page = browser_of(fresh, role, email).get("/profiles?lang=en").text
        people = page.partition('id="persons"')[2].partition("</section>")[0]
        found = re.findall(r">([^<]*)</a></th><td[^>]*>([^<]*)</td>", people)
        return found[0] if found else ("", "")

    name, accounts = beside("sales", "sales@example.com")
    assert name == "Ada Both"
    assert set(accounts.split(", ")) == {"Own Works", "strange"}
    name, accounts = beside("marketer")
    assert re.fullmatch("Person [0-9A-Za-z]{6}", name)
    assert set(accounts.split(", ")) == {"Own Works", "Strange Holding"}
    for role in ("support", "privacy", "viewer", "analyst", "auditor"):
        assert beside(role) == ("", "")
