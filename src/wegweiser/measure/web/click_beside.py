"""Which click rates differ from the rest of their place, in words, and how many were compared."""

from collections.abc import Mapping

from wegweiser.measure.statistic import Interval
from wegweiser.measure.web.click_estimate import Beside
from wegweiser.measure.words import Sentence, between, both, estimate_of
from wegweiser.terms.result import Result

MOST_NAMED = 5
_METHOD = "MOVER over people, Benjamini-Hochberg at 10%"


def compared_results(
    name: str, beside: Mapping[str, Beside], stands: frozenset[str]
) -> list[Result]:
    """Say how many were compared and which stand among all of them; nothing where none was."""
    if not beside:
        return []
    ranked = sorted(stands, key=lambda one: (-abs(beside[one].difference.estimate), one))
    return [_count(name, len(beside), len(stands))] + [
        _one(name, thing, beside[thing].difference, len(beside)) for thing in ranked[:MOST_NAMED]
    ]


def _count(name: str, compared: int, standing: int) -> Result:
    return Result(
        name=f"{name}.different",
        unit="rates",
        n={"compared": compared, "standing": standing},
        enough_data=True,
        estimate=standing,
        low=standing,
        high=standing,
        sentence=both(
            f"{standing} of {compared} click rates compared differ from the rest of their place; of"
            " such finds one in ten may be chance.",
            f"{standing} von {compared} verglichenen Klickraten unterscheiden sich vom Rest ihres"
            " Platzes; von solchen Funden kann einer von zehn Zufall sein.",
        ),
        method=_METHOD,
    )


def _one(name: str, thing: str, found: Interval, compared: int) -> Result:
    return Result(
        name=f"{name}.difference.{thing}",
        unit="difference of clicks per exposure",
        n={"compared": compared},
        enough_data=True,
        estimate=found.estimate,
        low=found.low,
        high=found.high,
        kind="frequentist",
        sentence=_said(thing, found),
        method=_METHOD,
    )


def _said(thing: str, found: Interval) -> Sentence:
    more = found.estimate > 0
    said = {lang: estimate_of(found, lang, 100) for lang in ("en", "de")}
    return both(
        f"{thing} is clicked {'more' if more else 'less'} often than the rest of its place:"
        f" {said['en']} points ({between(found, 'en', 100, 'points')}).",
        f"{thing} wird {'öfter' if more else 'seltener'} angeklickt als der Rest seines Platzes:"
        f" {said['de']} Prozentpunkte ({between(found, 'de', 100, 'Prozentpunkte')}).",
    )
