"""The plan of effort in words: what to do more and less of, what it brings, or why not."""

import math
from collections.abc import Sequence

from wegweiser.measure.allocate.effort_plan import EffortPlan, Move
from wegweiser.measure.allocate.effort_question import ALL
from wegweiser.measure.words import NINETEEN, Sentence, both, number, percent

MOST_NAMED = 4
# Beyond so many times the units a size is said no more.
MOST_TIMES = 100
UNCHANGED = both(
    "Nothing would change: no other allocation within the limits is expected to earn more.",
    "Nichts würde sich ändern: Keine andere Aufteilung innerhalb der Grenzen ließe mehr erwarten.",
)


def name_of(move: Move) -> str:
    """Name a cell by what tells it apart.

    >>> from wegweiser.measure.allocate.effort_cell import Cell
    >>> import numpy as np
    >>> cell = Cell(group="retail", channel="email", message="(all)", units=9, assigned=9,
    ...             contacts=1, cost=0, profit=np.ones(1), evidence="model")
    >>> from wegweiser.measure.statistic import Interval
    >>> name_of(Move(cell, 9, 9, 9, Interval(1, 1, 1)))
    'retail · email'
    """
    cell = move.cell
    return called((cell.group, cell.channel, cell.message))


def called(parts: tuple[str, ...]) -> str:
    """Name something by group, channel and message, as far as it has them.

    >>> called(("retail", "(all)", "(all)")), called(("(all)", "(all)", "(all)"))
    ('retail', '(all)')
    """
    return " · ".join(one for one in parts if one and one != ALL) or ALL


def advised_words(found: EffortPlan) -> Sentence:
    """Say what changes most and what that is expected to bring."""
    changed = sorted(found.moves, key=lambda one: -abs(one.planned - one.cell.now))
    named = [one for one in changed if round(one.planned) != round(one.cell.now)][:MOST_NAMED]
    said: Sentence = {}
    for lang in ("en", "de"):
        moves = ", ".join(
            f"{name_of(one)} {number(one.cell.now, lang)} → {number(one.planned, lang)}"
            for one in named
        )
        gain, low, high = (
            number(one, lang) for one in (found.gain.estimate, found.gain.low, found.gain.high)
        )
        chance, share = (number(100 * one, lang) for one in (found.chance, found.on_experiments))
        said[lang] = both(
            f"Contacts of the next period: {moves}. Expected gain against today {gain} (between"
            f" {low} and {high}, {NINETEEN['en']}; chance to be better {chance}%)."
            f" {share}% of it rest on experiments.",
            f"Kontakte des nächsten Zeitraums: {moves}. Erwarteter Gewinn gegenüber heute {gain}"
            f" (zwischen {low} und {high}, {NINETEEN['de']}; Aussicht auf Besseres {chance} %)."
            f" {share} % davon beruhen auf Versuchen.",
        )[lang]
    return said


def silent_words(found: EffortPlan) -> Sentence:
    """Say that the data do not tell, which question to ask them first, and what that takes."""
    one = _most_open(found.moves)
    name, takes = name_of(one), _takes(one)
    return both(
        f"No advice: the data do not tell yet (chance to be better than today"
        f" {percent(found.chance, 'en', 0)}). What would tell most: test {name} against"
        f" nothing{takes['en']}.",
        f"Kein Rat: Die Daten sagen noch nichts (Aussicht auf Besseres"
        f" {percent(found.chance, 'de', 0)})."
        f" Am meisten zeigt: {name} gegen nichts testen{takes['de']}.",
    )


def _takes(one: Move) -> Sentence:
    """Say how many units would show, in 8 of 10 tests, a profit as large as it seems.

    The error of a profit falls as the root of the units of both arms.
    """
    cell, profit = one.cell, abs(one.profit.estimate)
    if not cell.error:
        return both("", "")
    have = cell.assigned + cell.held_out
    need = have * (cell.visible / profit) ** 2 if profit else math.inf
    if need > MOST_TIMES * have:
        return both(
            " (it seems to earn as much as it costs)",
            " (es scheint so viel zu bringen, wie es kostet)",
        )
    if need <= have:
        return both("", "")
    return both(
        f" with about {number(need, 'en')} units instead of {number(have, 'en')}, if a contact"
        " earns as much as it seems",
        f" mit etwa {number(need, 'de')} Einheiten statt {number(have, 'de')}, wenn ein Kontakt so"
        " viel bringt, wie es scheint",
    )


def _most_open(moves: Sequence[Move]) -> Move:
    """Find the cell whose best use swings most in money over what it may earn."""

    def swing(one: Move) -> float:
        return (one.profit.high - one.profit.low) * max(one.high - one.low, one.cell.now)

    return max(moves, key=swing)
