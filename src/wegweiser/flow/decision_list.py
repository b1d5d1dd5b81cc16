"""Decisions of the past as a list, by person, message, placement and time."""

from collections.abc import Iterator

import msgspec

from wegweiser.flow.export import placements_of
from wegweiser.flow.unify import Unifier
from wegweiser.flow.views import Views
from wegweiser.terms.decision import Decision
from wegweiser.terms.errors import NotFound
from wegweiser.terms.instant import format_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.ulid import ulid
from wegweiser.terms.wrong import wrong

# So many are looked at for one page; then it ends early, and says where to go on.
LOOKED_AT = 2_000
_OF_PERSON = 100_000


class Filter(msgspec.Struct, frozen=True):
    """Which decisions are wanted; empty fields let all through. `since` and `until` in ms."""

    person: str = ""
    message: str = ""
    placement: str = ""
    status: str = ""
    since: int = 0
    until: int | None = None

    def passes(self, decision: Decision) -> bool:
        """Tell whether a decision is wanted, whoever it is about.

        >>> from wegweiser.terms.decision import Subject
        >>> one = Decision(decision_id="d", request_id="r", body_digest="", at=5, subject=Subject())
        >>> Filter(since=5).passes(one), Filter(message="news").passes(one)
        (True, False)
        """
        return (
            self.since <= decision.at
            and (self.until is None or decision.at < self.until)
            and self.status in ("", decision.status)
            and (not self.message or any(one.message == self.message for one in decision.items))
            and (not self.placement or self.placement in placements_of(decision))
        )


class DecisionList:
    """Reads committed decisions page by page, oldest first."""

    def __init__(self, unifier: Unifier, views: Views):
        self._unifier = unifier
        self._views = views

    def page(self, wanted: Filter, after: str, limit: int) -> JsonObject:
        """Give up to `limit` decisions behind the id `after`, and the id to go on after.

        `next` is None at the end. Raises NotFound for a person who is not known.
        """
        found: list[Json] = []
        looked, last = 0, ""
        for decision in self._behind(wanted, after):
            looked, last = looked + 1, decision.decision_id
            if wanted.passes(decision):
                found.append(row(decision))
            if len(found) == limit or looked == LOOKED_AT:
                return {"decisions": found, "next": last}
            if wanted.until is not None and decision.at >= wanted.until:
                break
        return {"decisions": found, "next": None}

    def _behind(self, wanted: Filter, after: str) -> Iterator[Decision]:
        start = max(after, "dec_" + ulid(max(wanted.since, 0), bytes(10)))
        if not wanted.person:
            return self._unifier.decisions.since(start)
        person_id = self._views.find_person(wanted.person)
        if person_id is None:
            raise NotFound(wrong("no_profile"))
        theirs = self._views.decisions(person_id, _OF_PERSON)
        return (one for one in reversed(theirs) if one.decision_id > start)


def row(decision: Decision) -> JsonObject:
    """Write a decision without what led to it."""
    items: list[Json] = [msgspec.to_builtins(item) for item in decision.items]
    subject: JsonObject = msgspec.to_builtins(decision.subject)
    return {
        "decision_id": decision.decision_id,
        "request_id": decision.request_id,
        "at": format_instant(decision.at),
        "subject": subject,
        "placements": placements_of(decision),
        "status": decision.status,
        "reason": decision.reason,
        "arm": decision.arm,
        "bundle": decision.bundle,
        "model": decision.model,
        "items": items,
    }
