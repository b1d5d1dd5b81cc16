"""Identity quality tells how much of what was sold is joined to somebody."""

import re

import pytest

from tests.web.serving import Running, until


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", r"[\d.]+ % of what was sold is joined to a known person\."),
        ("de", r"[\d,]+ % des Verkauften sind mit einer bekannten Person verbunden\."),
    ],
)
def test_the_share_of_revenue_that_is_known_is_told(
    running: Running, language: str, told: str
) -> None:
    until(lambda: bool(re.search(told, running.client.get(f"/data/identity?lang={language}").text)))


def test_without_a_sale_it_says_so(fresh: Running) -> None:
    nothing = "Nothing was sold in the last 30 days."
    until(lambda: nothing in fresh.client.get("/data/identity").text)
