"""The frame of the pages: address words, filters, search, choices, and what it reports."""

import re

import pytest

from tests.web.roles import browser_of
from tests.web.serving import Running
from wegweiser.web.pages.families import FAMILIES

KNOWN_ENTRIES = {
    "/": ("Today", "Heute", "t"),
    "/profiles": ("Profiles", "Profile", "p"),
    "/journeys": ("Journeys", "Wege", "j"),
    "/segments": ("Segments", "Segmente", "s"),
    "/messages": ("Messages", "Botschaften", "m"),
    "/decisions": ("Decisions", "Entscheidungen", "d"),
    "/measure": ("Measure", "Auswertung", "w"),
    "/data": ("Data", "Daten", "a"),
    "/settings": ("Settings", "Einstellungen", "e"),
}


@pytest.mark.parametrize(("language", "place"), [("en", 0), ("de", 1)])
def test_entries_have_the_names_and_keys_of_the_interface(
    running: Running, language: str, place: int
) -> None:
    page = running.client.get(f"/settings?lang={language}").text
    shown = re.findall(r'<a href="([^"]+)" data-go="(\w)"[^>]*>([^<]+)</a>', page)
    order = [path for path, _, _ in shown]
    known = {f"/{path.split('/')[1]}": path for path in order}
    assert [path for path in KNOWN_ENTRIES if path in known] == list(known)
    for path, key, name in shown:
        entry = KNOWN_ENTRIES[f"/{path.split('/')[1]}"]
        assert (name, key) == (entry[place], entry[2])


def test_every_route_stands_in_one_family_only() -> None:
    paths = [page.path for family in FAMILIES for page in family.pages]
    assert len(paths) == len(set(paths))


def test_an_unknown_word_is_reported_and_lang_is_not(running: Running) -> None:
    page = running.client.get("/profiles?color=red&lang=en").text
    assert "The address has the word color, which this page does not know." in page
    assert "does not know" not in running.client.get("/profiles?lang=en").text


def test_a_dimension_that_cannot_be_filtered_is_reported(running: Running) -> None:
    page = running.client.get("/patterns?filter=shoe:42;country:DE").text
    assert "This page cannot be filtered by shoe." in page
    assert "Country: <strong>DE</strong>" in page


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("period=never", "2026-10-01..2026-10-31"),
        ("compare=never", "before, year or none"),
        ("filter=country", "country:DE,AT"),
        ("page=0", "number from 1"),
        ("form=doc", "csv-de"),
    ],
)
def test_a_word_that_cannot_be_read_says_what_to_write(
    running: Running, words: str, told: str
) -> None:
    answer = running.client.get(f"/patterns?{words}")
    assert answer.status_code == 422
    assert told in answer.text


def test_a_filter_is_added_by_form_and_removed_by_link(running: Running) -> None:
    form = {"next": "/patterns?period=7d&page=2", "dimension": "country", "value": "D,E"}
    added = running.client.post("/filter", data=form).headers["location"]
    assert added == "/patterns?period=7d&filter=country%3AD%252CE"
    page = running.client.get(added).text
    assert "Country: <strong>D,E</strong>" in page
    removed = re.search(r'class="chip">.*?<a href="([^"]+)"', page)
    assert removed is not None
    assert removed[1] == "/patterns?period=7d"
    away = {"next": "https://elsewhere.example/", "dimension": "country", "value": "DE"}
    assert running.client.post("/filter", data=away).headers["location"].startswith("/?")


def test_sorting_and_paging_are_links_that_keep_the_rest(running: Running) -> None:
    page = running.client.get("/patterns?period=7d&sort=-count").text
    assert 'aria-sort="descending"' in page
    assert "/patterns?period=7d&amp;sort=count" in page
    assert "/patterns?period=7d&amp;sort=-count&amp;page=2" in page


def test_the_search_finds_pages_and_people_but_never_by_address(running: Running) -> None:
    client = running.client
    assert client.post("/jump", data={"search": "segments"}).headers["location"] == "/segments"
    person = client.post("/jump", data={"search": "u-hostile"}).headers["location"]
    assert person.startswith("/people/per_")
    assert client.get("/jump?search=u-hostile").status_code == 405
    nothing = client.post("/jump", data={"search": "<b>nobody</b>"})
    assert nothing.status_code == 404
    assert "&lt;b&gt;nobody" in nothing.text
    viewer = browser_of(running, "viewer")
    assert viewer.post("/jump", data={"search": "u-hostile"}).status_code == 404


def test_help_lists_keys_and_switches_them_off_for_one_person(running: Running) -> None:
    client = browser_of(running, "analyst")
    assert "data-keys" not in client.get("/help").text
    client.post("/look", data={"keys": "off", "next": "/help"})
    assert 'data-keys="off"' in client.get("/help").text
    assert "data-keys" not in running.client.get("/help").text
    client.post("/look", data={"keys": "on", "next": "/help"})
    assert "data-keys" not in client.get("/help").text


def test_the_language_of_a_person_comes_before_the_browser(fresh: Running) -> None:
    # A server of its own: who is signed in elsewhere as the same person goes on in English.
    client = browser_of(fresh, "marketer")
    chosen = {"do": "prefer", "language": "de", "theme": "dark", "keys": ""}
    assert client.post("/settings/me", data=chosen).status_code == 303
    page = client.get("/settings/me", headers={"accept-language": "en"}).text
    assert '<html lang="de" data-theme="dark">' in page
    assert '<html lang="en"' in client.get("/settings/me?lang=en").text


def test_a_period_steps_and_is_said_on_paper(running: Running) -> None:
    page = running.client.get("/patterns?period=2026-01&compare=year&filter=country:DE").text
    assert 'href="/patterns?period=2025-12&amp;compare=year&amp;filter=country%3ADE"' in page
    assert "1 Jan to 31 Jan; compared with 1 Jan 2025 to 31 Jan 2025; Country: DE" in page


def test_a_log_that_takes_nothing_is_told_on_every_page(fresh: Running) -> None:
    assert "New events are refused" not in fresh.client.get("/help").text
    fresh.wait(fresh.site.intake.stop())
    assert "New events are refused for now" in fresh.client.get("/help").text


def test_every_post_form_of_a_page_brings_the_token(running: Running) -> None:
    for path in ("/", "/profiles", "/segments", "/settings/people", "/settings/keys", "/help"):
        page = running.client.get(path).text
        forms = re.findall(r'<form[^>]*method="post".*?</form>', page, re.DOTALL)
        assert forms
        assert all('name="form_token" value="' in form for form in forms), path
