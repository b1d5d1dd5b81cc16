"""What a geo experiment says: the effect per region and day, in all, relative, and per cost."""

import msgspec

from wegweiser.measure.form import Asked
from wegweiser.measure.geo.regression import Total
from wegweiser.measure.geo.synthetic import Effect
from wegweiser.measure.statistic import Interval, interval
from wegweiser.measure.words import Sentence, between, both, estimate_of
from wegweiser.terms.result import Evidence, Result, Verdict

UNITS = {
    "goals": both("goals", "Ziele"),
    "value": both("of value", "an Wert"),
    "visits": both("visits", "Besuche"),
}


def results_of(
    name: str,
    synthetic: Effect,
    line: Total,
    treated: int,
    days: int,
    counts: dict[str, int],
    asked: Asked,
) -> list[Result]:
    """Tell the effect by synthetic control, and the total by the line over days beside it."""
    unit = UNITS[asked.text("metric")]
    evidence: Evidence = "experiment" if asked.text("assigned") == "random" else "quasi"
    per_day = synthetic.per_day
    if per_day is None:
        raise ValueError("an effect without an interval is not told")
    whole = _scaled(per_day, treated * days)
    told: list[tuple[str, Interval, Sentence | None, str]] = [
        (f"{name}.per_region_and_day", per_day, _of_a_day(per_day, unit), "blocks"),
        (f"{name}.total", whole, _in_all(whole, unit), "blocks"),
        (f"{name}.total_by_days", line.added, _by_line(line, unit), "line"),
    ]
    relative = _relative(synthetic, per_day)
    if relative is not None:
        told.insert(2, (f"{name}.relative", relative, None, "blocks"))
    cost = asked.number("cost")
    if cost > 0:
        told.append((f"{name}.per_cost", _scaled(whole, 1 / cost), None, "blocks"))
    base = Result(
        name=name,
        unit=unit["en"],
        n=counts,
        enough_data=True,
        sentence={},
        kind="frequentist",
        evidence=evidence,
        verdict=_verdict(per_day),
    )
    return [
        msgspec.structs.replace(
            base,
            name=title,
            estimate=found.estimate,
            low=found.low,
            high=found.high,
            method=_METHODS[way],
            unit=_RELATIVE if title.endswith("relative") else base.unit,
            sentence=said or _plain(title, found, unit),
        )
        for title, found, said, way in told
    ]


_RELATIVE = "relative change"
_METHODS = {
    "blocks": "synthetic control on de-meaned regions; interval from quiet blocks before the test",
    "line": "time-based regression on the days before the test",
}


def _verdict(found: Interval) -> Verdict:
    if found.low > 0:
        return "helps"
    return "harms" if found.high < 0 else "cannot_tell"


def _scaled(found: Interval, by: float) -> Interval:
    return interval(found.estimate * by, found.low * by, found.high * by)


def _relative(synthetic: Effect, per_day: Interval) -> Interval | None:
    """Give gap / expected; None where expected may be nothing.

    What came is known, so that with a larger gap less was expected: ends are g/(came - g).
    """
    came = synthetic.expected + synthetic.gap
    if came - per_day.high <= 0.0:
        return None
    ends = (gap / (came - gap) for gap in (per_day.estimate, per_day.low, per_day.high))
    return interval(*ends)


def _of_a_day(found: Interval, unit: Sentence) -> Sentence:
    return both(
        f"The test added {estimate_of(found, 'en')} {unit['en']} per treated region and day"
        f" ({between(found, 'en')}).",
        f"Der Test brachte je behandelter Region und Tag {estimate_of(found, 'de')} {unit['de']}"
        f" ({between(found, 'de')}).",
    )


def _in_all(found: Interval, unit: Sentence) -> Sentence:
    return both(
        f"In all that is {estimate_of(found, 'en')} {unit['en']} ({between(found, 'en')}).",
        f"Zusammen sind das {estimate_of(found, 'de')} {unit['de']} ({between(found, 'de')}).",
    )


def _by_line(line: Total, unit: Sentence) -> Sentence:
    found = line.added
    return both(
        f"A second way, a line through the days before, says {estimate_of(found, 'en')}"
        f" {unit['en']} in all ({between(found, 'en')}).",
        f"Ein zweiter Weg, eine Gerade durch die Tage davor, sagt zusammen"
        f" {estimate_of(found, 'de')} {unit['de']} ({between(found, 'de')}).",
    )


def _plain(title: str, found: Interval, unit: Sentence) -> Sentence:
    if title.endswith("relative"):
        return both(
            f"That is a change of {estimate_of(found, 'en', 100, '%')} from what was expected"
            f" ({between(found, 'en', 100, '%')}).",
            f"Das ist eine Änderung um {estimate_of(found, 'de', 100, '%')} gegenüber dem"
            f" Erwarteten ({between(found, 'de', 100, '%')}).",
        )
    return both(
        f"One unit of cost brought {estimate_of(found, 'en')} {unit['en']}"
        f" ({between(found, 'en')}).",
        f"Eine Einheit Kosten brachte {estimate_of(found, 'de')} {unit['de']}"
        f" ({between(found, 'de')}).",
    )
