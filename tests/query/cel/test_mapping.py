"""Mappings compute any JSON value from a row and leave out what has no value."""

import pytest

from tests.query.cel.situation import MAPPINGS
from wegweiser.query.cel import MissingField, compile_expression
from wegweiser.terms.json import Json

ROW: dict[str, Json] = {
    "id": 17,
    "total_de": " 1.234.567,89 ",
    "total_en": "1,234.50",
    "mail": " Ada@Example.COM ",
    "at": "31.12.2026 23:30",
    "local": "2026-07-01 12:00",
    "Umsatz (EUR)": "5,5",
    "list": [1, 2],
}


def compute(text: str) -> Json:
    return compile_expression(text, MAPPINGS).evaluate({"row": ROW})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("row.id", 17),
        ('"shop-" + string(row.id)', "shop-17"),
        ('number(row.total_de, "de")', 1_234_567.89),
        ('number(row.total_en, "en")', 1_234.5),
        ("number(row.id)", 17.0),
        ('number(row["Umsatz (EUR)"], "de") * 2.0', 11.0),
        ("lower(trim(row.mail))", "ada@example.com"),
        (
            'sha256("ada@example.com")',
            "b5fc85e55755f9e0d030a10ab4429b6b2944855f9a0d60077fe832becbc41d72",
        ),
        ('time(row.at, "%d.%m.%Y %H:%M", "Europe/Berlin")', "2026-12-31T22:30:00.000Z"),
        ('time(row.at, "%d.%m.%Y %H:%M")', "2026-12-31T23:30:00.000Z"),
        ('time(row.local, "", "Europe/Berlin")', "2026-07-01T10:00:00.000Z"),
        ('time("2026-07-01T12:00:00Z", "", "Europe/Berlin")', "2026-07-01T12:00:00.000Z"),
        ("row.list.map(n, n * 2)", [2, 4]),
        ('has(row.id) ? "yes" : "no"', "yes"),
        ('"constant"', "constant"),
        ('duration("1h30m")', 5400.0),
        ("row", ROW),
    ],
)
def test_value(text: str, expected: Json) -> None:
    assert compute(text) == expected


@pytest.mark.parametrize(
    ("text", "reason", "where"),
    [
        ("row.absent", "missing", "row.absent"),
        ('"shop-" + string(row.absent)', "missing", "row.absent"),
        ('number(row.total_en, "de")', "type", 'number(row.total_en, "de")'),
        ('number(row.mail, "en")', "type", 'number(row.mail, "en")'),
        ('time(row.mail, "%d.%m.%Y")', "type", 'time(row.mail, "%d.%m.%Y")'),
        ("lower(row.id)", "type", "lower(row.id)"),
        ("row.id / 0", "arithmetic", "row.id / 0"),
    ],
)
def test_no_value(text: str, reason: str, where: str) -> None:
    with pytest.raises(MissingField) as missing:
        compute(text)
    assert (missing.value.unknown.reason, missing.value.unknown.where) == (reason, where)
