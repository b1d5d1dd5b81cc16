"""Beside a geo experiment: the regression over regions, and regions that the test did not touch."""

from collections.abc import Sequence

import msgspec
import numpy as np

from wegweiser.measure.form import Asked
from wegweiser.measure.geo.panel import Panel
from wegweiser.measure.geo.regression import by_regions
from wegweiser.measure.geo.sentence import UNITS
from wegweiser.measure.geo.synthetic import LEAST_FIT, effect
from wegweiser.measure.statistic import Interval, wilson
from wegweiser.measure.words import between, both, estimate_of, number
from wegweiser.terms.result import Result

MOST_TRIED = 40
LEAST_TRIED = 5
EXPECTED = 0.05


class Untouched(msgspec.Struct, frozen=True):
    """Regions without the test that go with the others, and those in which an effect "appears"."""

    tried: int
    seen: int


def untouched_regions(panel: Panel, treated: Sequence[str]) -> Untouched:
    """Ask for the effect of the test in regions that it did not touch, one by one.

    Each is held against the other untouched regions in the same way. Of those that go with them
    about one in twenty shows an "effect"; many more mean that intervals are too narrow here. At
    most 40 are tried, spread evenly over the names, and none where they are fewer than five.
    Source: Abadie, Diamond & Hainmueller 2010 (placebo regions).
    """
    quiet = panel.without(treated)
    if len(quiet.regions) < LEAST_TRIED:
        return Untouched(0, 0)
    places = np.unique(np.linspace(0, len(quiet.regions) - 1, MOST_TRIED).astype(int))
    found = [effect(quiet, (quiet.regions[place],)) for place in places.tolist()]
    alike = [
        one.per_day for one in found if one.per_day is not None and one.fit.r_squared >= LEAST_FIT
    ]
    return Untouched(len(alike), sum(bool(one.low > 0 or one.high < 0) for one in alike))


def cost_by_regions(panel: Panel, treated: Sequence[str], cost: float) -> Interval | None:
    """Give what one unit of cost brought by the regression over regions (GBR).

    The test's days are held against as many before it, the cost divided evenly over the treated
    regions. None without a cost, below five regions, or where a region had nothing before.
    """
    before = panel.values[:, panel.before - panel.during : panel.before].sum(axis=1)
    if cost <= 0 or len(panel.regions) < 5 or not (before > 0).all():
        return None
    own = set(treated)
    extra = np.array([cost / len(own) if name in own else 0.0 for name in panel.regions])
    return by_regions(before, panel.values[:, panel.before :].sum(axis=1), extra)


def beside_results(
    name: str, panel: Panel, treated: Sequence[str], counts: dict[str, int], asked: Asked
) -> list[Result]:
    """Tell the third way where a cost is stated, and what untouched regions show."""
    told = []
    returned = cost_by_regions(panel, treated, asked.number("cost"))
    if returned is not None:
        told.append(_by_regions(name, returned, counts, asked))
    untouched = untouched_regions(panel, treated)
    if untouched.tried >= LEAST_TRIED:
        told.append(_untouched(name, untouched, counts))
    return told


def _by_regions(name: str, found: Interval, counts: dict[str, int], asked: Asked) -> Result:
    unit = UNITS[asked.text("metric")]
    return Result(
        name=f"{name}.per_cost_by_regions",
        unit=unit["en"],
        n=counts,
        enough_data=True,
        estimate=found.estimate,
        low=found.low,
        high=found.high,
        kind="frequentist",
        evidence="experiment" if asked.text("assigned") == "random" else "quasi",
        sentence=both(
            f"A third way, a line through the regions, says that one unit of cost brought"
            f" {estimate_of(found, 'en')} {unit['en']} ({between(found, 'en')}).",
            f"Ein dritter Weg, eine Gerade durch die Regionen, sagt: Eine Einheit Kosten brachte"
            f" {estimate_of(found, 'de')} {unit['de']} ({between(found, 'de')}).",
        ),
        method="geo-based regression, weights 1/before²",
    )


def _untouched(name: str, found: Untouched, counts: dict[str, int]) -> Result:
    share = wilson(found.seen, found.tried)
    seen, tried = (
        {lang: number(count, lang) for lang in ("en", "de")} for count in (found.seen, found.tried)
    )
    return Result(
        name=f"{name}.untouched_regions",
        unit="share of untouched regions",
        n=counts | {"tried": found.tried},
        enough_data=True,
        estimate=share.estimate,
        low=share.low,
        high=share.high,
        kind="frequentist",
        warnings=("too_sure_of_itself",) if share.low > EXPECTED else (),
        sentence=both(
            f"As a check: in {seen['en']} of {tried['en']} regions without the test the same way"
            " would have found an effect; one in twenty is to be expected.",
            f"Zur Probe: In {seen['de']} von {tried['de']} Regionen ohne den Test hätte derselbe"
            " Weg eine Wirkung gefunden; zu erwarten ist eine von zwanzig.",
        ),
        method="synthetic control of each untouched region, Wilson",
    )
