"""The pages over a small world: whole, in both languages, with everything escaped."""

import gzip
import re
from html.parser import HTMLParser

import pytest

from tests.web.serving import HOSTILE, Running, settled
from wegweiser.web.pages.period import read_span

ENGLISH = re.compile(
    r"\b(the|with|from|before|people|visitors|seen|message|chosen|control group|last|nothing)\b",
    re.IGNORECASE,
)
# What a page may hold in English, whatever its language: identifiers, code, and data.
DATA = ("pre", "code", "title")


class Reading(HTMLParser):
    """Reads a page as a checker: tags with attributes, ids, links, words outside of data."""

    def __init__(self, page: str):
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip() and not set(DATA) & set(self._open):
            self.words.append(data.strip())

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="session")
def paths(running: Running) -> dict[str, str]:
    """One address of each kind of page."""
    views = running.site.views
    with_decision = next(
        person.person_id
        for person in views.recent_persons(limit=500)
        if any(one.items for one in views.decisions(person.person_id))
    )
    decision = next(one for one in views.decisions(with_decision) if one.items)
    hostile = views.find_person("user_id:u-hostile")
    return {
        "today": "/",
        "profiles": "/profiles",
        "segments": "/segments",
        "person": f"/people/{with_decision}",
        "hostile": f"/people/{hostile}",
        "account": "/accounts/a%2Fb%3Fc",
        "decision": f"/decisions/{decision.decision_id}",
        "portfolio": "/decisions/portfolio",
        "calendar": "/calendar",
        "patterns": "/patterns",
    }


NAMES = [
    *("today", "profiles", "segments", "person", "hostile", "account", "decision", "patterns"),
    *("portfolio", "calendar"),
]


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("name", NAMES)
def test_every_page_is_whole(
    running: Running, paths: dict[str, str], name: str, language: str
) -> None:
    page = settled(running.client, f"{paths[name]}?lang={language}")
    reading = Reading(page)
    assert reading.all("html")[0]["lang"] == language
    assert len(reading.all("h1")) == 1
    ids = [attributes["id"] for _, attributes in reading.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    for attributes in [attributes for _, attributes in reading.tags]:
        assert "style" not in attributes
        assert not any(attribute.startswith("on") for attribute in attributes)
    assert all(one.get("src", "").startswith("/static/") for one in reading.all("script"))
    for link in reading.all("a"):
        assert link["href"].startswith(("/", "#", "https://")), link
        if link["href"].startswith("#"):
            assert link["href"][1:] in ids
    labels = {one.get("for") for one in reading.all("label")}
    for field in reading.all("input") + reading.all("select"):
        assert field.get("type") == "hidden" or field["id"] in labels


@pytest.mark.parametrize("name", NAMES)
def test_links_of_this_site_lead_somewhere(
    running: Running, paths: dict[str, str], name: str
) -> None:
    reading = Reading(settled(running.client, paths[name]))
    targets = {one["href"] for one in reading.all("a") if one["href"].startswith("/")}
    for target in sorted(targets)[:40]:
        assert running.client.get(target).status_code == 200, target


@pytest.mark.parametrize(
    "name", ["today", "profiles", "decision", "patterns", "calendar", "portfolio"]
)
def test_german_pages_hold_no_english(running: Running, paths: dict[str, str], name: str) -> None:
    reading = Reading(settled(running.client, f"{paths[name]}?lang=de"))
    found = [words for words in reading.words if ENGLISH.search(words) and words != HOSTILE]
    assert found == []
    labels = [attributes.get("aria-label", "") for _, attributes in reading.tags]
    assert [label for label in labels if ENGLISH.search(label)] == []


@pytest.mark.parametrize("name", ["hostile", "account", "profiles"])
def test_markup_in_data_is_shown_as_text(
    running: Running, paths: dict[str, str], name: str
) -> None:
    page = running.client.get(paths[name]).text
    assert HOSTILE not in page
    assert "&lt;script&gt;alert" in page
    reading = Reading(page)
    assert not reading.all("img")
    assert len(reading.all("script")) == 1


def test_only_http_addresses_become_links(running: Running, paths: dict[str, str]) -> None:
    reading = Reading(running.client.get(paths["hostile"]).text)
    targets = [one["href"] for one in reading.all("a")]
    assert "https://example.org/a" in targets
    assert not any(target.startswith("javascript") for target in targets)
    assert "javascript:alert(1)" in reading.words


def test_today_agrees_with_the_measures(running: Running) -> None:
    page = settled(running.client, "/")
    options = read_span("", running.site.clock.now_ms(), "UTC").options
    answer = running.wait(running.site.measure("reach.days", options))
    found = {one.name: one.estimate for one in answer.results}
    for name in ("known_people", "decisions", "engaged_accounts"):
        assert f'<p class="value">{found[f"reach.days.{name}"]:,.0f}</p>' in page
    assert page.count("<svg") > 2


def test_the_table_twin_has_the_days_of_the_chart(running: Running) -> None:
    page = settled(running.client, "/")
    reading = Reading(page.split('id="visitors"')[1].split("</section>")[0])
    days = {one["href"] for one in reading.all("a") if "period=20" in one["href"]}
    rows = [one for one in reading.all("th") if one.get("scope") == "row"]
    assert len(days) == 30
    assert len(rows) >= 30


def test_the_timeline_holds_events_decisions_and_outcomes(
    running: Running, paths: dict[str, str]
) -> None:
    page = running.client.get(paths["person"]).text
    assert '<li class="event">' in page
    assert '<li class="decision">' in page
    assert page.count("Why this message?") == page.count('<li class="decision">')


def test_a_decision_tells_its_funnel_and_its_proof(running: Running, paths: dict[str, str]) -> None:
    page = running.client.get(paths["decision"]).text
    told = running.site.explain(paths["decision"].rpartition("/")[2])
    assert told is not None
    assert told["sentence"]["en"].replace('"', "&#34;")[:40] in page.replace("&#39;", "'")
    assert "Computed again from the record: the same choice." in page
    assert '<tr class="here">' in page


@pytest.mark.parametrize(
    ("looked_for", "target"),
    [
        ("u-hostile", "/people/"),
        ("user_id:u-hostile", "/people/"),
        ("a/b?c", "/accounts/a%2Fb%3Fc"),
    ],
)
def test_search_finds_by_any_identifier(running: Running, looked_for: str, target: str) -> None:
    answer = running.client.post("/profiles", data={"search": looked_for})
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(target)


def test_search_says_what_it_did_not_find(running: Running) -> None:
    answer = running.client.post("/profiles", data={"search": "<nobody>"})
    assert answer.status_code == 404
    assert "&lt;nobody&gt;" in answer.text


@pytest.mark.parametrize("path", ["/people/x", "/accounts/x", "/decisions/x", "/nowhere"])
def test_what_is_not_there_says_so(running: Running, path: str) -> None:
    answer = running.client.get(path)
    assert answer.status_code == 404
    assert "<h1>" in answer.text


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_wrong_period_says_what_to_write(running: Running, language: str) -> None:
    answer = running.client.get(f"/?period=x&lang={language}")
    assert answer.status_code == 422
    assert "2026-10-01..2026-10-31" in answer.text


def test_a_page_is_small(running: Running) -> None:
    page = settled(running.client, "/")
    whole = gzip.compress(page.encode())
    parts = [running.client.get(f"/static/{name}").content for name in ("app.css", "app.js")]
    assert len(whole) + sum(len(gzip.compress(part)) for part in parts) < 60_000
