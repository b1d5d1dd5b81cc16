"""Policies in words: which way of contact a cap counts, and where exploration is another."""

import pytest

from wegweiser.terms.message import Placement
from wegweiser.terms.policy import Bundle, Cap
from wegweiser.web.caps import cap_sentence, cap_words
from wegweiser.web.pages.messages.policies import _exploration
from wegweiser.web.text import Reader

ENGLISH, GERMAN = Reader("en", "UTC", 0), Reader("de", "UTC", 0)


@pytest.mark.parametrize(
    ("direction", "sentence", "words", "german"),
    [
        ("push", " Only what is sent counts.", "over all that is sent", "über alles Gesendete"),
        (
            "pull",
            " Only what people look at counts.",
            "over all that people look at",
            "über alles Angesehene",
        ),
        ("", "", "over all channels", "über alle Kanäle"),
    ],
)
def test_a_cap_says_which_way_of_contact_it_counts(
    direction: str, sentence: str, words: str, german: str
) -> None:
    cap = Cap("daily", 1, 24, direction=direction)  # type: ignore[arg-type]
    whole = "At most 1 contacts per person in 1 day, on all channels together."
    assert cap_sentence(ENGLISH, cap) == whole + sentence
    assert cap_words(ENGLISH, cap) == f"1 per person in 1 day, {words}"
    assert cap_words(GERMAN, cap) == f"1 je Person an 1 Tag, {german}"
    mails = Cap("daily", 1, 24, channels=("email",), direction=direction)  # type: ignore[arg-type]
    assert cap_words(ENGLISH, mails) == "1 per person in 1 day, E-mail"


def test_a_placement_that_explores_otherwise_has_a_line_of_its_own() -> None:
    places = (Placement("home.hero", "web", floor=0.0), Placement("app.card", "app"))
    told = [(one.name, one.sentence) for one in _exploration(ENGLISH, Bundle(placements=places))]
    assert [name for name, _ in told] == ["Keep learning", "home.hero"]
    assert told[1][1] == "Here 0.0% of the chances are spread, whatever holds elsewhere."
    [_, (_, german)] = [
        (one.name, one.sentence) for one in _exploration(GERMAN, Bundle(placements=places))
    ]
    assert german.startswith("Hier verteilen sich 0")
