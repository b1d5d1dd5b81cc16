"""Charts of Data: sources hour by hour, what is refused, identity day by day; each with a table."""

import re

from tests.web.serving import Running, settled
from wegweiser.flow.source_pulse import Heard, pulse_of
from wegweiser.terms.instant import HOUR_MS, MINUTE_MS, format_instant
from wegweiser.terms.json import JsonObject
from wegweiser.web.charts.curve import curve_spec
from wegweiser.web.pages.data.courses import course_figure, course_table
from wegweiser.web.pages.data.source_charts import hours_of, refused_figure
from wegweiser.web.text import Reader

NOW = 400_000 * HOUR_MS + 5 * MINUTE_MS
GERMAN = Reader("de", "UTC", NOW)


def health(name: str, *hours: tuple[int, int, int]) -> JsonObject:
    """Give the state of a source from elements and refusals so many hours ago."""
    told = [
        {
            "hour": format_instant((NOW // HOUR_MS - ago) * HOUR_MS),
            "elements": elements,
            "refused": refused,
        }
        for ago, elements, refused in hours
    ]
    counts = {"elements": sum(one[1] for one in hours), "refused": sum(one[2] for one in hours)}
    return {"source": name, "hours": told, **counts}  # type: ignore[dict-item]


def test_hours_are_those_of_the_last_day_with_what_was_refused() -> None:
    heard = [Heard(at=NOW - ago * HOUR_MS, elements=2, refused=1) for ago in (0, 0, 3, 23, 24, 50)]
    hours = pulse_of(heard, NOW).hours
    assert [(NOW // HOUR_MS - one.at // HOUR_MS, one.elements, one.refused) for one in hours] == [
        *((23, 2, 1), (3, 2, 1), (0, 4, 2))
    ]


def test_a_quiet_hour_counts_nothing_and_every_point_is_in_the_table() -> None:
    found = [health("site", (3, 9, 0), (0, 5, 1)), health("shop", (1, 4, 0)), health("crm")]
    course = hours_of(GERMAN, found)
    assert dict(course.counts) == {"site": (9, 0, 0, 5), "shop": (0, 0, 4, 0)}
    figure, table = course_figure(GERMAN, "/data", course), course_table(GERMAN, course)
    rows = {row.anchor: [cell.text for cell in row.cells] for row in table.rows}
    for at, curve in enumerate(figure.curves):
        for point in curve.points:
            row = rows[point.path.partition("#")[2]]
            assert row[1 + at] == GERMAN.number(point.value)
            assert point.label.startswith(f"{curve.name}, {row[0]}: ")
    assert curve_spec(figure, "narrow")["width"] == 310


def test_shares_refused_are_written_in_the_language_of_the_reader() -> None:
    figure = refused_figure(GERMAN, "/data", [health("site", (0, 8, 1)), health("shop", (0, 4, 0))])
    assert [bar.shown for bar in figure.bars] == [
        "12,5\N{NO-BREAK SPACE}%",
        "0,0\N{NO-BREAK SPACE}%",
    ]
    assert figure.bars[0].label == "site: 12,5\N{NO-BREAK SPACE}% abgelehnt"


def test_pages_of_data_show_their_charts_with_tables(running: Running) -> None:
    for path, caption in (
        ("/data/identity", "Links, splits and conflicts per day"),
        ("/data", "Events per hour and source"),
    ):
        page = settled(running.client, path)
        if caption not in page:
            assert "identity" not in path
            continue
        anchors = set(re.findall(r'<tr id="([^"]+)"', page))
        marks = set(re.findall(rf'href="{path}#([^"]+)"', page))
        assert marks
        assert marks <= anchors
