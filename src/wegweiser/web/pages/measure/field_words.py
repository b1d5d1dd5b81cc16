"""Sentences of measures on a page: an option of a program is called as the field of the page."""

import re

import msgspec

from wegweiser.terms.choice import choice_word
from wegweiser.terms.result import Answer
from wegweiser.web.pages.measure.catalogue import Listed, ListedOption

_OPTION = re.compile(r"--([a-z]+(?:-[a-z]+)*)(?: ([a-z_]+))?")
_MARKS = {"en": ("“", "”"), "de": ("„", "“")}


def with_fields(answer: Answer, listed: Listed, language: str) -> Answer:
    """Give an answer whose sentences in a language name fields, not options of a program."""
    if not any("--" in one.sentence[language] for one in answer.results):
        return answer
    results = tuple(
        msgspec.structs.replace(
            one,
            sentence={**one.sentence, language: _told(one.sentence[language], listed, language)},
        )
        for one in answer.results
    )
    return msgspec.structs.replace(answer, results=results)


def _told(sentence: str, listed: Listed, language: str) -> str:
    options = {one.name: one for one in listed.asked}

    def field(found: re.Match[str]) -> str:
        option = options.get(found[1].replace("-", "_"))
        if option is None:
            return found[0]
        told = _field(option, language)
        if found[2] is None:
            return told
        is_choice = found[2] in option.choices
        return f"{told}: {choice_word(found[2], language)}" if is_choice else f"{told} {found[2]}"

    return _OPTION.sub(field, sentence)


def _field(option: ListedOption, language: str) -> str:
    """Name a field by its label up to where that begins to explain."""
    label = re.split(r"[,;(]", option.help[language])[0].strip()
    before, behind = _MARKS[language]
    return f"{before}{label}{behind}"
