"""What must be there before a media mix is fitted; the first that is missing is the answer."""

from collections.abc import Sequence

import msgspec

from wegweiser.measure.form import Asked, Row, gated, text, whole
from wegweiser.measure.mix.background import parameters_of
from wegweiser.measure.mix.read import (
    below_nothing,
    gaps,
    media_of,
    read_weeks,
    stands_on_sales,
    weeks_without_sales,
)
from wegweiser.measure.mix.regression import LEAST_PERIODS, MOST_CHANNELS
from wegweiser.measure.mix.weeks import Weeks
from wegweiser.measure.pace import LONGEST_WEEKS
from wegweiser.measure.words import Sentence, both
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.result import Gate, Result
from wegweiser.terms.wrong import wrong

LEAST_WEEKS, WEEKS_PER_PARAMETER = 104, 8
_UNIT = "share of sales"


def weeks_or_gate(
    name: str, rows: Sequence[Row], asked: Asked
) -> tuple[Weeks | None, Result | None]:
    """Read the weeks, or give the result that says what is missing."""
    n = {"events": sum(whole(row, "n") for row in rows)}
    missing = sorted({text(row, "currencies_without_rate") for row in rows} - {""})
    if missing:
        return None, _gate(name, "no_source", n, _no_rate(missing, asked.text("currency")))
    chosen = channels_named(asked)
    _require_known(chosen, rows)
    below = below_nothing(rows, chosen)
    if below:
        return None, _gate(name, "no_source", n, _below(below))
    weeks = read_weeks(rows, chosen)
    if weeks is None:
        return None, _gate(name, "no_source", n, _nothing(rows))
    lacking = gaps(rows, weeks)
    if lacking:
        return None, _gate(name, "no_source", n, _gap(lacking))
    unsold = weeks_without_sales(rows, weeks)
    if unsold and asked.text("sales"):
        return None, _gate(name, "no_source", n, _unsold(unsold, asked.text("sales")))
    n |= {"weeks": weeks.count, "channels": len(weeks.names)}
    needed = weeks_needed(weeks, asked.text("engine"))
    if asked.text("engine") == "regression" and len(weeks.names) > MOST_CHANNELS:
        return None, _gate(name, "too_little", n, _many(len(weeks.names)))
    if weeks.count < needed:
        left = needed - weeks.count
        found = _gate(name, "too_little", n, _few(weeks, needed))
        wait = float(left) if left <= LONGEST_WEEKS else None
        return None, msgspec.structs.replace(found, weeks_needed=wait)
    if not stands_on_sales(weeks):
        return None, _gate(name, "unidentified", n, _NO_SALES)
    return weeks, None


def weeks_needed(weeks: Weeks, engine: str) -> int:
    """Give the weeks that a fit needs: 104 and 8 for each parameter, or 36 for a regression."""
    if engine == "regression":
        return LEAST_PERIODS
    return max(LEAST_WEEKS, WEEKS_PER_PARAMETER * parameters_of(weeks))


def channels_named(asked: Asked) -> tuple[str, ...]:
    """Read the channels to look at, written with commas between them."""
    named = (part.strip() for part in asked.text("channels").split(","))
    return tuple(dict.fromkeys(part for part in named if part))


def _require_known(chosen: Sequence[str], rows: Sequence[Row]) -> None:
    spend, other = media_of(rows)
    known = sorted(spend | other)
    missing = [name for name in chosen if name not in known]
    if known and missing:
        told = wrong("channels_known", missing=", ".join(missing), known=", ".join(known[:30]))
        raise InputRefused("bad_option", told, 422, "channels")


def _gate(name: str, reason: Gate, n: dict[str, int], told: Sentence) -> Result:
    return gated(name, _UNIT, reason, n, told)


def _no_rate(missing: Sequence[str], currency: str) -> Sentence:
    names = ", ".join(missing)
    return both(
        f"The table of rates lacks {names} to {currency} on some days. Load them with:"
        " wegweiser money rates FILE.",
        f"In der Kurstabelle fehlt an manchen Tagen {names} in {currency}. Laden Sie die Kurse:"
        " wegweiser money rates DATEI.",
    )


def _nothing(rows: Sequence[Row]) -> Sentence:
    if any(row["role"] == "sales" for row in rows):
        return both(
            "No channel has costs or contacts in this period. Load costs with: wegweiser money"
            " load FILE, or other media with: wegweiser money series FILE.",
            "In diesem Zeitraum hat kein Kanal Kosten oder Kontakte. Laden Sie Kosten: wegweiser"
            " money load DATEI, oder andere Medien: wegweiser money series DATEI.",
        )
    return both(
        "No whole week of this period has sales. Send orders, or load sales with: wegweiser money"
        " series FILE, and name them: --sales NAME.",
        "Keine ganze Woche dieses Zeitraums hat Umsatz. Senden Sie Bestellungen, oder laden Sie"
        " Umsätze: wegweiser money series DATEI, und nennen Sie sie: --sales NAME.",
    )


def _below(channels: Sequence[str]) -> Sentence:
    names = ", ".join(channels)
    return both(
        f"In some week less than nothing was spent or shown in {names}; correct the rows, or put"
        " credit notes into the week that they undo.",
        f"In mancher Woche wurde weniger als nichts eingesetzt bei {names}; berichtigen Sie die"
        " Zeilen, oder buchen Sie Gutschriften in die Woche, die sie rückgängig machen.",
    )


_NO_SALES = both(
    "Sales do not vary, or come to nothing in all, so that no channel can have a share of them.",
    "Der Umsatz schwankt nicht oder ist insgesamt nicht über null; so kann kein Kanal einen Anteil"
    " daran haben.",
)


def _gap(lacking: dict[str, int]) -> Sentence:
    names = ", ".join(f"{name} ({weeks})" for name, weeks in sorted(lacking.items()))
    return both(
        f"Controls are not known in every week (weeks without a value): {names}.",
        f"Einflussgrößen sind nicht in jeder Woche bekannt (Wochen ohne Wert): {names}.",
    )


def _unsold(weeks: int, series: str) -> Sentence:
    return both(
        f"The series {series} has no value in {weeks} weeks between its first and its last. Load"
        " them, with 0 where nothing was sold.",
        f"Die Reihe {series} hat in {weeks} Wochen zwischen der ersten und der letzten keinen Wert."
        " Laden Sie sie, mit 0, wo nichts verkauft wurde.",
    )


def warned_of_gaps(results: Sequence[Result], rows: Sequence[Row], weeks: Weeks) -> list[Result]:
    """Say of figures that rest on a ledger with weeks in which nothing was sold."""
    unsold = weeks_without_sales(rows, weeks)
    if not unsold or not results:
        return [*results]
    first, *rest = (
        msgspec.structs.replace(one, warnings=(*one.warnings, "weeks_without_sales"))
        for one in results
    )
    said = both(
        f" In {unsold} weeks nothing was sold, which counts as 0: if orders were not recorded then,"
        " ask about the time after (--from).",
        f" In {unsold} Wochen wurde nichts verkauft, was als 0 zählt: Wurden damals keine"
        " Bestellungen erfasst, fragen Sie nach der Zeit danach (--from).",
    )
    told = {lang: f"{first.sentence[lang]}{said[lang]}" for lang in first.sentence}
    return [msgspec.structs.replace(first, sentence=told), *rest]


def _many(channels: int) -> Sentence:
    return both(
        f"A regression takes {MOST_CHANNELS} channels, not {channels}; name them with --channels,"
        " or leave --engine as it is.",
        f"Eine Regression nimmt {MOST_CHANNELS} Kanäle, nicht {channels}; nennen Sie sie mit"
        " --channels, oder lassen Sie --engine, wie es ist.",
    )


def _few(weeks: Weeks, needed: int) -> Sentence:
    channels, left = len(weeks.names), needed - weeks.count
    ready = both("not reachable", "nicht erreichbar")
    if left <= LONGEST_WEEKS:
        ready = both(f"ready in {left} weeks", f"bereit in {left} Wochen")
    return both(
        f"{weeks.count} of {needed} weeks are known, which {channels} channels need: 104, and 8"
        f" for each parameter ({ready['en']}); fewer channels need fewer weeks (--channels).",
        f"{weeks.count} von {needed} Wochen sind bekannt, die {channels} Kanäle brauchen: 104, und"
        f" 8 je Parameter ({ready['de']}); weniger Kanäle brauchen weniger Wochen (--channels).",
    )
