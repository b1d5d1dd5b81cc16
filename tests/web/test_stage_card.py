"""The stage on the pages of a person and an account, in both languages."""

import re

import pytest

from tests.web.serving import Running, settled
from wegweiser.web.pages.facts import account_path
from wegweiser.web.pages.stage import stage_card
from wegweiser.web.text import Reader

TOLD = {
    "stage": "evaluate",
    "probabilities": {"explore": 0.3, "evaluate": 0.61, "customer": 0.001},
    "entries": 3,
    "words": {"en": "evaluate (61%), forward", "de": "vergleichen (61 %), voran"},
}


@pytest.mark.parametrize(
    ("language", "sentence", "name", "entries"),
    [
        ("en", "evaluate (61%), forward", "evaluate", "From 3 signs."),
        ("de", "vergleichen (61 %), voran", "vergleichen", "Aus 3 Zeichen."),
    ],
)
def test_the_card_says_the_belief_and_leaves_out_what_is_all_but_impossible(
    running: Running, language: str, sentence: str, name: str, entries: str
) -> None:
    names = running.site.journeys.journey.names
    card = stage_card(Reader(language, "UTC", 0), TOLD, names)
    assert (card.sentence, card.entries) == (sentence, entries)
    assert [(share.name, share.step) for share in card.shares][1:] == [(name, 6)]
    assert len(card.shares) == 2


@pytest.mark.parametrize(
    ("explore", "told"),
    [
        (0.65, ""),
        (
            0.75,
            "Just now explore is more likely (75%); the stage shown changes only when that lasts.",
        ),
    ],
)
def test_another_stage_is_told_of_where_it_is_clearly_more_likely(
    running: Running, explore: float, told: str
) -> None:
    names = running.site.journeys.journey.names
    belief = TOLD | {"probabilities": {"explore": explore, "evaluate": 0.61}}
    assert stage_card(Reader("en", "UTC", 0), belief, names).likely == told


@pytest.mark.parametrize(("language", "heading"), [("en", "Stage"), ("de", "Phase")])
def test_the_pages_of_a_person_and_an_account_show_a_stage(
    running: Running, language: str, heading: str
) -> None:
    views = running.site.views
    person = views.recent_persons(limit=1)[0].person_id
    account = views.recent_groups()[0]
    for path in (f"/people/{person}", account_path(account)):
        page = settled(running.client, f"{path}?lang={language}")
        card = re.search(r'<section class="card" aria-labelledby="stage">.*?</section>', page, re.S)
        assert card is not None
        assert f'<h2 id="stage">{heading}</h2>' in card[0]
        assert card[0].count('<svg class="bar"') >= 1
