"""The pieces of a script: words, texts, numbers, patterns, signs; no blanks, no comments."""

import re

import msgspec

_TOKEN = re.compile(
    r"""
    (?P<blank>\s+|//[^\n]*|/\*.*?\*/)
  | (?P<text>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')
  | (?P<number>\d[\w.]*)
  | (?P<name>[A-Za-z_$][\w$]*)
  | (?P<sign>=>|\?\.(?!\d)|\.\.\.|[-+*%=<>!&|^?~]+|/=?|[{}()\[\];,:.])
    """,
    re.VERBOSE | re.DOTALL,
)
_PATTERN = re.compile(r"/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\[\n])+/[a-z]*")
_BEFORE_PATTERN = frozenset(
    ["(", ",", "=", ":", "[", "!", "&", "|", "?", "{", "}", ";", "&&", "||", "??", "=>", "return"]
)
WORDS = frozenset(
    [
        "as",
        "async",
        "await",
        "break",
        "case",
        "catch",
        "class",
        "const",
        "continue",
        "default",
        "delete",
        "do",
        "else",
        "false",
        "finally",
        "for",
        "function",
        "if",
        "in",
        "instanceof",
        "let",
        "new",
        "null",
        "of",
        "return",
        "switch",
        "this",
        "throw",
        "true",
        "try",
        "typeof",
        "undefined",
        "var",
        "void",
        "while",
        "yield",
    ]
)


class Token(msgspec.Struct, frozen=True):
    """One piece of a script; `kind` is name, text, number, pattern or sign."""

    kind: str
    text: str


def tokens_of(script: str) -> list[Token]:
    """Cut a script into its pieces; raises ValueError at what is no JavaScript as we write it.

    >>> [token.text for token in tokens_of("a = /[/]/.test(b); // why")]
    ['a', '=', '/[/]/', '.', 'test', '(', 'b', ')', ';']
    """
    found: list[Token] = []
    at, last = 0, "("
    while at < len(script):
        comment = script.startswith(("//", "/*"), at)
        pattern = None if comment or last not in _BEFORE_PATTERN else _PATTERN.match(script, at)
        piece = pattern or _TOKEN.match(script, at)
        if piece is None:
            raise ValueError(f"No JavaScript as we write it: {script[at : at + 30]!r}.")
        at = piece.end()
        kind = "pattern" if pattern else str(piece.lastgroup)
        if kind != "blank":
            last = piece.group()
            found.append(Token(kind, last))
    return found
