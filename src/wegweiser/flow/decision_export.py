"""Decisions with what became of them, as rows or as lines that other learning systems read."""

import csv
import io
from collections.abc import Iterator
from itertools import groupby
from typing import Literal

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from wegweiser.decide.again import lacking
from wegweiser.decide.chances import SILENCE, chances_of, name_of
from wegweiser.decide.dsjson import cb_line, ccb_line
from wegweiser.decide.policy import Policy, compile_policy
from wegweiser.decide.verify import chosen_probability
from wegweiser.deliver.spreadsheet import harmless
from wegweiser.flow.decisions import DecisionBook
from wegweiser.flow.policies import PolicyBook
from wegweiser.flow.rewards import ENGAGED, Rewards
from wegweiser.ports.operational_store import OperationalStore
from wegweiser.terms.decision import Decision, Draw
from wegweiser.terms.instant import format_instant
from wegweiser.terms.json import Json
from wegweiser.terms.ulid import ulid

Format = Literal["dsjson", "ccb", "csv", "parquet"]
FORMATS: tuple[Format, ...] = ("dsjson", "ccb", "csv", "parquet")
ROWS_PER_PART = 50
_COLUMNS = pa.schema(
    [
        ("decision_id", pa.string()),
        ("at", pa.string()),
        ("unit_id", pa.string()),
        ("unit_kind", pa.string()),
        ("arm", pa.string()),
        ("ghost", pa.bool_()),
        ("bundle", pa.string()),
        ("model", pa.int64()),
        ("status", pa.string()),
        ("placement", pa.string()),
        ("slot", pa.int64()),
        ("candidate", pa.string()),
        ("message", pa.string()),
        ("variant", pa.string()),
        ("pi", pa.float64()),
        ("how", pa.string()),
        ("drawn", pa.int64()),
        ("survivors", pa.int64()),
        ("candidates", pa.int64()),
        ("chances", pa.string()),
        ("metric", pa.string()),
        ("reward", pa.float64()),
        ("outcomes", pa.string()),
        ("replayable", pa.bool_()),
    ]
)
Row = dict[str, object]


class ExportWish(msgspec.Struct, frozen=True, kw_only=True):
    """Which decisions (start inclusive, end not, ms), in which form, and what counts as reward.

    `metric` is "engaged" or a goal; a reward is told once its window has closed at `as_of`.
    """

    format: Format
    start: int
    end: int
    as_of: int
    metric: str = ENGAGED


class DecisionExport:
    """Reads committed decisions, bundles and outcomes; changes nothing."""

    def __init__(self, store: OperationalStore):
        self._store = store
        self._decisions = DecisionBook(store)
        self._policies = PolicyBook(store, compile_policy)

    def parts(self, wish: ExportWish) -> Iterator[bytes]:
        """Yield the parts of a file; raises InputRefused for a goal that does not exist.

        Parts may be empty, so that others get in between. What was never drawn, held-out and
        fallback choices are in tables only: a log to learn from holds what was really tried.
        """
        rewards = Rewards(self._store, self._policies.bundle.goals, wish.metric)
        if wish.format in ("dsjson", "ccb"):
            yield from self._lines(wish, rewards)
        elif wish.format == "csv":
            yield from _csv(self._rows(wish, rewards))
        else:
            yield from _parquet(self._rows(wish, rewards))

    def _in_period(self, wish: ExportWish) -> Iterator[Decision]:
        for decision in self._decisions.since("dec_" + ulid(max(wish.start - 1, 0), bytes(10))):
            if decision.at >= wish.end:
                return
            if decision.at >= wish.start:
                yield decision

    def _lines(self, wish: ExportWish, rewards: Rewards) -> Iterator[bytes]:
        for decision in self._in_period(wish):
            if decision.ghost or decision.status == "fallback":
                continue
            policy = self._policies.of(decision.bundle)
            closed = rewards.closes_at(decision) <= wish.as_of
            for placement, found in groupby(decision.draws, lambda draw: draw.placement):
                draws = list(found)
                first = rewards.of(decision, placement) if closed else None
                for line in _told(wish.format, decision, draws, policy, first):
                    yield msgspec.json.encode(line) + b"\n"

    def _rows(self, wish: ExportWish, rewards: Rewards) -> Iterator[Row]:
        for decision in self._in_period(wish):
            policy = self._policies.of(decision.bundle)
            closed = rewards.closes_at(decision) <= wish.as_of
            outcomes = msgspec.json.encode(rewards.counts(decision), order="sorted").decode()
            for placement, slot, draw in _slots(decision):
                reward = rewards.of(decision, placement) if closed and slot == 0 else None
                yield {
                    **_of_decision(decision),
                    **_of_slot(decision, placement, slot, draw, policy),
                    "metric": wish.metric,
                    "reward": reward,
                    "outcomes": outcomes,
                }


def _told(
    form: Format, decision: Decision, draws: list[Draw], policy: Policy, reward: float | None
) -> Iterator[object]:
    """Write a placement's slots; the outcome belongs to the first of them."""
    if form == "ccb":
        rewards = {draw.slot: reward if draw.slot == 0 else None for draw in draws}
        yield ccb_line(decision, draws, policy, rewards)
    else:
        yield cb_line(decision, draws[0], policy, reward)


def _slots(decision: Decision) -> list[tuple[str, int, Draw | None]]:
    """Give every slot that was drawn or filled, and one of a decision without any."""
    drawn: dict[tuple[str, int], Draw | None] = {
        (draw.placement, draw.slot): draw for draw in decision.draws
    }
    filled: dict[tuple[str, int], Draw | None] = {
        (item.placement, item.slot): None for item in decision.items
    }
    found = [(placement, slot, draw) for (placement, slot), draw in {**filled, **drawn}.items()]
    return found or [("", 0, None)]


def _of_decision(decision: Decision) -> Row:
    return {
        "decision_id": decision.decision_id,
        "at": format_instant(decision.at),
        "unit_id": decision.unit_id,
        "unit_kind": decision.unit_kind,
        "arm": decision.arm,
        "ghost": decision.ghost,
        "bundle": decision.bundle,
        "model": decision.model,
        "status": decision.status,
        "candidates": decision.candidates,
        "replayable": not lacking(decision),
    }


def _of_slot(
    decision: Decision, placement: str, slot: int, draw: Draw | None, policy: Policy
) -> Row:
    items = {(item.placement, item.slot): item for item in decision.items}
    item = items.get((placement, slot))
    if draw is None:
        chosen = SILENCE if item is None else f"{item.message}/{item.variant}"
        pi, how, chances = 1.0, "" if item is None else item.how, {chosen: 1.0}
    else:
        chosen = name_of(policy, draw.chosen)
        pi, how, chances = chosen_probability(draw), draw.how, chances_of(policy, draw)
    message, _, variant = chosen.partition("/")
    told: dict[str, Json] = dict(chances)
    return {
        "placement": placement,
        "slot": slot,
        "candidate": chosen,
        "message": message,
        "variant": variant,
        "pi": pi,
        "how": how,
        "drawn": None if draw is None else draw.drawn,
        "survivors": sum(name != SILENCE for name in chances),
        "chances": msgspec.json.encode(told, order="sorted").decode(),
    }


def _csv(rows: Iterator[Row]) -> Iterator[bytes]:
    names = [field.name for field in _COLUMNS]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(names)
    for number, row in enumerate(rows, 1):
        writer.writerow([_cell(row.get(name)) for name in names])
        if number % ROWS_PER_PART == 0:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()


def _cell(value: object) -> object:
    """Write a cell; text that a spreadsheet would take for a formula gets an apostrophe."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return harmless(value)
    return "" if value is None else value


def _parquet(rows: Iterator[Row]) -> Iterator[bytes]:
    columns: dict[str, list[object]] = {field.name: [] for field in _COLUMNS}
    for number, row in enumerate(rows, 1):
        for name, cells in columns.items():
            cells.append(row.get(name))
        if number % ROWS_PER_PART == 0:
            yield b""
    arrays = [pa.array(columns[field.name], field.type) for field in _COLUMNS]
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_arrays(arrays, schema=_COLUMNS), sink)
    yield sink.getvalue().to_pybytes()
