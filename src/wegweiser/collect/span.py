"""Where brackets stand in JSON text, found without recursion, and cutting out what is too deep."""

import re

import msgspec

from wegweiser.collect.limit import DEPTH

# A string that is not closed counts to the end of the text: looking for its end once only
# keeps the search linear for any text.
_STRING = r'"(?:[^"\\]++|\\.)*+"?'
_RUNS = re.compile(rf"{_STRING}|[\[{{]+|[\]}}]+", re.DOTALL)
_MARKS = re.compile(rf"{_STRING}|[\[\]{{}},:]", re.DOTALL)

# In a batch the root is level 1 and its array level 2; elements open level 3.
_ABOVE_ELEMENT = 2


class Cut(msgspec.Struct):
    """A batch's text with null in place of deep parts.

    `elements` holds the text of deep elements by index; `root` says whether another part
    of the root was too deep.
    """

    text: str
    elements: dict[int, str]
    root: bool


def deeper_than(text: str, levels: int) -> bool:
    """Say whether brackets outside strings are nested deeper than a number of levels.

    >>> deeper_than('{"a": ["[[["]}', 2), deeper_than('{"a": [[1]]}', 2)
    (False, True)
    """
    depth = 0
    for found in _RUNS.finditer(text):
        run = found.group()
        if run[0] in "[{":
            depth += len(run)
            if depth > levels:
                return True
        elif run[0] != '"':
            depth -= len(run)
    return False


def closes_at_end(text: str) -> bool:
    """Say whether the bracket at the beginning of a text closes at its very end.

    >>> closes_at_end('[{}, "]"]'), closes_at_end('[], "x": []')
    (True, False)
    """
    return _measured(text, 0)[0] == len(text)


def cut_deep(text: str) -> Cut:
    """Replace every element of a batch, or part of its root, that is nested too deep.

    >>> cut_deep('{"batch": [1, ' + "[" * 33 + "]" * 33 + "]}").text
    '{"batch": [1, null]}'
    """
    pieces: list[str] = []
    cut = Cut("", {}, False)
    place = kept_to = depth = index = 0
    in_batch = False
    key = last = ""
    while found := _MARKS.search(text, place):
        mark, place = found.group(), found.end()
        if mark in "[{" and depth == _ABOVE_ELEMENT:
            place, deepest = _measured(text, found.start())
            if deepest > DEPTH:
                _take_out(cut, text[found.start() : place], index if in_batch else None)
                pieces += (text[kept_to : found.start()], "null")
                kept_to = place
        elif mark in "[{":
            depth += 1
            if depth == _ABOVE_ELEMENT:
                in_batch = mark == "[" and _is_batch(key)
                if in_batch:  # the last of two arrays of this name wins, as in the parser
                    index, cut.elements = 0, {}
        elif mark in "]}":
            depth -= 1
        elif mark == "," and depth == _ABOVE_ELEMENT:
            index += 1
        elif mark == ":" and depth == 1:
            key = last
        last = mark
    cut.text = "".join((*pieces, text[kept_to:]))
    return cut


def _take_out(cut: Cut, part: str, index: int | None) -> None:
    if index is None:
        cut.root = True
    else:
        cut.elements[index] = part


def _measured(text: str, start: int) -> tuple[int, int]:
    """Give the end of the brackets that open at `start`, and their depth."""
    depth = deepest = 0
    for found in _RUNS.finditer(text, start):
        run = found.group()
        if run[0] in "[{":
            depth += len(run)
            deepest = max(deepest, depth)
        elif run[0] != '"':
            depth -= len(run)
            if depth <= 0:  # closing brackets beyond it belong to what is around
                return found.end() + depth, deepest
    return len(text), deepest


def _is_batch(key: str) -> bool:
    return key == '"batch"' or ("\\" in key and _unescaped(key) == "batch")


def _unescaped(key: str) -> str:
    return re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), key)[1:-1]
