"""The share of visits that were followed by a goal, in rows and as a result."""

from wegweiser.measure.form import Asked, Row, gated, whole
from wegweiser.measure.statistic import wilson
from wegweiser.measure.words import between, both, estimate_of, number
from wegweiser.terms.result import Result

LEAST_VISITS = 30
RATE_COUNTS = ("closed_visits", "goal_visits", "goal_visits_so_far")


def rates_shown(row: Row) -> Row:
    """Show counts and Wilson's interval; the rate is of visits whose window has closed."""
    closed = whole(row, "closed_visits")
    rate = wilson(whole(row, "goal_visits"), closed) if closed >= LEAST_VISITS else None
    shown: Row = {name: whole(row, name) for name in RATE_COUNTS}
    return shown | {
        "goal_rate": None if rate is None else rate.estimate,
        "goal_rate_low": None if rate is None else rate.low,
        "goal_rate_high": None if rate is None else rate.high,
    }


def goal_rate(measure: str, total: Row, asked: Asked) -> Result:
    """Tell the goal rate of all visits, or why there is none yet."""
    closed, reached = whole(total, "closed_visits"), whole(total, "goal_visits")
    counts = {"units": closed, "goals": reached}
    name, unit = f"{measure}.goal_rate", "goals per visit"
    goal, days = asked.goal(), asked.whole("window_days")
    if closed == 0:
        so_far = whole(total, "goal_visits_so_far")
        told = both(
            f"No visit is {days} days old yet, so the goal {goal['en']} cannot be rated;"
            f" {number(so_far, 'en')} visits have reached it so far.",
            f"Noch ist kein Besuch {days} Tage alt, daher lässt sich das Ziel {goal['de']} nicht"
            f" bewerten; {number(so_far, 'de')} Besuche haben es bisher erreicht.",
        )
        return gated(name, unit, "too_early", counts, told)
    if closed < LEAST_VISITS:
        told = both(
            f"{closed} of {LEAST_VISITS} visits needed for a goal rate.",
            f"{closed} von {LEAST_VISITS} Besuchen, die für eine Zielquote nötig sind.",
        )
        return gated(name, unit, "too_little", counts, told)
    rate = wilson(reached, closed)
    said = {lang: estimate_of(rate, lang, 100, "%") for lang in ("en", "de")}
    return Result(
        name=name,
        unit=unit,
        n=counts,
        enough_data=True,
        estimate=rate.estimate,
        low=rate.low,
        high=rate.high,
        kind="frequentist",
        sentence=both(
            f"{said['en']} of visits are followed by {goal['en']} within {days} days"
            f" ({between(rate, 'en', 100, '%')}).",
            f"Auf {said['de']} der Besuche folgt {goal['de']} innerhalb von {days} Tagen"
            f" ({between(rate, 'de', 100, '%')}).",
        ),
        method="Wilson",
    )
