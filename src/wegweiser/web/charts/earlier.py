"""The dashed line of a chart: the values of the period before, each under its own day."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from wegweiser.terms.json import Json
from wegweiser.terms.result import Answer, AskedPeriod


def earlier_values(answer: Answer, column: int) -> tuple[float, ...]:
    """Give one value of the earlier period for each row; a day without a row counts zero.

    Of weeks and months the rows stand in their order. Empty where nothing is compared.
    """
    compared = answer.compared
    if compared is None or not compared.rows:
        return ()
    times = [str(row[0]) for row in answer.rows]
    if answer.period is None or answer.columns[0] != "day":
        return tuple(_real(row[column]) for row in compared.rows)[: len(times)]
    shift = _first_day(answer.period) - _first_day(compared.period)
    by_day = {str(row[0]): _real(row[column]) for row in compared.rows}
    days = [(date.fromisoformat(time) - shift).isoformat() for time in times]
    return tuple(by_day.get(day, 0.0) for day in days)


def earlier_by_name(answer: Answer, column: int) -> dict[str, float]:
    """Give the value of the earlier time by the name in the first column.

    Empty where nothing is compared, or where a name stands in several rows.
    """
    compared = answer.compared
    if compared is None or len({row[0] for row in compared.rows}) < len(compared.rows):
        return {}
    return {str(row[0]): _real(row[column]) for row in compared.rows}


def _first_day(period: AskedPeriod) -> date:
    return datetime.fromtimestamp(period.start / 1000, UTC).astimezone(ZoneInfo(period.zone)).date()


def _real(value: Json) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
