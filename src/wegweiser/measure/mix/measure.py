"""The measure `mix`: what each channel brings, from weekly sums, with what cannot be told."""

import numpy as np
import pyarrow as pa

from wegweiser.measure.form import Asked, Measure, Option, Row, answer, rows_of, whole
from wegweiser.measure.mix.analysis import Channel, Mix, analyse
from wegweiser.measure.mix.engine import ENGINES, mixed_by_sampling
from wegweiser.measure.mix.gate import warned_of_gaps, weeks_or_gate
from wegweiser.measure.mix.lift_tests import read_tests
from wegweiser.measure.mix.prior import Prior
from wegweiser.measure.mix.question import MEDIA, question
from wegweiser.measure.mix.regression_told import regression_results
from wegweiser.measure.mix.sentence import evidence_of, results_of
from wegweiser.measure.mix.weeks import Weeks
from wegweiser.measure.revenue.ledger import CURRENCY
from wegweiser.measure.seed import seed_of
from wegweiser.measure.words import both
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.result import Answer, Question, Result
from wegweiser.terms.wrong import wrong

NAME = "mix"


def answer_mix(table: pa.Table, asked_question: Question, asked: Asked) -> Answer:
    """Go through the gates, then tell shares, returns and tests by the engine asked for."""
    found = rows_of(table)
    count = sum(whole(row, "n") for row in found)
    weeks, gate = weeks_or_gate(NAME, found, asked)
    if weeks is None or gate is not None:
        return answer(NAME, asked, asked_question, [gate] if gate else [], [], count)
    n = counts_of(weeks, count)
    if asked.text("engine") == "regression":
        results, rows = regression_results(NAME, weeks, n, asked.text("currency"))
        results = warned_of_gaps(results, found, weeks)
        return answer(NAME, asked, asked_question, results, rows, count)
    mix = mix_of(weeks, asked_question, asked)
    if isinstance(mix, Result):
        return answer(NAME, asked, asked_question, [mix], [], count)
    results = warned_of_gaps(results_of(NAME, mix, n, asked.text("currency")), found, weeks)
    rows = [_row(one) for one in sorted(mix.channels, key=lambda one: one.name)]
    return answer(NAME, asked, asked_question, results, rows, count)


def mix_of(weeks: Weeks, asked_question: Question, asked: Asked) -> Mix | Result:
    """Fit the media mix as asked; a result where the sampler of an engine was not sound."""
    tests, prior = read_tests(asked.text("tests")), prior_of(asked)
    seed = seed_of(asked_question, asked)
    if asked.text("engine") == "pymc":
        return mixed_by_sampling(NAME, weeks, seed, prior, tests)
    return analyse(weeks, np.random.default_rng(seed), prior, tests)


def counts_of(weeks: Weeks, events: int) -> dict[str, int]:
    """Count what a mix rests on."""
    return {"events": events, "weeks": weeks.count, "channels": len(weeks.names)}


def prior_of(asked: Asked) -> Prior:
    """Read what a company says of its media before the data speak; raises InputRefused."""
    decay, steepness = asked.number("decay"), asked.number("steepness")
    returns, share = asked.number("returns"), asked.number("share")
    if not 0 < decay < 1:
        raise InputRefused("bad_option", wrong("decay_between"), 422, "decay")
    for name, value in (("steepness", steepness), ("returns", returns), ("share", share)):
        if value <= 0:
            raise InputRefused("bad_option", wrong("above_0", name=name), 422, name)
    return Prior(decay=decay, steepness=steepness, returns=returns, share=share)


def _row(one: Channel) -> Row:
    known = one.state == "identified"
    spans = {"share": one.share, "return": one.returns, "decay": one.decay}
    figures: Row = {}
    for name, found in spans.items():
        figures[name] = found.estimate if known else None
        figures[f"{name}_low"] = found.low if known else None
        figures[f"{name}_high"] = found.high if known else None
    return {
        "channel": one.name,
        **figures,
        "identified": known,
        "state": one.state,
        "prior_part": round(one.prior_part, 4),
        "share_tight": one.tight,
        "share_loose": one.loose,
        "varied_weeks": one.varied_weeks,
        "test": one.tested,
        "evidence": evidence_of(one),
    }


OPTIONS = (
    Option(
        "sales",
        "text",
        "",
        both("name of an imported series, empty for the ledger", "importierte Reihe, sonst Umsatz"),
    ),
    Option("media", "text", MEDIA[0], both("what media are", "was Medien sind"), MEDIA),
    Option(
        "channels",
        "text",
        "",
        both("channels by commas, the others together", "Kanäle, die anderen zusammen"),
    ),
    Option("tests", "text", "", both("lift tests of channels", "Tests von Kanälen")),
    Option("engine", "text", ENGINES[0], both("how it is computed", "wie gerechnet wird"), ENGINES),
    Option("decay", "number", 0.5, both("carry-over believed", "angenommener Nachhall")),
    Option("steepness", "number", 3.0, both("saturation believed", "angenommene Sättigung")),
    Option(
        "returns",
        "number",
        3.0,
        both("sales per money that may be believed", "Umsatz je Geld, der denkbar ist"),
    ),
    Option(
        "share",
        "number",
        0.2,
        both("share of sales that may be believed", "Anteil am Umsatz, der denkbar ist"),
    ),
    CURRENCY,
)
MEASURE = Measure(
    NAME,
    both("What each channel brings, by a model", "Was jeder Kanal bringt, nach einem Modell"),
    OPTIONS,
    question,
    answer_mix,
)
