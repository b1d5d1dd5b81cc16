"""The measure `web.paths`: what follows a page or an event in a visit, and what comes before it."""

import pyarrow as pa

from wegweiser.measure.form import Asked, Measure, Option, Row, answer, gated, rows_of, text, whole
from wegweiser.measure.web.visit import visit_steps
from wegweiser.measure.words import both, number
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.result import Answer, Question, Result
from wegweiser.terms.wrong import wrong

NAME = "web.paths"
OTHER = "(other)"
LEAST_PEOPLE = 10
DEEPEST = 3
_PAGE = "coalesce(nullif(path, ''), '(unknown)')"
# What counts as a step; how long somebody stayed is none.
STEPS = {
    "pages": ("is_view", _PAGE),
    "events": ("type = 'track' and name <> 'Engaged Time'", "name"),
    "both": (
        "(is_view or (type = 'track' and name <> 'Engaged Time'))",
        f"case when is_view then {_PAGE} else name end",
    ),
}
_END = {"after": "(exit)", "before": "(entry)"}


def question(asked: Asked) -> Question:
    """Ask for the steps of visits that follow a step, or come before it, and how often.

    The same step again right away (a page loaded anew) is one. Where a visit ends, or begins,
    "(exit)" or "(entry)" stands in the place of the step. Without `at` every step is asked for.
    """
    condition, step = STEPS[asked.text("steps")]
    look = "lead" if asked.text("direction") == "after" else "lag"
    end = _END[asked.text("direction")]
    depth = _depth(asked)
    nexts = ",\n         ".join(
        f"{look}(step, {place}) over own_steps as step_{place}" for place in range(1, depth + 1)
    )
    ended = ", ".join(
        f"case when {_before(place)} is null then '' else coalesce(step_{place}, '{end}') end"
        for place in range(1, depth + 1)
    )
    return asked.question(f"""
{visit_steps(fields=("path",))},
steps as (
  select v.person_id, n.leaf, n.visit_no, n.occurred_at, n.position, n.idx, {step} as step
  from numbered n
  join visits v on v.leaf = n.leaf and v.visit_no = n.visit_no
  where {condition}),
changed as (
  select *, lag(step) over own_steps as previous
  from steps
  window own_steps as (partition by leaf, visit_no order by occurred_at, position, idx)),
walked as (
  select person_id, step,
         {nexts}
  from changed where previous is null or previous <> step
  window own_steps as (partition by leaf, visit_no order by occurred_at, position, idx)),
asked as (
  select person_id, step, [{ended}] as steps
  from walked where $at = '' or step = $at)
select step, steps, count(*) as transitions, count(distinct person_id) as people
from asked
group by step, steps
order by transitions desc, step, steps
""")


def _depth(asked: Asked) -> int:
    depth = asked.whole("depth")
    if not 1 <= depth <= DEEPEST:
        told = wrong("depth_between", most=DEEPEST, given=depth)
        raise InputRefused("bad_option", told, 422, "depth")
    return depth


def _before(place: int) -> str:
    return "step" if place == 1 else f"step_{place - 1}"


def answer_paths(table: pa.Table, asked_question: Question, asked: Asked) -> Answer:
    """List transitions by frequency; those of fewer than 10 people stand together."""
    found = rows_of(table)
    total = sum(whole(row, "transitions") for row in found)
    if total == 0:
        return answer(NAME, asked, asked_question, [_nothing(asked)], [], 0)
    common = [row for row in found if whole(row, "people") >= LEAST_PEOPLE]
    common.sort(key=lambda row: (-whole(row, "transitions"), text(row, "step"), str(row["steps"])))
    rows = [_row(row, total, asked) for row in common[: asked.whole("limit")]]
    left = total - sum(whole(row, "transitions") for row in common[: asked.whole("limit")])
    if left:
        merged: Row = {"step": OTHER, "steps": [OTHER] * asked.whole("depth")}
        row = _row(merged | {"transitions": left, "people": 0}, total, asked)
        rows.append(row | {"people": None})
    results = [_most(common, total, asked)] if common else [_rare(total)]
    return answer(NAME, asked, asked_question, results, rows, total)


def _row(row: Row, total: int, asked: Asked) -> Row:
    steps = row["steps"]
    shown: Row = {"step": text(row, "step")}
    if isinstance(steps, list):
        shown |= {f"{asked.text('direction')}_{place}": one for place, one in enumerate(steps, 1)}
    count = whole(row, "transitions")
    return shown | {
        "transitions": count,
        "share": count / total,
        "people": whole(row, "people"),
    }


def _most(common: list[Row], total: int, asked: Asked) -> Result:
    first, count = common[0], whole(common[0], "transitions")
    steps = first["steps"]
    others = [str(one) for one in steps if one] if isinstance(steps, list) else []
    after = asked.text("direction") == "after"
    way = [text(first, "step"), *others] if after else [*reversed(others), text(first, "step")]
    said = {lang: number(100 * count / total, lang, 1) for lang in ("en", "de")}
    return Result(
        name=f"{NAME}.most_frequent_share",
        unit="share of transitions",
        n={"events": total, "units": whole(first, "people")},
        enough_data=True,
        estimate=count / total,
        low=count / total,
        high=count / total,
        sentence=both(
            f"The most frequent way is {' > '.join(way)}: {said['en']}% of {number(total, 'en')}.",
            f"Der häufigste Weg ist {' > '.join(way)}: {said['de']} % von {number(total, 'de')}.",
        ),
        method="full count",
    )


def _rare(total: int) -> Result:
    return gated(
        f"{NAME}.most_frequent_share",
        "share of transitions",
        "too_little",
        {"events": total},
        both(
            f"No way was taken by {LEAST_PEOPLE} people or more.",
            f"Kein Weg wurde von {LEAST_PEOPLE} oder mehr Personen genommen.",
        ),
    )


def _nothing(asked: Asked) -> Result:
    at = asked.text("at")
    return gated(
        f"{NAME}.most_frequent_share",
        "share of transitions",
        "no_source",
        {"events": 0},
        both(
            f"Nobody came to {at} in this period." if at else "Nobody came in this period.",
            f"In diesem Zeitraum kam niemand zu {at}." if at else "In diesem Zeitraum kam niemand.",
        ),
    )


MEASURE = Measure(
    NAME,
    both("What follows a page or comes before", "Was auf eine Seite folgt oder vorangeht"),
    (
        Option("at", "text", "", both("page path or event name", "Seitenpfad oder Ereignis")),
        Option("direction", "text", "after", both("after or before", "danach, davor"), tuple(_END)),
        Option("depth", "whole", 1, both("steps, 1 to 3", "Schritte, 1 bis 3")),
        Option("steps", "text", "pages", both("what is a step", "was Schritt ist"), tuple(STEPS)),
        Option("limit", "whole", 100, both("ways shown", "gezeigte Wege")),
    ),
    question,
    answer_paths,
)
