"""The measure `lift`: what one arm reached beyond the control group, by intention to treat."""

import msgspec
import pyarrow as pa

from wegweiser.measure.arms import EPOCH, LEAVE_OUT, PLANNED, SHARES, placed_steps
from wegweiser.measure.form import Asked, Measure, Option, answer, rows_of
from wegweiser.measure.lift_estimate import estimates
from wegweiser.measure.lift_gate import first_closed_gate
from wegweiser.measure.lift_planned import placed_units
from wegweiser.measure.lift_question import METRICS, sum_select, sum_steps
from wegweiser.measure.lift_sums import Sums, arm_rows, read_sums
from wegweiser.measure.lift_tail import parted, tail_select, tail_steps, with_tail
from wegweiser.measure.lift_wait import smallest_visible, visible_words
from wegweiser.measure.words import both
from wegweiser.terms.result import Answer, Question, Result

NAME = "lift"


def question(asked: Asked) -> Question:
    """Ask, per arm, for sums over units whose window is closed.

    y is the goal within the window from a unit's first trigger, x the same in the 28 days before
    the test had it; sums of products over clusters tell how alike the people of an account are.
    """
    units = placed_units(asked)
    return asked.question(f"""
{placed_steps()},{units.step}
{sum_steps(asked.text("metric"), (), units.name, units.more)}
{sum_select((), units.more)}
order by arm, unit_kind
""")


def question_with_tail(asked: Asked) -> Question:
    """Ask the same, and of counts and amounts also for sums without the largest units."""
    if asked.text("metric") == "converted":
        return question(asked)
    units = placed_units(asked)
    return asked.question(f"""
{placed_steps()},{units.step}
{sum_steps(asked.text("metric"), (), units.name, units.more)},
{tail_steps(units.more)}
{tail_select(units.more)}
""")


def answer_lift(table: pa.Table, asked_question: Question, asked: Asked) -> Answer:
    """Go through the gates in order; the first that fails is the answer, else the estimates."""
    counted = rows_of(table)
    sums = read_sums(parted(counted)[0])
    gate = first_closed_gate(sums, asked)
    results = [gate] if gate is not None else with_tail(estimates(sums, asked), counted, asked)
    if gate is not None and gate.reason == "too_little":
        results = [_with_visible(gate, sums, asked)]
    broken = gate is not None and gate.reason == "broken"
    rows = [] if broken else arm_rows(sums, asked)
    return answer(NAME, asked, asked_question, results, rows, _units(sums))


def _with_visible(gate: Result, sums: dict[str, Sums], asked: Asked) -> Result:
    """Say beside what is missing which lift could be seen by now."""
    if asked.text("metric") != "converted":
        return gate
    visible = smallest_visible(sums[asked.text("arm")], sums[asked.text("control")])
    said = {
        lang: f"{told.removesuffix('.')}{visible_words(visible, lang)}."
        for lang, told in gate.sentence.items()
    }
    return msgspec.structs.replace(gate, sentence=said, smallest_visible=visible)


def _units(sums: dict[str, Sums]) -> int:
    return sum(arm.closed for arm in sums.values())


MEASURE = Measure(
    NAME,
    both("Lift against the control group", "Wirkung gegenüber der Kontrollgruppe"),
    (
        Option("goal", "text", "", both("goal that counts, empty for any", "Ziel, leer für jedes")),
        Option("arm", "text", "main", both("arm that is judged", "Gruppe, die beurteilt wird")),
        Option("control", "text", "nothing", both("control group", "Kontrollgruppe")),
        Option("window_days", "whole", 30, both("days for the goal", "Tage bis zum Ziel")),
        Option(
            "metric",
            "text",
            "converted",
            both("what counts per unit", "was je Einheit zählt"),
            tuple(METRICS),
        ),
        Option(
            "worth_knowing",
            "number",
            0.0,
            both("smallest effect that matters, per unit", "kleinste Wirkung, die zählt"),
        ),
        PLANNED,
        Option(
            "margin",
            "number",
            0.0,
            both(
                "money earned per unit of the metric, 0 where not known",
                "Ertrag je Einheit der Größe, 0 wenn unbekannt",
            ),
        ),
        Option(
            "unit_cost",
            "number",
            -1.0,
            both(
                "cost per treated unit, below 0 where not known",
                "Kosten je behandelter Einheit, unter 0 wenn unbekannt",
            ),
        ),
        SHARES,
        EPOCH,
        LEAVE_OUT,
    ),
    question_with_tail,
    answer_lift,
)
