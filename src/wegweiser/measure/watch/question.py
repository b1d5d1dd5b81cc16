"""The question behind all that is watched: facts per series, day and value of a cut."""

from collections.abc import Sequence

from wegweiser.measure.form import Asked
from wegweiser.measure.watch.facts import (
    NEEDS_ARRIVED,
    NEEDS_VISITS,
    WATCHABLE,
    arrived_facts,
    visit_facts,
)
from wegweiser.measure.watch.segment_facts import segment_facts
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.result import Question
from wegweiser.terms.wrong import wrong

EVERYTHING = "all"


def series_of(text: str) -> tuple[str, ...]:
    """Read which series are asked for: `all`, or names by commas; raises InputRefused.

    >>> series_of("visits, conversion")
    ('visits', 'conversion')
    """
    if text.strip() == EVERYTHING:
        return tuple(WATCHABLE)
    names = tuple(dict.fromkeys(filter(None, (part.strip() for part in text.split(",")))))
    unknown = [name for name in names if name not in WATCHABLE]
    if unknown or not names:
        told = wrong("no_series", names=", ".join(unknown) or "''", known=", ".join(WATCHABLE))
        raise InputRefused("bad_option", told, 422, "series")
    return names


def question(asked: Asked) -> Question:
    """Ask, per series, day, cut and value, for what was counted, and out of how much.

    The past before the period is asked as well: it says what was to be expected. A row without a
    `dimension` is the whole; `late` counts what was received more than a day after its day.
    Somebody may be in several segments, and counts in each that they were in as the day began; a
    segment has a row for each day of which it is told.
    """
    names = series_of(asked.text("series"))
    steps = [visit_facts()] if any(name in NEEDS_VISITS for name in names) else []
    steps += [arrived_facts()] if any(name in NEEDS_ARRIVED for name in names) else []
    steps += [WATCHABLE[name].steps for name in names]
    of_people = [name for name in names if WATCHABLE[name].people]
    steps += [segment_facts(of_people)] if of_people else []
    by_segment = [_by_segment(of_people)] if of_people else []
    selects = "\nunion all\n".join([*(_select(name) for name in names), *by_segment])
    return asked.question(
        "\nwith " + ",\n".join(steps) + f"\n{selects}\norder by watched, dimension, member, day\n"
    )


def _by_segment(names: Sequence[str]) -> str:
    listed = ", ".join(f"'{name}'" for name in names)
    return f"""\
select w.watched, 'segment' as dimension, d.segment as member,
       strftime(d.day, '%Y-%m-%d') as day,
       coalesce(f.hits, 0) as hits, coalesce(f.tries, 0) as tries, coalesce(f.late, 0) as late
from segment_days d
cross join (select unnest([{listed}]) as watched) w
left join segment_facts f
  on f.watched = w.watched and f.segment = d.segment and f.day = d.day"""


def _select(name: str) -> str:
    one = WATCHABLE[name]
    sets = ["(day)"] if one.has_total else []
    sets += [f"(day, {cut})" for cut in one.cuts]
    cases = " ".join(f"when grouping({cut}) = 0 then '{cut}'" for cut in one.cuts)
    members = " ".join(f"when grouping({cut}) = 0 then {cut}" for cut in one.cuts)
    return f"""\
select '{name}' as watched, case {cases} else '' end as dimension,
       coalesce(case {members} end, '') as member, day,
       sum(hits) as hits, sum(tries) as tries, sum(late)::double as late
from {name}_facts
group by grouping sets ({", ".join(sets)})"""
