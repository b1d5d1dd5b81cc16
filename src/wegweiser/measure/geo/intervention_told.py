"""What a break in one region changed, in words: claimed only where both models agree."""

from collections.abc import Sequence

import msgspec

from wegweiser.measure.form import Asked
from wegweiser.measure.geo.intervention import Intervention
from wegweiser.measure.geo.sentence import UNITS
from wegweiser.measure.statistic import Interval
from wegweiser.measure.words import Sentence, between, both, estimate_of
from wegweiser.terms.result import Result, Verdict

METHOD = "local level with controls, fitted before the break and simulated after it; the wider of"
_MOST_NAMED = 5


def results_of(
    name: str,
    effect: Intervention,
    region: str,
    controls: Sequence[str],
    moved: bool,
    counts: dict[str, int],
    asked: Asked,
) -> list[Result]:
    """Tell the effect per day and in all by the more careful model, then both models."""
    unit = UNITS[asked.text("metric")]
    careful = effect.careful
    told = (
        ("per_day", careful.per_period, _headline(effect, region, controls, unit)),
        ("per_day_still", effect.still.per_period, _one(effect.still.per_period, True)),
        ("per_day_free", effect.free.per_period, _one(effect.free.per_period, False)),
        ("total", careful.total, _in_all(careful.total, unit)),
    )
    base = Result(
        name=name,
        unit=f"{unit['en']} per day",
        n=counts,
        enough_data=True,
        sentence={},
        kind="frequentist",
        evidence="quasi",
        verdict=_verdict(effect),
        warnings=_warnings(controls, moved),
        method=f"{METHOD} two levels",
    )
    return [
        msgspec.structs.replace(
            base,
            name=f"{name}.{title}",
            unit=unit["en"] if title == "total" else base.unit,
            estimate=found.estimate,
            low=found.low,
            high=found.high,
            sentence=said,
        )
        for title, found, said in told
    ]


def _warnings(controls: Sequence[str], moved: bool) -> tuple[str, ...]:
    if not controls:
        return ("no_controls",)
    return ("controls_moved_too",) if moved else ()


def _verdict(effect: Intervention) -> Verdict:
    if not effect.is_claimed:
        return "cannot_tell"
    return "helps" if effect.careful.total.low > 0 else "harms"


def _headline(
    effect: Intervention, region: str, controls: Sequence[str], unit: Sentence
) -> Sentence:
    found = effect.careful.per_period
    named = ", ".join(controls[:_MOST_NAMED]) + (" …" if len(controls) > _MOST_NAMED else "")
    rest = both(
        f"It holds if nothing touched {named}." if controls else "Nothing stands beside it.",
        f"Das gilt, wenn {named} unberührt blieb." if controls else "Nichts steht daneben.",
    )
    if not effect.is_claimed:
        return both(
            f"No effect can be claimed for {region}: at least one of the two models allows for"
            f" none ({between(found, 'en')}). {rest['en']}",
            f"Für {region} lässt sich keine Wirkung behaupten: Mindestens eines der beiden Modelle"
            f" lässt auch keine zu ({between(found, 'de')}). {rest['de']}",
        )
    is_more = found.estimate > 0
    size = found if is_more else Interval(-found.estimate, -found.high, -found.low)
    more = both("more" if is_more else "fewer", "mehr" if is_more else "weniger")
    return both(
        f"Since the break {region} had {estimate_of(size, 'en')} {unit['en']} a day {more['en']}"
        f" than was to be expected ({between(size, 'en')}). {rest['en']}",
        f"Seit dem Bruch hatte {region} je Tag {estimate_of(size, 'de')} {unit['de']}"
        f" {more['de']} als zu erwarten ({between(size, 'de')}). {rest['de']}",
    )


def _one(found: Interval, still: bool) -> Sentence:
    level = (
        both("With a level that hardly moves", "Mit einem Niveau, das sich kaum bewegt,")
        if still
        else both("With a level that moves freely", "Mit einem frei beweglichen Niveau")
    )
    return both(
        f"{level['en']} it is {estimate_of(found, 'en')} a day ({between(found, 'en')}).",
        f"{level['de']} sind es {estimate_of(found, 'de')} je Tag ({between(found, 'de')}).",
    )


def _in_all(found: Interval, unit: Sentence) -> Sentence:
    return both(
        f"In all that is {estimate_of(found, 'en')} {unit['en']} ({between(found, 'en')}).",
        f"Zusammen sind das {estimate_of(found, 'de')} {unit['de']} ({between(found, 'de')}).",
    )
