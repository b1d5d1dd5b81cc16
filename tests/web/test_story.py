"""The story of the demo: five stops on real pages, in both languages, and none elsewhere."""

import re

import pytest

from tests.web.roles import browser_of
from tests.web.serving import Running
from wegweiser.workspace.demo_story import kept_story


def stops(running: Running, language: str) -> list[tuple[str, str]]:
    """Walk the story by its links from Today on; gives (address, page) of every stop."""
    page = running.client.get(f"/?lang={language}").text
    found: list[tuple[str, str]] = []
    while step := re.search(r'href="(/story/[0-9]+)"', page):
        answer = running.client.get(step[1])
        assert answer.status_code == 303, step[1]
        address = answer.headers["location"]
        # The card stands above figures that are still under way.
        page = running.client.get(f"{address}&lang={language}").text
        found.append((address, page))
    assert 'href="/data/start"' in page
    return found


@pytest.mark.parametrize(("language", "truth"), [("en", "In truth"), ("de", "In Wahrheit")])
def test_next_leads_through_all_stops_on_real_pages(
    running: Running, language: str, truth: str
) -> None:
    walked = stops(running, language)
    kept = kept_story(running.site.engines.store)
    assert len(walked) == len(kept) == 5
    begins = ("/people/", "/accounts/", "/decisions/", "/measure/one/lift?", "/measure/watch")
    for (address, page), begin, stop in zip(walked, begins, kept, strict=True):
        assert address.startswith(begin)
        assert truth in page
        assert stop.truth[language].split(":")[0][:40] in page
        assert "does not know" not in page


def test_a_page_beside_a_stop_keeps_the_card(running: Running) -> None:
    page = running.client.get("/journeys?stop=2&lang=en").text
    assert "Stop 2 of 5" in page
    assert 'href="/story/3"' in page


def test_a_stop_goes_on_in_the_language_that_was_asked_for(running: Running) -> None:
    for word, kept in (("lang=de", True), ("lang=xx", False), ("", False)):
        address = running.client.get(f"/story/4?{word}").headers["location"]
        assert address.endswith("&stop=4&lang=de") is kept, address
        assert ("lang" in address) is kept


def test_a_stop_that_is_none_and_a_role_that_sees_nobody(running: Running) -> None:
    assert running.client.get("/story/9").status_code == 404
    assert "Stop 9" not in running.client.get("/journeys?stop=9&lang=en").text
    analyst = browser_of(running, "analyst")
    assert "/story/1" not in analyst.get("/?lang=en").text
    assert analyst.get("/story/1").status_code == 403


def test_an_own_workspace_has_no_story(fresh: Running) -> None:
    assert "/story/" not in fresh.client.get("/?lang=en").text
    assert fresh.client.get("/story/1").status_code == 404
