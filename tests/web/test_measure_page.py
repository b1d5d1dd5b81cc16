"""Measure: tabs, a page for every measure, files, roles, and what a panel never says."""

import json
import re
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.web.roles import browser_of
from tests.web.serving import Running, settled
from wegweiser.measure.registry import MEASURES
from wegweiser.terms.alarm import KeptAlarm, Watching
from wegweiser.terms.result import Answer, AskedPeriod, Compared, Question, Result
from wegweiser.terms.role import SMALLEST_CELL
from wegweiser.web.charts.earlier import earlier_values
from wegweiser.web.pages.frame.gate import OPEN
from wegweiser.web.pages.measure.gates import WITH_HOLDOUT, is_broken, is_withheld
from wegweiser.web.pages.measure.panel import MeasurePanel
from wegweiser.web.pages.measure.seen import COUNTS, seen
from wegweiser.web.pages.measure.tabs import TABS
from wegweiser.web.pages.measure.words import advice_words, verdict_words
from wegweiser.web.text import Reader

ENGLISH = Reader("en", "UTC", 0)
COUNTING = Reader("en", "UTC", 0, "counts")
SAID = {"en": "Said.", "de": "Gesagt."}


def result(**fields: object) -> Result:
    told = {"name": "lift", "unit": "", "n": {}, "enough_data": True, "sentence": SAID}
    return Result(**(told | fields))  # type: ignore[arg-type]


def answer(measure: str, results: tuple[Result, ...], columns=(), rows=()) -> Answer:  # type: ignore[no-untyped-def]
    known = any(one.estimate is not None for one in results)
    return Answer(
        measure=measure,
        status="ok" if known else "too_little_data",
        results=results,
        columns=columns,
        rows=rows,
        question=Question("select 1", {}),
        as_of=0,
        n=0,
    )


def test_each_day_stands_over_the_same_day_of_the_period_before() -> None:
    day, start = 86_400_000, 1_767_225_600_000  # 1 January 2026
    compared = Compared(
        to="previous",
        period=AskedPeriod(start, start + 3 * day),
        results=(),
        rows=(("2026-01-02", 7.0),),
        changes=(),
    )
    rows = tuple((f"2026-01-0{4 + at}", 1.0) for at in range(3))
    days = msgspec.structs.replace(
        answer("web.visits", (result(estimate=1.0),), ("day", "visitors"), rows),
        period=AskedPeriod(start + 3 * day, start + 6 * day),
        compared=compared,
    )
    assert earlier_values(days, 1) == (0.0, 7.0, 0.0)
    weeks = msgspec.structs.replace(days, columns=("week", "visitors"))
    assert earlier_values(weeks, 1) == (7.0,)


@given(st.floats(-1, 1), st.floats(-1, 1))
def test_stop_is_never_advised_while_loss_and_gain_are_possible(one: float, other: float) -> None:
    low, high = sorted((one, other))
    told = result(estimate=(low + high) / 2, low=low, high=high, advice="drop")
    stops = "stop" in advice_words(ENGLISH, told)
    assert stops == (low > 0 or high < 0)
    assert "repair" in advice_words(ENGLISH, result(reason="broken", advice="drop"))


def test_credit_is_a_split_and_a_test_has_a_verdict() -> None:
    split = result(name="credit", estimate=3.0, evidence="split")
    assert verdict_words(ENGLISH, split) == ("a split, not a cause", "")
    better = result(estimate=0.1, low=0.05, high=0.2, verdict="helps", evidence="experiment")
    assert verdict_words(ENGLISH, better) == ("better", "good")


@pytest.mark.parametrize("measure", WITH_HOLDOUT)
def test_a_customer_value_stands_only_beside_its_error(measure: str) -> None:
    value = result(name=f"{measure}.total", estimate=10.0, evidence="model")
    error = result(name=f"{measure}.holdout", estimate=-0.1)
    assert is_withheld(answer(measure, (value,)))
    assert is_withheld(answer(measure, (value, result(name=f"{measure}.holdout"))))
    assert not is_withheld(answer(measure, (value, error)))
    assert measure in MEASURES


@given(st.lists(st.integers(0, 40), max_size=8))
def test_who_sees_counts_gets_no_small_cell(counts: list[int]) -> None:
    rows = tuple((f"page-{at}", people) for at, people in enumerate(counts))
    whole = answer("web.pages", (result(estimate=1.0),), ("page", "people"), rows)
    left = seen(COUNTING, whole, "person")
    assert [row for row in left.answer.rows if 0 < row[1] < SMALLEST_CELL] == []  # type: ignore[operator]
    assert left.kept_back == sum(0 < people < SMALLEST_CELL for people in counts)
    assert seen(ENGLISH, whole, "person").answer.rows == rows


def test_who_sees_counts_gets_no_list_of_customers() -> None:
    rows = (("p-1", 3.0), ("p-2", 4.0))
    whole = answer("profit.accounts", (result(estimate=1.0),), ("customer", "profit"), rows)
    assert seen(COUNTING, whole, "person").answer.rows == ()
    assert seen(COUNTING, whole, "account").answer.rows == rows
    assert {"people", "visitors", "customers"} <= COUNTS


def test_a_broken_test_shows_its_figures_only_when_opened(running: Running) -> None:
    desk = running.pages.state.desk  # type: ignore[attr-defined]
    broken = answer("lift", (result(reason="broken", enough_data=False),))
    assert is_broken(broken)
    words, tone = verdict_words(ENGLISH, broken.main)
    panel = MeasurePanel(
        *("lift", "Lift", "/measure/one/lift", OPEN, words, tone, "Lift is 5 %."),
        hidden=True,
        kept_back=3,
    )
    template = desk._templates.get_template("measure/panel.html")
    shown = template.make_module({"reader": ENGLISH, "frame": None}).show(panel)
    assert "something is wrong with the test" in shown
    assert "Lift is 5 %." not in shown
    assert shown.index("Show the figures anyway") < shown.index("3 rows are kept back")


def test_no_measure_stands_twice_on_a_tab() -> None:
    for tab in TABS:
        assert len({*tab.leads, *tab.more}) == len(tab.leads) + len(tab.more)
    assert len({tab.path for tab in TABS}) == len(TABS)


@pytest.mark.parametrize("tab", [tab.key for tab in TABS])
def test_every_tab_answers_or_says_why_not(running: Running, tab: str) -> None:
    page = settled(running.client, f"/measure/{tab}?lang=de")
    assert page.count("<h1>") == 1
    assert 'class="answer"' in page or "gate-state" in page
    assert re.search(r'<a href="/measure/[^"]+" aria-current="page">', page)
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids)), tab
    marks = re.findall(r'href="/measure[^"#]*#([^"]+)"', page)
    assert set(marks) <= set(ids), tab
    if tab == "credit":
        assert "eine Aufteilung, keine Ursache" in page or "Zu wenig Daten" in page


def test_a_chart_and_its_table_have_the_same_figures(running: Running) -> None:
    page = settled(running.client, "/measure/one/web.visits?by=device&compare=none")
    assert '<svg class="drawing wide"' in page or "drawing wide" in page
    told = re.findall(r'aria-label="(\w+): ([\d,]+) visitors"', page)
    assert told
    for name, count in told:
        row = re.search(rf'<th scope="row"><span>{name}</span></th>(.*?)</tr>', page, re.DOTALL)
        assert row is not None, name
        assert f">{count}<" in row[1]


def test_a_form_asks_what_a_command_can_ask_and_says_what_is_wrong(running: Running) -> None:
    page = settled(
        running.client, "/measure/one/lift.arms?leave_out=2026-01-01&period=90d&flavour=x"
    )
    for option in MEASURES["lift.arms"].options:
        assert f'name="{option.name}"' in page
    assert 'name="leave_out" value="2026-01-01"' in page
    assert "has the word flavour" in page
    assert "has the word leave_out" not in page
    wrong = settled(running.client, "/measure/one/web.visits?by=nonsense")
    assert 'href="#by"' in wrong
    assert 'value="day"' in wrong
    assert running.client.get("/measure/one/no.such.measure").status_code == 404
    assert running.client.get("/measure/nothing").status_code == 404
    listed = settled(running.client, "/measure/one")
    assert all(f'href="/measure/one/{name}"' in listed for name in MEASURES)


def test_revenue_sums_to_the_cent_by_any_cut(running: Running) -> None:
    totals = set()
    for cut in ("month", "source", "kind"):
        settled(running.client, f"/measure/one/revenue.ledger?by={cut}")
        page = running.client.get(f"/measure/one/revenue.ledger/file.json?by={cut}")
        rows = json.loads(page.content, parse_float=Decimal)
        assert rows
        assert "revenue" in rows[0]
        totals.add(sum(Decimal(str(row["revenue"])) for row in rows))
    assert len(totals) == 1


def test_files_are_for_who_may_take_them_and_are_noted(running: Running) -> None:
    path = "/measure/one/web.pages"
    assert "file.csv" in settled(running.client, path)
    for form, media in (("german.csv", "text/csv"), ("parquet", "parquet"), ("svg", "svg")):
        found = running.client.get(f"{path}/file.{form}")
        assert found.status_code == 200
        assert media in found.headers["content-type"]
    assert running.client.get(f"{path}/file.xlsx").content[:2] == b"PK"
    assert running.client.get(f"{path}/file.exe").status_code == 404
    assert any(
        row.what == "data.export" and row.detail["kind"] == "web.pages"
        for row in running.site.audit.rows()
    )
    viewer, analyst = browser_of(running, "viewer"), browser_of(running, "analyst")
    assert "file.csv" not in settled(viewer, path)
    assert viewer.get(f"{path}/file.csv").status_code == 403
    assert analyst.get(f"{path}/file.xlsx").status_code == 403
    rows = analyst.get(f"{path}/file.json").json()
    assert all(not 0 < row.get("visitors", 0) < SMALLEST_CELL for row in rows)


def test_an_alarm_is_acknowledged_judged_and_snoozed(running: Running) -> None:
    kept = KeptAlarm(
        alarm_id="alm_1",
        watch="site",
        raised_at=running.site.clock.now_ms(),
        known="2026-11-21",
        since="2026-11-20",
        series="visits",
        kind="level",
        sentence={"en": "Visits fell to a third.", "de": "Die Besuche fielen auf ein Drittel."},
    )
    running.site.alarms.log.raised("site", [kept], Watching(upto="2026-11-22"), [])
    path, form = "/measure/alarms", {"id": "alm_1"}
    assert running.client.post(path, data={**form, "say": "nonsense"}).status_code == 422
    assert running.client.post(path, data={"id": "none", "say": "snooze"}).status_code == 404
    analyst = browser_of(running, "analyst")
    assert analyst.post(path, data={**form, "say": "acknowledge"}).status_code == 403
    assert "Acknowledge" not in analyst.get("/measure/watch").text
    for said in ("acknowledge", "snooze", "false"):
        assert running.client.post(path, data={**form, "say": said}).status_code == 303
    page = running.client.get("/measure/watch").text
    assert "Visits fell to a third." in page
    assert re.search("acknowledged, quiet until [^<]+, false alarm", page)
    judged = running.site.alarms.log.get("alm_1")
    assert judged.judgement == "false"
    assert {"alarm.acknowledge", "alarm.snooze", "alarm.judge"} <= {
        row.what for row in running.site.audit.rows() if row.who == "admin"
    }


def test_an_alarm_about_a_person_leads_to_it_and_is_not_judged(running: Running) -> None:
    kept = KeptAlarm(
        alarm_id="alm_cap",
        watch="",
        raised_at=running.site.clock.now_ms(),
        known="2026-11-21",
        since="2026-11-21",
        series="identity",
        kind="cap_merges",
        sentence={"en": "A person is full.", "de": "Eine Person ist voll."},
        member="per_full",
    )
    log = running.site.alarms.log
    log.raised("none", [kept], Watching(upto="2026-11-22"), [])
    page = running.client.get("/measure/watch").text
    assert re.search(r'href="/people/per_full"[^>]*>\s*A person is full\.', page)
    assert "Acknowledge: A person is full." in page
    assert "False alarm: A person is full." not in page
    viewer = browser_of(running, "viewer").get("/measure/watch").text
    assert "A person is full." in viewer
    assert "per_full" not in viewer
    log.settle("alm_cap")
    page = running.client.get("/measure/watch").text
    assert "Acknowledge: A person is full." not in page
    assert re.search("over since [^<]+", page)


def test_a_tab_is_sent_by_mail_and_taken_back(running: Running) -> None:
    path, form = "/measure/revenue", {"to": "ada@example.com", "every": "week", "language": "de"}
    wrong = running.client.post(path, data={**form, "to": "nobody"})
    assert wrong.status_code == 422
    assert 'value="nobody"' in wrong.text
    assert browser_of(running, "viewer").post(path, data=form).status_code == 403
    assert running.client.post(path, data=form).status_code == 303
    report = running.site.reports.book.get("measure-revenue-week-admin")
    assert (report.language, report.to) == ("de", ("ada@example.com",))
    assert [one.name for one in report.measures] == ["revenue.ledger", "revenue.costs"]
    told = running.client.get(path).text
    assert "The page is sent to ada@example.com." in told
    assert 'value="measure-revenue-week-admin"' in told
    gone = {"do": "unsubscribe", "key": report.key}
    assert running.client.post(path, data=gone).status_code == 303
    assert running.site.reports.book.all() == []


def test_today_names_what_needs_somebody(fresh: Running) -> None:
    assert "Nothing unusual" in settled(fresh.client, "/") or "gate" in fresh.client.get("/").text
    sentence = {"en": "Visits fell.", "de": "Die Besuche fielen."}
    kept = KeptAlarm(
        alarm_id="alm_2",
        watch="site",
        raised_at=fresh.site.clock.now_ms(),
        known="2026-11-21",
        since="2026-11-20",
        series="visits",
        kind="level",
        sentence=sentence,
    )
    fresh.site.alarms.log.raised("site", [kept], Watching(upto="2026-11-22"), [])
    page = fresh.client.get("/").text
    assert '<a href="/measure/watch">Visits fell.</a>' in page
    assert '<a href="/measure/watch">1 alarm is not acknowledged.</a>' in page
    fresh.client.post("/measure/alarms", data={"id": "alm_2", "say": "acknowledge"})
    assert "Visits fell." not in fresh.client.get("/").text
