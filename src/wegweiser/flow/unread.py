"""What webhooks and elements set aside tell of people, as far as their mappings can be asked."""

from collections.abc import Iterator, Set

from wegweiser.collect.mapping import OF_HOOKS, OF_ROWS
from wegweiser.flow.hook_book import HookBook
from wegweiser.flow.mappings import MappingBook
from wegweiser.flow.naming import SELF_IDENTIFYING, possible_names
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.event import Refused
from wegweiser.terms.identity import Identifier
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.record import Arrived


class Unread:
    """Finds the names in what no screen could read.

    Where a mapping is declared, ids are what it reads as ids, whatever the fields are called;
    without one, the names of the fields decide.
    """

    def __init__(self, hooks: HookBook, mappings: MappingBook):
        self._hooks = hooks
        self._mappings = mappings

    def names_in_arrived(self, record: Arrived, kinds: Set[str]) -> Iterator[Identifier]:
        """Yield whom the body of a webhook may name, of these kinds of identifiers."""
        activation = _activation(record.body, record.headers, record.query)
        stated = self._of_hook(record.hook, activation)
        return _names([record.body, record.query], record.headers, stated, kinds)

    def names_in_refused(self, refused: Refused, kinds: Set[str]) -> Iterator[Identifier]:
        """Yield whom an element that was set aside may name, of these kinds of identifiers."""
        given = refused.given
        headers, query = given.get("headers", {}), given.get("query", {})
        stated = None
        if refused.mapping and "hook" in given:
            activation = _activation(refused.element, headers, query)
            stated = self._of_mapping(refused.mapping, OF_HOOKS, activation)
        elif refused.mapping:
            stated = self._of_mapping(refused.mapping, OF_ROWS, {"row": refused.element})
        return _names([refused.element, query], headers, stated, kinds)

    def _of_hook(self, key: str, activation: JsonObject) -> list[JsonObject] | None:
        try:
            mappings = self._hooks.get(key).mappings
        except InputRefused:
            return None
        found: list[JsonObject] = []
        for mapping in mappings:
            stated = self._of_mapping(mapping, OF_HOOKS, activation)
            if stated is None:
                return None
            found += stated
        return found

    def _of_mapping(
        self, key: str, variables: tuple[str, ...], activation: JsonObject
    ) -> list[JsonObject] | None:
        try:
            return self._mappings.compiled(key, variables).stated(activation)
        except InputRefused:
            return None


def _activation(body: Json, headers: Json, query: Json) -> JsonObject:
    return {"body": body, "headers": headers, "query": query}


def _names(
    raw: Json, headers: Json, stated: list[JsonObject] | None, kinds: Set[str]
) -> Iterator[Identifier]:
    anywhere = kinds & SELF_IDENTIFYING
    # What is in headers is about the delivery; an address in them is somebody's all the same.
    yield from possible_names(headers, anywhere)
    yield from possible_names(raw, kinds if stated is None else anywhere)
    for element in stated or ():
        yield from possible_names(element, kinds)
