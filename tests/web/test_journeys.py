"""Journeys: every figure has its list, sums come out, and small counts are hidden from some."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.web.roles import browser_of
from tests.web.serving import Running, settled
from tests.web.test_pages import Reading
from wegweiser.terms.role import SMALLEST_CELL
from wegweiser.workspace import operations


@pytest.fixture(scope="module")
def page(running: Running) -> str:
    return settled(running.client, "/journeys?lang=en&period=30d&of=person")


def lists(page: str) -> list[tuple[str, str]]:
    """Give (address, label) of every link to a list, of ribbons and of cells."""
    ribbons = re.findall(r'<a href="(/journeys/moved[^"]*)" aria-label="([^"]*)"', page)
    cells = re.findall(r'<a href="(/journeys/moved[^"]*)">([0-9,]+)</a>', page)
    return [(path.replace("&amp;", "&"), label) for path, label in (*ribbons, *cells)]


def test_the_page_answers_in_a_sentence_and_draws_every_move(running: Running, page: str) -> None:
    told = running.wait(operations.run(running.site, "journey_flow", {"of": "person"}))
    ways = told["ways"]
    assert f"Of {told['counted']} people {ways['forward']} moved forward" in page
    assert ways["back"] > 0
    assert ways["forward"] > 0
    assert page.count('<path class="') >= len(told["moves"])


def test_a_list_has_the_count_of_its_figure(running: Running, page: str) -> None:
    found = lists(page)
    assert len(found) > 12
    for path, label in found[:6] + found[-6:]:
        count = int(re.match(r"[0-9]+", label)[0])  # type: ignore[index]
        shown = running.client.get(path + "&lang=en").text
        people = [one for one in Reading(shown).all("a") if one["href"].startswith("/people/")]
        assert len(people) == count, label


@pytest.mark.parametrize("word", ["came", "left", "stood", "touched", "from", "to", "ever"])
def test_every_kind_of_figure_opens_a_list_of_its_count(
    running: Running, page: str, word: str
) -> None:
    """In tables the count is the text or stands below it, in charts it is in the name."""
    links = re.findall(
        r'<a href="(/journeys/moved[^"]*)"([^>]*)>(.*?)</a>(?:<p[^>]*>([0-9,]+))?', page
    )
    links = [(path.replace("&amp;", "&"), *rest) for path, *rest in links]
    others = {"came", "left", "stood", "touched", "from", "to", "ever"} - {word}
    own = [one for one in links if f"&{word}=" in one[0].replace("?", "&")]
    own = [one for one in own if not any(f"&{other}=" in one[0] for other in others)]
    assert own, word
    for path, attributes, text, below in own[:2] + own[-1:]:
        label = re.search(r'aria-label="([^"]*)"', attributes)
        told = below or (label[1] if label else text)
        numbers = [
            int(one.replace(",", "")) for one in re.findall(r"[0-9][0-9,]*(?![.%0-9])", told)
        ]
        shown = running.client.get(path + "&lang=en").text
        answer = re.search(r'<p class="answer">([0-9,]+)', shown)
        assert answer, path
        assert int(answer[1].replace(",", "")) in numbers, (path, told)


@pytest.mark.parametrize("of", ["account", "person"])
def test_start_and_in_less_out_is_end_for_every_stage(running: Running, of: str) -> None:
    told = running.wait(operations.run(running.site, "journey_flow", {"of": of}))
    for one in told["stages"]:
        assert one["start"] + one["in"] - one["out"] == one["end"]
    for side in ("start", "end"):
        assert sum(one[side] for one in told["stages"]) == told["counted"]


def test_the_stage_at_the_end_is_the_one_that_the_person_page_shows(running: Running) -> None:
    asked = {"of": "person"}
    moved = running.wait(operations.run(running.site, "journey_moved", asked))["moved"]
    told = running.wait(operations.run(running.site, "journey_flow", asked))
    tomorrow = running.site.clock.now_ms() // 86_400_000 * 86_400_000 + 86_400_000
    views = running.site.views
    for one in moved:
        name = one["subject"].partition(":")[2]
        stage = views.stage_of_person(name, tomorrow)
        assert one["to"] == (stage["stage"] if stage["entries"] else "unknown")
    assert len(moved) == told["counted"]


def test_filters_narrow_and_the_list_keeps_them(running: Running, page: str) -> None:
    german = settled(running.client, "/journeys?lang=de&of=person&filter=country:DE")
    assert "Von " in german
    assert "gingen" in german
    for path, _ in lists(german):
        assert parse_qs(urlsplit(path).query)["filter"] == ["country:DE"]
    nobody = settled(running.client, "/journeys?lang=en&of=person&filter=country:ZZ")
    assert "leaves nothing over" in nobody


def test_a_list_becomes_a_segment_in_one_click_and_goes_again(running: Running, page: str) -> None:
    path, label = next((path, label) for path, label in lists(page) if " from " in label)
    count = int(label.split()[0])
    action = path.replace("/journeys/moved", "/journeys/segment")
    made = running.client.post(action, data={"name": "Those who moved"})
    assert made.status_code == 303, made.text
    key = made.headers["location"].removeprefix("/segments/")
    running.wait(operations.run(running.site, "segment_list", {}))
    after = running.client.get(made.headers["location"] + "?lang=en").text
    people = [one for one in Reading(after).all("a") if one["href"].startswith("/people/")]
    assert len(people) == count
    assert "It names these" in after
    gone = running.client.post("/segments/remove", data={"key": key})
    assert gone.status_code == 303
    assert running.site.segments.get(key) is None


def test_an_analyst_sees_no_small_count_and_no_list(running: Running) -> None:
    analyst = browser_of(running, "analyst")
    page = settled(analyst, "/journeys?lang=en&of=account")
    assert "under 10" in page
    assert "/journeys/moved" not in page
    assert "Against the tide" not in page
    figures = re.findall(r'<td class="number"[^>]*><span>([0-9]+)</span>', page)
    assert all(int(one) >= 10 or one == "0" for one in figures)
    assert analyst.get("/journeys/moved?of=account").status_code == 403


def test_a_flow_of_hidden_counts_is_a_sentence_and_not_a_drawing(running: Running) -> None:
    told = running.wait(operations.run(running.site, "journey_flow", {"of": "account"}))
    assert all(one["count"] < SMALLEST_CELL for one in told["moves"])
    page = settled(browser_of(running, "viewer"), "/journeys?lang=en&period=30d&of=account")
    assert "Your role sees no counts under ten, and every stream is smaller." in page
    assert 'class="flow drawing' not in page
    assert re.search(r"<details class=\"twin\" open>.*?Moves from stage to stage", page, re.DOTALL)
    owner = settled(running.client, "/journeys?lang=en&period=30d&of=account")
    assert 'class="flow drawing' in owner


@pytest.mark.parametrize("of", ["account", "person"])
def test_times_of_a_few_are_hidden_as_their_number_is(running: Running, of: str) -> None:
    def rows(page: str) -> dict[str, str]:
        found = re.findall(r'<tr id="in-([^"]+)">(.*?)</tr>', page, re.DOTALL)
        mean = r'data-name="Mean days in it"><span>([^<]*)'
        return {stage: re.findall(mean, row)[0] for stage, row in found}

    address = f"/journeys?lang=en&period=30d&of={of}"
    told = rows(settled(running.client, address))
    page = settled(browser_of(running, "viewer"), address)
    seen, hidden = rows(page), 0
    assert told.keys() == seen.keys()
    for stage, days in told.items():
        asked = {"of": of, "ever": stage}
        moved = running.wait(operations.run(running.site, "journey_moved", asked))["moved"]
        few = 0 < len(moved) < SMALLEST_CELL
        assert seen[stage] == ("–" if few else days)
        assert few <= (f"{days} days on average" not in page.partition('id="time"')[2])
        hidden += few
    assert hidden
    drawn = "so this time is not drawn" not in page
    assert drawn == any(days != "–" for days in seen.values())


def test_marks_without_a_list_lead_to_their_row(running: Running) -> None:
    told = running.wait(operations.run(running.site, "journey_flow", {"of": "person"}))
    assert any(one["count"] >= SMALLEST_CELL for one in told["moves"])
    page = settled(browser_of(running, "viewer"), "/journeys?lang=en&period=30d&of=person")
    ids = set(re.findall(r'<tr id="([^"]+)"', page))
    for figure in ("flow", "time"):
        card = page.partition(f'aria-labelledby="{figure}"')[2].partition("</section>")[0]
        marks = re.findall(r'<a href="([^"]+)" aria-label=', card)
        assert marks
        for path in marks:
            assert path.startswith("/journeys?")
            assert urlsplit(path).fragment in ids


def test_a_marketer_sees_numbers_in_place_of_names(running: Running) -> None:
    marketer = browser_of(running, "marketer")
    page = settled(marketer, "/journeys/moved?lang=en&of=person&way=back")
    assert "Person " in page
    assert "@" not in Reading(page).words


def test_what_cannot_be_read_is_refused_and_an_empty_workspace_waits(
    running: Running, fresh: Running
) -> None:
    assert running.client.get("/journeys?of=nobody").status_code == 422
    assert "Nothing has arrived yet" in settled(fresh.client, "/journeys?lang=en")


def test_a_long_table_is_short_until_the_address_asks_for_all(running: Running, page: str) -> None:
    def touched_in(text: str) -> str:
        return text.partition('id="touched"')[2].partition("</section>")[0]

    def rows_in(text: str) -> int:
        return touched_in(text).count('<th scope="row">')

    assert rows_in(page) == 5
    more = re.search(r'<a href="(/journeys\?[^"]*rows=all)#touched">All (\d+)</a>', page)
    assert more is not None
    whole = settled(running.client, more[1].replace("&amp;", "&") + "&lang=en")
    assert rows_in(whole) == int(more[2]) > 5
    assert "rows=all" not in touched_in(whole)
    assert "Show fewer rows" in whole
    for path, _ in lists(whole):
        assert "rows" not in parse_qs(urlsplit(path).query)


def test_the_flow_is_drawn_for_a_desk_and_for_a_phone_with_the_same_lists(page: str) -> None:
    drawn = {
        kind: re.findall(r'<a href="([^"]*)" aria-label="([^"]*)"', part)
        for kind, part in re.findall(
            r'<svg class="flow drawing (wide|narrow)"(.*?)</svg>', page, re.DOTALL
        )
    }
    assert drawn["wide"]
    assert drawn["wide"] == drawn["narrow"]
    assert page.count('id="after-flow"') == 1
