"""The guard of a model: does what it foretells come true, night by night and slice by slice?

Formula: ten bins of about equal count by what was foretold; chi² = Σ(O - E)² / (E(1 - E/n)),
and the relative error Σ|O - E| / ΣE. A slice trips if p < 0.0001 and the error is above 0.20.
Assumption: labels are independent given what was foretold of them.
Source: Hosmer and Lemeshow (1980), without fitted parameters since each label is foretold
before it is learned, so that chi² has as many degrees of freedom as bins.
"""

import math
from collections.abc import Iterable, Mapping

import msgspec
from scipy.special import chdtrc

from wegweiser.terms.model import Cell, Guard, Tallies

BINS = 10
# Slices that expect fewer positives than this are judged by the head that they belong to.
FEWEST_EXPECTED = 100.0
WORST_CHANCE = 1e-4
LARGEST_ERROR = 0.20
CLEAN_NIGHTS = 2
# Width of a cell on the logit scale; a bin is made of whole cells.
CELL = 1 / 16


class Judged(msgspec.Struct, frozen=True):
    """How well a slice foretold: labels, expected and found positives, error, chance, verdict."""

    count: int
    expected: float
    found: int
    error: float
    chance: float

    @property
    def enough(self) -> bool:
        """True when there is enough to judge."""
        return self.expected >= FEWEST_EXPECTED

    @property
    def tripped(self) -> bool:
        """True when what was foretold did not come true, by more than luck explains."""
        return self.enough and self.chance < WORST_CHANCE and self.error > LARGEST_ERROR


def note(tallies: Tallies, head: str, parts: Iterable[str], foretold: float, found: bool) -> None:
    """Count one label in every slice that it belongs to; changes `tallies`.

    >>> tallies = {}
    >>> note(tallies, "engage", ("", "channel:web"), 0.02, True)
    >>> sorted(tallies), tallies["engage|"]["-63"].found
    (['engage|', 'engage|channel:web'], 1)
    """
    foretold = min(max(foretold, 1e-12), 1.0 - 1e-12)
    place = str(math.floor(math.log(foretold / (1.0 - foretold)) / CELL))
    for part in parts:
        cells = tallies.setdefault(f"{head}|{part}", {})
        cell = cells.get(place)
        if cell is None:
            cell = cells[place] = Cell()
        cell.count += 1
        cell.expected += foretold
        cell.found += found


def judge(cells: Mapping[str, Cell]) -> Judged:
    """Judge one slice by its cells."""
    bins = _bins(cells)
    expected = sum(cell.expected for cell in bins)
    count, found = sum(cell.count for cell in bins), sum(cell.found for cell in bins)
    squares = sum(
        (cell.found - cell.expected) ** 2
        / (cell.expected * max(1.0 - cell.expected / cell.count, 1e-12))
        for cell in bins
    )
    error = sum(abs(cell.found - cell.expected) for cell in bins) / expected if bins else 0.0
    chance = float(chdtrc(len(bins), squares)) if bins else 1.0
    return Judged(count, expected, found, error, chance)


def _bins(cells: Mapping[str, Cell]) -> list[Cell]:
    total = sum(cell.count for cell in cells.values())
    bins: list[Cell] = []
    upto, last = 0, -1
    for place in sorted(cells, key=int):
        cell = cells[place]
        # The cell goes where its middle falls.
        wanted = min(BINS - 1, int((upto + cell.count / 2) * BINS / total))
        upto += cell.count
        if wanted != last:
            bins.append(Cell())
        last = wanted
        bins[-1].count += cell.count
        bins[-1].expected += cell.expected
        bins[-1].found += cell.found
    return bins


class Night(msgspec.Struct, frozen=True):
    """What a night found: the guards from here on, and the slices that were right."""

    guards: tuple[Guard, ...]
    judged: tuple[str, ...]


def night(tallies: Tallies, guards: Iterable[Guard], judged: Iterable[str], day: int) -> Night:
    """Judge all slices that have enough; their tallies begin anew, `tallies` is changed.

    A slice that tripped is free again after two nights in a row in which it was right.
    """
    held = {f"{guard.head}|{guard.part}": guard for guard in guards}
    right = set(judged)
    for name in sorted(tallies):
        found = judge(tallies[name])
        if not found.enough:
            continue
        del tallies[name]
        if found.tripped:
            right.discard(name)
            held[name] = _tripped(name, found, held.get(name), day)
        elif name in held:
            calmer = msgspec.structs.replace(held[name], clean=held[name].clean + 1)
            held[name] = calmer
            if calmer.clean >= CLEAN_NIGHTS:
                del held[name]
                right.add(name)
        else:
            right.add(name)
    return Night(tuple(held[name] for name in sorted(held)), tuple(sorted(right)))


def _tripped(name: str, found: Judged, before: Guard | None, day: int) -> Guard:
    head, _, part = name.partition("|")
    rate = (found.found + 0.5) / (found.count + 1.0)
    since = day if before is None else before.since
    return Guard(head, part, since, math.log(rate / (1.0 - rate)))
