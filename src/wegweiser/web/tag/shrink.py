"""A script with fewer bytes: without comments and blanks, and with short names for its own words.

Made for one file of ours, not for any JavaScript: functions have no names of their own, every
statement ends with a semicolon, no text in backquotes, a loop's name is no other name of its block.
"""

from collections.abc import Sequence

from wegweiser.web.tag.scopes import Names
from wegweiser.web.tag.tokens import Token, tokens_of

_CONST, _LET = Token("name", "const"), Token("name", "let")
_CLOSE = ("}", "]", ")")


def shrunk(script: str) -> str:
    """Give a script that does the same in fewer bytes.

    Raises ValueError at what is no JavaScript as we write it.

    >>> shrunk("const greet = ({ name }) => 'Hi ' + name; // said once\\nalert(greet(window));")
    "let z=({name:z})=>'Hi '+z;alert(z(window))"
    """
    tokens = [_LET if token == _CONST else token for token in tokens_of(script)]
    pieces = _without_idle_signs(tokens, Names(tokens).written())
    written: list[str] = []
    last = ""
    for piece in pieces:
        if _would_join(last, piece):
            written.append(" ")
        written.append(piece)
        last = piece
    return "".join(written)


def _without_idle_signs(tokens: Sequence[Token], pieces: list[str]) -> list[str]:
    """Leave out brackets around one parameter, last commas, and semicolons before an end."""
    kept = list(pieces)
    texts = [token.text for token in tokens]
    for index, text in enumerate(texts):
        after = texts[index + 1] if index + 1 < len(texts) else "}"
        if (text == ";" and after == "}") or (text == "," and after in _CLOSE):
            kept[index] = ""
        alone = texts[index - 3 : index : 2] == ["(", ")"] and tokens[index - 2].kind == "name"
        if text == "=>" and alone:
            kept[index - 3] = kept[index - 1] = ""
    for index in _joints(tokens):
        kept[index : index + 2] = [",", ""]
    return [piece for piece in kept if piece]


def _joints(tokens: Sequence[Token]) -> list[int]:
    """Give the semicolons between two declarations of one kind."""
    found: list[int] = []
    kinds = [""]
    for index, token in enumerate(tokens):
        text = token.text if token.kind in ("sign", "name") else ""
        if text in ("{", "(", "["):
            kinds.append("")
        elif text in _CLOSE:
            kinds.pop()
        elif text == ";":
            following = tokens[index + 1].text if index + 1 < len(tokens) else ""
            if kinds[-1] and following == kinds[-1]:
                found.append(index)
            kinds[-1] = ""
        elif text == "let":
            kinds[-1] = text
    return found


def _would_join(last: str, piece: str) -> bool:
    words = last[-1:].isalnum() or last[-1:] in ("_", "$")
    wordlike = piece[:1].isalnum() or piece[:1] in ("_", "$")
    return (words and wordlike) or (last[-1:] in ("+", "-") and piece[:1] == last[-1:])
