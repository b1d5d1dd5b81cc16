"""Filters of Measure: in the address, on every page and file, off again, and for whom."""

import re

from tests.web.roles import browser_of
from tests.web.serving import Running, settled

PHONES = "filter=device%3Aphone&period=90d"


def visitors(page: str) -> str:
    found = re.search(r"([\d,.]+) people visited", page)
    assert found, page[:2000]
    return found[1]


def test_a_filter_narrows_the_figures_and_is_kept_from_page_to_page(running: Running) -> None:
    whole = settled(running.client, "/measure/web?period=90d&compare=none")
    page = settled(running.client, f"/measure/web?{PHONES}&compare=none")
    rows = settled(running.client, "/measure/one/web.visits?by=device&period=90d&compare=none")
    phones = re.search(r'aria-label="mobile phone: ([\d,]+) visitors"', rows)
    assert phones
    assert visitors(page) == phones[1] != visitors(whole)
    assert "<strong>mobile phone</strong>" in page
    for link in re.findall(r'href="(/measure/[^"#]*)"', page):
        if "?" in link and "file." not in link and "Remove filter" not in link:
            assert "period=90d" in link or "filter" in link
    assert re.search(
        r'<a href="/measure/revenue\?period=90d[^"]*filter=device|'
        r'<a href="/measure/revenue\?filter=device[^"]*period=90d',
        page,
    )
    assert re.search(r'file\.csv\?[^"]*only=device%3Aphone', page)
    assert re.search(
        r'href="/measure/web\?period=90d&amp;compare=none" aria-label="Remove filter', page
    )


def test_a_file_holds_what_its_page_shows_and_its_chart_says_of_what(running: Running) -> None:
    asked = "only=device%3Aphone&by=device&from=2000-01-01"
    rows = running.client.get(f"/measure/one/web.visits/file.json?{asked}").json()
    assert [row["device"] for row in rows] == ["phone"]
    drawn = running.client.get(f"/measure/one/web.visits/file.svg?{asked}").text
    assert re.search("device: phone", drawn, re.IGNORECASE)


def test_words_of_the_reader_are_read_and_what_is_left_out_is_said(running: Running) -> None:
    page = settled(running.client, "/measure/web?lang=de&filter=device:Mobiltelefon;channel:email")
    assert "only=device%3Aphone" in page
    assert "Diese Zahl ist nicht eingeschränkt nach: Kanal." in page
    revenue = settled(running.client, "/measure/revenue?filter=country:de")
    assert "This figure is not narrowed by Country." in revenue
    nothing = settled(running.client, "/measure/one/web.visits?filter=country:XX")
    assert "The filter Country: XX leaves nothing over." in nothing
    assert 'href="/measure/one/web.visits">Remove this filter' in nothing


def test_who_sees_counts_does_not_narrow_to_a_group_of_people(running: Running) -> None:
    analyst = browser_of(running, "analyst")
    page = settled(analyst, "/measure/one/web.visits?filter=account:any;device:phone")
    assert "This figure is not narrowed by Account." in page
    assert "only=device%3Aphone" in page
    refused = analyst.get("/measure/one/web.visits/file.json?only=account:any")
    assert refused.status_code == 403
