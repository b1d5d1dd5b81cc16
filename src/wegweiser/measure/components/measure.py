"""The measure `experiment.components`: what topic, tone, offer and the like do to responses."""

import json
import math

import pyarrow as pa

from wegweiser.measure.components.model import LEAST_TESTS, Component, VariantRate, effects
from wegweiser.measure.form import Asked, Measure, Option, Row, answer, gated, real, rows_of, text
from wegweiser.measure.many import standing
from wegweiser.measure.statistic import Interval, interval
from wegweiser.measure.verdict.rules import Advised, Grounds, advise
from wegweiser.measure.words import NINETEEN, Sentence, both, number
from wegweiser.terms.result import Answer, Gate, Question, Result, Verdict

NAME = "experiment.components"
# Who draws in proportion to need may see a variant that was hardly ever drawn dominate the sums.
_LEAST_SHOWN = 20.0


def question(asked: Asked) -> Question:
    """Ask, per test and variant, for exposures and responses weighted by one over their chance.

    A test is one slot under one published bundle. Only what was drawn by lot counts: no fallback,
    no held-out unit, nothing whose chance is unknown.
    """
    return asked.question("""
with drawn as (
  select decision_id, placement, slot, message, variant, attributes, pi,
         placement || ' ' || slot || ' ' || channel as place, bundle
  from choices
  where received_at <= $as_of::timestamptz
    and occurred_at >= $start::timestamptz and occurred_at < $end::timestamptz
    and not fallback and not ghost and arm <> 'nothing' and message <> '' and pi > 0),
responses as (
  select distinct decision_id, placement, slot from outcomes
  where kind = $response and received_at <= $as_of::timestamptz),
seen as (
  select d.*, exists (select 1 from responses r
                      where r.decision_id = d.decision_id
                        and (r.placement = '' or (r.placement = d.placement and r.slot = d.slot)))
              as responded
  from drawn d
  join exposures x
    on x.decision_id = d.decision_id and x.placement = d.placement and x.slot = d.slot
   and x.received_at <= $as_of::timestamptz)
select place || ' ' || bundle as test, message, variant, attributes,
       count(*) as shown,
       sum(1 / pi) as weight, sum(1 / (pi * pi)) as weight_squares,
       sum(case when responded then 1 / pi else 0 end) as weight_responded
from seen
group by all
order by all
""")


def answer_components(table: pa.Table, asked_question: Question, asked: Asked) -> Answer:
    """Give each component's effect with an advice, or what is missing."""
    rows = rows_of(table)
    variants = [one for one in map(_variant, rows) if one is not None]
    shown = int(sum(real(row, "shown") for row in rows))
    found = effects(variants) if len(variants) > 1 else []
    tests = len({one.test for one in variants})
    if not found:
        gate = _missing(tests, shown)
        return answer(NAME, asked, asked_question, [gate], [], shown)
    sure = standing({one.name: one.chance for one in found})
    results = [_result(one, one.name in sure, tests, len(found)) for one in found]
    told = [_row(one, one.name in sure) for one in found]
    return answer(NAME, asked, asked_question, results, told, shown)


def _variant(row: Row) -> VariantRate | None:
    """Read one variant; its size is that of as many draws of equal chance."""
    weight, squares = real(row, "weight"), real(row, "weight_squares")
    size = weight**2 / squares if squares else 0.0
    if size < _LEAST_SHOWN:
        return None
    rate = real(row, "weight_responded") / weight
    declared = json.loads(text(row, "attributes") or "{}")
    components = {name: str(value) for name, value in declared.items() if name != "locale"}
    return VariantRate(text(row, "test"), rate * size, size, components)


def _missing(tests: int, shown: int) -> Result:
    reason: Gate = "too_little" if shown else "no_source"
    return gated(
        NAME,
        "log odds",
        reason,
        {"tests": tests, "events": shown},
        both(
            f"Too little data: no component is varied by {LEAST_TESTS} tests; there are {tests}"
            " tests with variants shown often enough.",
            f"Zu wenig Daten: Kein Bestandteil wird in {LEAST_TESTS} Tests variiert; es gibt"
            f" {tests} Tests mit oft genug gezeigten Varianten.",
        ),
    )


def _advised(one: Component, stands: bool) -> Advised:
    """Judge a component: without money it can only be worse than what it is held against."""
    return advise(Grounds(evidence="experiment", against_best=one.effect, confirmed=stands))


def _times(found: Interval) -> Interval:
    return interval(*(math.exp(end) for end in (found.estimate, found.low, found.high)))


def _result(one: Component, stands: bool, tests: int, compared: int) -> Result:
    advised = _advised(one, stands)
    clear = one.effect.low > 0 or one.effect.high < 0
    return Result(
        name=f"{NAME}.{one.name}",
        unit="log odds",
        n={"tests": one.tests, "all_tests": tests, "compared": compared},
        enough_data=True,
        estimate=one.effect.estimate,
        low=one.effect.low,
        high=one.effect.high,
        kind="frequentist",
        evidence="experiment",
        warnings=("not_confirmed_among_several",) if clear and not stands else (),
        sentence=_sentence(one, stands),
        method="weighted regression within tests, clusters: tests",
        verdict=_verdict(one, stands),
        advice=advised.advice,
    )


def _verdict(one: Component, stands: bool) -> Verdict:
    if not stands:
        return "cannot_tell"
    return "helps" if one.effect.low > 0 else "harms" if one.effect.high < 0 else "cannot_tell"


_WORDS: dict[Verdict, Sentence] = {
    "helps": both("better", "besser"),
    "harms": both("worse: change it", "schlechter: ändern"),
    "cannot_tell": both("cannot tell yet", "noch nicht zu sagen"),
}


def _sentence(one: Component, stands: bool) -> Sentence:
    times, said = _times(one.effect), _WORDS[_verdict(one, stands)]
    ends = {
        lang: [number(end, lang, 2) for end in (times.estimate, times.low, times.high)]
        for lang in ("en", "de")
    }
    (size, low, high), (mal, von, bis) = ends["en"], ends["de"]
    return both(
        f"{one.name} makes the odds of a response {size} times those of {one.reference}"
        f" (between {low} and {high}, {NINETEEN['en']}; {one.tests} tests): {said['en']}.",
        f"{one.name} macht die Chancen auf eine Reaktion {mal}-mal so groß wie {one.reference}"
        f" (zwischen {von} und {bis}, {NINETEEN['de']}; {one.tests} Tests): {said['de']}.",
    )


def _row(one: Component, stands: bool) -> Row:
    return {
        "component": one.name,
        "reference": one.reference,
        "tests": one.tests,
        "log_odds": one.effect.estimate,
        "low": one.effect.low,
        "high": one.effect.high,
        "shrunk": one.shrunk,
        "odds_times": math.exp(one.effect.estimate),
        "verdict": _verdict(one, stands),
        "advice": _advised(one, stands).advice,
        "confirmed": stands,
    }


MEASURE = Measure(
    NAME,
    both("What the parts of messages do", "Was die Bestandteile der Botschaften bewirken"),
    (
        Option(
            "response",
            "text",
            "click",
            both("what counts as a response", "was als Reaktion zählt"),
            ("click", "done"),
        ),
    ),
    question,
    answer_components,
)
