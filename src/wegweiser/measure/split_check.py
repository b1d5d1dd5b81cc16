"""The measure `experiment.split_check`: were units divided over the arms as planned?"""

import math

import pyarrow as pa

from wegweiser.measure.arms import SHARES, TWO_ARMS, placed_steps, read_shares
from wegweiser.measure.experiment import LEAST_UNITS, Split, check_split
from wegweiser.measure.form import Asked, Measure, Row, answer, gated, rows_of, text, whole
from wegweiser.measure.words import both, number
from wegweiser.terms.result import Answer, Question, Result

NAME = "experiment.split_check"


def question(asked: Asked) -> Question:
    """Ask how many units were first triggered in each arm."""
    return asked.question(f"""
{placed_steps()}
select arm, count(*) as units
from placed
group by arm
order by arm
""")


def answer_split_check(table: pa.Table, asked_question: Question, asked: Asked) -> Answer:
    """Say whether the split is sound; a broken one hides every figure built on it."""
    counted = {text(row, "arm"): whole(row, "units") for row in rows_of(table)}
    twice = counted.pop(TWO_ARMS, 0)
    total = sum(counted.values())
    shares = read_shares(asked.text("shares"))
    rows = _rows(counted, shares, total)
    return answer(
        NAME, asked, asked_question, [_result(counted, shares, total, twice)], rows, total
    )


def _rows(counted: dict[str, int], shares: dict[str, float], total: int) -> list[Row]:
    whole_plan = sum(shares.values())
    return [
        {
            "arm": arm,
            "units": counted.get(arm, 0),
            "planned_units": total * shares.get(arm, 0.0) / whole_plan if whole_plan else None,
        }
        for arm in sorted(counted.keys() | shares.keys())
    ]


def _result(counted: dict[str, int], shares: dict[str, float], total: int, twice: int) -> Result:
    counts = {"units": total, "two_arms": twice}
    if len([share for share in shares.values() if share > 0]) < 2:
        return gated(NAME, "chi-square", "no_source", counts, _NO_PLAN)
    if total < LEAST_UNITS:
        return gated(
            NAME,
            "chi-square",
            "too_little" if total else "no_source",
            counts,
            both(
                f"{total} of {LEAST_UNITS} units needed to check the split.",
                f"{total} von {LEAST_UNITS} Einheiten, die zur Prüfung der Aufteilung nötig sind.",
            ),
        )
    return _checked(check_split(counted, shares), counts)


def _checked(split: Split, counts: dict[str, int]) -> Result:
    if split.broken:
        return Result(
            name=NAME,
            unit="chi-square",
            n=counts,
            enough_data=True,
            reason="broken",
            verdict="broken",
            evidence="experiment",
            sentence=both(
                "Something is wrong with the test: units are not divided as planned."
                " Repair the assignment first; no figure of this test counts.",
                "Mit dem Test stimmt etwas nicht: Die Einheiten sind nicht wie geplant aufgeteilt."
                " Erst die Zuteilung reparieren; keine Zahl dieses Tests gilt.",
            ),
            method="chi-square and multinomial e-value",
        )
    odds = {lang: number(split.chance, lang, 4) for lang in ("en", "de")}
    finite = split.chi_square if math.isfinite(split.chi_square) else 0.0
    return Result(
        name=NAME,
        unit="chi-square",
        n=counts,
        enough_data=True,
        estimate=finite,
        low=finite,
        high=finite,
        evidence="experiment",
        sentence=both(
            f"Units are divided as planned (chance of a larger deviation {odds['en']}).",
            f"Die Einheiten sind wie geplant aufgeteilt (Aussicht auf eine größere Abweichung:"
            f" {odds['de']}).",
        ),
        method="chi-square and multinomial e-value",
    )


_NO_PLAN = both(
    "The planned shares of the arms are not known: publish a policy with arms, or state --shares.",
    "Die geplanten Anteile der Gruppen fehlen: Veröffentlichen Sie Regeln mit Gruppen"
    " oder geben Sie --shares an.",
)

MEASURE = Measure(
    NAME,
    both("Split check of an experiment", "Prüfung der Aufteilung eines Tests"),
    (SHARES,),
    question,
    answer_split_check,
)
