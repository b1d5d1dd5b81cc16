"""Earlier versions of declared segments: each change of a definition stays, and can be taken up."""

from collections.abc import Mapping

import msgspec

from wegweiser.flow.segment_rules import Segment
from wegweiser.flow.tables import SEGMENT_VERSIONS, number_key
from wegweiser.ports.operational_store import Change, OperationalStore

Declared = Mapping[str, Segment]


class SegmentVersion(msgspec.Struct, frozen=True):
    """One version as it was declared; `at` (ms UTC) is 0 where that was not written down."""

    number: int
    at: int
    of: str
    when: str
    name: str
    description: str

    def is_of(self, segment: Segment | None) -> bool:
        """Tell whether a segment is declared like this."""
        return segment is not None and self.told == _told(segment)

    @property
    def told(self) -> tuple[str, str, str, str]:
        """Give all that a definition says."""
        return self.of, self.when, self.name, self.description


class SegmentVersions:
    """The versions of each segment, numbered from 1; a removed segment keeps its own."""

    def __init__(self, store: OperationalStore):
        self._store = store

    def note(self, before: Declared, after: Declared, at: int) -> None:
        """Keep what was declared anew or otherwise at a moment (ms UTC)."""
        changes: list[Change] = []
        for key, segment in after.items():
            old = before.get(key)
            if old is None or _told(old) != _told(segment):
                changes += self._fresh(key, old, segment, at)
        if changes:
            self._store.commit(changes)

    def of(self, key: str) -> list[SegmentVersion]:
        """Give all versions of a segment, newest first."""
        stored = self._store.scan(SEGMENT_VERSIONS, _prefix(key))
        return [msgspec.json.decode(value, type=SegmentVersion) for _, value in stored][::-1]

    def _fresh(self, key: str, old: Segment | None, segment: Segment, at: int) -> list[Change]:
        held = self.of(key)
        made = [_version(segment, len(held) + 1, at)]
        if old is not None and not held:
            # Declared before versions were kept.
            made = [_version(old, 1, 0), _version(segment, 2, at)]
        return [
            Change(
                SEGMENT_VERSIONS, _prefix(key) + number_key(one.number), msgspec.json.encode(one)
            )
            for one in made
        ]


def _prefix(key: str) -> bytes:
    return key.encode() + b"\0"


def _told(segment: Segment) -> tuple[str, str, str, str]:
    return segment.of, segment.when, segment.name, segment.description


def _version(segment: Segment, number: int, at: int) -> SegmentVersion:
    return SegmentVersion(number, at, *_told(segment))
