"""A row source: rows of another system, fetched when it is their turn."""

from collections.abc import Iterator
from typing import Protocol

import msgspec

from wegweiser.terms.json import Json, JsonObject


class Fetch(msgspec.Struct, frozen=True):
    """What to fetch: a function "module:function", its arguments, and from where on.

    `select` names resources of a source, all when empty. `cursor` is the field that grows with
    every change, `since` its greatest value so far (None: everything).
    """

    function: str
    arguments: JsonObject = {}
    select: tuple[str, ...] = ()
    cursor: str = ""
    since: Json = None


class RowSource(Protocol):
    """Gives rows as plain JSON values."""

    def rows(self, fetch: Fetch) -> Iterator[Json]:
        """Yield the rows; those at `since` may come again. May block; one thread uses it.

        Raises InputRefused where the function cannot be used.
        """
