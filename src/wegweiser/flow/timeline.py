"""One timeline of a person: events, identity, traits, segments, stage, decisions, outcomes.

Each kind is read by itself, only as far as a page needs it, and all are put in one order.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from functools import partial
from heapq import nlargest

import msgspec

from wegweiser.flow.lineage import LineageBook
from wegweiser.flow.person_events import PersonEvents
from wegweiser.flow.segments import Segments
from wegweiser.flow.timeline_outcomes import MOST_DECISIONS, Span, TimelineOutcomes
from wegweiser.flow.unify import Unifier
from wegweiser.flow.views import Views
from wegweiser.profile.aged import BASE_DAY
from wegweiser.profile.event_channel import channel_of
from wegweiser.profile.reading import CellAt
from wegweiser.profile.recent import detail_of
from wegweiser.profile.trait import Writing
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.event import Event
from wegweiser.terms.identity import identifier
from wegweiser.terms.instant import DAY_MS, MINUTE_MS, format_day
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.judgement import Judgement
from wegweiser.terms.profile_detail import Entry, FoundEvent, Spot, WantedEvents
from wegweiser.terms.source import Trust

MOST_STAGES = 60
KINDS = (
    *("event", "identity", "trait", "consent", "segment", "stage", "membership"),
    *("decision", "exposure", "outcome"),
)
# These are read as they are committed.
COMMITTED = frozenset(("decision", "exposure", "outcome"))
# Only these come by a channel.
WITH_CHANNEL = frozenset(("event", "decision", "exposure", "outcome"))


class Timeline:
    """Puts together what is kept of a person in different places."""

    def __init__(
        self,
        unifier: Unifier,
        views: Views,
        events: PersonEvents,
        segments: Segments,
        lineage: LineageBook,
        said: Callable[[str], Iterable[Judgement]],
        commit: Callable[[], Awaitable[object]],
    ):
        """`said` gives what operators said about a person's identity; `commit` what was folded."""
        self._unifier = unifier
        self._views = views
        self._events = events
        self._segments = segments
        self._lineage = lineage
        self._said = said
        self._commit = commit
        became = TimelineOutcomes(unifier, views)
        self._kinds: dict[str, Callable[[str, Span], Iterable[Entry]]] = {
            "identity": self._identity,
            "trait": self._traits,
            "consent": self._consent,
            "segment": self._moves,
            "stage": self._stages,
            "membership": self._memberships,
            "decision": self._decisions,
            "exposure": became.exposures,
            "outcome": became.outcomes,
        }

    async def page(
        self,
        person_id: str,
        kinds: frozenset[str],
        span: Span,
        limit: int,
        after: Entry | None = None,
        channel: str = "",
    ) -> tuple[list[Entry], bool]:
        """Give entries with start <= moment < end, newest first, and whether more follow.

        With `channel` only what came by it.
        """
        start, end = span
        if channel:
            kinds &= WITH_CHANNEL
        end = end if after is None else min(end, after.at + 1)
        if not COMMITTED.isdisjoint(kinds):
            await self._commit()
            # They may have become part of somebody meanwhile.
            name = identifier("person_id", person_id)
            person_id = self._unifier.directory.find(name) or person_id
        found: list[Entry] = []
        for kind, read in self._kinds.items():
            if kind in kinds:
                found += (
                    one
                    for one in read(person_id, (start, end))
                    if start <= one.at < end and channel in ("", one.told.get("channel"))
                )
        if "event" in kinds:
            found += await self._happened(person_id, (start, end), limit, after, channel)
        place = None if after is None else _place(after)
        rest = (one for one in found if place is None or _place(one) < place)
        newest = nlargest(limit + 1, rest, key=_place)
        return newest[:limit], len(newest) > limit

    async def _happened(
        self, person_id: str, span: Span, limit: int, after: Entry | None, channel: str
    ) -> list[Entry]:
        start, end = span
        if after is not None and after.kind < "event":
            # At that moment events came before what the page ended with.
            end = min(end, after.at)
        spot = _spot(after) if after is not None and after.kind == "event" else None
        wanted = WantedEvents(start=start, end=end, limit=limit + 1, after=spot)
        if channel:
            fits = partial(_came_by, channel)
            wanted = msgspec.structs.replace(wanted, fits=fits)
        shares = self._unifier.directory.leaves_of(person_id)
        found: list[Entry] = []
        while len(found) < wanted.limit:
            page = await self._events.page(shares, wanted)
            for one in page.events:
                told: JsonObject = {
                    "event": one.event.shown_name,
                    "type": one.event.type,
                    "source_id": one.source_id,
                    "channel": channel_of(one.event),
                    "detail": detail_of(one.event),
                    "properties": one.event.properties,
                }
                found.append(Entry(one.spot[0], "event", _event_name(one), told))
            if page.more is None:
                break
            wanted = msgspec.structs.replace(wanted, after=page.more)
        return found

    def _identity(self, person_id: str, span: Span) -> Iterator[Entry]:
        for one in self._lineage.of_person(person_id):
            previous: list[Json] = [part.person_id for part in one.previous]
            told: JsonObject = {
                "event": one.event,
                "person_id": one.person_id,
                "previous": previous,
                "identifiers": [*one.identifiers_moved],
                "reason": one.reason,
            }
            yield Entry(one.at, "identity", one.message_id, told)
        for said in self._said(person_id):
            pairs: list[Json] = [[*pair] for pair in said.pairs]
            stated: JsonObject = {
                "event": "Operator Statement",
                "statement": said.kind,
                "by": said.by,
                "reason": said.reason,
                "pairs": pairs,
                "undoes": said.undoes,
            }
            yield Entry(said.at, "identity", said.operation_id, stated)

    def _cells(self, person_id: str, span: Span) -> list[CellAt]:
        first, last = span[0] // DAY_MS, span[1] // DAY_MS
        cells = self._views.cells_of(person_id)
        return [one for one in cells if one.day == BASE_DAY or first <= one.day <= last]

    def _traits(self, person_id: str, span: Span) -> Iterator[Entry]:
        """Yield the last writing of each trait on each day."""
        for held in self._cells(person_id, span):
            for register in (held.cell.trusted, held.cell.public):
                for key, writing in register.items():
                    name = f"{key}@{writing.message_id}"
                    yield Entry(writing.at, "trait", name, _written(key, writing))

    def _consent(self, person_id: str, span: Span) -> Iterator[Entry]:
        for held in self._cells(person_id, span):
            for trusted in (True, False):
                choices = held.cell.consent_trusted if trusted else held.cell.consent_public
                for purpose, choice in choices.items():
                    told: JsonObject = {
                        "purpose": purpose,
                        "status": choice.status,
                        "explicit": choice.explicit,
                        "identifier": held.leaf,
                        "trusted": trusted,
                    }
                    name = f"{purpose}@{choice.message_id}"
                    yield Entry(choice.at, "consent", name, told)

    def _moves(self, person_id: str, span: Span) -> Iterator[Entry]:
        subject = identifier("person_id", person_id)
        self._segments.refresh(subject)
        for move in self._segments.history_of(subject):
            told: JsonObject = {
                "segment": move.segment,
                "entered": move.entered,
                "version": move.version,
                "reason": move.reason,
            }
            name = f"{move.segment}@{move.position}.{int(move.entered)}"
            yield Entry(move.at, "segment", name, told)

    def _stages(self, person_id: str, span: Span) -> Iterator[Entry]:
        """Yield the changes of the most probable stage, as seen at the ends of active days.

        A change stands where the last sign of its day does: the day may not be over yet, and in
        another time zone its end is the next one.
        """
        moments = sorted(sign.minute * MINUTE_MS for sign in self._views.signs_of(person_id))
        days = {at // DAY_MS: at for at in moments}
        first, last = span[0] // DAY_MS, span[1] // DAY_MS
        shown = sorted(day for day in days if first <= day <= last)[-MOST_STAGES:]
        earlier = max((day for day in days if shown and day < shown[0]), default=None)
        before = "" if earlier is None else self._stage_on(person_id, earlier)[0]
        for day in shown:
            stage, probability = self._stage_on(person_id, day)
            if stage != before:
                told: JsonObject = {"stage": stage, "from": before, "probability": probability}
                yield Entry(days[day], "stage", format_day(day), told)
            before = stage

    def _stage_on(self, person_id: str, day: int) -> tuple[str, Json]:
        document = self._views.stage_of_person(person_id, (day + 1) * DAY_MS - 1)
        probabilities, stage = document["probabilities"], str(document["stage"])
        return stage, probabilities.get(stage) if isinstance(probabilities, dict) else None

    def _memberships(self, person_id: str, span: Span) -> Iterator[Entry]:
        for window in self._views.accounts_of(person_id):
            told: JsonObject = {
                "group_id": window.group_id,
                "role": window.role,
                "status": window.status,
            }
            ends = [(window.since, "joined"), (window.until, "left")]
            for day, what in ends:
                if day is not None:
                    name = f"{window.group_id}/{window.role}/{what}"
                    yield Entry(day * DAY_MS, "membership", name, {"what": what, **told})

    def _decisions(self, person_id: str, span: Span) -> Iterator[Entry]:
        for decision in self._views.decisions(person_id, MOST_DECISIONS):
            items: list[Json] = [
                {"placement": item.placement, "message": item.message, "variant": item.variant}
                for item in decision.items
            ]
            told: JsonObject = {
                "channel": decision.channel,
                "status": decision.status,
                "arm": decision.arm,
                "ghost": decision.ghost,
                "items": items,
            }
            yield Entry(decision.at, "decision", decision.decision_id, told)


def _came_by(channel: str, event: Event) -> bool:
    return channel_of(event) == channel


def _event_name(one: FoundEvent) -> str:
    # Names sort as spots do: a batch without times is one moment, however many pages it takes.
    _, position, index = one.spot
    return f"{position:015d}.{index:06d}@{one.event.message_id}"


def _spot(after: Entry) -> Spot:
    position, _, rest = after.name.partition(".")
    index = rest.partition("@")[0]
    if not all(part.isascii() and part.isdigit() and len(part) < 19 for part in (position, index)):
        told = "next must be the text that the page before gave."
        raise InputRefused("validation_error", told, 400, "next")
    return after.at, int(position), int(index)


def _place(entry: Entry) -> tuple[int, str, str]:
    return entry.at, entry.kind, entry.name


def _written(key: str, writing: Writing) -> JsonObject:
    return {
        "trait": key,
        "value": writing.value,
        "source_id": writing.source,
        "trust": Trust(writing.trust).name.lower(),
        "message_id": writing.message_id,
    }
