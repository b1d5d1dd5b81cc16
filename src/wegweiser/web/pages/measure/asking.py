"""What an address asks of a measure: its options, its time, and what to compare with."""

from urllib.parse import urlencode

from starlette.requests import Request

from wegweiser.web.pages.answers import Wish, wish
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.frame.view import View
from wegweiser.web.pages.goal_order import goals_in_order
from wegweiser.web.pages.measure.catalogue import Listed
from wegweiser.web.pages.measure.narrow import only_of
from wegweiser.web.typed_number import stated_number

# These are about a time that the page chooses; all others know themselves how far they look back.
OF_PERIOD = (
    *("web.", "message.", "events.", "reach.", "decisions.", "revenue.ledger", "revenue.costs"),
    "credit",
    *("watch.baseline", "watch.alarms", "watch.changes", "profit."),
)
# These say what changed against an earlier time.
OF_CHANGE = ("web.", "message.", "reach.", "revenue.ledger", "revenue.costs")
EARLIER = {"before": "previous", "year": "year"}
LONGEST = 400
# What stays in the address when one walks from page to page.
KEPT = ("period", "compare", "filter")


def is_of_period(measure: str) -> bool:
    """Tell whether a measure is about the time that the page chooses.

    >>> is_of_period("web.visits"), is_of_period("lift.arms")
    (True, False)
    """
    return measure.startswith(OF_PERIOD)


def wish_of(desk: Desk, request: Request, view: View, listed: Listed, own: bool) -> Wish:
    """Make the wish; with `own` the address holds options of this measure.

    A time that the address names counts for every measure, else only for those about a period.
    """
    options = _usual(desk, listed) | {"zone": desk.site.settings.time_zone}
    if own:
        options |= _given(request, listed)
    if is_of_period(listed.name) or (own and request.query_params.get("period")):
        options |= view.span.options
        if listed.name.startswith(OF_CHANGE) or (own and request.query_params.get("compare")):
            options["compare"] = EARLIER.get(view.compare, "")
    if view.chips:
        options["only"] = only_of(desk, desk.reader(request), view, listed)
    return wish(listed.name, options)


def _given(request: Request, listed: Listed) -> dict[str, str]:
    """Read the options that the address names."""
    given = request.query_params
    found = {
        one.name: given[one.name].strip()[:LONGEST] for one in listed.asked if one.name in given
    }
    numbers = {one.name for one in listed.asked if one.kind == "number"}
    return {name: stated_number(text) if name in numbers else text for name, text in found.items()}


def _usual(desk: Desk, listed: Listed) -> dict[str, str]:
    """Give the goal of most messages, and what it is worth, to measures that ask for one."""
    goals = goals_in_order(desk.site.unifier.policies.bundle)
    needed = listed.has("goal") and listed.has("window_days") and listed.has("arm")
    if not goals or not (needed or listed.name.startswith(("revenue.", "verdicts"))):
        return {}
    first = goals[0]
    found = {"goal": first.key} if listed.has("goal") else {}
    if needed:
        found["window_days"] = str(first.window_days)
    if needed and listed.has("margin") and first.worth > 0:
        found["margin"] = f"{first.worth:g}"
    return found


def time_query(view: View) -> str:
    """Write period, comparison and filters for the address of another; empty for the usual."""
    kept = [(name, text) for name, text in view.words if name in KEPT and text]
    return f"?{urlencode(kept)}" if kept else ""
