"""What segment rules read of a person or an account at a moment."""

from collections.abc import Collection, Iterable, Sequence

import msgspec

from wegweiser.flow.segment_judge import ReadStage
from wegweiser.flow.segment_rules import Of, Segment
from wegweiser.profile.reading import CellAt
from wegweiser.terms.instant import DAY_MS, HOUR_MS, day_of
from wegweiser.terms.json import Json, JsonObject


class Lookups(msgspec.Struct, frozen=True):
    """What some rules look up besides the profile: events by name, and the stage."""

    events: frozenset[str]
    with_stage: bool


def lookups_of(segments: Iterable[Segment]) -> Lookups:
    """Gather what segments of one kind look up together."""
    held = tuple(segments)
    events = frozenset[str]().union(*(one.events for one in held))
    return Lookups(events, any(one.with_stage for one in held))


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
        about["stage"] = stage(end_of_today(now))
    scope: JsonObject = {of: about, "as_of": now}
    if lookups.events:
        scope["history"] = history_of(cells, lookups.events)
    return scope


def next_look(segment: Segment, scope: JsonObject, now: int) -> int | None:
    """Give the moment (ms) at which time alone may next change a membership, None if never."""
    if not segment.foresight.is_timeless:
        change = segment.foresight.next_change(scope, now)
        midnight = end_of_today(now) if segment.with_stage else None
        return min((at for at in (change, midnight) if at is not None), default=None)
    return end_of_today(now) if segment.with_stage else None


def history_of(cells: Iterable[CellAt], names: Collection[str]) -> JsonObject:
    """Give for each event name the hours with events, as [start in ms, number of events]."""
    found: dict[str, dict[int, int]] = {name: {} for name in names}
    for held in cells:
        for name in names:
            for hour, number in held.cell.counts.get(name, {}).items():
                start = held.day * DAY_MS + int(hour) * HOUR_MS
                found[name][start] = found[name].get(start, 0) + number
    return {name: [[*hour] for hour in sorted(hours.items())] for name, hours in found.items()}
