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
    lift_segments,
    lift_several,
    message_goals,
    split_check,
    split_many,
)
from wegweiser.measure.allocate import effort
from wegweiser.measure.allocate import measure as allocate
from wegweiser.measure.components import measure as components
from wegweiser.measure.credit import measure as credit
from wegweiser.measure.decided import (
    budget,
    calibration,
    channels,
    contests,
    counters,
    dropoff,
    exploration,
    gaps,
    nothing_said,
    sensitivity,
    stage_flow,
)
from wegweiser.measure.discovery import measure as distinct
from wegweiser.measure.form import Measure
from wegweiser.measure.geo import intervention_measure
from wegweiser.measure.geo import measure as geo
from wegweiser.measure.geo import power_measure as geo_power
from wegweiser.measure.lifetime import buying, churn, value
from wegweiser.measure.maturity import measure as maturity
from wegweiser.measure.mix import curves as mix_curves
from wegweiser.measure.mix import measure as mix
from wegweiser.measure.profit import accounts as profit_accounts
from wegweiser.measure.profit import concentration
from wegweiser.measure.profit import groups as profit_groups
from wegweiser.measure.reach import days as reach_days
from wegweiser.measure.revenue import costs, leaks, ledger, relations, time_to_goal
from wegweiser.measure.rfm import measure as rfm
from wegweiser.measure.targeting import measure as targeting
from wegweiser.measure.trend import measure as trend_rising
from wegweiser.measure.trend import outside as trend_outside
from wegweiser.measure.verdict import measure as verdicts
from wegweiser.measure.watch import alarms_measure as watch_alarms
from wegweiser.measure.watch import baseline_measure as watch_baseline
from wegweiser.measure.watch import changes_measure as watch_changes
from wegweiser.measure.watch import effect_measure as watch_effect
from wegweiser.measure.web import (
    click_rate,
    depth,
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
from wegweiser.terms.wrong import wrong

MEASURES: Mapping[str, Measure] = {
    measure.name: measure
    for measure in (
        events_seen.MEASURE,
        visits.MEASURE,
        entry_pages.MEASURE,
        dwell.MEASURE,
        depth.MEASURE,
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
        split_many.MEASURE,
        lift.MEASURE,
        lift_arms.MEASURE,
        lift_ratio.MEASURE,
        lift_accounts.MEASURE,
        lift_guardrails.MEASURE,
        lift_several.MEASURE,
        lift_segments.MEASURE,
        targeting.MEASURE,
        experiment_plan.MEASURE,
        ledger.MEASURE,
        costs.MEASURE,
        relations.MEASURE,
        leaks.MEASURE,
        time_to_goal.MEASURE,
        profit_accounts.MEASURE,
        concentration.MEASURE,
        profit_groups.MEASURE,
        components.MEASURE,
        allocate.MEASURE,
        effort.MEASURE,
        verdicts.MEASURE,
        credit.MEASURE,
        geo.MEASURE,
        geo_power.MEASURE,
        intervention_measure.MEASURE,
        mix.MEASURE,
        mix_curves.MEASURE,
        rfm.MEASURE,
        distinct.MEASURE,
        buying.MEASURE,
        value.MEASURE,
        churn.MEASURE,
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
        channels.MEASURE,
        reach_days.MEASURE,
        watch_baseline.MEASURE,
        watch_alarms.MEASURE,
        watch_changes.MEASURE,
        watch_effect.MEASURE,
        trend_rising.MEASURE,
        trend_outside.MEASURE,
        maturity.MEASURE,
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
    names = ", ".join(MEASURES)
    hint = wrong("measure_meant", name=near[0]) if near else wrong("measures_are", names=names)
    raise NotFound(wrong("no_measure", name=repr(name), hint=hint))
