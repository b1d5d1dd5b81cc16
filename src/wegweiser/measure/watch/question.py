"""The question behind all that is watched: facts per series, day and value of a cut."""

from wegweiser.measure.form import Asked
from wegweiser.measure.watch.facts import (
    NEEDS_ARRIVED,
    NEEDS_VISITS,
    WATCHABLE,
    arrived_facts,
    segment_facts,
    visit_facts,
)
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
    Somebody may be in several segments, and counts in each that they were in as the day began.
    """
    names = series_of(asked.text("series"))
    steps = [visit_facts()] if any(name in NEEDS_VISITS for name in names) else []
    steps += [arrived_facts()] if any(name in NEEDS_ARRIVED for name in names) else []
    steps += [WATCHABLE[name].steps for name in names]
    of_people = [name for name in names if WATCHABLE[name].of_people]
    steps += [segment_facts(of_people)] if of_people else []
    selects = "\nunion all\n".join(
        [*(_select(name) for name in names), *(_by_segment(name) for name in of_people)]
    )
    return asked.question(
        "\nwith " + ",\n".join(steps) + f"\n{selects}\norder by watched, dimension, member, day\n"
    )


def _by_segment(name: str) -> str:
    return f"""\
select '{name}' as watched, 'segment' as dimension, left(s.segment, 60) as member, f.day,
       sum(f.hits) as hits, sum(f.tries) as tries, sum(f.late)::double as late
from {name}_facts f
join segment_days s on s.person_id = f.person_id and s.day = f.day
group by s.segment, f.day"""


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
