"""The measure `experiment.split_checks`: how many tests break in which week, and since when."""

from collections import defaultdict
from datetime import date, timedelta

import pyarrow as pa

from wegweiser.measure.arms import EPOCH, SHARES, TWO_ARMS, placed_steps, read_shares
from wegweiser.measure.experiment import BROKEN_BELOW, LEAST_UNITS, check_split
from wegweiser.measure.form import Asked, Measure, Row, answer, gated, rows_of, text, whole
from wegweiser.measure.split_trace import day_of
from wegweiser.measure.split_window import Day, Window, bad_windows
from wegweiser.measure.statistic import Interval, wilson
from wegweiser.measure.words import Sentence, between, both, estimate_of, number
from wegweiser.measure.words import date as told_day
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.result import Answer, Gate, Question, Result

NAME = "experiment.split_checks"
_MOST_LEFT_OUT = 0.5


def question(asked: Asked) -> Question:
    """Ask for units by arm, day of first trigger, source and channel: each such group is a test.

    A unit is triggered first only once, so that the tests are independent of each other.
    """
    return asked.question(f"""
{placed_steps(all_days=True)},
began as (
  select case unit_kind when 'account' then coalesce(account_id, unit_id)
                        else coalesce(person_id, unit_id) end as unit,
         unit_kind,
         arg_min(source_id, (occurred_at, decision_id)) as source,
         arg_min(channel, (occurred_at, decision_id)) as channel
  from decisions
  where received_at <= $as_of::timestamptz
    and occurred_at >= $start::timestamptz and occurred_at < $end::timestamptz
    and occurred_at >= $epoch_start::timestamptz
    and not fallback
  group by all)
select cast(timezone($zone, p.first_at) as date) as day,
       coalesce(b.source, '') as source, coalesce(b.channel, '') as channel, p.arm,
       count(*) as units
from placed p
left join began b on b.unit = p.unit and b.unit_kind = p.unit_kind
where p.arm <> '{TWO_ARMS}'
group by all
order by all
""")


def answer_split_checks(table: pa.Table, asked_question: Question, asked: Asked) -> Answer:
    """Give the share of failing tests per week, and the days that are left out of every summary."""
    rows = rows_of(table)
    units = sum(whole(row, "units") for row in rows)
    shares = read_shares(asked.text("shares"))
    days = days_of(_over(rows, asked), shares) if _is_planned(shares) else []
    tests = sum(one.tests for one in days)
    if not tests:
        gate = _missing(units, _is_planned(shares))
        return answer(NAME, asked, asked_question, [gate], [], units)
    bad = bad_windows(days)
    failing = sum(one.failing for one in days)
    few = is_left_out(sum(one.tests for one in bad), tests)
    results = [_share(wilson(failing, tests), tests, failing)]
    results += [_window(one, few) for one in bad]
    return answer(NAME, asked, asked_question, results, _weeks(days, bad), units)


def _over(rows: list[Row], asked: Asked) -> list[Row]:
    """Leave out the day that is not over yet: its tests still run, and may be read often."""
    today = day_of(asked.as_of, asked.period.zone)
    return [row for row in rows if text(row, "day") < today]


def _is_planned(shares: dict[str, float]) -> bool:
    return len([share for share in shares.values() if share > 0]) >= 2


def days_of(rows: list[Row], shares: dict[str, float]) -> list[Day]:
    """Check every test of 100 units or more, and count by day how many fail."""
    counts: dict[tuple[str, str, str], dict[str, int]] = defaultdict(dict)
    for row in rows:
        test = text(row, "day"), text(row, "source"), text(row, "channel")
        counts[test][text(row, "arm")] = whole(row, "units")
    tests: dict[str, int] = defaultdict(int)
    failing: dict[str, int] = defaultdict(int)
    for (day, _, _), arms in counts.items():
        if sum(arms.values()) >= LEAST_UNITS:
            tests[day] += 1
            failing[day] += check_split(arms, shares).chance < BROKEN_BELOW
    return [Day(day, tests[day], failing[day]) for day in sorted(tests)]


def is_left_out(bad: int, tests: int) -> bool:
    """Tell whether bad days are left out: not where more than half of all tests are bad.

    Then the test itself is broken, and that is the answer.
    """
    return bad <= _MOST_LEFT_OUT * tests


def days_left_out(answered: Answer) -> str:
    """Give the days of all bad windows as text, "2026-03-10,2026-03-11"; empty where none is."""
    bad = [one for one in answered.results if one.name.startswith(f"{NAME}.bad.")]
    named = [one.name.removeprefix(f"{NAME}.bad.").split("/") for one in bad]
    return ",".join(day for first, last in named for day in _between(first, last))


def _between(first: str, last: str) -> list[str]:
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    return [(start + timedelta(days=n)).isoformat() for n in range((end - start).days + 1)]


def _missing(units: int, planned: bool) -> Result:
    if not planned:
        return gated(NAME, "share of tests", "no_source", {"units": units}, _NO_PLAN)
    reason: Gate = "too_little" if units else "no_source"
    said = both(
        f"No day, source and channel has the {LEAST_UNITS} new units that a split check needs.",
        f"Kein Tag, keine Quelle und kein Kanal hat die {LEAST_UNITS} neuen Einheiten, die eine"
        " Prüfung der Aufteilung braucht.",
    )
    return gated(NAME, "share of tests", reason, {"units": units}, said)


_NO_PLAN = both(
    "The planned shares of the arms are not known: publish a policy with arms, or state --shares.",
    "Die geplanten Anteile der Gruppen fehlen: Veröffentlichen Sie Regeln mit Gruppen"
    " oder geben Sie --shares an.",
)


def _share(found: Interval, tests: int, failing: int) -> Result:
    said: Sentence = {}
    for lang, start in (
        ("en", f"{failing} of {number(tests, 'en')} tests fail the split check"),
        ("de", f"{failing} von {number(tests, 'de')} Tests bestehen die Prüfung nicht"),
    ):
        ends = between(found, lang, 100, "%")
        sound = both("of sound splits it is 0.1%", "von heilen Aufteilungen sind es 0,1 %")[lang]
        said[lang] = f"{start}: {estimate_of(found, lang, 100, '%')} ({ends}); {sound}."
    return Result(
        name=NAME,
        unit="share of tests",
        n={"tests": tests, "failing": failing},
        enough_data=True,
        estimate=found.estimate,
        low=found.low,
        high=found.high,
        kind="frequentist",
        evidence="experiment",
        sentence=said,
        method="Wilson over tests",
    )


def _window(one: Window, few: bool) -> Result:
    ends = {lang: [_day(day, lang) for day in (one.first, one.last)] for lang in ("en", "de")}
    (first, last), (erster, letzter) = ends["en"], ends["de"]
    follows = _LEFT_OUT if few else _ALL_BROKEN
    return Result(
        name=f"{NAME}.bad.{one.first}/{one.last}",
        unit="share of tests",
        n={"tests": one.tests, "failing": one.failing},
        enough_data=True,
        estimate=one.share.estimate,
        low=one.share.low,
        high=one.share.high,
        kind="frequentist",
        evidence="experiment",
        verdict="broken",
        sentence=both(
            f"Something was wrong from {first} to {last}: {one.failing} of {one.tests} tests fail."
            f" {follows['en']}",
            f"Vom {erster} bis {letzter} stimmte etwas nicht: {one.failing} von {one.tests} Tests"
            f" bestehen nicht. {follows['de']}",
        ),
        method="binomial change points, Wilson over tests",
    )


_LEFT_OUT = both(
    "Who came to a test on these days is left out of every summary.",
    "Wer an diesen Tagen in einen Test kam, bleibt aus jeder Zusammenfassung heraus.",
)
_ALL_BROKEN = both(
    "That is most of all tests: nothing is left out, the test itself is broken.",
    "Das sind die meisten aller Tests: nichts wird ausgelassen, der Test selbst stimmt nicht.",
)


def _day(day: str, lang: str) -> str:
    return told_day((date.fromisoformat(day) - date(1970, 1, 1)).days * DAY_MS, lang)


def _weeks(days: list[Day], bad: list[Window]) -> list[Row]:
    weeks: dict[str, list[Day]] = defaultdict(list)
    for one in days:
        day = date.fromisoformat(one.day)
        weeks[(day - timedelta(days=day.weekday())).isoformat()].append(one)
    return [_week(week, weeks[week], bad) for week in sorted(weeks)]


def _week(week: str, days: list[Day], bad: list[Window]) -> Row:
    tests, failing = (sum(getattr(one, name) for one in days) for name in ("tests", "failing"))
    share = wilson(failing, tests)
    left = sum(any(one.first <= day.day <= one.last for one in bad) for day in days)
    return {
        "week": week,
        "failing_share": share.estimate,
        "low": share.low,
        "high": share.high,
        "tests": tests,
        "failing": failing,
        "days_left_out": left,
    }


MEASURE = Measure(
    NAME,
    both("Split checks of all tests", "Prüfung der Aufteilung aller Tests"),
    (SHARES, EPOCH),
    question,
    answer_split_checks,
)
