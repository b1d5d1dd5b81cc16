"""What is wrong with a rule stands on the pages in the reader's language, with place and remedy."""

import html
import re

import pytest

from tests.web.serving import Running, settled

GERMAN = {"accept-language": "de"}


@pytest.mark.parametrize(
    ("when", "sentence"),
    [
        (
            "p.trait.plan == 1",
            "bei Zeichen 2 nicht zu verwenden: p hat kein Feld „trait“. Meinten Sie „traits“?",
        ),
        ("p.engagement = 1", "= gehört nicht zur Sprache. schreiben Sie == zum Vergleichen"),
        ('p.engagement > "x"', "Zahl und Text lassen sich nicht vergleichen"),
        ('in_segment("gone")', "ein Segment „gone“ gibt es dafür nicht"),
        ('count("A", "x") > 1', "ein Zeitraum wird wie „30d“ oder „48h“ geschrieben"),
    ],
)
def test_the_builder_of_segments_says_it_in_german(
    running: Running, when: str, sentence: str
) -> None:
    answer = running.client.post("/segments", data={"when": when, "of": "person"}, headers=GERMAN)
    page = html.unescape(answer.text)
    assert sentence in page
    assert "cannot be used" not in page
    english = running.client.post("/segments?lang=en", data={"when": when, "of": "person"})
    assert "The rule cannot be used" in english.text


def test_a_rule_that_cannot_be_saved_is_refused_in_german(running: Running) -> None:
    form = {"key": "broken", "title": "Broken", "of": "person", "when": "p.engagement >"}
    answer = running.client.post("/segments/save", data=form, headers=GERMAN)
    page = html.unescape(answer.text)
    assert "der Ausdruck ist nicht vollständig" in page
    assert "is not complete" not in page
    assert running.site.segments.get("broken") is None


def test_the_editor_of_messages_says_it_at_the_field_of_the_rule(running: Running) -> None:
    form = {
        "key": "spring",
        "rule-0": "person.engagment > 1",
        "variant-0-channel": "web",
        "do": "check",
    }
    answer = running.client.post("/messages/new", data=form, headers=GERMAN)
    page = html.unescape(answer.text)
    told = re.search(r'id="wrong-rule-0">(?:<a[^>]*>)?([^<]+)', page)
    assert told is not None
    assert "person hat kein Feld „engagment“" in told[1]
    assert "Meinten Sie „engagement“?" in told[1]


def test_the_editor_of_messages_says_all_that_is_wrong_in_german(running: Running) -> None:
    form = {
        "key": "summer",
        "value": "-5",
        "goal": "gone",
        "fallback": "summer",
        "variant-0": "a b",
        "channel-0": "web",
        "do": "check",
    }
    page = html.unescape(running.client.post("/messages/new", data=form, headers=GERMAN).text)
    assert "value -5 muss über 0 liegen: was ist eine Reaktion wert?" in page
    assert "key 'a b' darf nur Buchstaben, Ziffern und . _ : - haben" in page
    assert "must be" not in page
    english = running.client.post("/messages/new?lang=en", data=form).text
    assert "value -5 must be above 0: what is one response worth?" in html.unescape(english)


@pytest.mark.parametrize(
    ("path", "german", "english"),
    [
        ("/journeys?of=nobody", "Das Wort of in der Adresse ist eines von", "in the address is"),
        ("/journeys?rows=many", "Das Wort rows in der Adresse", "in the address is"),
        ("/measure/one/lift.arms?margin=lots", "--margin muss eine Zahl sein", "must be a"),
        ("/measure/one/web.visits?by=nonsense", "--by muss eines von", "must be one of"),
        ("/messages/gone", "gone", "There is no message"),
    ],
)
def test_what_an_address_asks_wrongly_is_said_in_german(
    running: Running, path: str, german: str, english: str
) -> None:
    page = html.unescape(settled(running.client, f"{path}{'&' if '?' in path else '?'}lang=de"))
    assert german in page
    assert english not in page


def test_a_text_that_cannot_be_filled_is_refused_in_german(running: Running) -> None:
    form = {
        "key": "autumn",
        "variant-0": "short",
        "channel-0": "web",
        "text-0-title": "Hello {{ person.traits.firstName | shout }}",
        "do": "look",
    }
    answer = running.client.post("/messages/new", data=form, headers=GERMAN)
    page = html.unescape(answer.text)
    assert "verwendet den unbekannten Filter shout. Schreiben Sie Platzhalter als" in page
    assert "unknown filter" not in page
