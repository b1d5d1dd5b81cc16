"""What somebody entered and left: the newest moves of each person and account, told as events."""

import hashlib
from collections.abc import Iterable

import msgspec

from wegweiser.flow.segment_standing import Move
from wegweiser.flow.tables import SEGMENT_MOVES
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.terms.identity import kind_of, value_of
from wegweiser.terms.instant import format_instant
from wegweiser.terms.json import JsonObject

MOST_MOVES = 100
# Nothing happened: it was only counted anew, or somebody is no more.
NO_EVENT = ("rebuild", "erasure")
_decode = msgspec.json.Decoder(list[Move]).decode


class SegmentHistory:
    """The newest 100 moves of each subject; a rebuild leaves them, an erasure takes them.

    Those by which only the name of a member changed are kept for questions, and told to nobody.
    """

    def __init__(self, store: OperationalStore):
        self._store = store
        self._fresh: dict[str, list[Move]] = {}
        self._drained: dict[str, list[Move]] = {}

    def note(self, move: Move) -> None:
        """Keep a move; the same one again is kept once."""
        if move.reason not in NO_EVENT:
            held = self._own(move.subject)
            if move not in held:
                self._fresh[move.subject] = [*held, move][-MOST_MOVES:]

    def of(self, subjects: Iterable[str]) -> list[Move]:
        """Give the moves of somebody under all names that it ever had, newest first."""
        kept = (move for subject in subjects for move in self._own(subject))
        found = [move for move in kept if not move.outside]
        return sorted(found, key=lambda move: (move.at, move.position, move.segment))[::-1]

    def _own(self, subject: str) -> list[Move]:
        for held in (self._fresh, self._drained):
            if subject in held:
                return held[subject]
        stored = self._store.get(SEGMENT_MOVES, [subject.encode()])[0]
        return [] if stored is None else _decode(stored)

    def forget(self, subjects: Iterable[str]) -> None:
        """Keep nothing more of subjects that are erased."""
        for subject in subjects:
            self._fresh[subject] = []

    def drain(self) -> list[Change]:
        """Hand over what is not yet committed."""
        fresh, self._fresh = self._fresh, {}
        self._drained |= fresh
        encode = msgspec.json.encode
        return [
            Change(SEGMENT_MOVES, subject.encode(), encode(moves) if moves else None)
            for subject, moves in fresh.items()
        ]

    def evict(self) -> None:
        """Give memory back; only after everything drained is committed."""
        self._drained = {}


def message_id_of(move: Move) -> str:
    """Name the event of a move so that telling it again is known as the same.

    >>> first = Move("team", 1, "person_id:per_1", True, 5, "event", 9)
    >>> message_id_of(first) == message_id_of(first), message_id_of(first)[:4]
    (True, 'aud_')
    >>> later = [Move("quiet", 1, "person_id:per_1", True, at, "time", 9) for at in (5, 6)]
    >>> len({message_id_of(move) for move in later})
    2
    """
    parts = (move.segment, move.version, move.subject, *move.cause, move.entered)
    return "aud_" + hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


def audience_event(move: Move) -> JsonObject:
    """Write a move as the track event that timelines and other systems are told.

    >>> event = audience_event(Move("team", 1, "person_id:per_1", False, 5, "time", 9))
    >>> event["event"], event["properties"]["team"], event["properties"]["reason"]
    ('Audience Exited', False, 'time')
    """
    properties: JsonObject = {
        move.segment: move.entered,
        "audience_key": move.segment,
        "version": move.version,
        "reason": move.reason,
        "caused_by": move.position,
    }
    kind, value = kind_of(move.subject), value_of(move.subject)
    return {
        "type": "track",
        "event": "Audience Entered" if move.entered else "Audience Exited",
        "messageId": message_id_of(move),
        "timestamp": format_instant(move.at),
        kind: value,
        "properties": properties,
    }
