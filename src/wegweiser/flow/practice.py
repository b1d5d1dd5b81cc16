"""What people did with what they were told, laid out for the maturity report."""

from collections.abc import Callable, Iterator
from datetime import date

import msgspec
import pyarrow as pa

from wegweiser.flow.kept_advice import kept_verdicts
from wegweiser.flow.kept_effort import kept_plans
from wegweiser.flow.reading_book import read_readings
from wegweiser.flow.tables import ALARMS, WATCH_STATES
from wegweiser.flow.topic_book import kept_topics
from wegweiser.measure.verdict.grade import graded
from wegweiser.ports.operational_store import OperationalStore
from wegweiser.query.offered import PRACTICE
from wegweiser.terms.alarm import KeptAlarm, Watching
from wegweiser.terms.instant import DAY_MS


class Done(msgspec.Struct, frozen=True):
    """One thing done: for which line of evidence, about what, when (ms UTC), and how it went."""

    line: str
    subject: str
    at: int
    value: float = 1.0


def _readings(store: OperationalStore) -> Iterator[Done]:
    for one in read_readings(store):
        yield Done("read", one.measure, one.at)


def _verdicts(store: OperationalStore) -> Iterator[Done]:
    kept = kept_verdicts(store)
    for one, grade in zip(kept, graded(kept).grades, strict=True):
        if one.advice != "cannot_tell_yet":
            yield Done("verdict", one.thing, one.at)
        if grade in ("stands", "reversed"):
            yield Done("graded", one.thing, one.at, float(grade == "stands"))


def _topics(store: OperationalStore) -> Iterator[Done]:
    for one in kept_topics(store):
        yield Done("trend", one.term, one.at)


def _plans(store: OperationalStore) -> Iterator[Done]:
    """Tell each plan, and that it was held against what came when it was asked about later."""
    looked = [one.at for one in read_readings(store) if one.measure == "allocate.effort"]
    for plan in kept_plans(store):
        yield Done("plan", plan.draft, plan.at)
        later = [at for at in looked if at > plan.at]
        if later:
            yield Done("plan_measured", plan.draft, min(later))


def _alarms(store: OperationalStore) -> Iterator[Done]:
    """Tell each alarm of a watch, whether somebody judged it, how many false ones it promised."""
    for _, value in store.scan(ALARMS):
        alarm = msgspec.json.decode(value, type=KeptAlarm)
        if not alarm.watch:
            continue
        yield Done("alarm", alarm.series, alarm.raised_at, float(alarm.judgement != ""))
        if alarm.judgement == "false":
            yield Done("alarm_false", alarm.series, alarm.raised_at)
    for _, value in store.scan(WATCH_STATES):
        for month, promised in msgspec.json.decode(value, type=Watching).promised.items():
            began = date.fromisoformat(f"{month}-01") - date(1970, 1, 1)
            yield Done("alarms_promised", month, began.days * DAY_MS, promised)


# Whoever keeps something that shows how an organisation works adds one function here.
SHOWING: tuple[Callable[[OperationalStore], Iterator[Done]], ...] = (
    _readings,
    _verdicts,
    _topics,
    _plans,
    _alarms,
)


def practice_table(store: OperationalStore) -> pa.Table:
    """Lay out all that was done for questions."""
    done = [one for show in SHOWING for one in show(store)]
    return PRACTICE.rows(
        [
            {
                "line": one.line,
                "subject": one.subject,
                "value": one.value,
                "occurred_at": one.at * 1000,
                "received_at": one.at * 1000,
            }
            for one in done
        ]
    )
