"""Every fault of an input is said in English and in German, and no code is without its use."""

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

import wegweiser
from wegweiser.terms.wrong import Wrong, wrong
from wegweiser.terms.wrong_words import (
    SENTENCES,
    asked,
    books,
    bundle,
    content,
    desks,
    documents,
    doors,
    missing,
    operations,
    operators,
    options,
    together,
    types,
    yaml,
)
from wegweiser.terms.wrong_words.types import KINDS
from wegweiser.terms.wrong_words.yaml import OF_PROBLEM
from wegweiser.terms.yaml_fault import yaml_fault

SOURCE = Path(wegweiser.__file__).parent
PARTS = (
    *(asked, books, bundle, content, desks, documents, doors, missing, operations, operators),
    *(options, together, types, yaml),
)


def calls(name: str) -> Iterator[tuple[Path, ast.Call]]:
    """Give every call of a plain name in the source."""
    for path in SOURCE.rglob("*.py"):
        text = path.read_text("utf-8")
        if f"{name}(" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == name:
                yield path, node


def named() -> Iterator[tuple[str, frozenset[str] | None]]:
    """Give every code that the source names, with the names of its values."""
    for path, node in calls("wrong"):
        if path.name in ("wrong.py", "yaml_fault.py"):
            continue
        [code] = node.args
        assert isinstance(code, ast.Constant), f"{path}: the code is no plain text"
        names = [one.arg for one in node.keywords]
        yield code.value, None if None in names else frozenset(str(one) for one in names)
    yield from ((code, frozenset()) for code in OF_PROBLEM.values())
    yield "no_yaml", frozenset({"why"})


def placed(sentence: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in string.Formatter().parse(sentence) if name)


def words_of(sentence: str) -> str:
    return "".join(text for text, _, _, _ in string.Formatter().parse(sentence)).strip(" :;.,")


def test_every_code_is_used_and_every_used_one_has_its_sentence() -> None:
    assert {code for code, _ in named()} == SENTENCES.keys()


def test_every_sentence_stands_in_both_languages_with_the_values_that_it_gets() -> None:
    for code, given in named():
        english, german = SENTENCES[code]
        assert given is None or placed(english) == given, code
        assert placed(german) == placed(english), code
        assert german != english or not words_of(english), code


def test_no_code_stands_in_two_places() -> None:
    assert sum(len(part.SENTENCES) for part in PARTS) == len(SENTENCES)


def test_no_document_is_refused_in_words_of_one_language() -> None:
    for path, node in calls("DocumentRefused"):
        if path.name == "errors.py":
            continue
        reason = node.args[2]
        plain = isinstance(reason, ast.Constant | ast.JoinedStr)
        assert not plain, f"{path}:{node.lineno}: use wrong(...), which is said in German too"


def test_a_code_without_a_sentence_is_refused() -> None:
    with pytest.raises(KeyError):
        wrong("no_such_code")


def test_values_are_only_shown_and_numbers_follow_the_language() -> None:
    hostile = "{0.__class__} %s {name}"
    assert wrong("needs_text", kind=hostile, field="key").said("de").startswith(hostile)
    assert wrong("no_cost", number=-0.5).said() == "cost -0.5 must be 0 or more"
    assert wrong("no_cost", number=-0.5).said("de") == "cost -0,5 muss 0 oder mehr sein"
    assert wrong("no_cost", number=-1).of("message a").said() == (
        "message a: cost -1 must be 0 or more"
    )


def test_a_fault_within_a_fault_is_said_in_the_same_language() -> None:
    inner = wrong("meant", name="goal")
    told = wrong("unknown_kind", kind="gaol", hint=inner)
    assert told.said("de") == "kind gaol ist nicht bekannt; meinten Sie goal?"
    assert isinstance(told.values["hint"], Wrong)


def test_types_and_yaml_are_said_in_german() -> None:
    assert set(KINDS.values()).isdisjoint(KINDS)
    assert all(
        yaml_fault(problem).said() != yaml_fault(problem).said("de") for problem in OF_PROBLEM
    )
