"""Sentences of measures call a goal by the title that was published for it."""

import asyncio

import pytest

from tests.flow.sites import caller, post, running, seen
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.goal_titles import read_titles

TITLED = (
    "{kind: goal, key: demo-booked, when: 'event == \"Demo Booked\"', title: A demo was booked}"
)
PLAIN = "{kind: goal, key: demo-booked, when: 'event == \"Demo Booked\"'}"


@pytest.mark.parametrize(
    ("configuration", "english", "german"),
    [
        (TITLED, "the goal “A demo was booked” cannot", "das Ziel „A demo was booked“ nicht"),
        (PLAIN, "the goal demo-booked cannot", "das Ziel demo-booked nicht"),
    ],
)
def test_a_goal_is_called_by_its_title(configuration: str, english: str, german: str) -> None:
    async def story() -> list[dict[str, str]]:
        async with running(configuration) as site:
            key, _ = caller(site)
            await post(site, key, "/v1/page", seen("ada", 1))
            answer = await site.measure("web.visits", {"goal": "demo-booked"})
            return [one.sentence for one in answer.results]

    sentences = asyncio.run(story())
    assert any(english in one["en"] and german in one["de"] for one in sentences)


def test_titles_that_are_no_texts_are_refused() -> None:
    with pytest.raises(InputRefused, match="goal-titles"):
        read_titles("[1]")
