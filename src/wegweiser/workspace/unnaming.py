"""Takes what people typed about the erased out of definitions, works and the audit."""

from collections import Counter
from collections.abc import Iterator, Mapping, Set
from typing import TYPE_CHECKING

import msgspec

from wegweiser.decide.document import Loose
from wegweiser.flow.erasure_typed import Noted, note_of, typed_rows
from wegweiser.flow.tables import (
    BUYING_GROUPS,
    COMPUTED_TRAITS,
    FIELD_RULES,
    FREE_MAIL,
    HOOKS,
    INTENT_SIGNALS,
    JOURNEYS,
    LEGAL_BASES,
    MAPPINGS,
    PROTECTED_TRAITS,
    PULLS,
    PURPOSES,
    REPORTS,
    RETENTIONS,
    SCHEMAS,
    SCORES,
    SEGMENTS,
    TAXONOMIES,
    WATCHES,
)
from wegweiser.flow.typed_names import TypedNames
from wegweiser.terms.json import Json, JsonObject

if TYPE_CHECKING:
    from wegweiser.workspace.site import Site

_DEFINITIONS = "typed_in_definitions"
_TABLES: Mapping[str, str] = {
    SEGMENTS: "typed_in_segments",
    REPORTS: "typed_in_reports",
    WATCHES: "typed_in_watches",
    **dict.fromkeys(
        (
            *(MAPPINGS, HOOKS, PULLS, SCHEMAS, FIELD_RULES, LEGAL_BASES, TAXONOMIES, JOURNEYS),
            *(RETENTIONS, PURPOSES, BUYING_GROUPS, FREE_MAIL, COMPUTED_TRAITS, INTENT_SIGNALS),
            *(PROTECTED_TRAITS, SCORES),
        ),
        _DEFINITIONS,
    ),
}
# Fields whose values name parts of the configuration, and no person.
_NAMING = frozenset(
    ("key", "kind", "topic", "goal", "message", "placement", "endpoint", "channel", "format")
)


class Unnaming:
    """Goes over everything that people wrote, beyond what the store holds in rows of its own."""

    def __init__(self, site: "Site"):
        self._site = site

    def in_use(self) -> Set[str]:
        """Give the words by which parts of the configuration are called."""
        policies = self._site.unifier.policies
        bundle: Json = msgspec.json.decode(msgspec.json.encode(policies.bundle))
        documents: list[Json] = [one for _, one in self._documents()]
        return frozenset(_named_in([bundle, *documents]))

    async def run(self, typed: TypedNames, request_id: str, at: int) -> Mapping[str, int]:
        """Take all names out and give how many there were, by place; with 0 for `at` only count."""
        if not typed.names:
            return {}
        counts: Counter[str] = Counter()
        for table, document in list(self._documents()):
            _, count = typed.without_in(document)
            if count and at:
                count = await self._reword(document, typed, at)
            counts[_TABLES[table]] += count
        site = self._site
        counts["typed_in_works"] += site.works.reword(typed, not at)
        counts["typed_in_notes"] += site.subscriptions.reword(typed, not at)
        counts["typed_in_audit"] += site.audit.reword(typed, request_id, not at)
        if at:
            # A segment that was declared anew has left a version of what it was before.
            again = [change for change, _, _ in typed_rows(site.engines.store, typed)]
            site.engines.store.commit(again)
        return {place: count for place, count in counts.items() if count}

    def _documents(self) -> Iterator[tuple[str, JsonObject]]:
        for table in _TABLES:
            for _, value in self._site.engines.store.scan(table):
                kept = msgspec.json.decode(value, type=JsonObject)
                # A hook stands beside what makes its address.
                document = kept.get("document") if table == HOOKS else kept
                if isinstance(document, dict):
                    yield table, document

    async def _reword(self, document: JsonObject, typed: TypedNames, at: int) -> int:
        """Declare a document without the names; gives how many it had.

        What only may be a name stays where the document would be refused without it.
        """
        kind = str(document["kind"])
        key = str(document["key"]).removeprefix("event_schema:").removeprefix("tracking_plan:")
        for careful in (typed, typed.surely()):
            left, count = careful.without_in(_without_recipients(document, typed))
            if not isinstance(left, dict):
                continue
            loose = Loose(kind, key, {**left, "key": key}, "", 0)
            if await self._site.applier.put_again(loose):
                self._site.engines.store.commit([note_of(kind, key, Noted(at, count))])
                return count + (left.get("to") != document.get("to"))
        if kind == "report":
            # A report for nobody but the erased.
            self._site.reports.book.remove(key)
            return 1
        return 0


def _without_recipients(document: JsonObject, typed: TypedNames) -> JsonObject:
    """Give a report without addresses that are gone: a mark in their place is no address."""
    to = document.get("to")
    if document["kind"] != "report" or not isinstance(to, list):
        return document
    return {**document, "to": [one for one in to if not typed.without(str(one))[1]]}


def _named_in(value: Json, field: str = "") -> Iterator[str]:
    if isinstance(value, str) and field in _NAMING:
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _named_in(one, field)
    elif isinstance(value, dict):
        for name, one in value.items():
            yield from _named_in(one, name)
