"""What an account brought and is to bring: revenue, profit, and CLV with its error."""

from collections.abc import Collection

import msgspec

from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.json import JsonObject
from wegweiser.terms.result import Answer
from wegweiser.web.pages.answers import Wish, wish
from wegweiser.web.pages.desk import Desk
from wegweiser.web.pages.measure.gates import holdout_of, is_withheld
from wegweiser.web.pages.rows import number_or_none, rows_of, text_in
from wegweiser.web.text import Reader

# These look far back: once a day is often enough for one page.
FRESH_MS = DAY_MS
# The rest of the page does not wait for them.
PATIENCE_S = 0.2
CLV = ("lifetime.value", {"by": "account"})
# Of very many customers those are named who leave most and who lose most.
PERSON_PROFIT = ("profit.accounts", {"by": "customer", "unit": "person", "most": "2000"})
PROFIT = ("profit.accounts", {"by": "customer", "unit": "account"})


class Value(msgspec.Struct, frozen=True):
    """Rows (name, value, note), and what keeps others from being shown."""

    rows: tuple[tuple[str, str, str], ...]
    notes: tuple[str, ...]


async def value_of(desk: Desk, reader: Reader, group_id: str) -> Value:
    """Read the figures of one account out of the answers about all; never waits long."""
    currency = desk.site.settings.currency
    clv, profit = (_wish(desk, *one) for one in (CLV, PROFIT))
    await _ask(desk, reader, clv, profit)
    rows = _profit_rows(reader, desk.answers.known(profit), group_id, currency)
    found, note = _clv(reader, desk.answers.known(clv), group_id, currency)
    waits = desk.answers.computing([clv, profit])
    notes = [note] if note else []
    if waits:
        notes = [reader.say("Figures are being computed; open the page again in a minute.")]
    return Value((*rows, *found), tuple(notes))


async def value_of_accounts(desk: Desk, reader: Reader, groups: Collection[str]) -> Value:
    """Sum up what some accounts brought and are to bring; never waits long."""
    currency = desk.site.settings.currency
    clv, profit = (_wish(desk, *one) for one in (CLV, PROFIT))
    await _ask(desk, reader, clv, profit)
    rows: list[tuple[str, str, str]] = []
    answer = desk.answers.known(profit)
    found = [row for row in rows_of(answer) if text_in(row, "customer") in groups]
    for name, words in (
        ("revenue", reader.say("Revenue")),
        ("contribution", reader.say("Profit")),
    ):
        amounts = [amount for row in found if (amount := number_or_none(row, name)) is not None]
        if amounts:
            count = len(amounts)
            note = reader.count("{count} account of it", "{count} accounts of it", count)
            rows.append((words, reader.money(_whole(sum(amounts)), currency, 0), note))
    worth, error = worth_of(desk.answers.known(clv), groups)
    if worth is not None and error is not None:
        told = reader.say(
            "on data that were held back the model missed by {error}",
            error=reader.percent(error, 0, signed=True),
        )
        name = reader.say("Customer value (CLV)")
        rows.append((name, reader.money(_whole(worth), currency, 0), told))
    return Value(tuple(rows), ())


def worth_of(answer: Answer | None, groups: Collection[str]) -> tuple[float | None, float | None]:
    """Sum the CLV of some accounts; none without the error on held-back data, or any CLV."""
    error = None if answer is None else holdout_of(answer)
    if answer is None or answer.status != "ok" or error is None:
        return None, None
    rows = [row for row in rows_of(answer) if text_in(row, "account") in groups]
    found = [worth for row in rows if (worth := number_or_none(row, "clv")) is not None]
    return (sum(found), error.estimate) if found else (None, None)


async def value_of_person(desk: Desk, reader: Reader, person_id: str) -> Value:
    """Give what one person brought and left, and the CLV with its error, or why there is none.

    Profit stands there for whoever is named in the answer about all; it never waits long.
    """
    told = desk.site.knowing.customer_value.of_person(person_id)
    sentence = told.sentence[reader.language]
    profit = _wish(desk, *PERSON_PROFIT)
    await _ask(desk, reader, profit)
    currency = desk.site.settings.currency
    brought = _profit_rows(reader, desk.answers.known(profit), person_id, currency)
    if told.value is None or told.holdout_error is None:
        return Value(brought, (sentence,))
    worth = reader.money(_whole(told.value), told.currency, 0)
    return Value((*brought, (reader.say("Customer value (CLV)"), worth, sentence)), ())


def _whole(amount: float) -> float:
    """Round to whole units, and write nothing as nothing, never as less than nothing."""
    return round(amount) + 0.0


def _wish(desk: Desk, measure: str, options: dict[str, str]) -> Wish:
    settings = desk.site.settings
    return wish(measure, options | {"zone": settings.time_zone, "currency": settings.currency})


async def _ask(desk: Desk, reader: Reader, *wishes: Wish) -> None:
    old = [one for one in wishes if _is_old(desk, reader, one)]
    await desk.answers.get(old, PATIENCE_S)


def _is_old(desk: Desk, reader: Reader, one: Wish) -> bool:
    known = desk.answers.known(one)
    return known is None or reader.now - known.as_of >= FRESH_MS


def _row_of(answer: Answer | None, column: str, group_id: str) -> JsonObject | None:
    return next((row for row in rows_of(answer) if text_in(row, column) == group_id), None)


def _profit_rows(
    reader: Reader, answer: Answer | None, group_id: str, currency: str
) -> tuple[tuple[str, str, str], ...]:
    row = _row_of(answer, "customer", group_id)
    if row is None or answer is None:
        return ()
    named = {"revenue": reader.say("Revenue"), "contribution": reader.say("Profit")}
    told = reader.say("as of {day}", day=reader.day_of(answer.as_of))
    found = ((words, number_or_none(row, name)) for name, words in named.items())
    return tuple(
        (words, reader.money(_whole(amount), currency, 0), told)
        for words, amount in found
        if amount is not None
    )


def _clv(
    reader: Reader, answer: Answer | None, group_id: str, currency: str
) -> tuple[tuple[tuple[str, str, str], ...], str]:
    """Give CLV with its error on held-back data, or why it is not shown; never without."""
    if answer is None:
        return (), ""
    error = holdout_of(answer)
    if answer.status != "ok" or is_withheld(answer) or error is None or error.estimate is None:
        return (), answer.main.sentence[reader.language]
    row = _row_of(answer, "account", group_id)
    worth = None if row is None else number_or_none(row, "clv")
    if worth is None:
        return (), reader.say("No order is known, so there is no customer value yet.")
    note = reader.say(
        "In the year to come, as far as the model looks ahead; on data that were held back it"
        " missed by {error}. As of {day}.",
        error=reader.percent(error.estimate, 0, signed=True),
        day=reader.day_of(answer.as_of),
    )
    between = _between(reader, row, currency)
    return (
        (
            reader.say("Customer value (CLV)"),
            reader.money(_whole(worth), currency, 0),
            f"{between} {note}" if between else note,
        ),
    ), ""


def _between(reader: Reader, row: JsonObject | None, currency: str) -> str:
    """Say between what such accounts stay, where that was drawn for this one."""
    ends = [None if row is None else number_or_none(row, name) for name in ("low", "high")]
    low, high = (None if end is None else reader.money(_whole(end), currency, 0) for end in ends)
    if low is None or high is None:
        return ""
    return reader.say("19 of 20 such accounts bring between {low} and {high}.", low=low, high=high)
