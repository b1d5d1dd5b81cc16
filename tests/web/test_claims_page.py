"""Sensitive traits on the page of consent: published by a form, and taken back from the notice."""

import re

from tests.web.roles import browser_of
from tests.web.serving import Running

ROOM, PATH = "/settings/consent", "/settings/consent/claims"


def test_sensitive_traits_are_published_and_taken_back(fresh: Running) -> None:
    directory = fresh.site.unifier.directory
    first = {"sensitive_traits": "age", "claimed_devices": "whole_person"}
    assert fresh.client.post(PATH, data=first).status_code == 303
    fresh.client.get(ROOM)
    before = directory.rules
    form = {"sensitive_traits": "plan\r\n\r\n risk ", "claimed_devices": "own_events"}
    assert fresh.client.post(PATH, data=form).status_code == 303
    assert directory.rules.sensitive_traits == ("plan", "risk")
    assert directory.rules.claimed_devices == "own_events"
    page = fresh.client.get(f"{ROOM}?lang=de").text
    assert "Sensible Merkmale" in page
    assert "plan\nrisk" in page
    notice = re.search(r'<div class="notice.*?</form>', page, re.DOTALL)
    assert notice is not None
    undo = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', notice[0]))
    assert fresh.client.post(PATH, data=undo).status_code == 303
    assert directory.rules == before
    assert before.sensitive_traits == ("age",)
    refused = fresh.client.post(PATH, data={**form, "claimed_devices": "sometimes"})
    assert refused.status_code == 422
    assert "plan" in refused.text
    assert directory.rules == before
    assert sum(row.what == "rules.publish" for row in fresh.site.audit.rows()) == 3
    # Who keeps the data sees what holds and changes none of it.
    privacy = browser_of(fresh, "privacy")
    assert "<dd>age</dd>" in privacy.get(ROOM).text
    assert PATH not in privacy.get(ROOM).text
    assert privacy.post(PATH, data=form).status_code == 403
