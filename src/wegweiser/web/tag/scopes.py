"""Which name in a script means which declaration, and a short name for each of them."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from string import ascii_lowercase

import msgspec

from wegweiser.web.tag.tokens import WORDS, Token

_OPEN = {"(": ")", "[": "]", "{": "}"}
_CLOSE = frozenset(_OPEN.values())
_BEFORE_OBJECT = frozenset(
    ["(", ",", "=", ":", "[", "?", "&&", "||", "??", "||=", "return", "const", "let", "..."]
)
_LARGE = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_FEW = 5  # letters that the names of the whole script leave to those of single functions


class Scope(msgspec.Struct):
    """A stretch of tokens with names of its own; `end` is its last token."""

    start: int
    end: int
    outer: int
    short: dict[str, str] = {}


class Names:
    """The names of one script.

    >>> from wegweiser.web.tag.tokens import tokens_of
    >>> Names(tokens_of("const f = (one, { two }) => one.two + two;")).written()
    ['const', 'z', '=', '(', 'z', ',', '{', 'two:y', '}', ')', '=>', 'z', '.', 'two', '+', 'y', ';']
    """

    def __init__(self, tokens: Sequence[Token]):
        self._tokens = tokens
        self._match = _matches(tokens)
        self._places = _places(tokens)
        self._scopes = [Scope(0, len(tokens) - 1, -1)]
        self._find_scopes()
        self._inner = self._innermost()
        self._declared: list[set[str]] = [set() for _ in self._scopes]
        self._find_declarations()
        self._meaning = [self._resolved(index) for index in range(len(tokens))]
        self._shorten()

    def written(self) -> list[str]:
        """Give the text of each token with its new name."""
        return [self._text(index, token) for index, token in enumerate(self._tokens)]

    def _text(self, index: int, token: Token) -> str:
        place, scope = self._places[index], self._meaning[index]
        if place is None or scope is None:
            return token.text
        name = self._scopes[scope].short[token.text]
        return f"{token.text}:{name}" if place == "shorthand" else name

    def _find_scopes(self) -> None:
        """Note every function with its parameters, and every block that is no body."""
        found: list[tuple[int, int]] = []
        bodies: set[int] = set()
        for index, token in enumerate(self._tokens):
            if token.text == "=>" and token.kind == "sign":
                found.append((self._parameters_start(index), self._body_end(index + 1)))
                bodies.add(index + 1)
            elif token.text == "function" and token.kind == "name":
                body = self._match[index + 1] + 1
                found.append((index + 1, self._match[body]))
                bodies.add(body)
        for index in range(len(self._tokens)):
            if self._is_block(index) and index not in bodies:
                found.append((index, self._match[index]))
        for start, end in sorted(found, key=lambda stretch: (stretch[0], -stretch[1])):
            outer = max(
                (at for at, scope in enumerate(self._scopes) if scope.start <= start <= scope.end),
                key=lambda at: self._scopes[at].start,
            )
            self._scopes.append(Scope(start, end, outer))

    def _is_block(self, index: int) -> bool:
        token = self._tokens[index]
        return token.kind == "sign" and token.text == "{" and not _opens_object(self._tokens, index)

    def _parameters_start(self, arrow: int) -> int:
        before = arrow - 1
        return self._match[before] if self._tokens[before].text == ")" else before

    def _body_end(self, start: int) -> int:
        if self._tokens[start].text == "{":
            return self._match[start]
        at = start
        while self._tokens[at].text not in (",", ";", *_CLOSE):
            at = self._match.get(at, at) + 1
        return at - 1

    def _innermost(self) -> list[int]:
        inner = [0] * len(self._tokens)
        for number, scope in enumerate(self._scopes):
            inner[scope.start : scope.end + 1] = [number] * (scope.end + 1 - scope.start)
        return inner

    def _find_declarations(self) -> None:
        for index, token in enumerate(self._tokens):
            if token.kind == "name" and token.text in ("const", "let"):
                self._bind(index + 1)
            elif token.text == "catch" and self._tokens[index - 1].text == "}":
                if self._tokens[index + 1].text == "(":
                    self._declare(index + 2)
            elif token.text == "function":
                self._bind_parameters(range(index + 1, self._match[index + 1]))
            elif token.text == "=>":
                start = self._parameters_start(index)
                self._bind_parameters(range(start, index))

    def _bind(self, at: int) -> None:
        """Declare what a const or let binds, up to its end; values in between are skipped."""
        value = False
        while self._tokens[at].text not in (";", "of", "in"):
            text = self._tokens[at].text
            if value:
                value = text != ","
                at = self._match.get(at, at) if value else at
            elif text in ("[", "{"):
                self._bind_parameters(range(at, self._match[at]))
                at = self._match[at]
            elif text == "=":
                value = True
            elif self._tokens[at].kind == "name":
                self._declare(at)
            at += 1

    def _bind_parameters(self, stretch: range) -> None:
        for at in stretch:
            ahead = self._tokens[at - 1].text if at > stretch.start else "("
            bound = ahead in ("(", ",", "[", "{", "...", ":")
            if self._tokens[at].kind == "name" and bound and self._places[at] is not None:
                self._declare(at)

    def _declare(self, at: int) -> None:
        self._declared[self._inner[at]].add(self._tokens[at].text)

    def _resolved(self, index: int) -> int | None:
        """Give the scope that declares the name at this place; None for what is not ours."""
        if self._places[index] is None:
            return None
        at = self._inner[index]
        while at >= 0:
            if self._tokens[index].text in self._declared[at]:
                return at
            at = self._scopes[at].outer
        return None

    def _shorten(self) -> None:
        letters, pairs = _common(self._tokens)
        for number, scope in enumerate(self._scopes):
            inside = range(scope.start, scope.end + 1)
            taken = {self._foreign(index, number) for index in inside}
            used = Counter(
                self._tokens[index].text for index in inside if self._meaning[index] == number
            )
            names = _short_names(letters, pairs, scope.outer <= 0)
            free = (name for name in names if name not in taken)
            own = sorted(self._declared[number], key=lambda name: (-used[name], name))
            if scope.outer > 0:
                own = [token.text for token in self._tokens[scope.start : scope.end + 1]]
                own = [name for name in dict.fromkeys(own) if name in self._declared[number]]
            scope.short = dict(zip(own, free, strict=False))

    def _foreign(self, index: int, number: int) -> str:
        """Give the name that stands here and comes from outside of a scope, as it is written."""
        meaning = self._meaning[index]
        if self._places[index] is None or meaning == number:
            return ""
        text = self._tokens[index].text
        return text if meaning is None else self._scopes[meaning].short.get(text, "")


def _short_names(letters: Sequence[str], pairs: Sequence[str], outermost: bool) -> Iterator[str]:
    """Yield names; those of the whole script look unlike those of single functions."""
    yield from (*reversed(letters[_FEW:]), *_LARGE, "$", "_") if outermost else (*letters, *_LARGE)
    yield from pairs
    yield from (first + last for first in _LARGE for last in _LARGE)


def _common(tokens: Sequence[Token]) -> tuple[list[str], list[str]]:
    """Give the small letters and their pairs that stand most often in words that stay.

    Names made of them cost least in a compressed script.
    """
    words = re.findall("[a-z]{3,}", " ".join(token.text for token in tokens))
    letters = Counter("".join(words)) + Counter(ascii_lowercase)
    pairs = Counter(word[at : at + 2] for word in words for at in range(len(word) - 1))
    named = [pair for pair, _ in pairs.most_common() if pair not in WORDS]
    return [letter for letter, _ in letters.most_common()], named


def _matches(tokens: Sequence[Token]) -> dict[int, int]:
    """Pair each bracket with its other half, both ways."""
    found: dict[int, int] = {}
    opened: list[int] = []
    for index, token in enumerate(tokens):
        if token.kind == "sign" and token.text in _OPEN:
            opened.append(index)
        elif token.kind == "sign" and token.text in _CLOSE:
            start = opened.pop()
            found[start], found[index] = index, start
    return found


def _opens_object(tokens: Sequence[Token], index: int) -> bool:
    return index > 0 and tokens[index - 1].text in _BEFORE_OBJECT


def _places(tokens: Sequence[Token]) -> list[str | None]:
    """Say of each name whether it is a value or a shorthand in an object; None for all else."""
    found: list[str | None] = []
    brackets: list[bool] = []
    for index, token in enumerate(tokens):
        place = None
        if token.kind == "sign" and token.text in _OPEN:
            brackets.append(token.text == "{" and _opens_object(tokens, index))
        elif token.kind == "sign" and token.text in _CLOSE:
            brackets.pop()
        elif token.kind == "name" and token.text not in WORDS:
            before = tokens[index - 1].text if index else ";"
            after = tokens[index + 1].text if index + 1 < len(tokens) else ";"
            inside = brackets[-1:] == [True] and before in ("{", ",")
            if before not in (".", "?.") and not (inside and after == ":"):
                place = "shorthand" if inside and after in (",", "}", "=") else "value"
        found.append(place)
    return found
