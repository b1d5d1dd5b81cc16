"""A page names its own fields where a measure names the options of a program."""

import pytest

from tests.web.serving import Running, settled
from wegweiser.terms.result import Answer, Question, Result
from wegweiser.web.pages.measure.catalogue import Listed, ListedOption
from wegweiser.web.pages.measure.field_words import with_fields

LISTED = Listed(
    "allocate.effort",
    {"en": "What to do next", "de": "Worauf als Nächstes setzen"},
    (
        ListedOption("margin", "number", 0, {"en": "worth, 0 if unknown", "de": "Ertrag, 0 wenn"}),
        ListedOption(
            "what", "text", "message", {"en": "what is judged", "de": "Was"}, ("message", "channel")
        ),
        ListedOption("unit_cost", "number", -1, {"en": "cost (of one)", "de": "Kosten (je Stück)"}),
    ),
)


def told(words: str, language: str) -> str:
    result = Result(
        name="effort",
        unit="money",
        n={},
        enough_data=False,
        sentence={"en": words, "de": words},
        reason="no_source",
    )
    answer = Answer(
        measure="allocate.effort",
        status="too_little_data",
        results=(result,),
        columns=(),
        rows=(),
        question=Question("", {}),
        as_of=0,
        n=0,
    )
    return with_fields(answer, LISTED, language).main.sentence[language]


@pytest.mark.parametrize(
    ("language", "words", "shown"),
    [
        ("en", "state --margin.", "state “worth”."),
        ("de", "--margin angeben.", "„Ertrag“ angeben."),
        ("de", "weniger: --what channel.", "weniger: „Was“: Kanal."),
        ("en", "give --unit-cost and wait", "give “cost” and wait"),
        ("en", "no --group here, and -- this", "no --group here, and -- this"),
        ("en", "nothing to name", "nothing to name"),
    ],
)
def test_an_option_is_called_as_its_field_and_others_stay(
    language: str, words: str, shown: str
) -> None:
    assert told(words, language) == shown


def test_the_table_of_further_answers_names_fields_too(running: Running) -> None:
    alone = settled(running.client, "/measure/one/lift.guardrails?lang=en")
    assert "name them" in alone
    table = settled(running.client, "/measure/lift?lang=en")
    assert "name them" in table
    assert "--goals" not in table
