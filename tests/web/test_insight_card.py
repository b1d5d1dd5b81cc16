"""What is worked out about a person and an account, on their pages, in both languages."""

import re

import pytest

from tests.web.serving import Running, settled
from wegweiser.terms.computed import ComputedValue
from wegweiser.terms.profile import Rfm
from wegweiser.web.pages.facts import account_path
from wegweiser.web.pages.insight import _figure, _scores
from wegweiser.web.text import Reader


@pytest.mark.parametrize(
    ("language", "heading", "column"),
    [("en", "What this tells us", "Because of"), ("de", "Was uns das sagt", "Weil")],
)
def test_the_pages_of_a_person_and_an_account_show_intents_with_their_evidence(
    running: Running, language: str, heading: str, column: str
) -> None:
    site = running.site
    shown = [
        (f"/people/{one.person_id}", site.knowing.insights.person(one.person_id).intents)
        for one in site.views.recent_persons(limit=50)
    ]
    shown += [
        (account_path(group_id), site.knowing.insights.account(group_id).intents)
        for group_id in site.views.recent_groups()[:20]
    ]
    for kind in ("/people/", "/accounts/"):
        path, intents = next(one for one in shown if one[0].startswith(kind) and one[1])
        page = settled(running.client, f"{path}?lang={language}")
        card = re.search(
            r'<section class="card" aria-labelledby="insight">.*?</section>', page, re.S
        )
        assert card is not None
        assert f'<h2 id="insight">{heading}</h2>' in card[0]
        assert f">{column}</th>" in card[0]
        assert card[0].count('<tr><th scope="row">') == len(intents)


def test_a_figure_says_since_when_it_counts_and_that_it_is_estimated() -> None:
    reader = Reader("de", "UTC", 0)
    figure = _figure(reader, ComputedValue("shops", 1234, 86_400_000, exact=False), "Läden")
    assert (figure.name, figure.value) == ("Läden", "1.234")
    assert figure.note.startswith("gezählt seit ")
    assert figure.note.endswith(", geschätzt")
    assert _figure(reader, ComputedValue("vip", True), "vip").value == "ja"


def test_scores_are_told_only_where_there_is_something_to_compare_with() -> None:
    reader = Reader("en", "UTC", 0)
    assert _scores(reader, Rfm("no_order")) == []
    (few,) = _scores(reader, Rfm("too_few", buyers=1))
    assert few.note == "Only 1 buyer is known; that is too few to compare."
    (told,) = _scores(
        reader, Rfm("ok", recency_score=5, frequency_score=3, monetary_score=None, buyers=50)
    )
    assert told.value == "5 · 3 · –"
