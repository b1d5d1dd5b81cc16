"""The measure `profit.groups`: customers by value and potential, in groups that hold."""

import numpy as np
import pyarrow as pa

from wegweiser.measure.form import Asked, Measure, Option, answer, gated
from wegweiser.measure.lifetime.buying import unidentified
from wegweiser.measure.lifetime.buying_gate import counts_of, gate_of
from wegweiser.measure.lifetime.study import Study, chance_of, study
from wegweiser.measure.lifetime.told import column, part, read_told
from wegweiser.measure.lifetime.value_sentence import no_mean
from wegweiser.measure.lifetime.worth import Worth, read_worth
from wegweiser.measure.profit.accounts import PROFIT_OPTIONS, no_rate
from wegweiser.measure.profit.groups_crowd import Crowd, crowd_of, named_rows
from wegweiser.measure.profit.groups_draws import Ends, drawn_anew, grid_of
from wegweiser.measure.profit.groups_question import foretelling, question
from wegweiser.measure.profit.groups_told import NAME, results_of, row_of, told_groups
from wegweiser.measure.words import Sentence, both
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.result import Answer, Question, Result
from wegweiser.terms.wrong import wrong

_ENDS = ("value_low", "value_high", "potential_low", "potential_high")


def answer_groups(table: pa.Table, asked_question: Question, asked: Asked) -> Answer:
    """Put customers into the grid, merge what does not hold, and say what each group is worth."""
    ends = read_ends(asked)
    told = read_told(table, "any")
    units, unit = round(told.now.customers), asked.text("currency")
    closed = _rate_gate(table, asked) or gate_of(
        told, foretelling(asked), f"{NAME}.stability", unit
    )
    if closed is not None:
        return answer(NAME, asked, asked_question, [closed], [], units)
    studied = study(told, foretelling(asked))
    if not np.isfinite(studied.chosen.fitted.covariance).all():
        stop = unidentified(studied, f"{NAME}.stability", unit)
        return answer(NAME, asked, asked_question, [stop], [], units)
    rows, names = named_rows(part(table, "customers"))
    if not float(column(rows, "valued").sum()):
        return _refused(asked_question, asked, studied, no_mean())
    customers, worth = read_worth(rows, "any", names)
    crowd = crowd_of(rows, customers)
    why = _unfit(worth, crowd)
    if why is not None:
        return _refused(asked_question, asked, studied, why)
    grid = grid_of(crowd, studied, worth, ends)
    drawn = drawn_anew(crowd, grid, studied, worth, ends, chance_of(asked_question))
    if not len(drawn.moves_by_draw):
        return _refused(asked_question, asked, studied, no_mean())
    groups = told_groups(crowd, grid, drawn, rows)
    results = results_of(groups, grid, drawn, studied, table, asked)
    return answer(NAME, asked, asked_question, results, [row_of(one) for one in groups], units)


def read_ends(asked: Asked) -> Ends:
    """Read the thresholds; those of an axis are stated both or not at all (both 0).

    Raises InputRefused where the upper one is not above the lower one.
    """
    low, high, first, second = (asked.number(name) for name in _ENDS)
    axes = []
    for name, one, other in (("value", low, high), ("potential", first, second)):
        if one > other or (one == other and one != 0.0):
            told = wrong("low_below_high", name=name, low=str(one), high=str(other))
            raise InputRefused("bad_option", told, 422, f"{name}_low")
        axes.append(None if one == other else (one, other))
    return Ends(axes[0], axes[1])


def _rate_gate(table: pa.Table, asked: Asked) -> Result | None:
    lacking = sorted(set(filter(None, part(table, "aside")["lacking_rate"].to_pylist())))
    return no_rate(f"{NAME}.stability", lacking, asked) if lacking else None


def _unfit(worth: Worth, crowd: Crowd) -> Sentence | None:
    if any(one.values[1] <= 1.0 for one in worth.fits):
        return no_mean()
    if crowd.share_left > 0:
        return None
    return both(
        "All customers together left nothing in the last 12 months, so that nothing can be"
        " foretold of what they will leave.",
        "Alle Kunden zusammen ließen in den letzten 12 Monaten nichts übrig; was sie übrig lassen"
        " werden, ist deshalb nicht vorherzusagen.",
    )


def _refused(asked_question: Question, asked: Asked, studied: Study, why: Sentence) -> Answer:
    counts = counts_of(studied.told)
    stop = gated(f"{NAME}.stability", asked.text("currency"), "unidentified", counts, why)
    return answer(NAME, asked, asked_question, [stop], [], counts["units"])


def _end(name: str, english: str, german: str) -> Option:
    return Option(name, "number", 0.0, both(english, german))


MEASURE = Measure(
    NAME,
    both("Customers by value and potential", "Kunden nach Wert und Potenzial"),
    (
        Option(
            "segment",
            "text",
            "industry",
            both("trait by which customers are similar", "Merkmal, nach dem Kunden ähnlich sind"),
        ),
        Option(
            "size",
            "text",
            "employees",
            both("trait that is the size", "Merkmal, das die Größe ist"),
        ),
        _end(
            "value_low",
            "margin up to which value is low",
            "Beitrag, bis zu dem der Wert niedrig ist",
        ),
        _end(
            "value_high",
            "margin above which it is high; both 0: thirds",
            "Beitrag, über dem er hoch ist; beide 0: Drittel",
        ),
        _end(
            "potential_low",
            "potential up to which it is low",
            "Potenzial, bis zu dem es niedrig ist",
        ),
        _end(
            "potential_high",
            "potential above which it is high; both 0: thirds",
            "Potenzial, über dem es hoch ist; beide 0: Drittel",
        ),
        Option(
            "holdout_weeks",
            "whole",
            0,
            both(
                "weeks foretold first and compared; 0 is the last third, at most 26",
                "Wochen, die erst vorhergesagt und verglichen werden; 0 ist das letzte Drittel,"
                " höchstens 26",
            ),
        ),
        *PROFIT_OPTIONS,
    ),
    question,
    answer_groups,
)
