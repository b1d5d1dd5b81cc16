"""Alarms that were raised, what people said to them, and what they missed, kept for good."""

from collections.abc import Iterable

import msgspec

from wegweiser.flow.tables import ALARM_MISSES, ALARMS, WATCH_STATES
from wegweiser.ports.clock import Clock
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.terms.alarm import Judgement, KeptAlarm, Miss, Watching
from wegweiser.terms.errors import NotFound
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.wrong import wrong

_alarm = msgspec.json.Decoder(KeptAlarm).decode
_miss = msgspec.json.Decoder(Miss).decode
_watching = msgspec.json.Decoder(Watching).decode


class AlarmLog:
    """`raised` keeps new alarms; `acknowledge`, `snooze`, `judge` and `report_miss` say to them."""

    def __init__(self, store: OperationalStore, clock: Clock):
        self._store = store
        self._clock = clock

    def all(self) -> list[KeptAlarm]:
        """List all alarms, newest first."""
        found = [_alarm(value) for _, value in self._store.scan(ALARMS)]
        return sorted(found, key=lambda one: (one.raised_at, one.known, one.alarm_id), reverse=True)

    def get(self, alarm_id: str) -> KeptAlarm:
        """Find an alarm; raises NotFound."""
        stored = self._store.get(ALARMS, [alarm_id.encode()])[0]
        if stored is None:
            raise NotFound(wrong("no_alarm", key=repr(alarm_id)))
        return _alarm(stored)

    def raised(
        self, watch: str, alarms: Iterable[KeptAlarm], seen: Watching, more: Iterable[Change]
    ) -> None:
        """Keep new alarms and how far the watch has looked, with what else belongs to them."""
        changes = [alarm_row(one) for one in alarms]
        state = Change(WATCH_STATES, watch.encode(), msgspec.json.encode(seen))
        self._store.commit([*changes, state, *more])

    def watching(self, watch: str) -> Watching | None:
        """Give how far a watch has looked, None where it never did."""
        stored = self._store.get(WATCH_STATES, [watch.encode()])[0]
        return None if stored is None else _watching(stored)

    def is_known(self, alarm_id: str) -> bool:
        """Tell whether an alarm was raised before."""
        return self._store.get(ALARMS, [alarm_id.encode()])[0] is not None

    def is_snoozed(self, about: tuple[str, str, str, str]) -> bool:
        """Tell whether nobody wants to hear of a series now."""
        now = self._clock.now_ms()
        return any(one.about == about and one.snoozed_until > now for one in self.all())

    def acknowledge(self, alarm_id: str, by: str) -> KeptAlarm:
        """Note that somebody saw an alarm; who saw it first stays."""
        alarm = self.get(alarm_id)
        if alarm.acknowledged_at:
            return alarm
        return self._change(alarm, acknowledged_at=self._clock.now_ms(), acknowledged_by=by)

    def snooze(self, alarm_id: str, days: int, by: str) -> KeptAlarm:
        """Let the series of an alarm be silent for some days, which also acknowledges it."""
        until = self._clock.now_ms() + days * DAY_MS
        return self._change(self.acknowledge(alarm_id, by), snoozed_until=until)

    def judge(self, alarm_id: str, judgement: Judgement, by: str, note: str) -> KeptAlarm:
        """Note whether an alarm was right, which also acknowledges it."""
        now = self._clock.now_ms()
        seen = self.acknowledge(alarm_id, by)
        said = {"judgement": judgement, "judged_at": now, "judged_by": by}
        return self._change(seen, **said, note=note or seen.note)

    def settle(self, alarm_id: str) -> KeptAlarm:
        """Note that the cause of an alarm is over."""
        return self._change(self.get(alarm_id), settled_at=self._clock.now_ms())

    def report_miss(self, series: str, day: str, by: str, note: str) -> Miss:
        """Keep what no alarm told."""
        named = f"mis_{self._clock.random_bytes(6).hex()}"
        now = self._clock.now_ms()
        miss = Miss(
            miss_id=named, series=series, day=day, reported_at=now, reported_by=by, note=note
        )
        self._store.commit([Change(ALARM_MISSES, named.encode(), msgspec.json.encode(miss))])
        return miss

    def misses(self) -> list[Miss]:
        """List what was missed, newest day first."""
        found = [_miss(value) for _, value in self._store.scan(ALARM_MISSES)]
        return sorted(found, key=lambda one: (one.day, one.miss_id), reverse=True)

    def _change(self, alarm: KeptAlarm, **fields: object) -> KeptAlarm:
        changed = msgspec.structs.replace(alarm, **fields)
        self._store.commit([alarm_row(changed)])
        return changed


def alarm_row(alarm: KeptAlarm) -> Change:
    """Write the row of an alarm."""
    return Change(ALARMS, alarm.alarm_id.encode(), msgspec.json.encode(alarm))
