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
    "Stand 09:41 Uhr": "stand {time} uhr",
}
# Words that guides and the glossary need, and no page.
OF_GUIDES = {"nächste beste Botschaft", "auch zulässig", "Abschluss", "Kontaktpunkt"}
# Columns that are called the same in both languages.
ALIKE = {"name", "person", "status", "text"}
PLACEHOLDER = re.compile(r"\{\w+\}|stage:evaluate")


def german() -> list[str]:
    """Give every German sentence of the pages."""
    said = []
    for path in sorted(LOCALE.glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale="de"):
                if message.id:
                    said += [message.string] if isinstance(message.string, str) else message.string
    return said


def words_of(page: Path) -> str:
    return page.read_text(encoding="utf-8").casefold()


def test_16_every_pair_stands_in_the_glossary() -> None:
    glossary = words_of(ROOT / "docs" / "glossary.md")
    missing = [word for pair in PAIRS for word in pair if word.casefold() not in glossary]
    assert missing == []


def test_16_every_german_word_is_in_use() -> None:
    texts = [words_of(path) for path in sorted(SOURCE.rglob("*.py"))]
    used = " ".join([*texts, *(one.casefold() for one in german())])
    missing = {word for _, word in PAIRS if SAID_AS.get(word, word.casefold()) not in used}
    assert missing == OF_GUIDES


def test_16_no_sentence_has_a_word_that_is_said_otherwise() -> None:
    assert [one for one in german() if ENGLISH_WORDS.search(PLACEHOLDER.sub("", one))] == []
    told = [
        f"{path.relative_to(ROOT)}: {found[0]}"
        for folder in (SOURCE / "web" / "templates", ROOT / "docs" / "guides")
        for path in sorted(folder.rglob("*.*"))
        if (found := NEVER.search(path.read_text(encoding="utf-8")))
    ]
    assert told == []


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
