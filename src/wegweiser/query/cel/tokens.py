"""Reads rule text into tokens in linear time and refuses what no parser should see."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from wegweiser.query.cel.limits import MAX_CHARACTERS, MAX_NESTING, MAX_TOKENS
from wegweiser.terms.errors import RuleRefused
from wegweiser.terms.rule_fault import fault

# Characters that are invisible or turn the reading order round, so that a reviewer
# sees another rule than the one that runs.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
_TOKEN = re.compile(
    r"""(?P<blank>[ \t\r\n]+)|(?P<comment>//[^\n]*)
    |(?P<refused>[bBrR]{0,2}(?:\"\"\"|''')|[bB][rR]?["'])
    |(?P<raw>[rR](?:"[^"\n]*"|'[^'\n]*'))
    |(?P<text>"(?:[^"\\\n]|\\[^\n])*"|'(?:[^'\\\n]|\\[^\n])*')
    |(?P<float>(?:[0-9]+\.[0-9]+|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+)
    |(?P<int>0x[0-9a-fA-F]+|[0-9]+)
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<sign>&&|\|\||[=!<>]=|[-+*/%!<>?:.,()\[\]{}])""",
    re.VERBOSE,
)
_ESCAPE = re.compile(
    r"""\\(?:([abfnrtv\\'"`?])|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2})|(.))"""
)
_SIMPLE_ESCAPES = dict(zip("abfnrtv\\'\"`?", "\a\b\f\n\r\t\v\\'\"`?", strict=True))
_WORDS = {"true": "bool", "false": "bool", "null": "null", "in": "sign"}
_RESERVED = frozenset(
    {"as", "break", "const", "continue", "else", "for", "function", "if", "import", "let"}
    | {"loop", "package", "namespace", "return", "var", "void", "while"}
)
_OTHER_LANGUAGES = {
    "=": fault("to_compare"),
    "&": fault("for_and"),
    "|": fault("for_or"),
    "$": fault("plain_name"),
    "@": fault("plain_name"),
}


class RuleToken(NamedTuple):
    """One word of a rule; `kind` is text, int, float, bool, null, name or sign."""

    kind: str
    value: str
    start: int
    end: int


def read_tokens(text: str) -> list[RuleToken]:
    """Split a rule into its words; raises RuleRefused with the place of what is wrong.

    >>> [word.value for word in read_tokens('stage == "buy" // now')]
    ['stage', '==', 'buy']
    """
    if len(text) > MAX_CHARACTERS:
        raise RuleRefused(text[:200], MAX_CHARACTERS, fault("too_long", most=MAX_CHARACTERS))
    hidden = _HIDDEN.search(text)
    if hidden is not None:
        why = fault("hidden_sign", sign=f"U+{ord(hidden.group()):04X}")
        raise RuleRefused(text, hidden.start(), why, fault("write_escape"))
    found = list(_scan(text))
    if not found:
        raise RuleRefused(text, 0, fault("empty"))
    _refuse_deep(text, found)
    if len(found) > MAX_TOKENS:
        why = fault("too_many_words", most=MAX_TOKENS)
        raise RuleRefused(text, found[MAX_TOKENS].start, why)
    return found


def _scan(text: str) -> Iterator[RuleToken]:
    at = 0
    before = ""
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise _unreadable(text, at)
        kind, value, at = match.lastgroup, match.group(), match.end()
        if kind in ("blank", "comment"):
            continue
        yield _token(text, match.start(), kind, value, before)
        before = value


def _token(text: str, start: int, kind: str, value: str, before: str) -> RuleToken:
    end = start + len(value)
    if kind == "refused":
        raise RuleRefused(text, start, fault("byte_text"), fault("write", words='"…"'))
    if kind == "raw":
        if value[-2] == "\\":
            raise RuleRefused(text, end - 2, fault("raw_backslash"))
        return RuleToken("text", value[2:-1], start, end)
    if kind == "text":
        return RuleToken("text", _unescape(text, start, value), start, end)
    if kind == "int" and len(value) > 20:
        raise RuleRefused(text, start, fault("large_whole"))
    if kind == "name":
        kind = _WORDS.get(value, kind)
        if kind != "name" and before == ".":
            why = fault("word_as_field", name=value)
            raise RuleRefused(text, start, why, fault("write_index", name=value))
        if value in _RESERVED and before != ".":
            raise RuleRefused(text, start, fault("reserved", name=value))
    return RuleToken(kind, value, start, end)


def _unescape(text: str, start: int, quoted: str) -> str:
    if "\\" not in quoted:
        return quoted[1:-1]

    def replace(match: re.Match[str]) -> str:
        simple, *codes, octal, bad = match.groups()
        if simple:
            return _SIMPLE_ESCAPES[simple]
        code = int(octal, 8) if octal else int(next((c for c in codes if c), "110000"), 16)
        if bad or code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
            why = fault("bad_escape", words=match.group())
            remedy = fault("write_either", words="\\\\", otherwise='r"…"')
            raise RuleRefused(text, start + 1 + match.start(), why, remedy)
        return chr(code)

    return _ESCAPE.sub(replace, quoted[1:-1])


def _refuse_deep(text: str, found: list[RuleToken]) -> None:
    depth = run = 0
    for token in found:
        sign = token.value if token.kind == "sign" else ""
        run = run + 1 if sign in ("!", "-") else 0
        if sign in ("(", "[", "{"):
            depth += 1
        elif sign in (")", "]", "}"):
            depth -= 1
        if depth > MAX_NESTING or run > MAX_NESTING:
            raise RuleRefused(text, token.start, fault("too_deep", most=MAX_NESTING))


def _unreadable(text: str, at: int) -> RuleRefused:
    sign = text[at]
    if sign in "\"'":
        return RuleRefused(text, at, fault("open_text"))
    if not sign.isascii():
        return RuleRefused(text, at, fault("bad_letter", sign=sign, code=f"U+{ord(sign):04X}"))
    return RuleRefused(text, at, fault("bad_sign", sign=sign), _OTHER_LANGUAGES.get(sign))
