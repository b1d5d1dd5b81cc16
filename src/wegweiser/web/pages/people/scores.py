"""Predictive scores of a person or an account, each with its date and how good it is."""

from collections.abc import Mapping

import msgspec

from wegweiser.terms.instant import format_day
from wegweiser.terms.score import ScoreModel, ShownScore
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.facts import cut
from wegweiser.web.pages.moments import date_of
from wegweiser.web.text import Reader

# From here on people have changed since the model learned (population stability index).
DRIFTED = 0.25


class ScoreRow(msgspec.Struct, frozen=True):
    """One score: its value with interval, its date, and the quality of its model."""

    name: str
    value: str
    between: str
    when: str
    quality: str
    caution: str


def score_rows(
    desk: Desk, reader: Reader, scores: Mapping[str, ShownScore]
) -> tuple[ScoreRow, ...]:
    """Write the scores by name; one without a model that was checked is left out."""
    book = desk.site.scoring.book
    rows = []
    for key, one in sorted(scores.items()):
        declared, model = book.declared.get(key), book.newest(key)
        if declared is not None and model is not None:
            rows.append(_row(desk, reader, declared.name or key, one, model))
    return tuple(rows)


def _row(desk: Desk, reader: Reader, name: str, one: ShownScore, model: ScoreModel) -> ScoreRow:
    return ScoreRow(
        cut(name),
        reader.percent(one.value, 0),
        reader.say(
            "between {low} and {high}, 19 times out of 20",
            low=reader.percent(one.low, 0),
            high=reader.percent(one.high, 0),
        ),
        date_of(reader, one.as_of),
        _quality(reader, model),
        _caution(desk, reader, model),
    )


def _quality(reader: Reader, model: ScoreModel) -> str:
    """Say how often the model is right on people whom it had not learned from."""
    auc = model.quality.auc
    return reader.say(
        "Of two people of whom one did it, it names the right one in {share} of all cases"
        " (between {low} and {high}); learned on {day}, checked on {count} later cases.",
        share=reader.percent(auc.value, 0),
        low=reader.percent(auc.low, 0),
        high=reader.percent(auc.high, 0),
        day=reader.day(format_day(model.trained_on)),
        count=reader.number(model.quality.rows),
    )


def _caution(desk: Desk, reader: Reader, model: ScoreModel) -> str:
    check = desk.site.scoring.book.checks.get(model.key)
    if check is None or check.drift is None or check.drift.score <= DRIFTED:
        return ""
    return reader.say("People have changed since it learned; it is to be read with care.")
