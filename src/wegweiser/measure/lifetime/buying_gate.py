"""When nothing is said of repeat buying: no source, or too few customers, repeats or weeks."""

from wegweiser.measure.form import Asked, gated
from wegweiser.measure.lifetime.order_steps import UNITS_A_YEAR
from wegweiser.measure.lifetime.told import Told
from wegweiser.measure.pace import ready_on
from wegweiser.measure.words import Sentence, both, number
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.result import Gate, Result

LEAST_CUSTOMERS = 200
LEAST_REPEATING = 100
LEAST_BEFORE = 100


def counts_of(told: Told) -> dict[str, int]:
    """Count customers, their order days, and those who ordered again."""
    now = told.now
    return {
        "units": round(now.customers),
        "events": round(float((now.count * (now.repeats + 1)).sum())),
        "goals": round(float(now.count[now.repeats > 0].sum())),
    }


def gate_of(told: Told, asked: Asked, name: str, unit: str) -> Result | None:
    """Give the reason why nothing is said, None where something can be."""
    counts = counts_of(told)

    def closed(reason: Gate, sentence: Sentence) -> Result:
        return gated(name, unit, reason, counts, sentence)

    if told.rest.get("without_rate"):
        return closed("no_source", _no_rate(told.rest["without_rate"], asked))
    if not counts["units"]:
        return closed("no_source", _nothing(told))
    units_a_year = UNITS_A_YEAR[asked.text("occasion")]
    since = asked.as_of - round(float(told.now.age.max()) / units_a_year * _MS_A_YEAR)
    for key, needed, (english, german) in _NEEDED:
        if counts[key] < needed:
            ready = {
                lang: ready_on(counts[key], needed, since, asked.as_of, lang)
                for lang in ("en", "de")
            }
            return closed(
                "too_little",
                both(
                    f"{number(counts[key], 'en')} of {needed} {english} are known; {ready['en']}."
                    f" {_RFM['en']}",
                    f"{number(counts[key], 'de')} von {needed} {german} sind bekannt;"
                    f" {ready['de']}. {_RFM['de']}",
                ),
            )
    gaps = _mean_gap(told)
    if float(told.now.age.max()) < 2 * gaps or told.before.customers < LEAST_BEFORE:
        return closed("too_little", _short(told, gaps))
    return None


_MS_A_YEAR = 365.25 * DAY_MS
_NEEDED = (
    ("units", LEAST_CUSTOMERS, ("customers", "Kunden")),
    ("goals", LEAST_REPEATING, ("customers who ordered again", "Kunden mit erneuter Bestellung")),
)
_RFM = both(
    "Until then the nine customer groups (rfm.groups) say who buys.",
    "Bis dahin sagen die neun Kundengruppen (rfm.groups), wer kauft.",
)


def _mean_gap(told: Told) -> float:
    """Give the mean time between two order days of those who ordered again."""
    now = told.now
    return float((now.count * now.last).sum()) / max(1.0, float((now.count * now.repeats).sum()))


def _short(told: Told, gap: float) -> Sentence:
    have = {lang: number(float(told.now.age.max()), lang) for lang in ("en", "de")}
    gaps = {lang: number(gap, lang, 1) for lang in ("en", "de")}
    return both(
        f"Orders are known for {have['en']} weeks, with {gaps['en']} between two of a customer: too"
        f" short to foretell a part and compare. {_RFM['en']}",
        f"Bestellungen sind seit {have['de']} Wochen bekannt, bei {gaps['de']} zwischen zweien"
        f" eines Kunden: zu kurz, um einen Teil vorherzusagen und zu vergleichen. {_RFM['de']}",
    )


def _no_rate(missing: float, asked: Asked) -> Sentence:
    currency = asked.text("currency")
    return both(
        f"{number(missing, 'en')} entries have no rate to {currency} on their day. Load the rates"
        " with: wegweiser money rates FILE.",
        f"{number(missing, 'de')} Buchungen haben an ihrem Tag keinen Kurs in {currency}. Laden Sie"
        " die Kurse: wegweiser money rates DATEI.",
    )


def _nothing(told: Told) -> Sentence:
    loose = told.rest.get("loose_orders", 0.0)
    if loose:
        return both(
            f"{number(loose, 'en')} orders came, none of anybody who is known. Send userId with"
            " Order Completed.",
            f"{number(loose, 'de')} Bestellungen kamen an, keine von jemand Bekanntem. Senden Sie"
            " userId mit Order Completed.",
        )
    return both(
        "No order of a known customer arrived. Send Order Completed with userId, revenue and"
        " currency.",
        "Keine Bestellung eines bekannten Kunden kam an. Senden Sie Order Completed mit userId,"
        " revenue und currency.",
    )
