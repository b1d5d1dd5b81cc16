"""What waits for an operator: frozen components, values in quarantine, pairs that were refused."""

import heapq
from collections.abc import Iterator

from wegweiser.flow.intake import Intake
from wegweiser.flow.refusal_words import FLIPS, RULES
from wegweiser.flow.supposed import GROUP, NAMES_PER_SLICE
from wegweiser.flow.turns import Turns
from wegweiser.flow.unify import Unifier
from wegweiser.resolve.explain import Edge
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.identity import Identifier, identifier
from wegweiser.terms.instant import format_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.lineage import Waiting
from wegweiser.terms.wrong import wrong

LISTS = ("frozen", "quarantined", "refused")
ROWS = 100
MOST_ROWS = 1_000
# How many persons one page looks at: a page of nothing still ends soon, with a cursor to go on.
PERSONS_PER_PAGE = 5_000


class IdentityQueue:
    """Reads page by page, in the order of person ids; others run meanwhile."""

    def __init__(self, unifier: Unifier, intake: Intake, persons_per_page: int = PERSONS_PER_PAGE):
        self._persons_per_page = persons_per_page
        self._unifier = unifier
        self._intake = intake

    async def page(self, kind: str = "", limit: int = ROWS, after: str = "") -> JsonObject:
        """Give up to `limit` rows of one list, or of all; `next` of a page goes on."""
        if kind and kind not in LISTS:
            raise InputRefused(
                "bad_input", wrong("one_from", name="kind", known=", ".join(LISTS)), 422, "kind"
            )
        if not 1 <= limit <= MOST_ROWS:
            told = wrong("number_between", name="limit", least=1, most=MOST_ROWS)
            raise InputRefused("bad_input", told, 422, "limit")
        await self._intake.settle()
        frozen: list[Json] = []
        if kind in ("", "frozen") and not after:
            frozen = [_waiting(one) for one in self._unifier.directory.frozen()[:limit]]
        rows, following = await self._of_persons(kind, limit, after)
        return {
            "frozen": frozen,
            "quarantined": [row for row in rows if row["list"] == "quarantined"],
            "refused": [row for row in rows if row["list"] == "refused"],
            "next": following,
        }

    async def _of_persons(
        self, kind: str, limit: int, after: str
    ) -> tuple[list[JsonObject], str | None]:
        found: list[JsonObject] = []
        if kind == "frozen":
            return found, None
        turns, directory, most = Turns(), self._unifier.directory, self._persons_per_page
        first = await self._following(after)
        for person_id in first[:most]:
            await turns.pause()
            if directory.find(f"person_id:{person_id}") == person_id:
                found += [row for row in self._rows(person_id) if kind in ("", row["list"])]
            if len(found) >= limit:
                return found, person_id if person_id != first[-1] else None
        return found, first[most - 1] if len(first) > most else None

    async def _following(self, after: str) -> list[str]:
        """Give the next persons in order of their ids, one more than a page looks at.

        However many there are, only a few pages of them are held at a time.
        """
        turns, directory = Turns(), self._unifier.directory
        wanted = self._persons_per_page + 1
        found, last = set[str](), ""
        for number, name in enumerate(list(directory.names()), 1):
            if not name.startswith(GROUP) and self._has_evidence(name):
                person_id = directory.find(name)
                if person_id is not None and after < person_id and (not last or person_id < last):
                    found.add(person_id)
            if len(found) > 3 * wanted:
                found = set(heapq.nsmallest(wanted, found))
                last = max(found)
            if number % NAMES_PER_SLICE == 0:
                await turns.pause()
        return heapq.nsmallest(wanted, found)

    def _has_evidence(self, name: Identifier) -> bool:
        """Tell whether anything can have been refused about an identifier."""
        return next(self._unifier.directory.evidence_about([name]), None) is not None

    def _rows(self, person_id: str) -> Iterator[JsonObject]:
        directory = self._unifier.directory
        for one in directory.identifiers_of(person_id):
            if one.status == "quarantined":
                yield {
                    "list": "quarantined",
                    "person_id": person_id,
                    "identifier": identifier(one.type, one.value),
                    "rule": RULES["quarantined"],
                    "nearest_change": FLIPS["quarantined"],
                }
        refused = [edge for edge in directory.graph_of(person_id) if edge.reason]
        for edge in {(edge.a, edge.b, edge.reason): edge for edge in refused}.values():
            if edge.reason != "quarantined" and self._is_listed_here(person_id, edge):
                yield _refused(person_id, edge)

    def _is_listed_here(self, person_id: str, edge: Edge) -> bool:
        """Tell whether a pair is listed with this person: with the first of its two."""
        found = (self._unifier.directory.find(name) for name in (edge.a, edge.b))
        return min((one for one in found if one is not None), default=person_id) == person_id


def _waiting(one: Waiting) -> JsonObject:
    names: list[Identifier] = [*one.evidence.pair]
    told: list[Json] = [*names]
    return {
        "list": "frozen",
        "pair": told,
        "event_id": one.evidence.message_id,
        "event_time": format_instant(one.evidence.at),
        "identifiers": one.identifiers,
        "evidence_records": one.records,
        "rule": RULES["frozen"],
        "nearest_change": FLIPS["frozen"],
    }


def _refused(person_id: str, edge: Edge) -> JsonObject:
    return {
        "list": "refused",
        "person_id": person_id,
        "a": edge.a,
        "b": edge.b,
        "trust": edge.trust.name.lower(),
        "event_id": edge.message_id,
        "event_time": format_instant(edge.at),
        "reason": edge.reason,
        "rule": RULES.get(edge.reason, ""),
        "nearest_change": FLIPS.get(edge.reason, ""),
    }
