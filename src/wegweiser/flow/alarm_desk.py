"""Looks every day at what each watch declares, keeps what is unusual, and has it told."""

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from wegweiser.deliver.report_due import last_due
from wegweiser.flow.alarm_book import WatchBook
from wegweiser.flow.alarm_document import LIFT, Watch
from wegweiser.flow.alarm_effect import look_at_lift
from wegweiser.flow.alarm_log import AlarmLog
from wegweiser.flow.alarm_parcels import alarm_parcels
from wegweiser.flow.alarm_post import AlarmPost
from wegweiser.ports.clock import Clock
from wegweiser.terms.alarm import KeptAlarm, Watching
from wegweiser.terms.errors import WegweiserError
from wegweiser.terms.instant import MINUTE_MS
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.result import Answer

MEASURE = "watch.alarms"
# A watch that was just declared tells of the last week, not of years.
FIRST_LOOK_DAYS = 7
_AGAIN_MS = 15 * MINUTE_MS
_YEAR_DAYS = 365.25
_YEAR_MONTHS = 12
_WEEK_DAYS = 7
_log = logging.getLogger(__name__)

Ask = Callable[[str, Mapping[str, str]], Awaitable[Answer]]


class AlarmDesk:
    """`run` looks at what is due; `look` looks at once."""

    def __init__(
        self,
        book: WatchBook,
        log: AlarmLog,
        post: AlarmPost,
        clock: Clock,
        ask: Ask,
        address: Callable[[], str] = str,
    ):
        self._book = book
        self._log = log
        self._post = post
        self._clock = clock
        self._ask = ask
        self._address = address
        self._looking = asyncio.Lock()
        self._not_before: dict[str, int] = {}

    async def run(self) -> None:
        """Look with every watch that is due, then hand over what waits."""
        for watch in self._book.all():
            end = self._day_due(watch)
            seen = self._log.watching(watch.key)
            waits = self._not_before.get(watch.key, 0) > self._clock.now_ms()
            if waits or (seen is not None and seen.upto >= end.isoformat()):
                continue
            try:
                await self.look(watch)
            except (WegweiserError, OSError, RuntimeError):
                # Tried again later: what could not be looked at is not looked over.
                self._not_before[watch.key] = self._clock.now_ms() + _AGAIN_MS
                _log.exception("watch %s could not look", watch.key)
        await self._post.run()

    async def look(self, watch: Watch) -> list[KeptAlarm]:
        """Look at all days up to the last due time that were not looked at; gives new alarms."""
        async with self._looking:
            end = self._day_due(watch)
            seen = self._log.watching(watch.key)
            first = end - timedelta(days=FIRST_LOOK_DAYS)
            if seen is not None:
                first = date.fromisoformat(seen.upto)
            if first >= end:
                return []
            alarms, judged = await self._judged(watch, first, end)
            told = [one for one in alarms if not one.silent]
            state = _looked(seen, watch, judged, first, end)
            more = []
            if told:
                more = alarm_parcels(self._post, watch, told, self._address())
            self._log.raised(watch.key, alarms, state, more)
            return alarms

    def _day_due(self, watch: Watch) -> date:
        """Give the day of the last due time: the days before it are over."""
        due = last_due(watch.schedule, self._clock.now_ms())
        return datetime.fromtimestamp(due / 1000, UTC).astimezone(ZoneInfo(watch.zone)).date()

    def _known(self, alarm: KeptAlarm) -> bool:
        return self._log.is_known(alarm.alarm_id)

    async def _judged(
        self, watch: Watch, first: date, end: date
    ) -> tuple[list[KeptAlarm], "Judged"]:
        """Give the alarms of the days, and how much was judged."""
        found: list[tuple[JsonObject, dict[str, str]]] = []
        days = 0
        if watch.has_days:
            answer = await self._ask(MEASURE, watch.options(first.isoformat(), end.isoformat()))
            found += _rows(answer)
            counts = (one.n for one in answer.results if one.n.get("alarms") is not None)
            days = next((n.get("events", 0) for n in counts), 0)
        lift = await look_at_lift(self._ask, watch, first, end)
        found += lift.alarms
        alarms = [self._alarm(watch, row, sentence) for row, sentence in found]
        fresh = [one for one in alarms if not self._known(one)]
        return [self._beside(one) for one in fresh], Judged(days, lift.months)

    def _beside(self, alarm: KeptAlarm) -> KeptAlarm:
        """Set beside an alarm on lift what else was unusual since then: it may be behind it."""
        if alarm.series != LIFT:
            return alarm
        others = {
            " ".join(filter(None, (one.series, one.dimension, one.member)))
            for one in self._log.all()
            if one.watch == alarm.watch and one.judgement != "false" and one.series != LIFT
            if alarm.since <= one.known <= alarm.known
        }
        return msgspec.structs.replace(alarm, also="; ".join(sorted(others)))

    def _alarm(self, watch: Watch, row: JsonObject, sentence: Mapping[str, str]) -> KeptAlarm:
        named = str(row["alarm_id"])
        hashed = hashlib.sha256(f"{watch.key}\0{named}".encode()).hexdigest()
        names = [field for field in KeptAlarm.__struct_fields__ if field in row]
        fields: dict[str, Json] = {name: row[name] for name in names}
        fields |= {
            "alarm_id": f"alm_{hashed[:16]}",
            "watch": watch.key,
            "raised_at": self._clock.now_ms(),
            "sentence": dict(sentence),
        }
        alarm = msgspec.convert(fields, KeptAlarm)
        return msgspec.structs.replace(alarm, silent=self._log.is_snoozed(alarm.about))


class Judged(msgspec.Struct, frozen=True):
    """Days of series, and months of lift, in which there could have been an alarm."""

    days: int
    months: int


def _rows(answer: Answer) -> list[tuple[JsonObject, dict[str, str]]]:
    sentences = {one.name: one.sentence for one in answer.results}
    # Without alarms the table is that of the count.
    rows = [row for row in answer.table()[::-1] if "alarm_id" in row]
    return [(row, sentences[f"{MEASURE}.{row['alarm_id']}"]) for row in rows]


def _looked(
    seen: Watching | None, watch: Watch, judged: Judged, first: date, end: date
) -> Watching:
    """Note how far it looked, and what the budget allowed in these days, by the month of the last.

    Each series has its budget of the year; together it is at most one false alarm a week.
    """
    years = judged.days / _YEAR_DAYS + judged.months / _YEAR_MONTHS
    allowed = min(years * watch.budget, (end - first).days / _WEEK_DAYS)
    month = (end - timedelta(days=1)).isoformat()[: len("2026-11")]
    promised = dict(seen.promised) if seen is not None else {}
    promised[month] = promised.get(month, 0.0) + allowed
    return Watching(upto=end.isoformat(), promised=promised)
