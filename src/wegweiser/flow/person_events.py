"""The events of one person, read out of the log by the places that are kept of its leaves."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

import msgspec

from wegweiser.flow.event_places import EventPlaces
from wegweiser.flow.tables import VERDICTS, number_key
from wegweiser.flow.turns import Turns
from wegweiser.log.record import decode
from wegweiser.ports.event_log import EventLog
from wegweiser.ports.operational_store import OperationalStore
from wegweiser.resolve.person import LeafShare
from wegweiser.resolve.statement import Stated, read_event
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.event import Event
from wegweiser.terms.identity import Leaf
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.profile_detail import EventPage, FoundEvent, Spot, WantedEvents
from wegweiser.terms.record import Collected, Verdict

# What one page looks at before it is handed over, however few of them were asked for.
MOST_LOOKED_AT = 2_000


class PersonEvents:
    """Reads events by leaf and event time; a page costs what is on it, not what is in the log."""

    def __init__(self, log: EventLog, store: OperationalStore, places: EventPlaces):
        self._log = log
        self._store = store
        self._places = places

    async def page(
        self,
        shares: Sequence[LeafShare],
        wanted: WantedEvents,
        scopes: Collection[str] | None = None,
    ) -> EventPage:
        """Give one page; it may be shorter than the limit though `more` follow.

        `scopes` are the accounts that an event may be for ("" for none), None for any.
        """
        found: list[FoundEvent] = []
        turns = Turns()
        for looked_at, one in enumerate(self._walk(shares, wanted), 1):
            await turns.pause()
            if wanted.fits(one.event) and (scopes is None or one.scope in scopes):
                found.append(one)
            if len(found) > wanted.limit:
                return EventPage(tuple(found[:-1]), found[-2].spot)
            if looked_at == MOST_LOOKED_AT:
                return EventPage(tuple(found), one.spot)
        return EventPage(tuple(found), None)

    def of_message(self, leaf: Leaf, at: int, message_id: str) -> FoundEvent | None:
        """Find the event of a leaf that a profile names; None when it is no longer kept."""
        wanted = WantedEvents(start=at, end=at + 1, limit=1)
        walked = self._walk((LeafShare(leaf),), wanted)
        return next((one for one in walked if one.event.message_id == message_id), None)

    def at_position(self, position: int) -> Collected | None:
        """Give the record of events at a log position, None when another one stands there."""
        found = next(self._log.read(position - 1), None)
        if found is None or found[0] != position:
            return None
        record = decode(found[1])
        return record if isinstance(record, Collected) else None

    def _walk(self, shares: Sequence[LeafShare], wanted: WantedEvents) -> Iterator[FoundEvent]:
        """Yield events in order, each message once."""
        told: set[tuple[str, str]] = set()
        start, end, newest_first = wanted.start, wanted.end, wanted.newest_first
        if wanted.after is not None:
            moment = wanted.after[0]
            start, end = (
                (start, min(end, moment + 1)) if newest_first else (max(start, moment), end)
            )
        for begin, stop in _spans(start, end, newest_first):
            for one in self._span(shares, begin, stop, newest_first):
                name = (one.source_id, one.event.message_id)
                if name not in told and _is_after(one.spot, wanted):
                    told.add(name)
                    yield one

    def _span(
        self, shares: Sequence[LeafShare], start: int, end: int, newest_first: bool
    ) -> Iterator[FoundEvent]:
        leaves = {share.leaf for share in shares}
        places = {
            place
            for leaf in leaves
            for place in self._places.of_leaf(leaf, start, end)
            if any(share.leaf == leaf and share.covers(place[0] // DAY_MS) for share in shares)
        }
        moments: dict[int, set[int]] = {}
        for at, position in places:
            moments.setdefault(position, set()).add(at)
        held: dict[int, tuple[FoundEvent, ...]] = {}
        for at, position in sorted(places, reverse=newest_first):
            if position not in held:
                held[position] = tuple(self._theirs(position, moments[position], leaves))
            there = [one for one in held[position] if one.spot[0] == at]
            yield from reversed(there) if newest_first else there

    def _theirs(self, position: int, moments: set[int], leaves: set[Leaf]) -> Iterator[FoundEvent]:
        record = self.at_position(position)
        if record is None:
            return
        gone = self._gone(position)
        for index, event in enumerate(record.events):
            if event.at not in moments or index in gone:
                continue
            stated = _stated(event, record, position)
            if stated is not None and (stated.leaf in leaves or stated.account_leaf in leaves):
                yield FoundEvent(
                    (event.at, position, index),
                    event,
                    stated.leaf,
                    stated.scope,
                    stated.identifiers,
                    record.source_id,
                    record.received_at,
                    int(record.trust),
                    record.kind,
                    stated.account_leaf,
                )

    def _gone(self, position: int) -> frozenset[int]:
        stored = self._store.get(VERDICTS, [number_key(position)])[0]
        found = Verdict(position) if stored is None else msgspec.json.decode(stored, type=Verdict)
        return found.gone


def _stated(event: Event, record: Collected, position: int) -> Stated | None:
    try:
        return read_event(event, record.trust, record.source_id, position)
    except InputRefused:
        return None  # what is left of an erased event names nobody


def _is_after(spot: Spot, wanted: WantedEvents) -> bool:
    if wanted.after is None:
        return True
    return spot < wanted.after if wanted.newest_first else spot > wanted.after


def _spans(start: int, end: int, newest_first: bool) -> Iterator[tuple[int, int]]:
    """Cut a range of time into spans, small ones first, so that few places are read at once.

    >>> [(b // DAY_MS, e // DAY_MS) for b, e in _spans(0, 10 * DAY_MS, newest_first=True)]
    [(9, 10), (5, 9), (0, 5)]
    """
    width = DAY_MS
    while start < end:
        begin = max(start, end - width) if newest_first else start
        stop = end if newest_first else min(end, start + width)
        yield begin, stop
        start, end = (start, begin) if newest_first else (stop, end)
        width *= 4


def named_in(names: Iterable[str], left_out: Iterable[str]) -> Callable[[Event], bool]:
    """Make the test for events by name: one of `names` (all if empty), and none left out.

    >>> fits = named_in(["Demo Booked"], [])
    >>> fits(Event(type="track", message_id="m", at=0, event="Demo Booked"))
    True
    """
    wanted, unwanted = frozenset(names), frozenset(left_out)

    def fits(event: Event) -> bool:
        held = {event.shown_name, event.type} if event.type != "track" else {event.event}
        return (not wanted or not wanted.isdisjoint(held)) and unwanted.isdisjoint(held)

    return fits
