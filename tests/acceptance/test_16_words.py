"""Check 16: one word per idea, in the glossary and in use; columns speak German as well."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from tests.acceptance.pairs import PAIRS
from tests.web.serving import Running
from wegweiser.measure.registry import MEASURES
from wegweiser.terms.column import column_word, own_tongue
from wegweiser.terms.errors import InputRefused
from wegweiser.web import text

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "wegweiser"
LOCALE = Path(text.__file__).parent / "locale" / "de"
# Said otherwise, in both languages.
NEVER = re.compile(
    r"\b(significan\w*|p-values?|uplift|funnel stages?|signifikan\w*)\b", re.IGNORECASE
)
# German has a word of its own for these.
ENGLISH_WORDS = re.compile(
    r"\b(holdout|conversions?|touchpoints?|consent|churn|events?|accounts?|traits?|identifiers?"
    r"|dashboards?|leads?|stages?|audience|exposures?|outcomes?|feedback|customer)\b",
    re.IGNORECASE,
)
# How a word stands in a sentence, where it does not stand alone.
SAID_AS = {
    "erst reparieren": "erst den test reparieren",
    "wiederherstellen": "wiederhergestellt",
    "lösen": "gelöst",
    "Abschluss": "Abschlüsse",
    "Stand 09:41 Uhr": "stand {time} uhr",
    "roll out": "roll it out",
    "keep running": "keep it running",
    "repair first": "repair the test first",
    "control group (holdout)": "control group",
    "as of 09:41": "as of {time}",
    "next best action (sales)": "next best action",
}
ENDINGS = {"de": "e|en|er|es|em|n|s|ns|se|sen", "en": "s|es|ed|d|ing"}
# Columns that are called the same in both languages.
ALIKE = {"name", "person", "status", "text"}
PLACEHOLDER = re.compile(r"\{\w+\}|stage:evaluate")


def sentences(language: str) -> list[str]:
    """Give every sentence of the pages in a language; the English ones are the keys."""
    said: list[str] = []
    for path in sorted(LOCALE.glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale="de"):
                found = message.string if language == "de" else message.id
                if message.id:
                    said += [found] if isinstance(found, str) else found
    return said


def stands_in(word: str, language: str, text: str) -> bool:
    """Tell whether a word stands in a text, whole, in any of its forms.

    >>> stands_in("Weg", "de", "wegweiser"), stands_in("Weg", "de", "auf dem wege")
    (False, True)
    """
    said = re.escape(SAID_AS.get(word, word).casefold())
    return re.search(rf"(?<!\w){said}(?:{ENDINGS[language]})?(?!\w)", text) is not None


def words_of(page: Path) -> str:
    return page.read_text(encoding="utf-8").casefold()


def test_16_every_pair_stands_in_the_glossary() -> None:
    glossary = words_of(ROOT / "docs" / "glossary.md")
    missing = [word for pair in PAIRS for word in pair if word.casefold() not in glossary]
    assert missing == []


@pytest.mark.parametrize(("place", "language"), [(0, "en"), (1, "de")])
def test_16_every_word_is_in_use(place: int, language: str) -> None:
    pages = "\n".join(sentences(language)).casefold()
    missing = {pair[place] for pair in PAIRS if not stands_in(pair[place], language, pages)}
    # What measures say of themselves stands in them, in both languages.
    measures = "\n".join(words_of(path) for path in sorted((SOURCE / "measure").rglob("*.py")))
    assert {word for word in missing if not stands_in(word, language, measures)} == set()


def test_16_no_sentence_has_a_word_that_is_said_otherwise() -> None:
    assert [one for one in sentences("de") if ENGLISH_WORDS.search(PLACEHOLDER.sub("", one))] == []
    told = [
        f"{path.relative_to(ROOT)}: {found[0]}"
        for folder in (SOURCE / "web" / "templates", ROOT / "docs" / "guides")
        for path in sorted(folder.rglob("*.*"))
        if (found := NEVER.search(path.read_text(encoding="utf-8")))
    ]
    assert told == []


def test_16_no_german_day_is_followed_by_a_second_full_stop() -> None:
    # A day ends with the full stop of its month: 17. Jan.
    assert [one for one in sentences("de") if "{day}." in one] == []


@pytest.mark.sweep
def test_16_every_column_of_every_measure_has_a_german_word(furnished: Running) -> None:
    missing = set()
    for name in MEASURES:
        try:
            answer = furnished.wait(furnished.site.measure(name, {}))
        except InputRefused:
            continue
        columns = {*answer.columns, *(count for one in answer.results for count in one.n)}
        plain = {own_tongue(column, "de") for column in columns} - {""}
        missing |= {one for one in plain if column_word(one, "de") == one.replace("_", " ")}
    assert missing <= ALIKE
