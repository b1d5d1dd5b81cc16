"""Identity quality tells how much of what was sold is joined to somebody."""

import re
from collections.abc import Iterator

import pytest

from tests.acceptance.worlds import handful_site
from tests.web.serving import Running, until


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", r"[\d.]+% of what was sold is joined to a known person\."),
        ("de", r"[\d,]+ % des Verkauften sind mit einer bekannten Person verbunden\."),
    ],
)
def test_the_share_of_revenue_that_is_known_is_told(
    running: Running, language: str, told: str
) -> None:
    until(lambda: bool(re.search(told, running.client.get(f"/data/identity?lang={language}").text)))


@pytest.fixture
def seen() -> Iterator[Running]:
    """Serve a site on which people were seen and nothing was sold."""
    started = Running(handful_site)
    yield started
    started.close()


def test_without_a_sale_it_says_so(seen: Running) -> None:
    nothing = "Nothing was sold in the last 30 days."
    until(lambda: nothing in seen.client.get("/data/identity").text)
