"""The pairs that were proposed and those that were refused, by person ids only."""

from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec

from wegweiser.flow.tables import LINKS
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.terms.link import Weight

_PROPOSED, _REFUSED, _SEARCH = b"p", b"r", b"s"
Pair = tuple[str, str]


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """One pair as it was found; `at` in ms. Ids are those of the moment of the search."""

    a: str
    b: str
    probability: float
    weights: tuple[Weight, ...]
    at: int


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody's no about a pair; `at` in ms, `by` who said it."""

    a: str
    b: str
    at: int
    by: str


class Search(msgspec.Struct, frozen=True, kw_only=True):
    """The last search: when it ended (ms), its thresholds, and how much it looked at."""

    at: int
    possible: float
    likely: float
    records: int
    pairs_compared: int
    keys_left_out: int
    learned_from: tuple[str, ...]
    found: int


class LinkBook:
    """Rows in the store and in memory; they hold no identifier and no value of anybody."""

    def __init__(self, store: OperationalStore):
        self._store = store
        self.proposals: dict[Pair, Proposal] = {}
        self.refusals: dict[Pair, Refusal] = {}
        self.last: Search | None = None
        for key, value in store.scan(LINKS):
            self._restore(key[:1], value)

    def _restore(self, kind: bytes, value: bytes) -> None:
        if kind == _PROPOSED:
            proposal = msgspec.json.decode(value, type=Proposal)
            self.proposals[proposal.a, proposal.b] = proposal
        elif kind == _REFUSED:
            refusal = msgspec.json.decode(value, type=Refusal)
            self.refusals[refusal.a, refusal.b] = refusal
        else:
            self.last = msgspec.json.decode(value, type=Search)

    def renew(self, proposals: Iterable[Proposal], search: Search) -> None:
        """Put what a search found in the place of what the one before it found."""
        fresh = {(one.a, one.b): one for one in proposals}
        changes = [_row(_PROPOSED, pair, None) for pair in self.proposals.keys() - fresh]
        changes += [_row(_PROPOSED, pair, one) for pair, one in fresh.items()]
        self._store.commit([*changes, Change(LINKS, _SEARCH, msgspec.json.encode(search))])
        self.proposals, self.last = fresh, search

    def close(self, pair: Pair) -> None:
        """Take a proposal away, as it was answered."""
        if self.proposals.pop(pair, None) is not None:
            self._store.commit([_row(_PROPOSED, pair, None)])

    def refuse(self, refusal: Refusal) -> None:
        """Keep a no."""
        pair = refusal.a, refusal.b
        self._store.commit([_row(_REFUSED, pair, refusal)])
        self.refusals[pair] = refusal

    def forget(self, gone: Iterable[str]) -> None:
        """Take away every row about person ids that stand for nobody any more."""
        if changes := self.erased(gone, ()):
            self._store.commit(changes)

    def erased(self, person_ids: Iterable[str], accounts: Iterable[str]) -> list[Change]:
        """Forget pairs with persons who are erased; gives what is to be committed at once."""
        ids = set(person_ids)
        changes = [*self._about(ids, _PROPOSED, self.proposals)]
        return [*changes, *self._about(ids, _REFUSED, self.refusals)]

    def drain(self) -> list[Change]:
        """Everything is committed as it comes."""
        return []

    def evict(self) -> None:
        """Keep everything; it is small."""

    @staticmethod
    def _about(
        ids: set[str],
        kind: bytes,
        held: dict[Pair, Proposal] | dict[Pair, Refusal],
    ) -> Iterator[Change]:
        for pair in [pair for pair in held if not ids.isdisjoint(pair)]:
            del held[pair]
            yield _row(kind, pair, None)


def _row(kind: Literal[b"p", b"r"] | bytes, pair: Pair, value: Proposal | Refusal | None) -> Change:
    written = None if value is None else msgspec.json.encode(value)
    return Change(LINKS, kind + "\x00".join(pair).encode(), written)
