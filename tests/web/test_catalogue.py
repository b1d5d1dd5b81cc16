"""The German catalogue: nothing missing, nothing left over, every placeholder in its place."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from wegweiser.web import text

WEB = Path(text.__file__).parent
METHODS = [("**.py", "python"), ("**.html", "jinja2.ext:babel_extract")]
KEYWORDS = {"say": None, "count": (1, 2), "mark": None}
PLACEHOLDER = re.compile(r"\{\w+\}")
# One word per idea: these are said otherwise, in both languages.
FORBIDDEN = re.compile(r"\b(significan\w*|p-value|uplift|funnel stage|signifikan\w*)\b")
# The same word in both languages.
ALIKE = {
    *("Person", "Web", "App", "Webhook", "Server", "Engagement", "Name", "Marketing", "Segment"),
}


def extracted() -> set[str | tuple[str, ...]]:
    found = extract_from_dir(WEB, METHODS, keywords=KEYWORDS)
    return {
        message if isinstance(message, str) else tuple(message) for _, _, message, _, _ in found
    }


def messages() -> Iterator[tuple[str | tuple[str, ...], Message]]:
    for path in sorted((WEB / "locale" / "de").glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale="de"):
                if message.id:
                    known = message.id if isinstance(message.id, str) else tuple(message.id)
                    yield known, message


@pytest.fixture(scope="module")
def german() -> dict[str | tuple[str, ...], Message]:
    return dict(messages())


def test_every_sentence_stands_in_one_catalogue() -> None:
    assert [key for key, times in Counter(key for key, _ in messages()).items() if times > 1] == []


def test_every_sentence_is_there_in_german(
    german: dict[str | tuple[str, ...], Message],
) -> None:
    assert extracted() - german.keys() == set()


def test_no_sentence_is_left_over(german: dict[str | tuple[str, ...], Message]) -> None:
    assert german.keys() - extracted() == set()


def test_every_sentence_is_said(german: dict[str | tuple[str, ...], Message]) -> None:
    for key, message in german.items():
        said = [message.string] if isinstance(message.string, str) else list(message.string)
        assert all(said), key
        assert not message.fuzzy, key
        wanted = [key] if isinstance(key, str) else list(key)
        for one in said:
            assert set(PLACEHOLDER.findall(one)) == set(PLACEHOLDER.findall(wanted[-1])), key
            assert not FORBIDDEN.search(one), one


def test_german_is_not_english(german: dict[str | tuple[str, ...], Message]) -> None:
    same = {key for key, message in german.items() if message.string == key}
    assert same <= ALIKE


def test_english_avoids_the_forbidden_words() -> None:
    for message in extracted():
        for one in [message] if isinstance(message, str) else message:
            assert not FORBIDDEN.search(one), one
