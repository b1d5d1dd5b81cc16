"""The small media mix in words: what a unit of one or two channels brings, over some periods."""

from wegweiser.measure.form import Row
from wegweiser.measure.mix.background import background
from wegweiser.measure.mix.gate import LEAST_WEEKS
from wegweiser.measure.mix.honesty import VARIED_WEEKS, varied_weeks
from wegweiser.measure.mix.regression import Regression, best_regression
from wegweiser.measure.mix.weeks import Floats, Weeks
from wegweiser.measure.words import Sentence, between, both, estimate_of
from wegweiser.terms.result import Result


def regression_results(
    name: str, weeks: Weeks, n: dict[str, int], currency: str
) -> tuple[list[Result], list[Row]]:
    """Tell, per channel, what one more unit brings in its own and later weeks together."""
    found = best_regression(weeks.sales, weeks.media, _others(weeks))
    varied = varied_weeks(weeks.media)
    order = sorted(range(len(weeks.names)), key=lambda k: weeks.names[k])
    results = [_result(name, weeks, k, found, n, currency, int(varied[k])) for k in order]
    rows: list[Row] = [
        {
            "channel": weeks.names[k],
            "lag_weeks": lag,
            "effect": effect.estimate,
            "effect_low": effect.low,
            "effect_high": effect.high,
        }
        for k in order
        if varied[k] >= VARIED_WEEKS
        for lag, effect in enumerate(found.effects[k])
    ]
    return results, rows


def _others(weeks: Weeks) -> Floats:
    """Give level and trend, and where two years are known the season; then the controls."""
    columns = background(weeks)
    if weeks.count >= LEAST_WEEKS:
        return columns
    season = columns.shape[1] - sum(column.std() > 0 for column in weeks.controls.T)
    kept = [0, 1, *range(season, columns.shape[1])]
    return columns[:, kept]


def _result(
    name: str,
    weeks: Weeks,
    channel: int,
    found: Regression,
    n: dict[str, int],
    currency: str,
    varied: int,
) -> Result:
    title, total = weeks.names[channel], found.total[channel]
    unit = f"{currency} per {currency}" if weeks.is_money[channel] else "sales per unit"
    enough = varied >= VARIED_WEEKS
    return Result(
        name=f"{name}.effect.{title}",
        unit=unit,
        n=n | {"weeks": found.periods},
        enough_data=enough,
        reason="" if enough else "unidentified",
        estimate=total.estimate if enough else None,
        low=total.low if enough else None,
        high=total.high if enough else None,
        kind="frequentist" if enough else "none",
        evidence="model",
        sentence=_said(title, found, channel) if enough else _still(title, varied),
        method=f"regression with ARMA{found.order} errors, {found.lags} lags, AIC {found.aic:.2f}",
    )


def _said(title: str, found: Regression, channel: int) -> Sentence:
    total = found.total[channel]
    later = both("", "")
    if found.lags:
        later = both(f" and {found.lags} after it", f" und {found.lags} danach")
    return both(
        f"One more unit of {title} goes with {estimate_of(total, 'en')} more sales in its week"
        f"{later['en']} ({between(total, 'en')}). A model, not a test.",
        f"Eine Einheit mehr {title} geht mit {estimate_of(total, 'de')} mehr Umsatz in ihrer Woche"
        f"{later['de']} einher ({between(total, 'de')}). Ein Modell, kein Test.",
    )


def _still(title: str, varied: int) -> Sentence:
    return both(
        f"What {title} brings is not identified: it varied in {varied} weeks, 8 are needed.",
        f"Was {title} bringt, ist nicht bestimmt: Er wurde in {varied} Wochen verändert, 8 sind"
        " nötig.",
    )
