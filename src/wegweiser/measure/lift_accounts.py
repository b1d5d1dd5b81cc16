"""The measure `lift.accounts`: lift by account, with what one account alone may have done."""

import hashlib

import msgspec
import numpy as np
import pyarrow as pa

from wegweiser.measure import lift
from wegweiser.measure.adjusted import adjusted
from wegweiser.measure.arms import TWO_ARMS, placed_steps
from wegweiser.measure.clustered import clustered_difference, widened
from wegweiser.measure.form import Asked, Measure, Row, answer, gated, real, rows_of, text, whole
from wegweiser.measure.lift_gate import first_closed_gate
from wegweiser.measure.lift_planned import (
    before_end,
    counted_units,
    is_at_end,
    is_planned,
    placed_units,
)
from wegweiser.measure.lift_question import sum_select, sum_steps
from wegweiser.measure.lift_sums import Sums, read_sums
from wegweiser.measure.permuted import Accounts, difference_of, left_out, permuted
from wegweiser.measure.sequential import always_valid, tuned_for
from wegweiser.measure.statistic import Interval
from wegweiser.measure.words import Sentence, between, both, estimate_of, number
from wegweiser.terms.result import Answer, Question, Result

NAME = "lift.accounts"
LEAST, ENOUGH, LEAST_WITH_GOAL = 6, 20, 2
MOVED = 0.2
_DAILY = "confidence sequence over accounts"


def question(asked: Asked) -> Question:
    """Ask for the sums of `lift`, once for each group of accounts with equal units and sum.

    Ids stay in the engine: an account is known by its arm, its units and its Σy only.
    """
    units = placed_units(asked)
    return asked.question(f"""
{placed_steps()},{units.step}
{sum_steps(asked.text("metric"), (), units.name, units.more)},
equal as (
  select arm, unit_kind, n as account_units, y as account_total, *
         exclude (arm, unit_kind)
  from clustered)
{sum_select(("account_units", "account_total"), units.more, "equal")}
order by account_units, account_total, arm, unit_kind
""")


def answer_accounts(table: pa.Table, asked_question: Question, asked: Asked) -> Answer:
    """Judge by accounts: from 20 per arm what may be read at any time, t at the planned end.

    From 6 to 19 per arm all other ways to draw them, which is for one look: where a size was
    planned, at its end.
    """
    rows = rows_of(table)
    sums = read_sums(rows)
    units = _units(sums)
    gate = first_closed_gate(sums, asked)
    accounts = _accounts(rows, asked)
    per_arm = min(sum(accounts.treated), len(accounts.treated) - sum(accounts.treated))
    if gate is not None and (gate.reason != "too_little" or not _is_enough(accounts, per_arm)):
        stopped = msgspec.structs.replace(gate, name=f"{NAME}.difference")
        return answer(NAME, asked, asked_question, [stopped], [], units)
    if not _is_enough(accounts, per_arm):
        few = _few(per_arm)
        return answer(NAME, asked, asked_question, [few], [], units)
    if per_arm >= ENOUGH:
        results = _of_many(sums, accounts, asked)
    else:
        results = _of_few(sums, accounts, asked, asked_question)
    return answer(NAME, asked, asked_question, results, _rows(accounts, results[0]), units)


def _of_many(sums: dict[str, Sums], accounts: Accounts, asked: Asked) -> list[Result]:
    """Give what may be read at any time, and at the planned end t, to be read there once."""
    treated, control = sums[asked.text("arm")], sums[asked.text("control")]
    name, units = f"{NAME}.difference", _units(sums)
    daily = _result(name, _at_any_time(treated, control, asked), accounts, _DAILY, units)
    if not is_at_end(counted_units(sums), asked):
        return [daily, *before_end(f"{name}_at_end", daily.unit, sums, asked)]
    found = clustered_difference(treated, control)
    return [daily, _result(f"{name}_at_end", found, accounts, "t over accounts", units)]


def _of_few(
    sums: dict[str, Sums], accounts: Accounts, asked: Asked, asked_question: Question
) -> list[Result]:
    """Draw the arms in all other ways: too few for a sequence, so that it is for one look."""
    name = f"{NAME}.difference"
    if not is_at_end(counted_units(sums), asked) and is_planned(asked):
        return before_end(name, "per unit", sums, asked)
    found, _ = permuted(accounts, np.random.default_rng(_seed(asked_question)))
    return [_result(name, found, accounts, "permutation of accounts", _units(sums))]


def _units(sums: dict[str, Sums]) -> int:
    return sum(arm.closed for arm in sums.values())


def _at_any_time(treated: Sums, control: Sums, asked: Asked) -> Interval:
    found = widened(adjusted(treated, control, 0.0), treated, control)
    if found.variance <= 0:
        return Interval(found.difference, found.difference, found.difference)
    units = treated.closed + control.closed
    worth = asked.number("worth_knowing")
    tau = worth or tuned_for(found.variance, units, asked.whole("planned_units"))
    return always_valid(found.difference, found.variance, tau)


def _is_enough(accounts: Accounts, per_arm: int) -> bool:
    return per_arm >= LEAST and sum(total != 0 for total in accounts.totals) >= LEAST_WITH_GOAL


def _accounts(rows: list[Row], asked: Asked) -> Accounts:
    totals: list[float] = []
    units: list[float] = []
    treated: list[bool] = []
    for row in rows:
        arm, count = text(row, "arm"), whole(row, "clusters")
        size = real(row, "account_units")
        if arm == TWO_ARMS or arm not in (asked.text("arm"), asked.text("control")) or size == 0:
            continue
        totals += [real(row, "account_total")] * count
        units += [size] * count
        treated += [arm == asked.text("arm")] * count
    return Accounts(tuple(totals), tuple(units), tuple(treated))


def _few(per_arm: int) -> Result:
    return gated(
        f"{NAME}.difference",
        "per unit",
        "too_little",
        {"accounts": per_arm},
        both(
            f"Too little data: {per_arm} of {LEAST} accounts per arm.",
            f"Zu wenig Daten: {per_arm} von {LEAST} Unternehmen je Gruppe.",
        ),
    )


def _seed(asked_question: Question) -> int:
    encoded = msgspec.json.encode(asked_question, order="sorted")
    return int.from_bytes(hashlib.sha256(encoded).digest()[:8], "big")


def _moves(found: Interval, ends: tuple[float, float]) -> bool:
    """Tell whether one account alone moves the difference by more than a fifth."""
    far = max(abs(end - found.estimate) for end in ends)
    return far > MOVED * abs(found.estimate)


def _result(name: str, found: Interval, accounts: Accounts, method: str, units: int) -> Result:
    daily, ends = method == _DAILY, left_out(accounts)
    said: Sentence = {}
    alone = _moves(found, ends)
    for lang, start in (
        ("en", "Accounts of the treated arm come to more per unit by"),
        ("de", "Unternehmen der behandelten Gruppe bringen je Einheit mehr:"),
    ):
        told = f"{start} {estimate_of(found, lang)} ({between(found, lang)})"
        if alone:
            least, most = (number(end, lang, 4) for end in ends)
            told += both(
                f"; without any one account it lies from {least} to {most}",
                f"; ohne ein einzelnes Unternehmen läge es von {least} bis {most}",
            )[lang]
        said[lang] = f"{told}."
    return Result(
        name=name,
        unit="per unit",
        n={"units": units, "accounts": len(accounts.treated)},
        enough_data=True,
        estimate=found.estimate,
        low=found.low,
        high=found.high,
        kind="always_valid" if daily else "frequentist",
        evidence="experiment",
        warnings=(
            *(() if daily else ("read_once_at_planned_end",)),
            *(("one_account_moves_it",) if alone else ()),
        ),
        sentence=said,
        method=method,
    )


def _rows(accounts: Accounts, first: Result) -> list[Row]:
    count = sum(accounts.treated)
    least, most = left_out(accounts)
    return [
        {
            "accounts_treated": count,
            "accounts_held_out": len(accounts.treated) - count,
            "difference": difference_of(accounts),
            "low": first.low,
            "high": first.high,
            "least_without_one": least,
            "most_without_one": most,
        }
    ]


MEASURE = Measure(
    NAME,
    both("Lift by account", "Wirkung nach Unternehmen"),
    tuple(one for one in lift.MEASURE.options if one.name not in ("margin", "unit_cost")),
    question,
    answer_accounts,
)
