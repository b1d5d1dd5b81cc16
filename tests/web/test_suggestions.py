"""The page of probable duplicates: both people side by side, reasons, a no by a plain form."""

from collections.abc import Iterator

import pytest

from tests.web.serving import HOSTILE, Running, empty_site
from tests.web.test_pages import Reading
from wegweiser.resolve.link_judge import Thresholds
from wegweiser.terms.link import LikelyPair, Linkage, Weight

WEIGHTS = (
    Weight("prior", "", -9.0),
    Weight("name", "same", 12.5),
    Weight("birthday", "other", -2.0),
    Weight("phone", "missing", 0.0),
)


@pytest.fixture
def server() -> Iterator[Running]:
    """A server with two people who are probably one; one of them tries to write markup."""
    running = Running(empty_site)
    traits = {"firstName": "Ada", "lastName": HOSTILE, "birthday": "1980-02-03"}
    elements = [
        {"type": "identify", "messageId": "m-1", "userId": "u-1", "traits": traits},
        {"type": "identify", "messageId": "m-2", "anonymousId": "a-2", "traits": traits},
        {"type": "identify", "messageId": "m-3", "userId": "u-3", "traits": {}},
    ]

    async def filled() -> None:
        await running.site.loader.take("crm", elements)
        find = running.site.views.find_person
        a, b = sorted(str(find(name)) for name in ("user_id:u-1", "anonymous_id:a-2"))
        pair = LikelyPair(a, b, 0.97, WEIGHTS)
        running.site.linking.keep(Linkage(pairs=(pair,), records=2), Thresholds())

    running.wait(filled())
    yield running
    running.close()


def test_the_page_shows_probability_weights_and_both_values(server: Running) -> None:
    page = server.client.get("/suggestions?lang=en").text
    assert HOSTILE not in page
    words = Reading(page).words
    assert "One person with a probability of 97.00% (likely)." in words
    assert "+12.5" in words
    assert "1980-02-03" in words
    assert "not known of both" not in words


def test_the_page_speaks_german(server: Running) -> None:
    words = Reading(server.client.get("/suggestions?lang=de").text).words
    assert "Mögliche Doppelte" in words
    assert "+12,5" in words


def test_the_page_of_a_person_tells_of_it(server: Running) -> None:
    person_id = server.site.views.find_person("user_id:u-1")
    words = Reading(server.client.get(f"/people/{person_id}?lang=en").text).words
    assert "Perhaps the same person as" in words


def test_a_no_takes_the_pair_away_for_ever(server: Running) -> None:
    pair = {"a": "user_id:u-1", "b": "anonymous_id:a-2"}
    answer = server.client.post("/suggestions", data=pair | {"do": "no"})
    assert answer.status_code == 303
    page = server.client.get("/suggestions?lang=en").text
    assert "Nothing waits for an answer." in Reading(page).words
    again = server.client.post("/suggestions?lang=en", data=pair | {"do": "no"})
    assert again.status_code == 409
    assert "This could not be done:" in Reading(again.text).words


def test_a_form_that_says_nothing_is_refused(server: Running) -> None:
    assert server.client.post("/suggestions", data={"do": "perhaps"}).status_code == 409


def test_profiles_lead_to_the_page(server: Running) -> None:
    reading = Reading(server.client.get("/profiles?lang=en").text)
    assert "/suggestions" in {one["href"] for one in reading.all("a")}
