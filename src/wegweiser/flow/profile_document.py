"""A whole profile in one document, now and as it was at any past moment."""

from collections.abc import Sequence

import msgspec

from wegweiser.flow.accounts import facts_of_account
from wegweiser.flow.insights import Insights
from wegweiser.flow.person_events import PersonEvents
from wegweiser.flow.profile_leaves import own_leaves, scopes_of, shares_of
from wegweiser.flow.profile_past import Past, ProfilePast
from wegweiser.flow.segments import Segments
from wegweiser.flow.unify import Unifier
from wegweiser.flow.views import Views
from wegweiser.profile import reading
from wegweiser.profile.reading import CellAt
from wegweiser.profile.view import account_profile, person_profile
from wegweiser.terms.identity import identifier
from wegweiser.terms.instant import format_instant
from wegweiser.terms.json import JsonObject
from wegweiser.terms.profile import AccountProfile, PersonProfile


class ProfileDocuments:
    """Writes persons and accounts; `person_id` is empty for an account, else `group_id` is."""

    def __init__(
        self,
        unifier: Unifier,
        views: Views,
        events: PersonEvents,
        segments: Segments,
        insights: Insights,
    ):
        self._unifier = unifier
        self._views = views
        self._segments = segments
        self._insights = insights
        self._past = ProfilePast(events, unifier)

    async def document(self, person_id: str, group_id: str, at: int | None) -> JsonObject:
        """Give the whole profile now, or as it was at a moment (ms).

        Who is who, and who belongs to an account, is as it is known now.
        """
        if at is None:
            subject = ("person_id", person_id) if person_id else ("group_id", group_id)
            self._segments.refresh(identifier(*subject))
            now = self._insights
            return _plain(now.person(person_id) if person_id else now.account(group_id))
        past = await self._past_of(person_id, group_id, at)
        then: PersonProfile | AccountProfile
        if person_id:
            then = self._person_at(person_id, past.cells, at)
        else:
            then = self._account_at(group_id, past.cells, at)
        told: JsonObject = {
            "at": format_instant(at),
            "precision": past.precision,
            "identity": "now",
        }
        return _plain(then) | {"asOf": told}

    async def interests(self, person_id: str, group_id: str, at: int) -> JsonObject:
        """Give interests by topic and engagement as they were at a moment (ms)."""
        cells = (await self._past_of(person_id, group_id, at)).cells
        if group_id:
            own = own_leaves(self._unifier.directory, group_id)
            cells = [held for held in cells if held.leaf not in own]
        topics: JsonObject = {**reading.interests(cells, at)}
        return {"interests": topics, "engagement": reading.engagement(cells, at)}

    async def _past_of(self, person_id: str, group_id: str, at: int) -> Past:
        directory, views = self._unifier.directory, self._views
        if person_id:
            cells = views.cells_of(person_id)
        else:
            cells = [*views.own_cells_of(group_id), *views.account_cells_of(group_id)]
        shares = shares_of(directory, person_id, group_id)
        return await self._past.cells_at(
            cells, shares, at, scopes_of(directory, person_id, group_id)
        )

    def _person_at(self, person_id: str, cells: Sequence[CellAt], at: int) -> PersonProfile:
        stage = self._views.stage_of_person(person_id, at)
        inside = self._inside_at(identifier("person_id", person_id), at)
        return person_profile(self._views.facts_of(person_id), cells, at, inside, stage)

    def _account_at(self, group_id: str, cells: Sequence[CellAt], at: int) -> AccountProfile:
        directory = self._unifier.directory
        leaves = own_leaves(directory, group_id)
        own = [held for held in cells if held.leaf in leaves]
        theirs = [held for held in cells if held.leaf not in leaves]
        facts = facts_of_account(directory, group_id, directory.members_of(group_id), at)
        stage = self._views.stage_of_account(group_id, at)
        return account_profile(facts, own, theirs, at, stage=stage)

    def _inside_at(self, subject: str, at: int) -> tuple[str, ...]:
        """Give the segments of a moment, as far back as their moves are kept."""
        inside: set[str] = set()
        for move in reversed(self._segments.history_of(subject)):
            if move.at <= at:
                (inside.add if move.entered else inside.discard)(move.segment)
        return tuple(sorted(inside))


def _plain(profile: PersonProfile | AccountProfile) -> JsonObject:
    plain: JsonObject = msgspec.to_builtins(profile)
    return plain
