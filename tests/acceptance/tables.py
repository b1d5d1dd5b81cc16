"""The figures of tables and facts on a page, as numbers."""

import re

from tests.acceptance.reading import Element

FIGURE = re.compile(r"[0-9][0-9,]*")


def rows(part: Element) -> list[list[Element]]:
    """Give the cells of every row below the heading."""
    found = [[*one.all("th", "td")] for one in part.all("tr")]
    return [cells for cells in found if any(one.tag == "td" for one in cells)]


def figures(part: Element) -> list[list[int]]:
    """Give the numbers of every row; an empty cell counts as none at all."""
    return [[number(one.text) for one in cells if one.tag == "td"] for cells in rows(part)]


def number(text: str) -> int:
    """Read the first whole number of a text; nothing is 0.

    >>> number("1,204 people"), number("")
    (1204, 0)
    """
    found = FIGURE.search(text)
    return 0 if found is None else int(found[0].replace(",", ""))
