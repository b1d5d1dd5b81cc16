"""What a measure is told of what was planned: shares and epoch of arms, and the plan of effort."""

from collections.abc import Mapping

from wegweiser.flow.arms_planned import OF_ARMS, planned_arms
from wegweiser.flow.kept_effort import NAME as EFFORT
from wegweiser.flow.kept_effort import effort_options
from wegweiser.ports.operational_store import OperationalStore
from wegweiser.terms.policy import Bundle


def planned_options(
    store: OperationalStore, bundle: Bundle, name: str, options: Mapping[str, str], now: int
) -> dict[str, str]:
    """Give the options of a measure of arms that follow from the bundle and from kept plans."""
    if name not in OF_ARMS:
        return {}
    told = planned_arms(bundle.arms, name, options, now)
    return told | (effort_options(store, options, bundle) if name == EFFORT else {})
