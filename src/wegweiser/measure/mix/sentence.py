"""What a media mix says in words: shares, returns, and why a channel has no figure."""

from wegweiser.measure.mix.analysis import Agreement, Channel, Mix
from wegweiser.measure.mix.honesty import HOLDOUT_WEEKS, Holdout
from wegweiser.measure.statistic import Interval, interval, normal_quantile
from wegweiser.measure.words import Sentence, between, both, decimals_for, estimate_of, number
from wegweiser.terms.result import Evidence, Result

METHOD = "non-negative regression on carried-over, saturated media; 200 block draws"
_WHY: dict[str, Sentence] = {
    "not_varied": both(
        "it hardly varied: {weeks} weeks off or a quarter away from its mean, 8 are needed."
        " Switch it off for some weeks.",
        "er wurde kaum verändert: {weeks} Wochen aus oder um ein Viertel anders als im Mittel, 8"
        " sind nötig. Schalten Sie ihn einige Wochen ab.",
    ),
    "prior": both(
        "the prior speaks and not the data ({part}% of the interval is belief). Test it in some"
        " regions or on some people.",
        "es spricht die Annahme und nicht die Daten ({part} % des Intervalls sind Annahme). Testen"
        " Sie ihn in einigen Regionen oder an einem Teil der Personen.",
    ),
    "sensitive": both(
        "the figure depends on what is assumed ({tight}% or {loose}% of sales).",
        "die Zahl hängt davon ab, was angenommen wird ({tight} % oder {loose} % des Umsatzes).",
    ),
}
_CONFIRM = both(
    "A model, not a test: confirm by switching it off in a part.",
    "Ein Modell, kein Test: Bestätigen Sie es durch Abschalten in einem Teil.",
)


def results_of(name: str, mix: Mix, n: dict[str, int], currency: str) -> list[Result]:
    """Tell shares of sales first, then returns, tests, and how it predicted what came later."""
    channels = sorted(mix.channels, key=lambda one: one.name)
    warned = ("worse_than_a_year_ago",) if mix.holdout.is_worse else ()
    told = [_share(name, one, n, warned) for one in channels]
    known = [one for one in channels if one.state == "identified"]
    told += [_return(name, one, mix, n, currency) for one in known]
    told += [_agreement(name, one, n) for one in mix.agreement]
    return [*told, _holdout(name, mix.holdout, n, currency)]


def evidence_of(channel: Channel) -> Evidence:
    """Give the kind of evidence: a test that took part makes it more than a model."""
    return "quasi" if channel.tested in ("agrees", "confounded") else "model"


def _share(name: str, one: Channel, n: dict[str, int], warned: tuple[str, ...]) -> Result:
    said = _refused(one) if one.state != "identified" else _share_said(one)
    marks = {"confounded": ("confounded",), "beside_confounded": ("beside_confounded",)}
    base = Result(
        name=f"{name}.share.{one.name}",
        unit="share of sales",
        n=n,
        enough_data=False,
        reason="unidentified",
        evidence=evidence_of(one),
        warnings=marks.get(one.tested, ()) + warned,
        sentence=said,
        method=METHOD,
    )
    return base if one.state != "identified" else _with(base, one.share)


def _with(base: Result, found: Interval) -> Result:
    return Result(
        name=base.name,
        unit=base.unit,
        n=base.n,
        enough_data=True,
        estimate=found.estimate,
        low=found.low,
        high=found.high,
        kind="bootstrap",
        evidence=base.evidence,
        warnings=base.warnings,
        sentence=base.sentence,
        method=base.method,
    )


def _share_said(one: Channel) -> Sentence:
    shares = {lang: estimate_of(one.share, lang, 100, "%") for lang in ("en", "de")}
    ends = {lang: between(one.share, lang, 100, "%") for lang in ("en", "de")}
    marked = _marked(one)
    return both(
        f"{one.name} brings {shares['en']} of sales ({ends['en']}). {marked['en']}",
        f"{one.name} bringt {shares['de']} des Umsatzes ({ends['de']}). {marked['de']}",
    )


def _marked(one: Channel) -> Sentence:
    if one.tested == "confounded":
        return both(
            "Test and series disagree; the figure follows the test.",
            "Test und Zeitreihe widersprechen sich; die Zahl folgt dem Test.",
        )
    if one.tested == "beside_confounded":
        return both(
            "The series misled about a tested channel, and may about this one: test it.",
            "Bei einem getesteten Kanal hat die Zeitreihe getäuscht, womöglich auch hier: Testen"
            " Sie ihn.",
        )
    if one.tested == "agrees":
        return both("A test agrees.", "Ein Test sagt dasselbe.")
    return _CONFIRM


def _refused(one: Channel) -> Sentence:
    said = []
    for lang, text in _WHY[one.state].items():
        part, tight, loose = (
            number(100 * value, lang, decimals)
            for value, decimals in ((one.prior_part, 0), (one.tight, 1), (one.loose, 1))
        )
        said.append(text.format(weeks=one.varied_weeks, part=part, tight=tight, loose=loose))
    return both(
        f"What {one.name} brings is not identified: {said[0]}",
        f"Was {one.name} bringt, ist nicht bestimmt: {said[1]}",
    )


def _return(name: str, one: Channel, mix: Mix, n: dict[str, int], currency: str) -> Result:
    is_money = mix.weeks.is_money[mix.weeks.names.index(one.name)]
    unit = both(f"{currency} per {currency}", f"{currency} je {currency}")
    if not is_money:
        unit = both("of sales per unit", "Umsatz je Einheit")
    found = one.returns
    base = Result(
        name=f"{name}.return.{one.name}",
        unit=unit["en"],
        n=n,
        enough_data=True,
        evidence=evidence_of(one),
        sentence=both(
            f"{one.name} returns {estimate_of(found, 'en')} {unit['en']} ({between(found, 'en')}).",
            f"{one.name} bringt {estimate_of(found, 'de')} {unit['de']} ({between(found, 'de')}).",
        ),
        method=METHOD,
    )
    return _with(base, found)


def _agreement(name: str, one: Agreement, n: dict[str, int]) -> Result:
    half = normal_quantile(0.95) * one.series_error
    series = interval(one.series, one.series - half, one.series + half)
    digits = decimals_for(4 * one.test_error)
    tests = {
        lang: f"{number(one.test, lang, digits)} ± {number(one.test_error, lang, digits)}"
        for lang in ("en", "de")
    }
    verdict = (
        both("They disagree: confounded.", "Sie widersprechen sich: verfälscht.")
        if one.is_confounded
        else both("They agree.", "Sie stimmen überein.")
    )
    base = Result(
        name=f"{name}.test.{one.channel}",
        unit="sales per week",
        n=n,
        enough_data=True,
        evidence="model",
        warnings=("confounded",) if one.is_confounded else (),
        sentence=both(
            f"For the step of the test the series says {estimate_of(series, 'en')}"
            f" ({between(series, 'en')}), the test {tests['en']}. {verdict['en']}",
            f"Für den Schritt des Tests sagt die Zeitreihe {estimate_of(series, 'de')}"
            f" ({between(series, 'de')}), der Test {tests['de']}. {verdict['de']}",
        ),
        method="uncalibrated series beside the lift test",
    )
    return _with(base, series)


def _holdout(name: str, found: Holdout, n: dict[str, int], currency: str) -> Result:
    digits = decimals_for(found.error)
    errors = {
        lang: [number(one, lang, digits) for one in (found.error, found.naive)]
        for lang in ("en", "de")
    }
    verdict = (
        both(
            "The model is worse: do not act on it.",
            "Das Modell ist schlechter: Handeln Sie nicht danach.",
        )
        if found.is_worse
        else both("The model is better.", "Das Modell ist besser.")
    )
    return Result(
        name=f"{name}.holdout",
        unit=f"{currency} per week",
        n=n | {"weeks": HOLDOUT_WEEKS},
        enough_data=True,
        estimate=found.error,
        low=found.error,
        high=found.error,
        evidence="model",
        warnings=("worse_than_a_year_ago",) if found.is_worse else (),
        sentence=both(
            f"Over the last 8 weeks, which it had not seen, the model was off by {errors['en'][0]}"
            f" a week; 'as a year ago' was off by {errors['en'][1]}. {verdict['en']}",
            "In den letzten 8 Wochen, die es nicht kannte, lag das Modell um"
            f" {errors['de'][0]} je Woche daneben; „wie vor einem Jahr“ um {errors['de'][1]}."
            f" {verdict['de']}",
        ),
        method="mean absolute error",
    )
