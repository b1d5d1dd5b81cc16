"""The share of people who did something, with its interval and sentence."""

from wegweiser.measure.form import gated
from wegweiser.measure.statistic import wilson
from wegweiser.measure.words import between, both, estimate_of
from wegweiser.terms.result import Result


def share_of_people(
    measure: str, people: int, visitors: int, least: int, did: dict[str, str]
) -> Result:
    """Tell which share of all people did something, with Wilson's interval."""
    name, unit = f"{measure}.share_of_people", "people per person who came"
    counts = {"units": visitors, "goals": people}
    if visitors < least:
        told = both(
            f"{visitors} of {least} people needed for a share.",
            f"{visitors} von {least} Personen, die für einen Anteil nötig sind.",
        )
        return gated(name, unit, "too_little", counts, told)
    share = wilson(people, visitors)
    said = {lang: estimate_of(share, lang, 100, "%") for lang in ("en", "de")}
    return Result(
        name=name,
        unit=unit,
        n=counts,
        enough_data=True,
        estimate=share.estimate,
        low=share.low,
        high=share.high,
        kind="frequentist",
        sentence=both(
            f"{said['en']} of those who came {did['en']} ({between(share, 'en', 100, '%')}).",
            f"Von denen, die kamen, {did['de']}: {said['de']} ({between(share, 'de', 100, '%')}).",
        ),
        method="Wilson over people",
    )
