"""When a unit was first decided about, so that a merge keeps the arm that came first."""

from collections.abc import Callable, Iterable

import msgspec

from wegweiser.flow.tables import DECISIONS_OF, number_key
from wegweiser.ports.operational_store import OperationalStore
from wegweiser.terms.decision import Decision

_MOST_REMEMBERED = 100_000


class Trigger(msgspec.Struct, frozen=True, order=True):
    """The first decision about a unit in an epoch, at a moment in ms."""

    at: int
    unit_id: str


class FirstTriggers:
    """First triggers by name (a leaf, or an account as "group_id:..."), read off the decisions."""

    def __init__(self, store: OperationalStore, get: Callable[[str], Decision | None]):
        self._store = store
        self._get = get
        # None: there was none yet. What is not committed is in `_fresh` or on its way.
        self._known: dict[str, tuple[int, Trigger | None]] = {}
        self._fresh: dict[str, Trigger] = {}
        self._leaving: dict[str, Trigger] = {}

    def note(self, decision: Decision) -> None:
        """Remember a decision that is in the log."""
        if not _triggers(decision):
            return
        name, trigger = name_of(decision), Trigger(decision.at, decision.unit_id)
        fresh = self._fresh.setdefault(name, trigger)
        self._fresh[name] = min(fresh, trigger)
        known = self._known.get(name)
        if known is not None and known[1] is None:
            del self._known[name]

    def first(self, names: Iterable[str], since: int) -> Trigger | None:
        """Give the first trigger of any of these names from a moment (ms) on."""
        found = [one for one in (self._of(name, since) for name in names) if one is not None]
        return min(found, default=None)

    def _of(self, name: str, since: int) -> Trigger | None:
        known = self._known.get(name)
        if known is None or known[0] != since:
            if len(self._known) >= _MOST_REMEMBERED:
                self._known.clear()
            known = self._known[name] = since, self._read(name, since)
        return known[1]

    def _read(self, name: str, since: int) -> Trigger | None:
        start = unit_key(name)
        held = (self._fresh.get(name), self._leaving.get(name))
        found = [one for one in held if one is not None and one.at >= since]
        for key, _ in self._store.scan(DECISIONS_OF, start, start + number_key(max(since, 0))):
            decision = self._get(key[len(start) + 8 :].decode())
            if decision is not None and _triggers(decision) and name_of(decision) == name:
                found.append(Trigger(decision.at, decision.unit_id))
                break
        return min(found, default=None)

    def drained(self) -> None:
        """Take note that all decisions so far are handed over to be committed."""
        self._leaving = {**self._fresh, **self._leaving}
        self._fresh = {}

    def evict(self) -> None:
        """Give memory back; only after everything drained is committed."""
        self._leaving = {}

    def forget(self) -> None:
        """Read the store anew, since decisions were changed there.

        What is not committed yet stays: nothing else would tell of it.
        """
        self._known.clear()


def name_of(decision: Decision) -> str:
    """Name what the unit of a decision is found by: its account, or the leaf of its person."""
    return decision.unit_id if decision.unit_kind == "account" else decision.leaf


def unit_key(name: str) -> bytes:
    """Begin the keys of all decisions about a leaf or an account."""
    return name.encode() + b"\0"


def _triggers(decision: Decision) -> bool:
    """Tell whether a decision put its unit into an arm; a device without a profile is no person."""
    if decision.status == "fallback" or not decision.unit_id:
        return False
    return decision.unit_kind == "account" or decision.unit_id != decision.leaf
