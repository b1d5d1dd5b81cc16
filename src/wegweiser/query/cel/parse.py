"""Turns rule text into the tree with the published CEL grammar of cel-python."""

from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import cast

from lark import Lark, Token
from lark.exceptions import UnexpectedInput, UnexpectedToken
from lark.lexer import Lexer, PatternStr

from wegweiser.query.cel import tree
from wegweiser.query.cel.limits import MAX_NODES
from wegweiser.query.cel.syntax import Syntax
from wegweiser.query.cel.tokens import RuleToken, read_tokens
from wegweiser.query.cel.tree import Node
from wegweiser.terms.errors import RuleRefused
from wegweiser.terms.rule_fault import fault

_TERMINALS = {
    "text": "STRING_LIT",
    "int": "INT_LIT",
    "float": "FLOAT_LIT",
    "bool": "BOOL_LIT",
    "null": "NULL_LIT",
    "name": "IDENT",
}


def parse(text: str) -> Node:
    """Read a rule; raises RuleRefused with the place where the text stops being a rule.

    >>> parse('a.b == 1').sign
    '=='
    """
    words = read_tokens(text)
    for word in words:
        if word.kind == "sign" and word.value in "{}":
            raise RuleRefused(text, word.start, fault("no_maps"))
    try:
        root = cast(Node, _grammar().parse(words))
    except UnexpectedInput as refused:
        raise _misplaced(text, refused) from None
    nodes = list(tree.walk(root))
    if len(nodes) > MAX_NODES:
        raise RuleRefused(text, None, fault("too_many_parts", most=MAX_NODES, count=len(nodes)))
    return root


def _misplaced(text: str, refused: UnexpectedInput) -> RuleRefused:
    if isinstance(refused, UnexpectedToken) and refused.token.type != "$END":
        at = refused.token.start_pos
        end = refused.token.end_pos or 0
        return RuleRefused(text, at, fault("not_expected", words=text[at:end]))
    return RuleRefused(text, len(text), fault("incomplete"))


@cache
def _grammar() -> Lark:
    # The grammar is read as data: importing celpy would load its evaluator as well.
    package = find_spec("celpy")
    if package is None or package.submodule_search_locations is None:
        raise ImportError("the package cel-python, which holds the CEL grammar, is not installed")
    grammar = Path(package.submodule_search_locations[0], "cel.lark").read_text("utf-8")
    return Lark(
        grammar,
        parser="lalr",
        start="expr",
        lexer=_Words,
        transformer=Syntax(),
        keep_all_tokens=True,
        maybe_placeholders=False,
        priority="invert",
    )


class _Words(Lexer):
    """Hands our tokens to the parser under the grammar's names."""

    def __init__(self, configuration: object) -> None:
        terminals = configuration.terminals  # type: ignore[attr-defined]
        self.signs = {
            terminal.pattern.value: terminal.name
            for terminal in terminals
            if isinstance(terminal.pattern, PatternStr)
        }

    def lex(self, words: list[RuleToken]) -> Iterator[Token]:  # type: ignore[override]
        for kind, value, start, end in words:
            name = self.signs[value] if kind == "sign" else _TERMINALS[kind]
            yield Token(name, value, start, end_pos=end)
