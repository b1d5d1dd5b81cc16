"""Today: what it says first, the figures of one's own, what is compared, and where marks lead."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.web.roles import browser_of
from tests.web.serving import Running, settled
from tests.web.test_data import Shop, paid
from tests.web.test_pages import Reading
from wegweiser.terms.instant import MINUTE_MS
from wegweiser.terms.json import Json
from wegweiser.terms.result import Answer, Question
from wegweiser.web.pages.answers import wish
from wegweiser.web.pages.frame.view import View
from wegweiser.web.pages.period import Span, read_span
from wegweiser.web.pages.today.charts import Daily
from wegweiser.web.pages.today.days import daily_of
from wegweiser.web.pages.today.figures import Asked, chosen_of, figures_of
from wegweiser.web.pages.today.messages import MessageRow
from wegweiser.web.pages.today.say import Said, sentences_of, visitors_said
from wegweiser.web.pages.today.wishes import Wishes
from wegweiser.web.text import Reader

READER = Reader("en", "UTC", 0)
STEADY = Said("steady", "", "12 visitors a day.", "/measure/web")


def judged(name: str, tone: str) -> MessageRow:
    return MessageRow(name, f"/messages/{name}", verdict=tone, tone=tone, sentence=f"{name}!")


def test_a_quiet_day_says_so_first() -> None:
    told = sentences_of(READER, (), (), (), (STEADY,))
    assert [one.sentence for one in told] == ["Nothing unusual since yesterday.", STEADY.sentence]


def test_alarms_come_first_then_harm_then_help_and_never_more_than_three() -> None:
    alarm = Said("unusual", "", "Orders fell.", "/measure/watch", news=True)
    rows = (judged("helps", "good"), judged("open", ""), judged("harms", "bad"))
    told = sentences_of(READER, (alarm,), rows, (), (STEADY,))
    assert [one.path for one in told] == ["/measure/watch", "/messages/harms", "/messages/helps"]


def test_nothing_known_says_nothing() -> None:
    assert sentences_of(READER, (), (), (), ()) == ()


@pytest.mark.parametrize("under_way", [True, False])
def test_nothing_is_said_of_a_period_before_it_was_looked_at(under_way: bool) -> None:
    one = wish("reach.days", {})
    nobody = Wishes(one, None, one, None, one, None, one, one, one, (), one)
    asked = Asked(READER, nobody, {}, "EUR", lambda _: under_way)
    told = {figure.beside for figure in figures_of(asked, chosen_of(""))}
    assert told == ({"Computing"} if under_way else {"nothing in this period", "too little data"})


def test_each_sentence_has_a_verdict_and_a_link(running: Running) -> None:
    page = settled(running.client, "/?lang=en")
    said = page.split('<section class="said"')[1].split("</section>")[0]
    lines = said.split("<li>")[1:]
    assert 1 <= len(lines) <= 3
    for line in lines:
        assert 'class="verdict' in line
        path = re.search(r'href="(/[^"]*)"', line)
        assert path is not None
        assert running.client.get(path[1]).status_code == 200


def test_everybody_chooses_their_own_figures_and_can_take_it_back(running: Running) -> None:
    client = browser_of(running, "analyst")
    assert "Pages viewed</a>" not in client.get("/?lang=en").text
    chosen = {"figure-1": "views", "figure-2": "visitors"}
    assert client.post("/", data=chosen).status_code == 303
    page = settled(client, "/?lang=en")
    heads = re.findall(r'<h2><a href="[^"]*">([^<]*)</a></h2>\s*<p class="value">', page)
    assert heads == ["Pages viewed", "Visitors"]
    assert "Pages viewed</a>" not in settled(running.client, "/?lang=en")
    back = {"figure-1": "gained", "figure-2": "known"}
    client.post("/?period=7d", data=back)
    page = settled(client, "/?lang=en")
    assert 'action="/?period=7d"' in page
    assert "Your figures are stored." in page
    assert 'name="figure-1" value="views"' in page


@pytest.mark.parametrize("wrong", [{}, {"figure-1": "everything"}, {"figure-1": ""}])
def test_no_figure_or_an_unknown_one_is_refused(running: Running, wrong: dict[str, str]) -> None:
    answer = browser_of(running, "analyst").post("/?lang=en", data=wrong)
    assert answer.status_code == 422
    one = "everything is not one of the figures. Choose another one."
    assert (one if wrong.get("figure-1") else "Choose one to four of the figures.") in answer.text
    assert 'href="#figure-1"' in answer.text
    assert 'aria-invalid="true"' in answer.text


def test_a_refused_choice_stays_as_it_was_made(running: Running) -> None:
    client = browser_of(running, "analyst")
    wrong = {"figure-1": "views", "figure-2": "<b>", "figure-3": "seen", "figure-4": ""}
    answer = client.post("/?period=7d&compare=year&lang=en", data=wrong)
    assert answer.status_code == 422
    form = answer.text.split('<div class="talk-fields">')[1].split("</form>")[0]
    assert re.findall(r'<option value="(\w*)" selected', form) == ["views", "seen", ""]
    assert "&lt;b&gt; is not one of the figures. Choose another one." in form
    assert '<details class="twin" open>' in answer.text
    # Period and comparison of the address are still chosen, and a stored choice leads back there.
    assert '<option value="7d" data-key="w" selected' in answer.text
    assert '<option value="year" selected' in answer.text
    kept = client.post("/?period=7d&compare=year", data={"figure-1": "gained"})
    assert (kept.status_code, kept.headers["location"]) == (303, "/?period=7d&compare=year")


def test_nothing_is_compared_where_nothing_shall_be(running: Running) -> None:
    page = settled(running.client, "/?lang=en&compare=none")
    assert 'class="line dashed"' not in page
    assert "nothing to compare with" in page
    page = settled(running.client, "/?lang=en&compare=year")
    assert 'class="line dashed" aria-hidden="true"></span>Year before' in page
    assert "in the period before" not in page


def visits(rows: tuple[tuple[Json, ...], ...]) -> Answer:
    return Answer(
        measure="web.visits",
        status="ok",
        results=(),
        columns=("day", "visitors"),
        rows=rows,
        question=Question("", {}),
        as_of=0,
        n=1,
    )


def compared(days: tuple[date, ...], first: date, end: date) -> tuple[Daily, ...]:
    """Pair days with those of a year before, with as many visitors as the day of the year says."""

    def answer(listed: tuple[date, ...]) -> Answer:
        return visits(tuple((day.isoformat(), day.timetuple().tm_yday) for day in listed))

    now = datetime(2026, 11, 22, tzinfo=UTC)
    view = View("/", Span("", first, end, now), "year", (), "", 1, "", ())
    earlier = tuple(first.replace(year=first.year - 1) + timedelta(days=n) for n in range(40))
    return daily_of(answer(days), answer(earlier), view)


def test_a_day_stands_beside_the_same_day_of_the_year_before() -> None:
    for year in (2024, 2025):
        first, end = date(year, 2, 20), date(year, 3, 10)
        days = tuple(first + timedelta(days=n) for n in range((end - first).days))
        for one in compared(days, first, end):
            then = date(year - 1, one.day.month, min(one.day.day, 28 if one.day.month == 2 else 31))
            assert one.before == then.timetuple().tm_yday


def test_visitors_are_compared_with_what_the_sentence_names() -> None:
    days = (Daily(date(2026, 11, 2), 30, 20),)
    told = [visitors_said(READER, visits(()), days, one)[0].sentence for one in ("before", "year")]
    assert told == [
        "30 visitors a day, 50% more than in the period before.",
        "30 visitors a day, 50% more than a year before.",
    ]


def test_decisions_by_channel_add_up_and_each_mark_leads_to_its_row(running: Running) -> None:
    page = settled(running.client, "/?lang=en")
    options = read_span("", running.site.clock.now_ms(), "UTC").options
    answer = running.wait(running.site.measure("decisions.channels", {**options, "arm": "all"}))
    reach = running.wait(running.site.measure("reach.days", options))
    total = next(one.estimate for one in reach.results if one.name == "reach.days.decisions")
    assert sum(int(str(row[1])) for row in answer.rows) == total
    ids = {one["id"] for _, one in Reading(page).tags if "id" in one}
    marks = set(re.findall(r'href="/[^"]*#(decisions-channels-r\d+)"', page))
    assert len(marks) == len(answer.rows)
    assert marks <= ids


def test_each_message_leads_to_its_page(running: Running) -> None:
    page = settled(running.client, "/?lang=en")
    table = page.split('id="messages-title"')[1]
    for message in running.site.unifier.policies.bundle.messages:
        if f">{message.key}</a>" in table:
            assert f'href="/messages/{message.key}"' in table
    assert 'href="/messages/' in table


def test_a_silent_source_and_long_work_that_ended_are_named(fresh: Running) -> None:
    clock, shop = fresh.site.clock, Shop(fresh, "shop")
    for number in range(8):
        shop.send(paid(number))
        clock.advance(MINUTE_MS)  # type: ignore[attr-defined]
    work = fresh.site.works.reported("import", "orders.csv", "admin", 1, 1, {"stored": 12})
    fresh.site.works.ends(work)
    assert "silent for longer than usual" not in settled(fresh.client, "/?lang=en")
    clock.advance(40 * MINUTE_MS)  # type: ignore[attr-defined]
    page = settled(fresh.sign_in(), "/?lang=en")
    assert "1 source is silent for longer than usual: shop." in page
    assert f'href="/progress/{work.work_id}"' in page
    assert "12 events were stored" in page
    viewer = browser_of(fresh, "viewer")
    assert "/progress/" not in settled(viewer, "/?lang=en")
