"""All measures by name."""

from collections.abc import Mapping
from difflib import get_close_matches

from wegweiser.measure import (
    events_seen,
    experiment_plan,
    lift,
    lift_accounts,
    lift_arms,
    lift_guardrails,
    lift_ratio,
    message_goals,
    split_check,
)
from wegweiser.measure.allocate import measure as allocate
from wegweiser.measure.components import measure as components
from wegweiser.measure.credit import measure as credit
from wegweiser.measure.decided import (
    budget,
    calibration,
    contests,
    counters,
    dropoff,
    exploration,
    gaps,
    nothing_said,
    sensitivity,
    stage_flow,
)
from wegweiser.measure.form import Measure
from wegweiser.measure.geo import measure as geo
from wegweiser.measure.geo import power_measure as geo_power
from wegweiser.measure.revenue import costs, leaks, ledger, relations, time_to_goal
from wegweiser.measure.verdict import measure as verdicts
from wegweiser.measure.web import (
    click_rate,
    downloads,
    dwell,
    entry_pages,
    funnel,
    pages,
    paths,
    regions,
    retention,
    searches,
    visits,
)
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
        pages.MEASURE,
        regions.MEASURE,
        click_rate.MEASURE,
        funnel.MEASURE,
        retention.MEASURE,
        paths.MEASURE,
        message_goals.MEASURE,
        split_check.MEASURE,
        lift.MEASURE,
        lift_arms.MEASURE,
        lift_ratio.MEASURE,
        lift_accounts.MEASURE,
        lift_guardrails.MEASURE,
        experiment_plan.MEASURE,
        ledger.MEASURE,
        costs.MEASURE,
        relations.MEASURE,
        leaks.MEASURE,
        time_to_goal.MEASURE,
        components.MEASURE,
        allocate.MEASURE,
        verdicts.MEASURE,
        credit.MEASURE,
        geo.MEASURE,
        geo_power.MEASURE,
        dropoff.MEASURE,
        nothing_said.MEASURE,
        sensitivity.MEASURE,
        contests.MEASURE,
        exploration.MEASURE,
        calibration.MEASURE,
        stage_flow.MEASURE,
        budget.MEASURE,
        gaps.MEASURE,
        counters.MEASURE,
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
