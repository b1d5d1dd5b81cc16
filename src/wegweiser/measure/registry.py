"""All measures by name."""

from collections.abc import Mapping
from difflib import get_close_matches

from wegweiser.measure import events_seen, lift, message_goals, split_check
from wegweiser.measure.form import Measure
from wegweiser.measure.web import downloads, dwell, entry_pages, searches, visits
from wegweiser.terms.errors import NotFound

MEASURES: Mapping[str, Measure] = {
    measure.name: measure
    for measure in (
        events_seen.MEASURE,
        visits.MEASURE,
        entry_pages.MEASURE,
        dwell.MEASURE,
        searches.MEASURE,
        downloads.MEASURE,
        message_goals.MEASURE,
        split_check.MEASURE,
        lift.MEASURE,
    )
}


def find(name: str) -> Measure:
    """Find a measure; raises NotFound with the nearest name.

    >>> find("lift").name
    'lift'
    """
    if name in MEASURES:
        return MEASURES[name]
    near = get_close_matches(name, MEASURES, 1)
    hint = f"Did you mean {near[0]}?" if near else f"There are {', '.join(MEASURES)}."
    raise NotFound(f"There is no measure {name!r}. {hint}")
