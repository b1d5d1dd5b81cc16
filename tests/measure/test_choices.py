"""Every choice of every measure has words in both languages, and no two of one option the same."""

import pytest

from wegweiser.measure.registry import MEASURES
from wegweiser.terms.choice import choice_word

OPTIONS = [(name, option) for name, measure in MEASURES.items() for option in measure.options]
# The same word in both languages.
ALIKE = {"browser", "segment", "region", "person", "regression", "bg_nbd", "mbg_nbd"}
ALIKE |= {"pareto_nbd", "pymc", "medium", "link"}


@pytest.mark.parametrize("language", ["en", "de"])
def test_choices_of_an_option_are_told_apart(language: str) -> None:
    for name, option in OPTIONS:
        told = [choice_word(choice, language) for choice in option.choices]
        assert len({*told}) == len(told), (name, option.name, told)


def test_no_choice_is_a_code_in_german() -> None:
    for name, option in OPTIONS:
        for choice in filter(None, option.choices):
            german = choice_word(choice, "de").casefold()
            assert choice in ALIKE or german != choice.replace("_", " "), (name, choice)
