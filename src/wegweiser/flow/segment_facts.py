"""What segment rules read of a person or an account at a moment."""

from collections.abc import Collection, Iterable, Sequence
from zlib import crc32

import msgspec

from wegweiser.flow.segment_judge import ReadStage
from wegweiser.flow.segment_rules import LIKELIEST, PROFILE, Of, Segment
from wegweiser.profile.cell import SEPARATOR
from wegweiser.profile.exact import Amounts, add_amount, to_number
from wegweiser.profile.reading import CellAt
from wegweiser.terms.instant import DAY_MS, HOUR_MS, day_of
from wegweiser.terms.json import Json, JsonObject


class Lookups(msgspec.Struct, frozen=True):
    """What some rules look up besides the profile: events by name, sums, stage and accounts."""

    events: frozenset[str]
    sums: frozenset[str]
    with_stage: bool
    of_accounts: frozenset[str]


def lookups_of(segments: Iterable[Segment]) -> Lookups:
    """Gather what segments of one kind look up together."""
    held = tuple(segments)
    none = frozenset[str]()
    return Lookups(
        events=none.union(*(one.events for one in held)),
        sums=none.union(*(one.sums for one in held)),
        with_stage=any(one.with_stage for one in held),
        of_accounts=none.union(*(one.of_accounts for one in held)),
    )


def end_of_today(now: int) -> int:
    """Give the end of the UTC day of a moment, in ms."""
    return (day_of(now) + 1) * DAY_MS


def scope_of(
    of: Of,
    facts: JsonObject,
    cells: Sequence[CellAt],
    stage: ReadStage,
    lookups: Lookups,
    inside: list[Json],
    now: int,
) -> JsonObject:
    """Give the variables of rules; `inside` are the keys of the segments that are certain.

    The stage is read at the end of the present UTC day, so that it changes by silence once a day.
    """
    about: JsonObject = {**facts, "segments": inside}
    if lookups.with_stage:
        about["stage"] = with_label(stage(end_of_today(now)))
    scope: JsonObject = {of: about, PROFILE: about, "as_of": now}
    if lookups.events:
        scope["history"] = history_of(cells, lookups.events)
    if lookups.sums:
        scope["sums"] = sums_of(cells, lookups.sums)
    return scope


def with_label(probabilities: JsonObject) -> JsonObject:
    """Add the likeliest stage to the probabilities by stage; the earlier one of two alike.

    >>> with_label({"explore": 0.7, "evaluate": 0.3})["label"]
    'explore'
    """
    told = [
        (share, name) for name, share in probabilities.items() if isinstance(share, int | float)
    ]
    return {**probabilities, LIKELIEST: max(told, key=lambda one: one[0])[1]} if told else {}


def tell_apart(choices: Json) -> int:
    """Give a number that differs when choices do; 0 where there are none."""
    held = sorted(choices.items()) if isinstance(choices, dict) else []
    return crc32(repr(held).encode()) if held else 0


def moved_by_time(segments: Iterable[Segment]) -> tuple[Segment, ...]:
    """Give the segments that somebody may enter or leave while nothing happens."""
    return tuple(one for one in segments if not one.foresight.is_timeless or _turns_daily(one))


def next_look(segment: Segment, scope: JsonObject, now: int) -> int | None:
    """Give the moment (ms) at which time alone may next change a membership, None if never."""
    if not segment.foresight.is_timeless:
        change = segment.foresight.next_change(scope, now)
        midnight = end_of_today(now) if _turns_daily(segment) else None
        return min((at for at in (change, midnight) if at is not None), default=None)
    return end_of_today(now) if _turns_daily(segment) else None


def _turns_daily(segment: Segment) -> bool:
    """Tell whether a rule reads what time changes once a day: the stage, or what has a window."""
    return segment.with_stage or segment.with_insight


def history_of(cells: Iterable[CellAt], names: Collection[str]) -> JsonObject:
    """Give for each event name the hours with events, as [start in ms, number of events]."""
    found: dict[str, dict[int, int]] = {name: {} for name in names}
    for held in cells:
        for name in names:
            for hour, number in held.cell.counts.get(name, {}).items():
                start = held.day * DAY_MS + int(hour) * HOUR_MS
                found[name][start] = found[name].get(start, 0) + number
    return {name: [[*hour] for hour in sorted(hours.items())] for name, hours in found.items()}


def sums_of(cells: Iterable[CellAt], names: Collection[str]) -> JsonObject:
    """Give by event and property the sums of each hour, as [start in ms, currency, amount]."""
    hours: dict[tuple[str, str, int], Amounts] = {}
    for held in cells:
        for key, amount in held.cell.sums.items():
            name, hour, field, currency = key.split(SEPARATOR)
            if name in names:
                start = held.day * DAY_MS + int(hour) * HOUR_MS
                add_amount(hours.setdefault((name, field, start), {}), currency, amount)
    found: dict[str, dict[str, list[Json]]] = {name: {} for name in names}
    for (name, field, start), amounts in sorted(hours.items()):
        rows = found[name].setdefault(field, [])
        rows += [[start, currency, to_number(amounts[currency])] for currency in sorted(amounts)]
    return {name: {**fields} for name, fields in found.items()}
