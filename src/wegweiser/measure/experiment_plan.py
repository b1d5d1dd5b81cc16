"""The measure `experiment.sample_size`: how many units a test needs, and how long that takes."""

import math

import pyarrow as pa

from wegweiser.measure.arms import EPOCH, placed_steps
from wegweiser.measure.form import Asked, Measure, Option, Row, answer, rows_of, text, whole
from wegweiser.measure.pace import RECENT_DAYS, weeks_until
from wegweiser.measure.sample_size import design_effect, sample_size, smallest_lift
from wegweiser.measure.words import both, number
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.result import Answer, Question, Result
from wegweiser.terms.wrong import wrong

NAME = "experiment.sample_size"


def question(asked: Asked) -> Question:
    """Ask how many units were triggered so far in each arm, and in the last 28 days."""
    return asked.question(f"""
{placed_steps(all_days=True)}
select arm,
       count(*) as units,
       count(*) filter (where first_at > $as_of::timestamptz - interval {RECENT_DAYS} day) as recent
from placed
group by arm
order by arm
""")


def answer_sample_size(table: pa.Table, asked_question: Question, asked: Asked) -> Answer:
    """Give the units needed, those held out of them, and the weeks at the present pace."""
    rows = rows_of(table)
    have = sum(whole(row, "units") for row in rows)
    recent = sum(whole(row, "recent") for row in rows)
    plan = _Plan(asked, have, recent)
    shown: list[Row] = [
        {"arm": text(row, "arm"), "units": whole(row, "units"), "recent": whole(row, "recent")}
        for row in rows
    ]
    return answer(NAME, asked, asked_question, plan.results(), shown, have)


class _Plan:
    def __init__(self, asked: Asked, have: int, recent: int):
        self.base, self.lift = asked.number("base"), asked.number("lift")
        self.share = asked.number("share")
        self.have, self.recent = have, recent
        self.times = design_effect(
            asked.number("per_cluster"), asked.number("icc"), asked.number("cluster_variation")
        )
        power = asked.number("power")
        if self.times < 1 or not 0.5 <= power < 1:
            raise InputRefused("bad_option", wrong("cluster_power"), 422)
        try:
            self.units = sample_size(self.base, self.lift, self.share, power) * self.times
        except ValueError as error:
            raise InputRefused("bad_option", wrong("plan_numbers", why=str(error)), 422) from error
        self.visible = smallest_lift(have / self.times, self.base, self.share, power)

    def results(self) -> list[Result]:
        weeks = weeks_until(self.have, self.units, self.recent)
        needed = round(self.units)
        held = round(self.units * self.share)
        counts = {"units": self.have, "held_out": held}
        said = {lang: self._sentence(needed, held, weeks, lang) for lang in ("en", "de")}
        return [
            Result(
                name=NAME,
                unit="units in all",
                n=counts,
                enough_data=True,
                estimate=self.units,
                low=self.units,
                high=self.units,
                evidence="model",
                sentence=said,
                method="two rates, normal approximation",
                weeks_needed=weeks,
                smallest_visible=self.visible,
            )
        ]

    def _sentence(self, needed: int, held: int, weeks: float | None, lang: str) -> str:
        lift, base = number(self.lift * 100, lang, 1), number(self.base * 100, lang, 1)
        total, out = number(needed, lang), number(held, lang)
        if lang == "en":
            start = (
                f"To see a change of {lift}% from {base} of 100, {total} units are needed,"
                f" {out} of them held out"
            )
        else:
            start = (
                f"Um eine Änderung um {lift} % von {base} auf 100 zu sehen, braucht es {total}"
                f" Einheiten, davon {out} in der Kontrollgruppe"
            )
        return f"{start}; {_when(weeks, lang)}."


def _when(weeks: float | None, lang: str) -> str:
    if weeks is None:
        return both("not reachable within two years", "in zwei Jahren nicht erreichbar")[lang]
    told = number(math.ceil(weeks), lang)
    return both(f"at the present pace in {told} weeks", f"beim jetzigen Tempo in {told} Wochen")[
        lang
    ]


MEASURE = Measure(
    NAME,
    both("Units that a test needs", "Einheiten, die ein Test braucht"),
    (
        Option("base", "number", 0.02, both("share without messages", "Anteil ohne Botschaften")),
        Option("lift", "number", 0.1, both("relative lift to see", "relative Wirkung")),
        Option("share", "number", 0.05, both("share held out", "Anteil der Kontrollgruppe")),
        Option("power", "number", 0.8, both("chance to see it", "Aussicht, sie zu sehen")),
        Option("per_cluster", "number", 1.0, both("units per account", "Einheiten je Unternehmen")),
        Option(
            "icc", "number", 0.0, both("likeness within accounts", "Ähnlichkeit im Unternehmen")
        ),
        Option(
            "cluster_variation",
            "number",
            0.0,
            both(
                "coefficient of variation of account sizes",
                "Variationskoeffizient der Kontengrößen",
            ),
        ),
        EPOCH,
    ),
    question,
    answer_sample_size,
)
