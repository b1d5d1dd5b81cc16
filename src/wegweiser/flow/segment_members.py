"""Who is in which segment since when: kept with the fold, read one subject at a time."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from wegweiser.flow.segment_standing import (
    NO_MOVEMENT,
    Move,
    Reason,
    Size,
    Standing,
    State,
    Stay,
)
from wegweiser.flow.tables import (
    SEGMENT_CHECKS,
    SEGMENT_MEMBERS,
    SEGMENT_SIZES,
    SEGMENT_STATES,
    SEGMENT_STAYS,
    number_key,
)
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.terms.instant import day_of

MOST_HELD = 50_000
_SPLIT = b"\0"
_NOBODY = Standing()
_decode = msgspec.json.Decoder(Standing).decode


class Memberships:
    """All stays; subjects are "person_id:per_..." and "group_id:...".

    Everything is committed with the log position that it follows from.
    """

    def __init__(self, store: OperationalStore, told: Callable[[Move], None]):
        self._store = store
        self._told = told
        self._held: dict[str, Standing] = {}
        self._fresh: dict[str, None] = {}
        self._rows: list[Change] = []
        self.states: dict[str, State] = {
            key.decode(): msgspec.json.decode(value, type=State)
            for key, value in store.scan(SEGMENT_STATES)
        }
        self._fresh_states: set[str] = set()
        self._sizes: dict[tuple[str, int], Size] = {}
        self._fresh_sizes: set[tuple[str, int]] = set()
        # Segments that are declared no more, and still have members.
        self.retiring: frozenset[str] = frozenset()
        # Segments whose rules read what somebody agreed to.
        self.by_consent: frozenset[str] = frozenset()

    def standing(self, subject: str) -> Standing:
        """Give where a subject stands."""
        held = self._held.get(subject)
        if held is None:
            stored = self._store.get(SEGMENT_STAYS, [subject.encode()])[0]
            held = self._held[subject] = _NOBODY if stored is None else _decode(stored)
        return held

    def settle(
        self,
        subject: str,
        inside: Sequence[str],
        check_at: int | None,
        at: int,
        position: int,
        reason: Reason,
        consent: int = 0,
    ) -> None:
        """Let a subject be in exactly these segments from `at` on (ms); tells every move."""
        old = self.standing(subject)
        before = old.inside()
        moved = before.symmetric_difference(inside)
        if old.check_at is not None and check_at is not None and at < old.check_at <= check_at:
            check_at = old.check_at  # looking too early does no harm, and saves two writings
        if not moved and (check_at, consent) == (old.check_at, old.consent):
            return
        stays = dict(old.stays)
        for key in sorted(moved):
            entered = key not in before
            stays[key] = Stay(at) if entered else Stay(stays[key].entered_at, at)
            self._move(subject, key, entered, at, position, self._why(key, reason, old, consent))
        kept = {key: stay for key, stay in stays.items() if key not in self.retiring}
        self._keep(
            subject, msgspec.structs.replace(old, stays=kept, check_at=check_at, consent=consent)
        )

    def _why(self, key: str, reason: Reason, old: Standing, consent: int) -> Reason:
        """Say more of why somebody moves: the segment is gone, or a choice changed."""
        if key in self.retiring:
            return "publish"
        changed = key in self.by_consent and old.consent not in (0, consent)
        return "consent" if changed and reason == "event" else reason

    def _move(
        self, subject: str, key: str, entered: bool, at: int, position: int, reason: Reason
    ) -> None:
        self._count(key, 1 if entered else -1, at, reason)
        row = str(at).encode() if entered else None
        self._rows.append(Change(SEGMENT_MEMBERS, member_key(key, subject), row))
        version = self.states[key].version if key in self.states else 1
        self._told(Move(key, version, subject, entered, at, reason, position))

    def _keep(self, subject: str, standing: Standing) -> None:
        old = self._held.get(subject, _NOBODY)
        if old.check_at != standing.check_at:
            if old.check_at is not None:
                self._rows.append(Change(SEGMENT_CHECKS, _check_key(old.check_at, subject), None))
            if standing.check_at is not None:
                key = _check_key(standing.check_at, subject)
                self._rows.append(Change(SEGMENT_CHECKS, key, b""))
        self._held[subject] = standing
        self._fresh[subject] = None

    def adopt(self, subject: str, gone: str, at: int, position: int) -> None:
        """Let a person take over the present stays of one that was merged into it.

        Nobody moves by that, so that only copies outside are told under which name to keep whom.
        """
        theirs = self.depart(gone, at, merged_into=subject)
        own = self.standing(subject)
        stays = dict(own.stays)
        for key, stay in theirs.items():
            self._rename(gone, key, False, at, position)
            if key in own.inside():
                stays[key] = Stay(min(stay.entered_at, stays[key].entered_at))
            else:
                stays[key] = stay
                self._count(key, 1, at, "recount")
                self._rename(subject, key, True, at, position)
            entered = str(stays[key].entered_at).encode()
            self._rows.append(Change(SEGMENT_MEMBERS, member_key(key, subject), entered))
        absorbed = own.absorbed if gone in own.absorbed else (*own.absorbed, gone)
        if (stays, absorbed) != (own.stays, own.absorbed):
            self._keep(subject, msgspec.structs.replace(own, stays=stays, absorbed=absorbed))

    def _rename(self, subject: str, key: str, entered: bool, at: int, position: int) -> None:
        version = self.states[key].version if key in self.states else 1
        self._told(Move(key, version, subject, entered, at, "merge", position, outside=True))

    def depart(self, subject: str, at: int, merged_into: str = "") -> dict[str, Stay]:
        """Forget a subject that is no more, or no more of its own; gives the stays it had."""
        old = self.standing(subject)
        theirs = {key: old.stays[key] for key in old.inside()}
        for key in theirs:
            self._count(key, -1, at, "recount")
            self._rows.append(Change(SEGMENT_MEMBERS, member_key(key, subject), None))
        absorbed = old.absorbed if merged_into else ()
        gone = Standing(merged_into=merged_into, absorbed=absorbed)
        if old != gone:
            self._keep(subject, gone)
        return theirs

    def part(self, subject: str) -> str:
        """Let a person stand for itself again; gives which one it was merged into, or ""."""
        old = self.standing(subject)
        if old.merged_into:
            self._keep(subject, msgspec.structs.replace(old, merged_into=""))
        return old.merged_into

    def names_of(self, subject: str) -> list[str]:
        """Give a subject and all that were ever merged into it."""
        found, waiting = [], [subject]
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.append(name)
                held = self.standing(name).absorbed
                waiting += [one for one in held if self.standing(one).merged_into == name]
        return found

    def retract(self, key: str) -> None:
        """Begin to count a segment anew, because its rule was changed or it is new."""
        old = self.states.get(key)
        self._set_state(key, State() if old is None else State(old.members, old.version + 1))

    def leave(self, subject: str, key: str, at: int, position: int) -> None:
        """Let a subject leave a segment that is declared no more."""
        old = self.standing(subject)
        if key in old.inside():
            self._move(subject, key, False, at, position, "publish")
        stays = {name: stay for name, stay in old.stays.items() if name != key}
        self._keep(subject, msgspec.structs.replace(old, stays=stays))

    def retire(self, key: str) -> None:
        """Forget a segment that has no members any more, and how large it was."""
        self.states.pop(key, None)
        self._fresh_states.discard(key)
        self._rows.append(Change(SEGMENT_STATES, key.encode(), None))
        start = key.encode() + _SPLIT
        days = [row for row, _ in self._store.scan(SEGMENT_SIZES, start)]
        fresh = [place for place in self._sizes if place[0] == key]
        for place in fresh:
            del self._sizes[place]
            self._fresh_sizes.discard(place)
            days.append(_size_key(*place))
        self._rows += [Change(SEGMENT_SIZES, row, None) for row in dict.fromkeys(days)]

    def doubt(self) -> None:
        """Let everybody be looked at again, though no rule was changed."""
        for key, state in self.states.items():
            self._set_state(key, msgspec.structs.replace(state, counted=False))

    def begin_anew(self) -> None:
        """Count everybody from nothing, after a rebuild; versions stay."""
        for key, state in self.states.items():
            self._set_state(key, State(version=state.version))

    def complete(self, key: str) -> None:
        """Note that everybody was looked at for a segment."""
        self._set_state(key, msgspec.structs.replace(self.states[key], counted=True))

    def _set_state(self, key: str, state: State) -> None:
        self.states[key] = state
        self._fresh_states.add(key)

    def _count(self, key: str, by: int, at: int, reason: Reason) -> None:
        state = self.states.get(key, State())
        size = max(state.members + by, 0)
        self._set_state(key, msgspec.structs.replace(state, members=size))
        place = (key, day_of(at))
        old = self._size_of(*place)
        moves = reason not in NO_MOVEMENT
        entered, left = old.entered + (moves and by > 0), old.left + (moves and by < 0)
        self._sizes[place] = Size(size, entered, left)
        self._fresh_sizes.add(place)

    def _size_of(self, key: str, day: int) -> Size:
        held = self._sizes.get((key, day))
        if held is not None:
            return held
        stored = self._store.get(SEGMENT_SIZES, [_size_key(key, day)])[0]
        return Size() if stored is None else msgspec.json.decode(stored, type=Size)

    def history(self, key: str) -> Iterator[tuple[int, Size]]:
        """Yield (day, size) for every committed day on which something changed, in order."""
        start = key.encode() + _SPLIT
        for row, value in self._store.scan(SEGMENT_SIZES, start):
            day = int.from_bytes(row[len(start) :], "big")
            yield day, msgspec.json.decode(value, type=Size)

    def members(self, key: str, after: str = "") -> Iterator[tuple[str, int]]:
        """Yield (subject, entered at in ms) of the committed members in order of their names."""
        start = key.encode() + _SPLIT
        last = start + after.encode() if after else b""
        for row, value in self._store.scan(SEGMENT_MEMBERS, start, last):
            yield row[len(start) :].decode(), int(value)

    def subjects(self) -> Iterator[str]:
        """Yield everybody of whom a stay or a check is committed."""
        for key, _ in self._store.scan(SEGMENT_STAYS):
            yield key.decode()

    def due(self, now: int, most: int) -> list[str]:
        """Give those whom time alone may have moved by now, according to what is committed."""
        found: list[str] = []
        for key, _ in self._store.scan(SEGMENT_CHECKS):
            if int.from_bytes(key[:8], "big") > now or len(found) == most:
                break
            subject = key[8:].decode()
            check_at = self.standing(subject).check_at
            if check_at is not None and check_at <= now:
                found.append(subject)
        return found

    def drain(self) -> list[Change]:
        """Hand over what is not yet committed."""
        fresh, self._fresh = self._fresh, {}
        rows, self._rows = self._rows, []
        states, self._fresh_states = self._fresh_states, set()
        sizes, self._fresh_sizes = self._fresh_sizes, set()
        encode = msgspec.json.encode
        return [
            *rows,
            *(Change(SEGMENT_STAYS, name.encode(), self._written(name)) for name in fresh),
            *(
                Change(SEGMENT_STATES, key.encode(), encode(self.states[key]))
                for key in sorted(states)
            ),
            *(
                Change(SEGMENT_SIZES, _size_key(*place), encode(self._sizes[place]))
                for place in sorted(sizes)
            ),
        ]

    def _written(self, subject: str) -> bytes | None:
        standing = self._held[subject]
        return None if standing == _NOBODY else msgspec.json.encode(standing)

    def evict(self) -> None:
        """Give memory back; only after everything drained is committed."""
        if len(self._held) > MOST_HELD:
            self._held = {name: one for name, one in self._held.items() if name in self._fresh}
        if len(self._sizes) > len(self.states):
            kept = self._fresh_sizes
            self._sizes = {place: one for place, one in self._sizes.items() if place in kept}

    def sizes(self) -> Mapping[str, int]:
        """Give the number of members of each segment now."""
        return {key: state.members for key, state in self.states.items()}


def member_key(segment: str, subject: str) -> bytes:
    """Write the key under which a member is listed."""
    return segment.encode() + _SPLIT + subject.encode()


def _size_key(segment: str, day: int) -> bytes:
    return segment.encode() + _SPLIT + number_key(day)


def _check_key(at: int, subject: str) -> bytes:
    return number_key(at) + subject.encode()
