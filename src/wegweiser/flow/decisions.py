"""The decisions taken, found again by id, by request and by leaf."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator

import msgspec

from wegweiser.flow.first_triggers import FirstTriggers, unit_key
from wegweiser.flow.request_marks import RequestMarks
from wegweiser.flow.tables import DECISIONS, DECISIONS_OF, REQUESTS, number_key
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.terms.decision import Decision
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.ulid import ulid

# As encoded; as objects they take a small multiple of it.
_MOST_BYTES = 64 << 20
_decode = msgspec.json.Decoder(Decision).decode


class DecisionBook:
    """Decisions by id; the newest stay in memory up to a size in bytes, all are in the store."""

    def __init__(self, store: OperationalStore, most_bytes: int = _MOST_BYTES):
        self._store = store
        self._most_bytes = most_bytes
        self._bytes = 0
        self._sizes: dict[str, int] = {}
        self._recent: dict[str, Decision] = {}
        self._requests: dict[bytes, str] = {}
        self._fresh: list[Change] = []
        # Who is told of every decision that goes on record.
        self.listeners: list[Callable[[Decision], None]] = []
        self.first_triggers = FirstTriggers(store, self.get)
        self._marks = RequestMarks(store)
        self._unmarked: list[bytes] = []

    @property
    def held_bytes(self) -> int:
        """The size of what is in memory, as encoded."""
        return self._bytes

    def add(self, decision: Decision, encoded: bytes = b"") -> None:
        """Keep a decision that is in the log; `encoded` where it was just written."""
        self._recent[decision.decision_id] = decision
        request = _request_key(decision.source_id, decision.request_id)
        self._requests[request] = decision.decision_id
        self._unmarked.append(request)
        encoded = encoded or msgspec.json.encode(decision)
        self._bytes += len(encoded) - self._sizes.pop(decision.decision_id, 0)
        self._sizes[decision.decision_id] = len(encoded)
        for tell in self.listeners:
            tell(decision)
        name = decision.decision_id.encode()
        self._fresh += [
            Change(DECISIONS, name, encoded),
            Change(REQUESTS, request, name),
            Change(DECISIONS_OF, unit_key(decision.leaf) + number_key(decision.at) + name, b""),
        ]
        if decision.unit_kind == "account":
            key = unit_key(decision.unit_id) + number_key(decision.at) + name
            self._fresh.append(Change(DECISIONS_OF, key, b""))
        self.first_triggers.note(decision)

    def get(self, decision_id: str) -> Decision | None:
        """Find a decision by its id."""
        if (decision := self._recent.get(decision_id)) is not None:
            return decision
        stored = self._store.get(DECISIONS, [decision_id.encode()])[0]
        return None if stored is None else _decode(stored)

    def discard(self, decision_ids: Iterable[str]) -> None:
        """Read some decisions anew when they are next wanted; only after a commit."""
        for decision_id in decision_ids:
            decision = self._recent.pop(decision_id, None)
            if decision is not None:
                self._bytes -= self._sizes.pop(decision_id)
                self._requests.pop(_request_key(decision.source_id, decision.request_id), None)
        # Erased ones may have other keys in the store now.
        self._marks.begin(self._requests)
        self.first_triggers.forget()

    def of_request(self, source_id: str, request_id: str) -> Decision | None:
        """Find the decision that answered a request of a source."""
        key = _request_key(source_id, request_id)
        name = self._requests.get(key)
        if name is None and self._marks.may_hold(key):
            stored = self._store.get(REQUESTS, [key])[0]
            name = None if stored is None else stored.decode()
        return None if name is None else self.get(name)

    def of_leaf(self, leaf: str) -> Iterator[Decision]:
        """Yield the committed decisions about a leaf in order of time."""
        start = unit_key(leaf)
        for key, _ in self._store.scan(DECISIONS_OF, start):
            decision = self.get(key[len(start) + 8 :].decode())
            if decision is not None:
                yield decision

    def since(self, name: str) -> Iterator[Decision]:
        """Yield the committed decisions with an id above `name`; ids rise with time."""
        for _, value in self._store.scan(DECISIONS, after=name.encode()):
            yield _decode(value)

    def newest(self, count: int, now: int) -> Iterator[Decision]:
        """Yield the newest committed decisions, the oldest of them first; `now` in ms.

        Ids begin with their time, so that only the end of the table is read.
        """
        span = DAY_MS
        while True:
            start = max(now - span, 0)
            after = f"dec_{ulid(start, bytes(10))}".encode() if start else b""
            kept = deque(
                (value for _, value in self._store.scan(DECISIONS, after=after)), maxlen=count
            )
            if len(kept) == count or not start:
                break
            span *= 4
        while kept:
            yield _decode(kept.popleft())

    def held(self) -> list[Decision]:
        """Give the decisions in memory; among them are all that are not yet committed."""
        return list(self._recent.values())

    def drain(self) -> list[Change]:
        """Hand over what is not yet committed."""
        fresh, self._fresh = self._fresh, []
        unmarked, self._unmarked = self._unmarked, []
        self._marks.add(unmarked)
        self.first_triggers.drained()
        return fresh

    def evict(self) -> None:
        """Forget the oldest in memory; only after everything drained is committed."""
        self._marks.read_on(self._requests)
        while self._bytes > self._most_bytes:
            decision_id = next(iter(self._recent))
            decision = self._recent.pop(decision_id)
            self._bytes -= self._sizes.pop(decision_id)
            self._requests.pop(_request_key(decision.source_id, decision.request_id), None)
        self.first_triggers.evict()


def _request_key(source_id: str, request_id: str) -> bytes:
    return f"{source_id}\0{request_id}".encode()
