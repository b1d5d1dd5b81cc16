"""Every fault of a rule is said in English and in German, and no code is without its use."""

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

import wegweiser
from wegweiser.terms.rule_fault import RuleFault, fault
from wegweiser.terms.rule_fault_words import KINDS, OF_KINDS, SENTENCES

SOURCE = Path(wegweiser.__file__).parent


def called() -> Iterator[tuple[str, frozenset[str]]]:
    """Give every code that the source names, with the names of its values."""
    for path in SOURCE.rglob("*.py"):
        text = path.read_text("utf-8")
        if "rule_fault import" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "fault":
                [code] = node.args
                assert isinstance(code, ast.Constant), f"{path}: the code is no plain text"
                yield code.value, frozenset(str(one.arg) for one in node.keywords)


def placed(sentence: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in string.Formatter().parse(sentence) if name)


def test_every_code_is_used_and_every_used_one_has_its_sentence() -> None:
    assert {code for code, _ in called()} == SENTENCES.keys()


def test_every_sentence_stands_in_both_languages_with_the_values_that_it_gets() -> None:
    for code, given in called():
        english, german = SENTENCES[code]
        assert placed(english) == given, code
        assert placed(german) <= given, code
        assert german.strip(), code
        assert german != english, code


def test_types_of_values_are_said_in_german() -> None:
    told = fault("not_comparable", kind="timestamp", other="string")
    assert told.said("de") == "Zeitpunkt und Text lassen sich nicht vergleichen"
    assert "kind" in OF_KINDS
    assert set(KINDS.values()).isdisjoint(KINDS)


def test_a_code_without_a_sentence_is_refused() -> None:
    with pytest.raises(KeyError):
        fault("no_such_code")


def test_braces_and_signs_in_values_are_only_shown() -> None:
    hostile = "{0.__class__} %s {name}"
    assert fault("unknown_name", name=hostile).said("de") == f"„{hostile}“ ist hier nicht bekannt"
    assert RuleFault("empty").said() == "there is no expression"
