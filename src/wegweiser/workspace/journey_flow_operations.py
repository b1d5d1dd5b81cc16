"""Operations on moves between stages: the flow between two dates, who moved, a segment of them."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import cast
from zoneinfo import ZoneInfo

from wegweiser.profile.stage_choice import TIDE, Choice, chosen
from wegweiser.profile.stage_flow import (
    SHOWN,
    WAYS,
    Flow,
    Moved,
    against_the_tide,
    flow_of,
    way_of,
)
from wegweiser.profile.stage_words import what_in_words as evidence_in_words
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.wrong import wrong
from wegweiser.workspace.arguments import read
from wegweiser.workspace.journey_courses import (
    UNITS,
    Period,
    Travellers,
    Unit,
    members_of_all,
    read_travellers,
)
from wegweiser.workspace.site import Site

STAGE_WORDS = ("source", "target", "came", "left", "ever", "stood")
MOVED_WORDS = ("way", "source_stage", "target_stage", "came", "left", "ever", "touched")
DEFAULT_DAYS = 30
LONGEST_DAYS = 800


async def journey_flow(site: Site, arguments: JsonObject) -> Json:
    """Count moves between stages of `of` accounts or persons, `from` a day up to `to` a day.

    `country`, `source` and `segment` are lists that narrow whom to count.
    """
    period, moved, found = await _asked(site, arguments)
    return {
        "of": period.of,
        "looked_at": found.looked_at,
        "of_all": found.of_all,
        **told(flow_of(moved, period.days_per_mark)),
        "against_the_tide": len(against_the_tide(moved)),
    }


async def journey_moved(site: Site, arguments: JsonObject) -> Json:
    """Name those who moved: by `source_stage` and `target_stage`, by `way`, or against the tide.

    `came` and `left` are stages that they came into or went out of, `ever` one they stood in,
    `touched` what they looked at before.
    """
    _, moved, _ = await _asked(site, arguments)
    way, source, target, came, left, ever, touched = (
        read(arguments, name, str, "") for name in MOVED_WORDS
    )
    choice = Choice(way, source, target, came, left, ever, touched)
    meant = chosen_of(moved, choice)
    return {
        "moved": [
            {"subject": one.subject, "from": one.step[0], "to": one.step[1], "way": one.way}
            for one in meant
        ]
    }


def chosen_of(moved: Sequence[Moved], choice: Choice) -> tuple[Moved, ...]:
    """Choose whom a figure counts; raises InputRefused for a way or a stage that there is not."""
    _one_of(choice.way, (*WAYS, TIDE), "way")
    for name in STAGE_WORDS:
        _one_of(getattr(choice, name), SHOWN, name)
    return chosen(moved, choice)


def _one_of(written: str, allowed: Sequence[str], name: str) -> None:
    if written not in ("", *allowed):
        raise InputRefused(
            "bad_input", wrong("one_from", name=name, known=", ".join(allowed)), 422, name
        )


async def _asked(site: Site, arguments: JsonObject) -> tuple[Period, tuple[Moved, ...], Travellers]:
    await site.intake.settle()
    of = read(arguments, "of", str, "account")
    _one_of(of, UNITS, "of")
    period = period_of(site, cast(Unit, of), *_days(site, arguments))
    countries, sources, segments = (
        read(arguments, name, list[str], []) for name in ("country", "source", "segment")
    )
    found = await read_travellers(site, period)
    if segments:
        await site.segments.settle()
    subjects = members_of_all(site, segments) if segments else None
    return period, found.kept(countries, sources, subjects), found


def _days(site: Site, arguments: JsonObject) -> tuple[date, date]:
    today = _today(site)
    first = _day(arguments, "from", today - timedelta(days=DEFAULT_DAYS))
    end = _day(arguments, "to", today + timedelta(days=1))
    if not timedelta(0) < end - first <= timedelta(days=LONGEST_DAYS):
        told = wrong("to_after_from", most=LONGEST_DAYS)
        raise InputRefused("bad_period", told, 422, "to")
    return first, end


def _day(arguments: JsonObject, name: str, otherwise: date) -> date:
    written = read(arguments, name, str, "")
    try:
        return date.fromisoformat(written) if written else otherwise
    except ValueError:
        raise InputRefused("bad_period", wrong("a_journey_day", name=name), 422, name) from None


def _today(site: Site) -> date:
    zone = ZoneInfo(site.settings.time_zone)
    return datetime.fromtimestamp(site.clock.now_ms() / 1000, zone).date()


def period_of(site: Site, of: Unit, first: date, end: date) -> Period:
    """Give a period from a day up to another in the zone of the workspace.

    It ends with the present day at the latest, and lasts one day at least.
    """
    zone = ZoneInfo(site.settings.time_zone)
    last = min(end, _today(site) + timedelta(days=1))
    start_ms, end_ms = (
        int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp() * 1000)
        for day in (first, last)
    )
    return Period(of, start_ms, max(end_ms, start_ms + DAY_MS))


def told(flow: Flow) -> JsonObject:
    """Write a flow as plain values."""
    return {
        "counted": flow.of_all,
        "ways": {**flow.ways},
        "moves": [
            {"from": source, "to": target, "count": count}
            for (source, target), count in flow.cells.items()
        ],
        "stages": [
            {
                "stage": one.stage,
                "start": one.start,
                "in": one.came,
                "out": one.left,
                "end": one.end,
                "mean_days": round(one.mean_days, 2),
            }
            for one in flow.balances
        ],
        "touched_before": [{"what": one.what, **one.by_way} for one in flow.touched],
    }


OPERATIONS = {"journey_flow": journey_flow, "journey_moved": journey_moved}

# What pages of journeys speak of.
__all__ = [
    "OPERATIONS",
    "SHOWN",
    "WAYS",
    "Choice",
    "Flow",
    "Moved",
    "against_the_tide",
    "chosen_of",
    "evidence_in_words",
    "flow_of",
    "period_of",
    "way_of",
]
