"""Writes answers out for a report, in its language: sentences, chart, table, files."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from wegweiser.deliver.report_part import File, Part
from wegweiser.flow.answer_file import written
from wegweiser.measure.words import date, number
from wegweiser.terms.column import column_word
from wegweiser.terms.drawing import charts
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.json import Json
from wegweiser.terms.result import Answer, AskedPeriod

ROWS_SHOWN = 25
SENTENCES_SHOWN = 12
_DIGITS = 4
_FAILED = {"en": "This could not be answered:", "de": "Das war nicht zu beantworten:"}
_FOOT = {
    "en": "As of {moment} ({zone}); everything up to then is in it. Sent by Wegweiser.",
    "de": "Stand {moment} Uhr ({zone}); alles bis dahin ist enthalten. Gesendet von Wegweiser.",
}
_DAYS = {"en": "{first} to {last}", "de": "{first} bis {last}"}


def part_of(answer: Answer, language: str, forms: tuple[str, ...], subtitle: str) -> Part:
    """Write out one answer; without enough data the sentences stand alone.

    What is about other days than the report says so in its title.
    """
    title = answer.title.get(language, answer.measure)
    if answer.period is not None and (told := _period_told(answer.period, language)) != subtitle:
        title = f"{title}, {told}"
    sentences = _sentences(answer, language)
    if answer.status != "ok":
        return Part(title=title, sentences=sentences, empty=True)
    files = (written(answer, form, language) for form in forms)
    rows = answer.rows[:ROWS_SHOWN]
    return Part(
        title=title,
        sentences=sentences,
        columns=tuple(column_word(column, language) for column in answer.columns),
        cells=tuple(tuple(cell_text(cell, language) for cell in row) for row in rows),
        more=len(answer.rows) - len(rows),
        svg=charts().svg(answer, language),
        png=charts().png(answer, language),
        files=tuple(File(one.name, one.media_type, one.content) for one in files),
    )


def failed_part(measure: str, why: str, language: str) -> Part:
    """Write out that a measure failed, so that its readers see it."""
    told = f"{_FAILED[language]} {why}"
    return Part(title=measure, sentences=(told,), empty=True, failed=True)


def _sentences(answer: Answer, language: str) -> tuple[str, ...]:
    changes = () if answer.compared is None else answer.compared.changes
    changed = {one.name: one.sentence for one in changes}
    told = [changed.get(one.name, one.sentence)[language] for one in answer.results]
    return tuple(dict.fromkeys(told))[:SENTENCES_SHOWN]


def cell_text(value: Json, language: str) -> str:
    """Write a cell as people read it; nothing is a dash.

    >>> cell_text(0.123456, "de"), cell_text(1234, "en"), cell_text(None, "en")
    ('0,1235', '1,234', '–')
    """
    if value is None or value == "":
        return "\N{EN DASH}"
    if isinstance(value, bool):
        return "✓" if value else "\N{EN DASH}"
    if isinstance(value, int):
        return number(value, language)
    if isinstance(value, float):
        whole = value == round(value)
        return number(value, language, 0 if whole else _DIGITS if abs(value) < 1 else 2)
    return str(value)


def days_told(first: str, last: str, language: str) -> str:
    """Name the first and the last day of a report, given the day after the last.

    >>> days_told("2026-11-09", "2026-11-16", "de")
    '9. November 2026 bis 15. November 2026'
    """
    start, end = (_midnight(day) for day in (first, last))
    shown = {"first": date(start, language), "last": date(max(start, end - 1), language)}
    return shown["first"] if end - start <= DAY_MS else _DAYS[language].format(**shown)


def _period_told(period: AskedPeriod, language: str) -> str:
    place = ZoneInfo(period.zone)
    ends = (
        datetime.fromtimestamp(at / 1000, UTC).astimezone(place).date()
        for at in (period.start, period.end - 1)
    )
    first, last = ends
    return days_told(first.isoformat(), (last + timedelta(days=1)).isoformat(), language)


def _midnight(day: str) -> int:
    return round(datetime.fromisoformat(f"{day}T00:00Z").timestamp() * 1000)


def foot_told(fresh_until: int, zone: str, language: str) -> str:
    """Say how fresh a report is, by the clock of its zone."""
    local = datetime.fromtimestamp(fresh_until / 1000, UTC).astimezone(ZoneInfo(zone))
    day = date(round(local.replace(tzinfo=UTC).timestamp() * 1000), language)
    return _FOOT[language].format(moment=f"{day}, {local:%H:%M}", zone=zone)
