"""What effort may be spent on: a message in a channel for a group, with draws of its profit."""

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from wegweiser.measure.adjusted import adjusted
from wegweiser.measure.allocate.effort_question import SIGN
from wegweiser.measure.allocate.effort_shrink import Floats, shrunk, untested
from wegweiser.measure.form import Asked, Row, text
from wegweiser.measure.lift_gate import first_closed_gate
from wegweiser.measure.lift_sums import Sums, read_sums
from wegweiser.measure.statistic import normal_quantile
from wegweiser.measure.verdict.question import NOTHING
from wegweiser.measure.verdict.thing import Thing, read_things
from wegweiser.terms.result import Evidence

_SEEN_IN_80_PERCENT = normal_quantile(0.95) + 0.841621


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """One group × channel × message, of a period as long as the one that was asked about.

    `units` are the treated units of the whole group, `assigned` those whose message this is;
    `contacts` are those of one such unit. `profit` holds draws of what a contact earns less what
    it costs (money), `error` is the standard error of that by the experiment alone.
    """

    group: str
    channel: str
    message: str
    units: float
    assigned: float
    contacts: float
    cost: float
    profit: Floats
    evidence: Evidence
    held_out: int = 0
    error: float = 0.0

    @property
    def now(self) -> float:
        """Give the contacts of the period that was."""
        return self.assigned * self.contacts

    @property
    def visible(self) -> float:
        """Give the smallest profit per contact that 8 of 10 such tests would show; 0 for none."""
        return _SEEN_IN_80_PERCENT * self.error

    @property
    def is_open(self) -> bool:
        """Tell whether it is an open question if a contact earns more than it costs."""
        chance = float(np.mean(self.profit > 0))
        return self.evidence == "model" or 0.05 < chance < 0.95


class Tested(msgspec.Struct, frozen=True):
    """One thing in one group as it was counted; `effect` is what a contact earns, with variance."""

    group: str
    thing: Thing
    contacts: float
    cost: float | None
    effect: tuple[float, float] | None

    @property
    def place(self) -> tuple[str, str]:
        """Give channel and message."""
        channel, _, message = self.thing.name.partition(SIGN)
        return channel, message


def read_tested(rows: Sequence[Row], asked: Asked, costs: Mapping[str, float]) -> list[Tested]:
    """Read what was counted per group and thing; only what contacts were spent on."""
    groups = dict.fromkeys(text(row, "segment") for row in rows)
    found = []
    for group in groups:
        part = [
            row | {"last_clicks": 0}  # no click says what a contact earns
            for row in rows
            if row["segment"] == group and row["thing"] != NOTHING
        ]
        for thing in read_things(part):
            one = _tested(group, thing, asked, costs)
            if one is not None:
                found.append(one)
    return found


def counted(rows: Sequence[Row]) -> dict[str, Sums]:
    """Give the sums per arm of all units that anything was meant for, over all groups."""
    meant = [row for row in rows if row["thing"] != NOTHING]
    return read_sums(meant) if meant else {}


def _tested(group: str, thing: Thing, asked: Asked, costs: Mapping[str, float]) -> Tested | None:
    treated = thing.sums.get(asked.text("arm"))
    if treated is None or not treated.closed or not thing.contacts:
        return None
    contacts = thing.contacts / treated.closed
    channel, _, message = thing.name.partition(SIGN)
    stated = costs.get(message, costs.get(channel, costs.get("")))
    declared = None if thing.cost is None else thing.cost / thing.contacts
    cost = declared if stated is None else stated
    return Tested(group, thing, contacts, cost, _effect(thing, contacts, asked))


def _effect(thing: Thing, contacts: float, asked: Asked) -> tuple[float, float] | None:
    """Give what a contact earns by the experiment; None where there is none, or not its own."""
    if first_closed_gate(thing.sums, asked) is not None or not thing.is_own:
        return None
    found = adjusted(thing.sums[asked.text("arm")], thing.sums[asked.text("control")])
    if found.variance <= 0:
        return None
    each = asked.number("margin") / contacts
    return found.difference * each, found.variance * each**2


def cells_of(
    tested: Sequence[Tested], asked: Asked, draws: int, rng: np.random.Generator
) -> list[Cell]:
    """Draw the profit of every cell: experiments of a channel together, else the prior around 0.

    The prior is as wide as asked for, else as what experiments found.
    """
    sizes = [one.effect[0] for one in tested if one.effect is not None]
    own = float(np.sqrt(np.mean(np.square(sizes)))) if sizes else 0.0
    spread = asked.number("spread") or own
    earned: dict[int, Floats] = {}
    for channel in dict.fromkeys(one.place[0] for one in tested):
        known = [
            (n, one.place[1], *one.effect)
            for n, one in enumerate(tested)
            if one.place[0] == channel and one.effect is not None
        ]
        if known:
            at, kinds, effects, variances = zip(*known, strict=True)
            drawn = shrunk(effects, variances, kinds, draws, rng)
            earned |= {n: drawn[:, column] for column, n in enumerate(at)}
    treated = _treated(tested, asked)
    return [
        _cell(one, earned.get(n), untested(spread, draws, rng), treated[one.group], asked)
        for n, one in enumerate(tested)
    ]


def _treated(tested: Sequence[Tested], asked: Asked) -> dict[str, float]:
    units: dict[str, float] = {}
    for one in tested:
        closed = one.thing.sums[asked.text("arm")].closed
        units[one.group] = units.get(one.group, 0.0) + closed
    return units


def _cell(one: Tested, earned: Floats | None, prior: Floats, units: float, asked: Asked) -> Cell:
    channel, message = one.place
    held = one.thing.sums.get(asked.text("control"))
    return Cell(
        group=one.group,
        channel=channel,
        message=message,
        units=units,
        assigned=one.thing.sums[asked.text("arm")].closed,
        contacts=one.contacts,
        cost=one.cost or 0.0,
        profit=(prior if earned is None else earned) - (one.cost or 0.0),
        evidence="model" if earned is None else "experiment",
        held_out=held.closed if held is not None else 0,
        error=float(np.sqrt(one.effect[1])) if one.effect is not None else 0.0,
    )
