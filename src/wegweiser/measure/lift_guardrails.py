"""The measure `lift.guardrails`: does anything that must not suffer suffer?"""

import msgspec
import pyarrow as pa

from wegweiser.measure import lift
from wegweiser.measure.arms import placed_steps
from wegweiser.measure.form import Asked, Measure, Option, Row, answer, gated, rows_of, text
from wegweiser.measure.lift_estimate import Look, look_at
from wegweiser.measure.lift_gate import first_closed_gate
from wegweiser.measure.lift_question import sum_select, sum_steps
from wegweiser.measure.lift_sums import Sums, read_sums
from wegweiser.measure.several import confirmed
from wegweiser.measure.statistic import Interval, interval
from wegweiser.measure.words import Sentence, between, both, estimate_of
from wegweiser.terms.result import Answer, Question, Result, Verdict

NAME = "lift.guardrails"


def watched(asked: Asked) -> dict[str, int]:
    """Read the goals to watch: 1 where more of it is harm, -1 where less is, written "+goal"."""
    names = filter(None, (piece.strip() for piece in asked.text("goals").split(",")))
    return {name.removeprefix("+"): -1 if name.startswith("+") else 1 for name in names}


def question(asked: Asked) -> Question:
    """Ask for the sums of `lift` once for each goal that is watched."""
    sql = f"""
{placed_steps()},
watching as (
  select p.*, g.goal
  from placed p cross join (select unnest(string_split($watched, ',')) as goal) g),
{sum_steps(asked.text("metric"), ("goal",), "watching", watched=True)}
{sum_select(("goal",))}
order by goal, arm, unit_kind
"""
    return asked.question(sql, watched=",".join(watched(asked)))


def answer_guardrails(table: pa.Table, asked_question: Question, asked: Asked) -> Answer:
    """Judge each goal by its always-valid interval; what e-BH does not confirm says so."""
    rows = rows_of(table)
    sides = watched(asked)
    sums = {
        goal: read_sums([row for row in rows if text(row, "goal") == goal])
        for goal in sorted(sides)
    }
    gates = {goal: first_closed_gate(sums[goal], asked) for goal in sums}
    looks = {goal: _look(sums[goal], asked) for goal in sums if gates[goal] is None}
    sure = confirmed({goal: look.evidence for goal, look in looks.items()})
    results = [
        _gated(goal, gate, asked)
        if (gate := gates[goal]) is not None
        else _result(goal, looks[goal], sides[goal], asked, goal in sure)
        for goal in sums
    ]
    told = [
        _row(goal, looks[goal], sides[goal], asked, goal in sure) for goal in sums if goal in looks
    ]
    units = max((sum(arm.closed for arm in one.values()) for one in sums.values()), default=0)
    return answer(NAME, asked, asked_question, results or [_nothing()], told, units)


def _look(sums: dict[str, Sums], asked: Asked) -> Look:
    return look_at(sums[asked.text("arm")], sums[asked.text("control")], asked)


def _nothing() -> Result:
    said = both(
        "No goal is watched: name them, as in --goals unsubscribed,+order.",
        "Kein Ziel wird überwacht: nennen Sie sie, etwa --goals unsubscribed,+order.",
    )
    return gated(NAME, "per unit", "no_source", {"units": 0}, said)


def _gated(goal: str, gate: Result, asked: Asked) -> Result:
    name = asked.goal(goal)
    said = {lang: f"{name[lang]}: {told}" for lang, told in gate.sentence.items()}
    return msgspec.structs.replace(gate, name=f"{NAME}.{goal}", sentence=said)


def harm_of(found: Interval, side: int) -> Interval:
    """Turn a difference so that above zero is harm.

    >>> harm_of(Interval(-1.0, -2.0, 0.5), -1)
    Interval(estimate=1.0, low=-0.5, high=2.0)
    """
    ends = sorted((found.low * side, found.high * side))
    return interval(found.estimate * side, ends[0], ends[1])


def judged(harm: Interval, most_harm: float) -> Verdict:
    """Judge harm: suffered, not beyond what is allowed, or not to be told yet.

    >>> judged(Interval(0.02, 0.01, 0.03), 0.0), judged(Interval(0.0, -0.01, 0.01), 0.02)
    ('harms', 'too_small')
    """
    if harm.low > 0:
        return "harms"
    if harm.high < 0:
        return "helps"
    return "too_small" if harm.high < most_harm else "cannot_tell"


_SAID: dict[Verdict, Sentence] = {
    "harms": both("it suffers", "es leidet"),
    "helps": both("it gains", "es gewinnt"),
    "too_small": both("no harm beyond what is allowed", "kein Schaden über das Erlaubte hinaus"),
    "cannot_tell": both("harm cannot be ruled out yet", "Schaden ist noch nicht auszuschließen"),
}


def _result(goal: str, look: Look, side: int, asked: Asked, sure: bool) -> Result:
    harm = harm_of(look.interval, side)
    verdict = judged(harm, asked.number("most_harm"))
    scale = 100.0 if asked.text("metric") == "converted" else 1.0
    of = both("of 100", "von 100") if scale != 1 else both("per unit", "je Einheit")
    said = {
        lang: f"{asked.goal(goal)[lang]}: {_SAID[verdict][lang]};"
        f" {estimate_of(look.interval, lang, scale)} {of[lang]}"
        f" ({between(look.interval, lang, scale)})."
        for lang in ("en", "de")
    }
    alone = verdict in ("harms", "helps") and not sure
    return Result(
        name=f"{NAME}.{goal}",
        unit="reached per unit" if scale != 1 else "per unit",
        n={"goals_watched": len(watched(asked))},
        enough_data=True,
        estimate=look.interval.estimate,
        low=look.interval.low,
        high=look.interval.high,
        kind="always_valid",
        evidence="experiment",
        warnings=("not_confirmed_among_several",) if alone else (),
        sentence=said,
        method="confidence sequence, e-BH over goals",
        verdict=verdict,
        weeks_needed=look.weeks,
    )


def _row(goal: str, look: Look, side: int, asked: Asked, sure: bool) -> Row:
    found = look.interval
    return {
        "goal": goal,
        "harm_is": "more" if side > 0 else "less",
        "difference": found.estimate,
        "low": found.low,
        "high": found.high,
        "verdict": judged(harm_of(found, side), asked.number("most_harm")),
        "evidence": look.evidence,
        "confirmed": sure,
    }


_LEFT_OUT = ("goal", "margin", "unit_cost")
MEASURE = Measure(
    NAME,
    both("What must not suffer", "Was nicht leiden darf"),
    (
        Option(
            "goals",
            "text",
            "",
            both(
                "goals of which more is harm; +goal where less is harm",
                "Ziele, von denen mehr schadet; +Ziel, wo weniger schadet",
            ),
        ),
        Option(
            "most_harm",
            "number",
            0.0,
            both("harm per unit that is allowed", "Schaden je Einheit, der erlaubt ist"),
        ),
        *(one for one in lift.MEASURE.options if one.name not in _LEFT_OUT),
    ),
    question,
    answer_guardrails,
)
