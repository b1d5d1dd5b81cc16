"""Response curves for the budget from a media mix, where no experiment has told."""

from collections.abc import Sequence

import msgspec

from wegweiser.measure.allocate.response import Response
from wegweiser.measure.form import Asked, Option, Row
from wegweiser.measure.mix import measure as mix
from wegweiser.measure.mix.gate import weeks_or_gate
from wegweiser.measure.mix.question import question as weekly_question
from wegweiser.measure.mix.response import responses
from wegweiser.measure.verdict.question import question as verdict_question
from wegweiser.measure.words import both
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.result import Question, Result
from wegweiser.terms.wrong import wrong

MODELS = ("none", "mix")
_OF_MIX = ("sales", "media", "channels", "tests", "currency")
OPTIONS = (
    Option(
        "model",
        "text",
        MODELS[0],
        both("curves where nothing was tested", "Kurven, wo nichts getestet ist"),
        MODELS,
    ),
    Option(
        "sales_margin",
        "number",
        0.0,
        both("profit in each unit of sales, for mix", "Gewinn je Umsatz, für mix"),
    ),
    # The currency is among the options of verdicts.
    *(one for one in mix.OPTIONS if one.name in _OF_MIX and one.name != "currency"),
)


def question(asked: Asked) -> Question:
    """Ask what verdicts need; with a model also for the weekly sums that it is fitted to."""
    verdict = verdict_question(asked)
    if asked.text("model") == "none":
        return verdict
    weekly = weekly_question(of_mix(asked))
    sql = f"""with tested as (
{verdict.sql.strip()}),
modelled as (
{weekly.sql.strip()})
select * from tested
union all by name
select week, role, name, amount, n as entries, currencies_without_rate from modelled
"""
    return Question(sql, {**weekly.parameters, **verdict.parameters})


def of_mix(asked: Asked) -> Asked:
    """Give what is asked of the media mix: its own options, at their defaults where not asked."""
    given = {option.name: option.default for option in mix.OPTIONS}
    given |= {name: asked.options[name] for name in _OF_MIX}
    return msgspec.structs.replace(asked, options=given)


def modelled(
    rows: Sequence[Row], asked_question: Question, asked: Asked, draws: int
) -> tuple[list[Response], Result | None]:
    """Give the curves of all paid channels over the weeks asked about, or the gate of the mix.

    Raises InputRefused where the channels or the margin were not asked for.
    """
    if asked.text("by") != "channel":
        raise InputRefused("bad_option", wrong("mix_by_channel"), 422, "by")
    margin = asked.number("sales_margin")
    if margin <= 0:
        told = wrong("mix_margin")
        raise InputRefused("bad_option", told, 422, "sales_margin")
    weekly: list[Row] = [row | {"n": row["entries"]} for row in rows if row["role"] is not None]
    own = of_mix(asked)
    weeks, gate = weeks_or_gate(mix.NAME, weekly, own)
    if weeks is None:
        return [], gate
    found = mix.mix_of(weeks, asked_question, own)
    if isinstance(found, Result):
        return [], found
    paid = [k for k, is_money in enumerate(weeks.is_money) if is_money]
    return responses(found, margin, weeks.count, paid, draws), None
