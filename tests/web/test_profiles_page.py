"""The lists of Profiles: people with the names of their accounts, as far as the reader may know."""

import re

import pytest

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
