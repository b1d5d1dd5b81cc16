"""Operations on alarms: list, look, acknowledge, snooze, judge, report a miss, quality."""

from datetime import date
from typing import TYPE_CHECKING, Literal

import msgspec

from wegweiser.flow.alarm_post import of_alarms
from wegweiser.flow.alarm_quality import quality_of
from wegweiser.terms.alarm import KeptAlarm
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.instant import format_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.source import Caller
from wegweiser.terms.wrong import wrong
from wegweiser.workspace.arguments import plain, read, text
from wegweiser.workspace.audited import who_is

if TYPE_CHECKING:
    from wegweiser.workspace.site import Site

SHOWN = 200
MOST_DAYS = 365
Said = Literal["confirmed", "false"]
_MOMENTS = ("raised_at", "acknowledged_at", "snoozed_until", "judged_at", "settled_at")


async def alarm_list(site: "Site", arguments: JsonObject) -> Json:
    """List alarms, newest first; with `open` only those that nobody has acknowledged and
    whose cause lasts."""
    only_open = read(arguments, "open", bool, False)
    await site.alarms.settle()
    found = site.alarms.log.all()
    if only_open:
        found = [one for one in found if not one.acknowledged_at and not one.settled_at]
    return {"alarms": [told(one) for one in found[:SHOWN]], "count": len(found)}


async def alarm_show(site: "Site", arguments: JsonObject) -> Json:
    """Show one alarm and what became of telling it."""
    alarm = site.alarms.log.get(text(arguments, "id"))
    sends: list[Json] = [
        {
            "to": one.parcel.data.get("to") or one.endpoint,
            "state": one.state,
            "tries": one.tries,
            "detail": one.detail,
        }
        for one in of_alarms(site.alarms.post.sends(), alarm.alarm_id)
    ]
    return told(alarm) | {"sends": sends}


async def alarm_look(site: "Site", arguments: JsonObject) -> Json:
    """Look at once at the days that a watch has not looked at; gives the new alarms."""
    watch = site.alarms.book.get(text(arguments, "key"))
    found = await site.alarms.desk.look(watch)
    await site.alarms.post.run()
    return {"alarms": [told(one) for one in found]}


async def alarm_acknowledge(
    site: "Site", arguments: JsonObject, caller: Caller | None = None
) -> Json:
    """Note that somebody has seen an alarm."""
    return told(site.alarms.log.acknowledge(text(arguments, "id"), _by(arguments, caller)))


async def alarm_snooze(site: "Site", arguments: JsonObject, caller: Caller | None = None) -> Json:
    """Hear nothing of the series of an alarm for some days."""
    days = read(arguments, "days", int, 7)
    if not 1 <= days <= MOST_DAYS:
        raise InputRefused(
            "bad_input", wrong("number_between", name="days", least=1, most=MOST_DAYS), 422, "days"
        )
    return told(site.alarms.log.snooze(text(arguments, "id"), days, _by(arguments, caller)))


async def alarm_judge(site: "Site", arguments: JsonObject, caller: Caller | None = None) -> Json:
    """Say whether an alarm was right: confirmed or false."""
    alarm_id, note = text(arguments, "id"), read(arguments, "note", str, "")
    try:
        judgement = msgspec.convert(text(arguments, "judgement"), Said)
    except msgspec.ValidationError:
        why = wrong("this_or_that", name="judgement", one="confirmed", other="false")
        raise InputRefused("bad_input", why, 422, "judgement") from None
    return told(site.alarms.log.judge(alarm_id, judgement, _by(arguments, caller), note[:500]))


async def alarm_miss(site: "Site", arguments: JsonObject, caller: Caller | None = None) -> Json:
    """Report what no alarm told: the series and the day on which it began."""
    day, note = text(arguments, "day"), read(arguments, "note", str, "")
    try:
        date.fromisoformat(day)
    except ValueError:
        told_why = wrong("day_is_none", day=repr(day))
        raise InputRefused("bad_input", told_why, 422, "day") from None
    series = text(arguments, "series")
    return plain(site.alarms.log.report_miss(series[:100], day, _by(arguments, caller), note[:500]))


async def alarm_quality(site: "Site", arguments: JsonObject) -> Json:
    """Hold the alarms against their promise: how many, how right, how soon, how many missed."""
    log = site.alarms.log
    states = [log.watching(watch.key) for watch in site.alarms.book.all()]
    promised = [state.promised for state in states if state is not None]
    misses = log.misses()
    # No watch promised anything of who is who.
    watched = [one for one in log.all() if one.watch]
    found = plain(quality_of(watched, misses, promised))
    assert isinstance(found, dict)
    return found | {"missed": plain(misses[:SHOWN])}


async def watch_list(site: "Site", arguments: JsonObject) -> Json:
    """List the declared watches and how far each has looked."""
    lines: list[Json] = []
    for watch in site.alarms.book.all():
        seen = site.alarms.log.watching(watch.key)
        upto = None if seen is None else seen.upto
        lines.append({"key": watch.key, "upto": upto, "watch": plain(watch)})
    return {"watches": lines}


async def watch_remove(site: "Site", arguments: JsonObject) -> Json:
    """Keep a watch no more; its alarms stay."""
    key = text(arguments, "key")
    site.alarms.book.remove(key)
    return {"removed": key}


def _by(arguments: JsonObject, caller: Caller | None) -> str:
    """Name whoever says something: who is signed in, else the holder of a key or the operator."""
    return (read(arguments, "by", str, "") if caller is None else "") or who_is(caller)


def told(alarm: KeptAlarm) -> JsonObject:
    """Write an alarm with all its fields; moments are ISO texts, null where nothing happened.

    `page` is the path of the page that shows it.
    """
    fields: JsonObject = {name: plain(getattr(alarm, name)) for name in alarm.__struct_fields__}
    for name in _MOMENTS:
        at = getattr(alarm, name)
        fields[name] = format_instant(at) if at else None
    return fields | {"page": alarm.page}


OPERATIONS = {
    "alarm_list": alarm_list,
    "alarm_show": alarm_show,
    "alarm_look": alarm_look,
    "alarm_quality": alarm_quality,
    "watch_list": watch_list,
    "watch_remove": watch_remove,
}
# Who says something to an alarm is noted with it.
OF_CALLERS = {
    "alarm_acknowledge": alarm_acknowledge,
    "alarm_snooze": alarm_snooze,
    "alarm_judge": alarm_judge,
    "alarm_miss": alarm_miss,
}
