"""The calendar: which message may run in which week on which channel, with quiet hours."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.message import Message
from wegweiser.terms.policy import QuietHours
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.messages.standing import STATES, message_path, state_of
from wegweiser.web.pages.period import EARLIEST, LATEST
from wegweiser.web.pages.rows import rows_in
from wegweiser.web.text import Reader
from wegweiser.web.words import CHANNELS, named

HERE = "/calendar"
WEEKS = 8
WEEK = timedelta(days=7)


class Entry(msgspec.Struct, frozen=True):
    """One message in one week on one channel; `note` says that it begins, ends or pauses."""

    message: str
    path: str
    note: str


class WeekRow(msgspec.Struct, frozen=True):
    """One week: its days, its holidays, and the messages per channel."""

    days: str
    here: bool
    holidays: tuple[str, ...]
    cells: tuple[tuple[Entry, ...], ...]


class CalendarPage(msgspec.Struct, frozen=True):
    """The weeks, and where the ones before and after are; `always` may run without any dates."""

    sentence: str
    quiet: str
    channels: tuple[str, ...]
    always: tuple[tuple[Entry, ...], ...]
    weeks: tuple[WeekRow, ...]
    before: str
    after: str
    now: str


async def calendar(desk: Desk, request: Request) -> Response:
    """Show eight weeks from the one of the address on."""
    reader, bundle = desk.reader(request), desk.site.unifier.policies.bundle
    today = datetime.fromtimestamp(reader.now / 1000, ZoneInfo(reader.zone)).date()
    first = _monday(_day(reader, request.query_params.get("week", ""), today))
    mondays = [first + number * WEEK for number in range(WEEKS)]
    channels = sorted({one.channel for each in bundle.messages for one in each.variants})
    dated = [one for one in bundle.messages if _is_dated(one)]
    always = [one for one in bundle.messages if not _is_dated(one)]
    holidays = await _holidays(desk, request)
    page = CalendarPage(
        sentence=_sentence(reader, bundle.messages, mondays),
        quiet=_quiet(reader, bundle.quiet_hours),
        channels=tuple(named(reader, CHANNELS, one) for one in channels),
        always=tuple(tuple(_entries(reader, always, first, one)) for one in channels)
        if always
        else (),
        weeks=tuple(
            WeekRow(
                days=_days(reader, monday),
                here=monday == _monday(today),
                holidays=tuple(_in_week(reader, holidays, monday)),
                cells=tuple(tuple(_entries(reader, dated, monday, one)) for one in channels),
            )
            for monday in mondays
        ),
        before=f"{HERE}?week={first - WEEKS * WEEK}",
        after=f"{HERE}?week={first + WEEKS * WEEK}",
        now="" if first == _monday(today) else HERE,
    )
    frame = desk.frame(
        request,
        reader.say("Calendar"),
        reader.say("Which message may run when, and where?"),
        crumbs=(("/messages", reader.say("Messages")),),
    )
    return desk.render(request, "messages/calendar.html", frame, page)


def _day(reader: Reader, written: str, today: date) -> date:
    """Read the day of the address; raises InputRefused for one that is none."""
    if not written:
        return today
    try:
        day = date.fromisoformat(written)
    except ValueError:
        day = EARLIEST
    if not EARLIEST + WEEKS * WEEK < day < LATEST:
        told = reader.say("{value} is no day; write 2026-11-24.", value=written[:40])
        raise InputRefused("bad_week", told, 422, "week")
    return day


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _days(reader: Reader, monday: date) -> str:
    sunday = monday + WEEK - timedelta(days=1)
    return reader.say(
        "{first} to {last}",
        first=reader.day(monday.isoformat()),
        last=reader.day(sunday.isoformat()),
    )


def _is_dated(one: Message) -> bool:
    return one.starts_at is not None or one.ends_at is not None


def _runs(reader: Reader, one: Message, first: date, end: date) -> bool:
    """Tell whether a message's dates meet some days, whether it pauses or not."""
    begins = one.starts_at is None or one.starts_at < reader.begin_of(end)
    return begins and (one.ends_at is None or one.ends_at > reader.begin_of(first))


def _entries(
    reader: Reader, messages: Sequence[Message], monday: date, channel: str
) -> Iterator[Entry]:
    for one in messages:
        has_it = any(variant.channel == channel for variant in one.variants)
        if has_it and _runs(reader, one, monday, monday + WEEK):
            yield Entry(one.key, message_path(one.key), _note(reader, one, monday))


def _note(reader: Reader, one: Message, monday: date) -> str:
    first, end = reader.begin_of(monday), reader.begin_of(monday + WEEK)
    notes = []
    if one.stopped:
        notes.append(reader.say(STATES[state_of(one, reader.now)]))
    if one.starts_at is not None and first <= one.starts_at < end:
        notes.append(reader.say("from {day}", day=reader.day_of(one.starts_at)))
    if one.ends_at is not None and first < one.ends_at <= end:
        notes.append(reader.say("until {day}", day=reader.day_of(one.ends_at - 1)))
    return ", ".join(notes)


def _sentence(reader: Reader, messages: Sequence[Message], mondays: Sequence[date]) -> str:
    first, end = mondays[0], mondays[-1] + WEEK
    running = [one for one in messages if _runs(reader, one, first, end)]
    return reader.count(
        "In these eight weeks {count} message may run; {begin} begin and {over} end in them.",
        "In these eight weeks {count} messages may run; {begin} begin and {over} end in them.",
        len(running),
        begin=reader.number(_within(reader, [one.starts_at for one in running], first, end)),
        over=reader.number(_within(reader, [one.ends_at for one in running], first, end)),
    )


def _within(reader: Reader, moments: Sequence[int | None], first: date, end: date) -> int:
    low, high = reader.begin_of(first), reader.begin_of(end)
    return sum(at is not None and low <= at <= high for at in moments)


def _quiet(reader: Reader, quiet: QuietHours) -> str:
    """Say when people are left alone; empty where no quiet hours are set."""
    if not quiet.enabled:
        return ""
    channels = reader.all_of([named(reader, CHANNELS, one) for one in quiet.channels])
    return reader.say(
        "{channels} go out between {span} of the person's own time only.",
        channels=channels,
        span=quiet.allowed,
    )


async def _holidays(desk: Desk, request: Request) -> frozenset[str]:
    """Give the holidays (ISO) of the company and of what it watches.

    One that is no day of its working week changes nothing and is left out.
    """
    told = await desk.run(request, "watch_list", {})
    watches = [one.get("watch") for one in rows_in(told, "watches")]
    days = [one.get("holidays") for one in watches if isinstance(one, dict)]
    watched = {str(day) for each in days if isinstance(each, list) for day in each}
    working = desk.site.settings.working_days
    found = watched | {*desk.site.settings.holidays}
    return frozenset(day for day in found if date.fromisoformat(day).weekday() in working)


def _in_week(reader: Reader, holidays: frozenset[str], monday: date) -> Iterator[str]:
    for number in range(7):
        day = (monday + timedelta(days=number)).isoformat()
        if day in holidays:
            yield reader.day(day)
