"""The measure `maturity.report`: where an organisation stands, and the next three steps."""

import pyarrow as pa

from wegweiser.measure.arms import EPOCH, SHARES
from wegweiser.measure.form import Asked, Measure, Row, answer, gated, rows_of
from wegweiser.measure.maturity.evidence import Evidence
from wegweiser.measure.maturity.line import STAGES
from wegweiser.measure.maturity.question import question
from wegweiser.measure.maturity.sentence import (
    STATES,
    line_told,
    stage_told,
    standing_told,
    step_told,
)
from wegweiser.measure.maturity.standing import Judged, Standing, standing
from wegweiser.measure.revenue.ledger import CURRENCY
from wegweiser.measure.words import both
from wegweiser.terms.instant import day_of
from wegweiser.terms.result import Answer, Question, Result

NAME = "maturity.report"
SHARE_UNIT = "share of lines in place"


def answer_maturity(table: pa.Table, asked_question: Question, asked: Asked) -> Answer:
    """Judge every line by its evidence; what shows nothing is not yet visible, never bad."""
    end = min(asked.period.end, asked.as_of + 1)
    found = standing(Evidence(rows_of(table), day_of(end)))
    lines = [one for stage in found.stages for one in stage.lines]
    known = sum(one.figure is not None for one in lines)
    results = [_reached(found, known), *_stages(found), *_steps(found)]
    steps = {one.line.key: place for place, one in enumerate(found.steps, 1)}
    rows = [_row(one, steps.get(one.line.key)) for one in lines]
    return answer(NAME, asked, asked_question, results, rows, known)


def _reached(found: Standing, known: int) -> Result:
    counts = {"lines": sum(len(stage.lines) for stage in found.stages), "known": known}
    told = standing_told(found)
    if found.reached == 0:
        return gated(f"{NAME}.stage", "stage", "too_little", counts, told)
    stage = float(found.reached)
    return Result(
        name=f"{NAME}.stage",
        unit="stage",
        n=counts,
        enough_data=True,
        estimate=stage,
        low=stage,
        high=stage,
        sentence=told,
        method="evidence of the last 90 days against thresholds, stage by stage",
    )


def _stages(found: Standing) -> list[Result]:
    return [
        Result(
            name=f"{NAME}.stage_{stage.number}",
            unit=SHARE_UNIT,
            n={"lines": len(stage.lines)},
            enough_data=True,
            estimate=stage.share,
            low=stage.share,
            high=stage.share,
            warnings=(stage.state,),
            sentence=stage_told(stage),
            method="lines of evidence in place",
        )
        for stage in found.stages
    ]


def _steps(found: Standing) -> list[Result]:
    return [
        Result(
            name=f"{NAME}.next_{place}",
            unit="worth per effort",
            n={"stage": one.line.stage},
            enough_data=True,
            estimate=one.line.worth / one.line.effort,
            low=one.line.worth / one.line.effort,
            high=one.line.worth / one.line.effort,
            sentence=step_told(place, one),
            method="worth and effort from 1 to 3, lowest open stage first",
        )
        for place, one in enumerate(found.steps, 1)
    ]


def _row(one: Judged, step: int | None) -> Row:
    told, name = line_told(one), STAGES[one.line.stage]
    return {
        "stage": f"{one.line.stage}",
        "stage_en": name["en"],
        "stage_de": name["de"],
        "line": one.line.key,
        "status": one.state,
        "status_de": STATES[one.state]["de"],
        "figure": one.figure,
        "threshold": one.line.threshold,
        "source": one.line.source,
        "page": one.line.page,
        "next": step,
        "told_en": told["en"],
        "told_de": told["de"],
    }


MEASURE = Measure(
    NAME,
    both("Where we stand", "Wo wir stehen"),
    (CURRENCY, SHARES, EPOCH),
    question,
    answer_maturity,
)
