"""The measure `watch.effect`: is it still effective, month by month against the control group."""

from collections.abc import Sequence
from datetime import date, timedelta

import pyarrow as pa

from wegweiser.measure.arm_words import in_arm
from wegweiser.measure.arms import EPOCH, LEAVE_OUT, SHARES, read_shares
from wegweiser.measure.experiment import LEAST_UNITS as LEAST_SPLIT
from wegweiser.measure.experiment import check_split
from wegweiser.measure.form import (
    Asked,
    Measure,
    Option,
    Row,
    answer,
    gated,
    real,
    rows_of,
    text,
    whole,
)
from wegweiser.measure.lift_question import METRICS
from wegweiser.measure.sequential import always_valid
from wegweiser.measure.statistic import normal_quantile
from wegweiser.measure.watch.drift import LEAST_PERIODS, Effect, drift_of, pooled
from wegweiser.measure.watch.effect_arms import (
    LEAST_GOALS,
    LEAST_UNITS,
    Arm,
    arms_in,
    effects_of,
    worth_of,
)
from wegweiser.measure.watch.effect_question import CALIBRATION, question
from wegweiser.measure.watch.effect_said import (
    NAME,
    drift_result,
    half_life_result,
    lift_result,
    novelty_result,
)
from wegweiser.measure.watch.table import last_whole_day
from wegweiser.measure.words import both
from wegweiser.terms.result import Answer, Gate, Question, Result


def answer_effect(table: pa.Table, asked_question: Question, asked: Asked) -> Answer:
    """Say whether the effect lasts; each month's word rests on the months up to it only."""
    rows = rows_of(table)
    arms = arms_in(rows, None)
    pair = (asked.text("arm"), asked.text("control"))
    effects = effects_of(arms, pair)
    shown = _rows(arms, effects, pair, asked, rows)
    units = int(sum(real(row, "n") for row in rows if text(row, "arm") != CALIBRATION))
    gate = _broken(rows, asked) or _gate(arms, effects, pair)
    if gate is not None:
        return answer(NAME, asked, asked_question, [gate], shown, units)
    drift = drift_of(effects, worth_of(effects, asked))
    results = [lift_result(drift, effects, units, asked), drift_result(drift, units, asked)]
    more = (novelty_result(rows, pair, units, asked), half_life_result(drift, units))
    results += [one for one in more if one is not None]
    return answer(NAME, asked, asked_question, results, shown, units)


def _present_day(asked: Asked) -> date:
    """Give the day of the zone that is not over yet at the end of the period and at `as_of`."""
    return last_whole_day(asked) + timedelta(days=1)


def _broken(rows: list[Row], asked: Asked) -> Result | None:
    """Hold the units that were new in a month against the planned shares, month by month.

    The month that is not over yet is looked at often, and judged by what bears that.
    """
    shares = read_shares(asked.text("shares"))
    if len([share for share in shares.values() if share > 0]) < 2:
        return None
    counted: dict[str, dict[str, int]] = {}
    for row in rows:
        arm = text(row, "arm")
        if bool(row["is_fresh"]) and arm in shares:
            counted.setdefault(text(row, "month"), {})[arm] = whole(row, "triggered")
    present = f"{_present_day(asked):%Y-%m}"
    for month, arms in sorted(counted.items()):
        enough = sum(arms.values()) >= LEAST_SPLIT
        if enough and check_split(arms, shares, month == present).broken:
            told = both(
                f"Something is wrong with the test: units of {month} are not divided as planned.",
                f"Mit dem Test stimmt etwas nicht: Die Einheiten vom {month} sind nicht wie geplant"
                " aufgeteilt.",
            )
            return gated(f"{NAME}.lift", "per unit", "broken", {"units": sum(arms.values())}, told)
    return None


def _gate(
    arms: dict[tuple[str, str], Arm],
    effects: list[Effect],
    pair: tuple[str, str],
) -> Result | None:
    if len(effects) >= LEAST_PERIODS:
        return None
    known = {arm for _, arm in arms}
    missing = [arm for arm in pair if arm not in known]
    reason: Gate = "no_source" if missing else "too_little"
    counts = {"units": int(sum(arm.n for arm in arms.values())), "periods": len(effects)}
    if missing:
        told = both(
            f"Nothing can be compared: nobody is {in_arm(missing[0])['en']} yet.",
            f"Es lässt sich nichts vergleichen: {in_arm(missing[0])['de']} ist noch niemand.",
        )
    else:
        told = both(
            f"Too little data: {len(effects)} of {LEAST_PERIODS} months needed with"
            f" {LEAST_UNITS} units in each arm and {LEAST_GOALS} goals.",
            f"Zu wenig Daten: {len(effects)} von {LEAST_PERIODS} nötigen Monaten mit"
            f" {LEAST_UNITS} Einheiten je Gruppe und {LEAST_GOALS} Zielen.",
        )
    return gated(f"{NAME}.lift", "per unit", reason, counts, told)


def _rows(
    arms: dict[tuple[str, str], Arm],
    effects: list[Effect],
    pair: tuple[str, str],
    asked: Asked,
    rows: list[Row],
) -> list[Row]:
    """Give a row per month: what is known of it, and the word that stood at its end."""
    foretold = {text(row, "month"): row for row in rows if text(row, "arm") == CALIBRATION}
    of_month = {one.period: place for place, one in enumerate(effects)}
    shown: list[Row] = []
    for month in sorted({month for month, _ in arms} | set(foretold)):
        place = of_month.get(month)
        shown.append(
            {"month": month}
            | _known(effects[: place + 1] if place is not None else [], asked)
            | _sizes(arms, month, pair)
            | _calibration(foretold.get(month))
        )
    return shown


def _known(past: Sequence[Effect], asked: Asked) -> Row:
    if not past:
        return {"lift": None, "low": None, "high": None, "so_far_low": None, "word": ""}
    one, worth = pooled(past[-1:]), worth_of(past, asked)
    so_far = pooled(past)
    variance = ((so_far.high - so_far.low) / 2 / normal_quantile(0.95)) ** 2
    word = drift_of(past, worth).word if len(past) >= LEAST_PERIODS else ""
    return {
        "lift": one.estimate,
        "low": one.low,
        "high": one.high,
        "so_far_low": always_valid(so_far.estimate, variance, worth).low,
        "word": word,
    }


def _sizes(arms: dict[tuple[str, str], Arm], month: str, pair: tuple[str, str]) -> Row:
    treated, control = (arms.get((month, arm), Arm()) for arm in pair)
    return {"units": int(treated.n), "control_units": int(control.n)}


def _calibration(row: Row | None) -> Row:
    if row is None:
        return {"predicted": None, "responded": None}
    return {"predicted": real(row, "sum_yy"), "responded": real(row, "sum_y")}


MEASURE = Measure(
    NAME,
    both("Is it still effective?", "Wirkt es noch?"),
    (
        Option("goal", "text", "", both("goal that counts, empty for any", "Ziel, leer für jedes")),
        Option("arm", "text", "main", both("arm that is judged", "Gruppe, die beurteilt wird")),
        Option("control", "text", "nothing", both("control group", "Kontrollgruppe")),
        Option("window_days", "whole", 30, both("days for the goal", "Tage bis zum Ziel")),
        Option(
            "metric",
            "text",
            "converted",
            both("what counts per unit", "was je Einheit zählt"),
            tuple(METRICS),
        ),
        Option(
            "worth_knowing",
            "number",
            0.0,
            both("smallest effect that matters, per unit", "kleinste Wirkung, die zählt"),
        ),
        SHARES,
        EPOCH,
        LEAVE_OUT,
    ),
    question,
    answer_effect,
)
