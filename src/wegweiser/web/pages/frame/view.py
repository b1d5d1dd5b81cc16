"""The words of an address: what a page shows, and the same address with one word changed."""

from urllib.parse import urlencode

import msgspec
from starlette.requests import Request

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.wrong import wrong
from wegweiser.web.pages.frame.filters import Chip, read_chips, write_chips
from wegweiser.web.pages.period import Span, read_span
from wegweiser.web.text import Reader

COMPARES = ("before", "year", "none")
FORMS = ("csv", "csv-de", "parquet", "json")
LAST_PAGE = 100_000


class View(msgspec.Struct, frozen=True):
    """What an address asks for; `words` are all its words but `lang`, as they were written."""

    path: str
    span: Span
    compare: str
    chips: tuple[Chip, ...]
    sort: str
    page: int
    form: str
    words: tuple[tuple[str, str], ...]

    def to(self, **changed: str) -> str:
        """Give the address with words changed; an empty one goes, and paging begins anew."""
        kept = dict(self.words)
        if "page" not in changed:
            kept.pop("page", None)
        kept.pop("form", None)
        kept.update(changed)
        left = [(name, text) for name, text in kept.items() if text]
        return self.path + (f"?{urlencode(left)}" if left else "")

    def without(self, chip: Chip) -> str:
        """Give the address without one filter."""
        return self.to(filter=write_chips([one for one in self.chips if one != chip]))

    def values_of(self, dimension: str) -> tuple[str, ...]:
        """Give the values that are wanted of a dimension; none where it is not filtered."""
        return next((chip.values for chip in self.chips if chip.dimension == dimension), ())

    @property
    def compared(self) -> Span | None:
        """The time to compare with; None where nothing is compared."""
        if self.compare == "none":
            return None
        return self.span.year_before if self.compare == "year" else self.span.before

    @property
    def sorted_by(self) -> tuple[str, bool]:
        """The column of the order, and whether it falls; empty for the page's own order."""
        return self.sort.removeprefix("-"), self.sort.startswith("-")


def read_view(request: Request, reader: Reader) -> View:
    """Read the words of an address; raises InputRefused for one that cannot be read."""
    given = request.query_params
    words = [(name, text) for name, text in given.multi_items() if name != "lang"]
    return View(
        path=request.url.path,
        span=read_span(given.get("period", ""), reader.now, reader.zone),
        compare=_one_of(given.get("compare", ""), COMPARES, "compare", "before"),
        chips=read_chips(given.get("filter", "")),
        sort=given.get("sort", "")[:60],
        page=_page(given.get("page", "")),
        form=_one_of(given.get("form", ""), FORMS, "form", ""),
        words=tuple(words),
    )


def _one_of(written: str, allowed: tuple[str, ...], word: str, otherwise: str) -> str:
    if written in ("", *allowed):
        return written or otherwise
    told = wrong("address_word", word=word, known=", ".join(allowed))
    code = "bad_form_word" if word == "form" else f"bad_{word}"
    raise InputRefused(code, told, 422, word)


def _page(written: str) -> int:
    if not written:
        return 1
    if written.isascii() and written.isdigit() and 1 <= int(written[:9]) <= LAST_PAGE:
        return int(written)
    raise InputRefused("bad_page", "The page in the address is a number from 1.", 422, "page")
