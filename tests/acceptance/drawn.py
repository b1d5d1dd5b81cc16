"""The charts of a page as its source has them: marks, what they lead to, and the tables beside."""

import re
from collections.abc import Iterator

import msgspec

from tests.acceptance.reading import Document, Element

NUMBER = re.compile(r"\d+(?:[.,\u00a0\u202f]\d+)*")


class Chart(msgspec.Struct, frozen=True):
    """One drawing: its caption, its marks, and the card in which it stands."""

    caption: str
    marks: tuple[Element, ...]
    card: Element

    @property
    def rows(self) -> list[Element]:
        """All rows of the tables in the card."""
        return [row for table in self.card.all("table") for row in table.all("tr")]


def charts_on(page: str, examples: bool = False) -> Iterator[Chart]:
    """Give the charts of a page, each as it is drawn wide; examples have made-up figures."""
    for one in Document(page).root.all("svg"):
        made_up = any("example" in outer["class"].split() for outer in one.around())
        if {"drawing", "wide"} <= set(one["class"].split()) and made_up == examples:
            figure = next(outer for outer in one.around() if outer.tag == "figure")
            card = next(outer for outer in one.around() if outer.tag in ("section", "main"))
            yield Chart(figure["aria-label"], tuple(one.all("a")), card)


def numbers(words: str) -> set[str]:
    """Give the figures in a text as they are written."""
    return {found.replace("\u00a0", "").replace("\u202f", "") for found in NUMBER.findall(words)}
