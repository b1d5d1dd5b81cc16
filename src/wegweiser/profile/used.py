"""Use of the product: on which days, and which of its features."""

from collections.abc import Sequence

from wegweiser.profile.bound import add
from wegweiser.profile.reading import CellAt
from wegweiser.terms.instant import DAY_MS, day_of, format_instant
from wegweiser.terms.json import JsonObject
from wegweiser.terms.profile import ProductUse

FEATURE_USED = "Feature Used"
# Nobody does these outside the product; each of them makes a day active.
USE_EVENTS = (FEATURE_USED, "Application Opened", "Logged In", "Signed In", "Screen Viewed")
LONGEST_FEATURE = 100
MOST_SHOWN = 20
_NAMES = ("feature", "feature_name", "featureName", "name")


def feature_of(properties: JsonObject) -> str:
    """Give the feature that an event says was used, "" without one.

    >>> feature_of({"feature_name": " Export "})
    'Export'
    """
    for name in _NAMES:
        found = properties.get(name)
        if isinstance(found, str) and found.strip():
            return found.strip()[:LONGEST_FEATURE]
    return ""


def product_use(cells: Sequence[CellAt], as_of: int) -> ProductUse | None:
    """Give the use of the product at a moment (ms), in UTC days; None where nobody ever used it."""
    today = day_of(as_of - 1)
    days = {held.day for held in cells if any(name in held.cell.counts for name in USE_EVENTS)}
    days = {day for day in days if day <= today}
    if not days:
        return None
    last = max(days)
    return ProductUse(
        last_used_on=format_instant(last * DAY_MS)[:10] if last else None,
        active_days_7=sum(day > today - 7 for day in days),
        active_days_30=sum(day > today - 30 for day in days),
        features_7=_features(cells, today - 7, today),
        features_30=_features(cells, today - 30, today),
    )


def _features(cells: Sequence[CellAt], after: int, until: int) -> dict[str, int]:
    """Give the features used most in some days, by name."""
    used: dict[str, int] = {}
    for held in cells:
        if after < held.day <= until:
            used = add(used, held.cell.features)
    most = sorted(used.items(), key=lambda one: (-one[1], one[0]))[:MOST_SHOWN]
    return dict(sorted(most))
