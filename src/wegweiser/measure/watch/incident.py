"""Incidents: alarms of one series that tell of the same thing are told once."""

from collections.abc import Sequence

import msgspec

from wegweiser.measure.watch.alarm import SAME_WITHIN, Alarm
from wegweiser.measure.watch.table import Key


class Incident(msgspec.Struct, frozen=True):
    """The alarm that leads, and those of other values of the same series that came with it."""

    alarm: Alarm
    also: tuple[Alarm, ...] = ()

    @property
    def last(self) -> int:
        """The period at which any of them spoke last."""
        return max(one.last for one in (self.alarm, *self.also))


def incidents_of(alarms: Sequence[Alarm], keys: Sequence[Key]) -> list[Incident]:
    """Join what concerns one series in one direction within a week, whatever its cut.

    On one day the whole leads its parts, and the least probable leads the others; who led first
    goes on leading, so that nothing told once is told otherwise later.
    """
    made: list[Incident] = []
    open_of: dict[tuple[str, bool, int], int] = {}
    for alarm in sorted(alarms, key=lambda one: _order(one, keys)):
        about = (keys[alarm.row][0], alarm.is_fault, alarm.side)
        place = open_of.get(about)
        if place is not None and alarm.known - made[place].last <= SAME_WITHIN:
            incident = made[place]
            made[place] = msgspec.structs.replace(incident, also=(*incident.also, alarm))
            continue
        open_of[about] = len(made)
        made.append(Incident(alarm))
    return made


def _order(alarm: Alarm, keys: Sequence[Key]) -> tuple[int, bool, float, Key]:
    key = keys[alarm.row]
    return alarm.known, bool(key[1]), alarm.chance, key
