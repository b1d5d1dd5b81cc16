"""The tables of journeys: from-to matrix, time per stage, what went before, against the tide."""

from starlette.requests import Request

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.role import SMALLEST_CELL
from wegweiser.terms.wrong import wrong
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.frame.table import Cell, Column, Row, Table
from wegweiser.web.pages.journeys.asked import (
    Asked,
    hidden,
    list_path,
    shown,
    stage_name,
    stood_in,
)
from wegweiser.web.pages.journeys.subjects import subject_cell
from wegweiser.web.pages.journeys.words import WAYS_IN_WORDS
from wegweiser.web.text import Reader
from wegweiser.workspace.journey_flow_operations import Flow, against_the_tide, evidence_in_words

TIDE_SHOWN = 5
TOUCHED_SHOWN = 5
TOUCHED_AT_MOST = 12
ALL = "all"
TOUCHED_WAYS = ("forward", "back", "off_path", "returned", "stayed")


def matrix(desk: Desk, reader: Reader, asked: Asked, flow: Flow, linked: bool) -> Table:
    """Make the from-to matrix with start, in, out and end of every stage."""
    present = [one.stage for one in flow.balances if one.start or one.end]
    balances = {one.stage: one for one in flow.balances}

    def cell(source: str, target: str) -> Cell:
        count = flow.cells.get((source, target), 0)
        if not count:
            return Cell("–")
        path = list_path(asked.view, asked.of, source=source, target=target) if linked else ""
        return Cell(shown(reader, count), path)

    columns = [Column(reader.say("From, to"))]
    columns += [Column(stage_name(desk, reader, stage), number=True) for stage in present]
    columns.append(Column(reader.say("At the start"), number=True))
    rows = [
        Row(
            (
                Cell(stage_name(desk, reader, source)),
                *(cell(source, target) for target in present),
                _behind(reader, asked, balances[source].start, linked, source=source),
            ),
            anchor=f"from-{source}",
        )
        for source in present
    ]
    ends = (_behind(reader, asked, balances[stage].end, linked, target=stage) for stage in present)
    everybody = _behind(reader, asked, flow.of_all, linked)
    rows.append(Row((Cell(reader.say("At the end")), *ends, everybody)))
    return Table(tuple(columns), tuple(rows), caption=reader.say("Moves from stage to stage"))


def _behind(reader: Reader, asked: Asked, count: int, linked: bool, **words: str) -> Cell:
    """Write a count that opens its list."""
    path = list_path(asked.view, asked.of, **words) if linked and count else ""
    return Cell(shown(reader, count), path)


def by_stage(desk: Desk, reader: Reader, asked: Asked, flow: Flow, linked: bool) -> Table:
    """Make the balance of every stage, the mean time in it, and its course."""
    columns = (
        Column(reader.say("Stage")),
        Column(reader.say("At the start"), number=True),
        Column(reader.say("Came in"), number=True),
        Column(reader.say("Went out"), number=True),
        Column(reader.say("At the end"), number=True),
        Column(reader.say("Mean days in it"), number=True),
        Column(reader.say("Course of the number")),
    )
    rows = tuple(
        Row(
            (
                Cell(stage_name(desk, reader, one.stage)),
                _behind(reader, asked, one.start, linked, source=one.stage),
                _behind(reader, asked, one.came, linked, came=one.stage),
                _behind(reader, asked, one.left, linked, left=one.stage),
                _behind(reader, asked, one.end, linked, target=one.stage),
                _mean_days(reader, asked, one.stage, one.mean_days),
                Cell("", values=() if reader.sight == "counts" else one.marks),
            ),
            anchor=f"in-{one.stage}",
        )
        for one in flow.balances
        if any(one.marks)
    )
    return Table(columns, rows, caption=reader.say("Time in every stage"))


def _mean_days(reader: Reader, asked: Asked, stage: str, days: float) -> Cell:
    few = reader.sight == "counts" and hidden(reader, stood_in(asked, stage))
    return Cell(reader.number(days, 1) if days and not few else "–")


def shows_all(request: Request) -> bool:
    """Tell whether the address asks for every row; raises InputRefused for another word."""
    written = request.query_params.get("rows", "")
    if written not in ("", ALL):
        raise InputRefused("bad_rows", wrong("address_word", word="rows", known=ALL), 422, "rows")
    return bool(written)


def touched_more(reader: Reader, asked: Asked, flow: Flow, whole: bool) -> tuple[str, str]:
    """Give words and path of the whole table, or back to the short one; empty where it is short."""
    count = min(len(flow.touched), TOUCHED_AT_MOST)
    if count <= TOUCHED_SHOWN or not any(flow.ways[way] for way in TOUCHED_WAYS):
        return "", ""
    if whole:
        return reader.say("Show fewer rows"), asked.view.to(rows="")
    words = reader.say("All {count}", count=reader.number(count))
    return words, asked.view.to(rows=ALL)


def touched(reader: Reader, asked: Asked, flow: Flow, linked: bool, whole: bool) -> Table:
    """Make the shares of those who looked at something in the 14 days before their move.

    Where not `whole`, only of what was looked at most.
    """
    ways = [way for way in TOUCHED_WAYS if flow.ways[way]]
    columns = (
        Column(reader.say("Looked at")),
        *(Column(reader.say(WAYS_IN_WORDS[way]), number=True) for way in ways),
    )
    rows = tuple(
        Row(
            (
                Cell(evidence_in_words(one.what, reader.language)),
                *(
                    _share(
                        reader,
                        one.by_way[way],
                        flow.ways[way],
                        list_path(asked.view, asked.of, way=way, touched=one.what)
                        if linked and one.by_way[way]
                        else "",
                    )
                    for way in ways
                ),
            )
        )
        for one in flow.touched[: TOUCHED_AT_MOST if whole else TOUCHED_SHOWN]
    )
    nothing = reader.say("Nothing was looked at in the 14 days before.")
    if not ways:
        rows, nothing = (), reader.say("Nobody moved between these two days.")
    return Table(
        columns,
        rows,
        nothing,
        reader.say("What was looked at before each kind of move"),
    )


def _share(reader: Reader, count: int, of_all: int, path: str) -> Cell:
    written = shown(reader, count)
    # A share would tell what the hidden figure does not.
    if reader.sight == "counts" and min(count, of_all) < SMALLEST_CELL:
        return Cell(written)
    told = reader.say("{count} of {all}", count=written, all=shown(reader, of_all))
    return Cell(reader.percent(count / of_all, 0), path, told)


def tide(desk: Desk, reader: Reader, asked: Asked, linked: bool) -> Table | None:
    """List some who moved against most others from the same stage; None where names are hidden."""
    if not linked:
        return None
    found = against_the_tide(asked.moved)
    columns = (
        Column(reader.say("Name")),
        Column(reader.say("From")),
        Column(reader.say("To")),
    )
    rows = tuple(
        Row(
            (
                subject_cell(desk, reader, one.subject),
                Cell(stage_name(desk, reader, one.step[0])),
                Cell(stage_name(desk, reader, one.step[1])),
            )
        )
        for one in found[:TIDE_SHOWN]
    )
    return Table(
        columns,
        rows,
        reader.say("Nobody moved against most others."),
        reader.say("Against the tide"),
    )


def tide_more(reader: Reader, asked: Asked, linked: bool) -> tuple[str, str]:
    """Give words and path of the whole list against the tide; empty where all are shown."""
    count = len(against_the_tide(asked.moved))
    if not linked or count <= TIDE_SHOWN:
        return "", ""
    words = reader.say("All {count}", count=reader.number(count))
    return words, list_path(asked.view, asked.of, way="tide")
