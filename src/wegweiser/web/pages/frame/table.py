"""A table of a page: named columns that can be sorted, pages of rows, and files of the same."""

from collections.abc import Sequence
from typing import TypeVar

import msgspec

from wegweiser.web.pages.frame.fields import Post
from wegweiser.web.pages.frame.view import View
from wegweiser.web.text import Reader, mark

ROWS = 50
EXPORTS = (
    ("csv", mark("CSV file")),
    ("csv-de", mark("CSV for German spreadsheets")),
    ("parquet", mark("Parquet file")),
    ("json", mark("JSON file")),
)
Item = TypeVar("Item")


class Column(msgspec.Struct, frozen=True):
    """A column; `sort` is the address that orders by it, `order` how it is ordered now.

    What stands in a `plain` one is understood without its heading, where a phone shows rows as
    cards.
    """

    words: str
    number: bool = False
    sort: str = ""
    order: str = ""
    plain: bool = False


class Cell(msgspec.Struct, frozen=True):
    """One cell; `values` make a spark line, `verdict` shows it as one, `tone` is good or bad.

    `lang` is the language of a text that is in another one than the page.
    """

    text: str
    path: str = ""
    note: str = ""
    tone: str = ""
    code: bool = False
    verdict: bool = False
    lang: str = ""
    values: tuple[float, ...] = ()
    posts: tuple[Post, ...] = ()


class Row(msgspec.Struct, frozen=True):
    """One row; the first cell names it. `here` is the chosen one."""

    cells: tuple[Cell, ...]
    here: bool = False
    anchor: str = ""


class Pages(msgspec.Struct, frozen=True):
    """Where the pages before and after are; empty at the ends."""

    before: str
    after: str
    words: str


class Table(msgspec.Struct, frozen=True):
    """What the macro `table` draws; `nothing` is said where there is no row."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    nothing: str = ""
    caption: str = ""
    pages: Pages | None = None
    exports: tuple[tuple[str, str], ...] = ()


def sortable(view: View, name: str, words: str, number: bool = False) -> Column:
    """Make a column that orders the rows: the first time falling for numbers, then the other way.

    The page orders its rows itself, by `view.sorted_by`.
    """
    by, falling = view.sorted_by
    here = by == name
    turned = f"-{name}" if (not falling if here else number) else name
    order = ("descending" if falling else "ascending") if here else ""
    return Column(words, number, view.to(sort=turned), order)


def paged(
    reader: Reader, view: View, items: Sequence[Item], size: int = ROWS
) -> tuple[Sequence[Item], Pages | None]:
    """Cut the rows of the page that the address asks for, and say where the others are."""
    count = max(1, -(-len(items) // size))
    page = min(view.page, count)
    shown = items[(page - 1) * size : page * size]
    if count == 1:
        return shown, None
    words = reader.say(
        "Page {page} of {count}", page=reader.number(page), count=reader.number(count)
    )
    before = view.to(page=str(page - 1)) if page > 1 else ""
    after = view.to(page=str(page + 1)) if page < count else ""
    return shown, Pages(before, after, words)


def exports_of(reader: Reader, view: View) -> tuple[tuple[str, str], ...]:
    """Name the files that a page with the word `form` gives, each with its path."""
    return tuple((reader.say(words), view.to(form=form)) for form, words in EXPORTS)
