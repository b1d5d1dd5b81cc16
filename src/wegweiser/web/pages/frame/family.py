"""How a family of pages plugs in: its entry in the menu, its routes, and whom each lets in."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from wegweiser.terms.role import Right, may
from wegweiser.web.asgi import BodyLimits
from wegweiser.web.pages.frame.rests import Rests

if TYPE_CHECKING:
    from wegweiser.web.pages.desk import Desk

PageMaker = Callable[["Desk", Request], Awaitable[Response]]


class Page(msgspec.Struct, frozen=True):
    """One route.

    `right` is what whoever asks must have; None: everybody who is signed in. `write` is what a
    form needs as well. `words` are the
    query words that it reads beside `lang` (period, compare, filter, sort, page, form, ...); any
    other is reported on the page. `filters` are the dimensions of the word `filter`, with their
    marked names. `rests` is what it has nothing to say without. `file` are
    the limits of a form that brings a file.
    """

    path: str
    make: PageMaker
    methods: tuple[str, ...] = ("GET",)
    right: Right | None = "figures"
    write: Right | None = None
    words: tuple[str, ...] = ()
    filters: tuple[tuple[str, str], ...] = ()
    limits: BodyLimits | None = None
    file: BodyLimits | None = None
    rests: Rests | None = None

    @property
    def known_words(self) -> tuple[str, ...]:
        """All query words that the page reads; `stop` is a stop of the demo's story."""
        return (*self.words, *(("filter",) if self.filters else ()), "lang", "stop")


class MenuEntry(msgspec.Struct, frozen=True):
    """One entry of the menu: marked name and question, and its key after g."""

    path: str
    name: str
    key: str
    question: str = ""


class Family(msgspec.Struct, frozen=True):
    """Pages that belong together; `also` are beginnings of paths under the same entry."""

    pages: tuple[Page, ...]
    entry: MenuEntry | None = None
    also: tuple[str, ...] = ()

    def holds(self, path: str) -> bool:
        """Tell whether a path is one of this family's."""
        if self.entry is None:
            return False
        begins = (self.entry.path, *self.also)
        return any(
            path == begin or path.startswith(f"{begin.rstrip('/')}/") for begin in begins
        ) and (self.entry.path != "/" or path == "/")

    def first_page(self, role: str) -> Page | None:
        """Give the page behind the entry where a role may open it."""
        for page in self.pages:
            if self.entry is not None and page.path == self.entry.path:
                return page if page.right is None or may(role, page.right) else None
        return None
