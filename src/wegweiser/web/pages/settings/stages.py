"""Stages and goals: what the stages of the journey are called, and what counts as a goal."""

from starlette.requests import Request
from starlette.responses import Response

from wegweiser.terms.journey import STAGES
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.frame.table import Cell, Column, Row, Table
from wegweiser.web.pages.goal_names import goal_name
from wegweiser.web.pages.settings.sections import RoomPage, Section, show_room
from wegweiser.web.text import LANGUAGES, Reader

STAGE_DOCUMENT = """\
kind: journey
key: ours
names:
  explore: {en: Looking around, de: Sich umsehen}"""
GOAL_DOCUMENT = """\
kind: goal
key: demo-booked
when: event == "Demo Booked"
window_days: 30
worth: 400"""


async def stages(desk: Desk, request: Request) -> Response:
    """Show the stages with their names, and the goals that are published."""
    reader, site = desk.reader(request), desk.site
    goals = site.unifier.policies.bundle.goals if site.unifier.position else ()
    answer = reader.count(
        "Buyers stand on one of {stages} stages; {count} goal is published.",
        "Buyers stand on one of {stages} stages; {count} goals are published.",
        len(goals),
        stages=reader.number(len(STAGES)),
    )
    told = reader.say("A journey document renames stages; what lies behind them stays.")
    sections = (
        Section(reader.say("Stages"), told, table=_stages(desk, reader), code=STAGE_DOCUMENT),
        Section(
            reader.say("Goals"),
            reader.say("Goals are documents; publish one to change it."),
            table=_goals(desk, reader),
            code=GOAL_DOCUMENT,
        ),
    )
    return show_room(desk, request, RoomPage(answer, sections))


def _stages(desk: Desk, reader: Reader) -> Table:
    names = desk.site.journeys.journey.names
    here, *others = sorted(LANGUAGES, key=lambda one: one != reader.language)
    columns = (
        Column(reader.say("Stage")),
        Column(reader.say("In the other language")),
        Column(reader.say("Key")),
    )
    rows = (
        Row(
            (
                Cell(names[one][here]),
                Cell(names[one][others[0]], lang=others[0]),
                Cell(one, code=True),
            )
        )
        for one in STAGES
    )
    return Table(columns, tuple(rows))


def _goals(desk: Desk, reader: Reader) -> Table:
    site = desk.site
    goals = site.unifier.policies.bundle.goals if site.unifier.position else ()
    columns = (
        Column(reader.say("Goal")),
        Column(reader.say("Reached when")),
        Column(reader.say("Counts for")),
        Column(reader.say("Worth"), number=True),
    )
    rows = (
        Row(
            (
                Cell(goal_name(goals, one.key), note=one.key),
                Cell(one.when, code=True),
                Cell(reader.count("{count} day", "{count} days", one.window_days)),
                Cell(reader.money(one.worth, site.settings.currency) if one.worth else "–"),
            )
        )
        for one in goals
    )
    return Table(columns, tuple(rows), reader.say("No goal is published yet."))
