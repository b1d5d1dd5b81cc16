"""Lift among what is watched: who hears that an effect ended, when, and what counts as a month."""

import asyncio
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.measure.asking import ask, offer
from wegweiser.adapters.memory import MemoryClock
from wegweiser.flow.alarm_desk import AlarmDesk
from wegweiser.flow.alarm_effect import months_over
from wegweiser.flow.arms_planned import OF_ARMS
from wegweiser.measure.arms import SHARES
from wegweiser.measure.registry import MEASURES, find
from wegweiser.query.period import read_period
from wegweiser.settings import Settings
from wegweiser.terms.alarm import KeptAlarm
from wegweiser.terms.errors import DocumentRefused
from wegweiser.terms.instant import DAY_MS, HOUR_MS
from wegweiser.terms.json import JsonObject
from wegweiser.terms.result import Answer
from wegweiser.workspace.engines import in_memory
from wegweiser.workspace.site import Site

Row = dict[str, object]
WATCH: JsonObject = {
    "kind": "watch",
    "key": "effects",
    "series": ["lift"],
    "goal": "sale",
    "at": "06:00",
    "call": ["chat"],
}
MONTHS, FELL = 12, 8
UNITS = 300


def moment(month: int, day: int = 1) -> int:
    """Give a day of a month since January 2025, in ms UTC."""
    at = datetime(2025 + (month - 1) // 12, (month - 1) % 12 + 1, day, tzinfo=UTC)
    return int(at.timestamp() * 1000)


def world() -> tuple[list[Row], list[Row]]:
    """Give new units each month: 30 of 100 buy and 10 of 100 held out, and no more from August."""
    chance = np.random.default_rng(4)
    decisions: list[Row] = []
    outcomes: list[Row] = []
    for month in range(1, MONTHS + 1):
        for arm, rate in (("main", 0.3 if month < FELL else 0.1), ("nothing", 0.1)):
            for number in range(UNITS):
                leaf = f"{arm}-{month}-{number}"
                at = moment(month, 2) + number * 60_000
                row = {"leaf": leaf, "decision_id": leaf, "arm": arm, "received_at": at}
                decisions.append(row | {"ghost": arm == "nothing", "occurred_at": at})
                if chance.random() < rate:
                    sold = at + 2 * DAY_MS
                    outcomes.append({"leaf": leaf, "occurred_at": sold, "received_at": sold})
    return decisions, outcomes


async def told(
    watch: JsonObject, days: list[int], shares: str = ""
) -> tuple[list[KeptAlarm], list[str], float]:
    """Let a watch look on some mornings; give its alarms, what was asked, and what it promised.

    `shares` are those that the arms were planned with.
    """
    clock = MemoryClock(days[0])
    names: list[str] = []

    async def asking(name: str, options: Mapping[str, str]) -> Answer:
        names.append(name)
        left = {key: value for key, value in options.items() if key not in ("from", "to", "zone")}
        period = read_period(options["from"], options["to"], clock.now)
        return ask(name, left | ({"shares": shares} if shares else {}), period, clock.now)

    site = Site(msgspec.structs.replace(in_memory(), clock=clock), Settings())
    await site.start(background=False)
    chat = {"kind": "endpoint", "key": "chat", "channel": "webhook", "via": "file", "target": "c"}
    documents = "\n---\n".join(json.dumps(one) for one in (chat, watch))
    await site.applier.apply([("watch.yaml", documents)])
    alarms = site.alarms
    desk = AlarmDesk(alarms.book, alarms.log, alarms.post, clock, asking)
    for day in days:
        clock.now = day + 7 * HOUR_MS
        await desk.run()
    found = alarms.log.all()
    state = alarms.log.watching("effects")
    await site.stop()
    return found, names, sum(state.promised.values()) if state is not None else 0.0


def test_who_watches_lift_hears_once_that_it_ended() -> None:
    decisions, outcomes = world()
    offer({"decisions": decisions, "outcomes": outcomes})
    # A look on every third day of more than half a year.
    days = [moment(6) + 3 * place * DAY_MS for place in range(75)]
    found, names, promised = asyncio.run(told(WATCH, days))
    offer({})
    assert found
    first = found[-1]
    assert (first.series, first.kind) in (("lift", "fading"), ("lift", "no_longer_visible"))
    assert first.since == "2025-08-01"
    # August and the windows of its goals are over at the end of September, October at that of
    # November: it takes one to three months to tell a fall from months that differ.
    assert "2025-09-30" <= first.known <= "2025-11-30"
    assert "since 2025-08" in first.sentence["en"]
    assert "seit 2025-08" in first.sentence["de"]
    assert first.link.startswith("/v1/measures/watch.effect?")
    # Each word is told once, however often somebody looks, and nothing else is asked.
    assert len({one.kind for one in found}) == len(found) <= 2
    assert set(names) == {"watch.effect"}
    assert 6 <= len(names) <= 8
    assert promised == pytest.approx(len(names) * 2 / 12, abs=2 / 12)


def test_arms_that_are_not_split_as_planned_raise_no_alarm_on_lift() -> None:
    decisions, outcomes = world()
    offer({"decisions": decisions, "outcomes": outcomes})
    days = [moment(month, 28) for month in range(8, 14)]
    as_planned, _, _ = asyncio.run(told(WATCH, days, "main=0.5,nothing=0.5"))
    otherwise, _, _ = asyncio.run(told(WATCH, days, "main=0.9,nothing=0.1"))
    offer({})
    assert as_planned
    assert otherwise == []


def test_every_measure_that_holds_arms_against_shares_is_told_them() -> None:
    asked = [name for name in MEASURES if any(one is SHARES for one in find(name).options)]
    assert "watch.effect" in asked
    # The report of maturity is told what the split check is, which it asks in turn.
    assert set(asked) - {"maturity.report"} <= set(OF_ARMS)


def test_a_watch_of_everything_looks_at_lift_too_and_one_of_visits_does_not() -> None:
    offer({})
    days = [moment(6, 28) + place * DAY_MS for place in range(5)]
    everything = {name: value for name, value in WATCH.items() if name != "series"}
    _, names, _ = asyncio.run(told(everything, days))
    assert names.count("watch.effect") == 1
    assert "watch.alarms" in names
    _, names, _ = asyncio.run(told(WATCH | {"series": ["visits"]}, days))
    assert set(names) == {"watch.alarms"}


def test_a_window_of_no_days_is_refused() -> None:
    with pytest.raises(DocumentRefused, match="window_days"):
        asyncio.run(told(WATCH | {"window_days": 0}, [moment(6)]))


@given(
    start=st.dates(date(2024, 1, 1), date(2026, 12, 31)),
    steps=st.lists(st.integers(1, 50), min_size=1, max_size=8),
    window=st.integers(1, 365),
)
def test_however_one_looks_every_month_is_looked_at_once(
    start: date, steps: list[int], window: int
) -> None:
    days = [start]
    for step in steps:
        days.append(days[-1] + timedelta(days=step))
    parts = [months_over(*both, window) for both in pairwise(days)]
    assert [month for part in parts for month in part] == list(
        months_over(days[0], days[-1], window)
    )
    for part, end in zip(parts, days[1:], strict=False):
        for month, known in part.items():
            begins = date.fromisoformat(f"{month}-01")
            after = (begins + timedelta(days=32)).replace(day=1)
            assert known == after + timedelta(days=window - 1) < end
