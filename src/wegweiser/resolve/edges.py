"""All evidence by pair, thinned to one record per pair, source, trust, day and session."""

from collections.abc import Iterable, Iterator

import msgspec

from wegweiser.terms.identity import Evidence, Identifier
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.source import Trust

Pair = tuple[Identifier, Identifier]
Slot = tuple[str, int, int, str]
_NONE: frozenset[Identifier] = frozenset()


def slot_of(item: Evidence) -> Slot:
    """Give the place that one record per pair, source, trust, day and session takes."""
    # A plain number: enumeration members hash in Python, which shows on every event. What is
    # superseded is said of two users, a session of a device: no record has both.
    return (item.source_id, int(item.trust), item.at // DAY_MS, item.superseded or item.session)


class Edges:
    """Evidence as it was stated, whatever the rules make of it."""

    def __init__(self) -> None:
        self._kept: dict[Pair, dict[Slot, Evidence]] = {}
        # Everything that standing evidence mentions together.
        self._neighbours: dict[Identifier, set[Identifier]] = {}
        # What somebody may have made up: only looked at when an identifier is erased.
        self._guessed: dict[Identifier, set[Identifier]] = {}

    @classmethod
    def of(cls, evidence: Iterable[Evidence]) -> "Edges":
        """Keep a whole set of evidence."""
        edges = cls()
        for item in evidence:
            edges.add(item)
        return edges

    def holds(self, item: Evidence) -> bool:
        """Tell whether an equal or earlier record of the same slot is kept already."""
        slots = self._kept.get((item.a, item.b))
        if slots is None:
            return False
        old = slots.get(slot_of(item))
        if old is None or (item.stated and not old.stated):
            return False
        return (old.at, old.message_id) <= (item.at, item.message_id)

    def add(self, item: Evidence) -> Evidence:
        """Keep evidence; give the record as it is kept."""
        slots = self._kept.setdefault(item.pair, {})
        old = slots.get(slot_of(item))
        if old is not None:
            item = _merged(old, item)
        slots[slot_of(item)] = item
        mentioned = self._guessed if item.trust == Trust.INFERRED else self._neighbours
        mentioned.setdefault(item.a, set()).add(item.b)
        mentioned.setdefault(item.b, set()).add(item.a)
        return item

    def as_kept(self, item: Evidence) -> Evidence:
        """Give a record as it will be kept beside another one of its slot."""
        old = self._kept.get(item.pair, {}).get(slot_of(item))
        return item if old is None else _merged(old, item)

    def is_doubted(self, item: Evidence) -> bool:
        """Tell whether evidence may only repeat what a link in an address put into a browser."""
        if item.stated:
            return False
        return any(map(casts_doubt, self._kept.get(item.pair, {}).values()))

    def replace(self, gone: frozenset[Identifier], pairs: Iterable[Pair], fresh: "Edges") -> None:
        """Drop all evidence about some identifiers; take that of some pairs from elsewhere."""
        doomed = set(pairs)
        for name in gone:
            doomed.update(in_order(name, other) for other in self.mentioned_with(name))
        for pair in doomed:
            slots = {} if gone.intersection(pair) else fresh._kept.get(pair, {})
            self._kept.pop(pair, None)
            if slots:
                self._kept[pair] = dict(slots)
            _connect(self._neighbours, pair, any(map(stands, slots.values())))
            guessed = any(item.trust == Trust.INFERRED for item in slots.values())
            _connect(self._guessed, pair, guessed)

    def near(self, name: Identifier) -> frozenset[Identifier] | set[Identifier]:
        """Give everything that standing evidence mentions together with an identifier."""
        return self._neighbours.get(name, _NONE)

    def mentioned_with(self, name: Identifier) -> frozenset[Identifier]:
        """Give everything that any evidence, also what is inferred, mentions together with it."""
        return _NONE.union(self.near(name), self._guessed.get(name, _NONE))

    def touching(self, name: Identifier) -> Iterator[Evidence]:
        """Yield all records of the standing pairs of an identifier, also those that are stopped."""
        for other in self.near(name):
            yield from self.of_pair(name, other)

    def of_pair(self, a: Identifier, b: Identifier) -> list[Evidence]:
        """Give all records of a pair, in either spelling of it."""
        slots = self._kept.get((a, b)) or self._kept.get((b, a))
        return list(slots.values()) if slots else []

    def has(self, name: Identifier) -> bool:
        """Tell whether any standing evidence mentions an identifier."""
        return name in self._neighbours


def _connect(links: dict[Identifier, set[Identifier]], pair: Pair, joined: bool) -> None:
    for name, other in (pair, pair[::-1]):
        if joined:
            links.setdefault(name, set()).add(other)
        elif name in links:
            links[name].discard(other)
            if not links[name]:
                del links[name]


def casts_doubt(item: Evidence) -> bool:
    """Tell whether evidence is an identity that somebody may have written into a link.

    >>> casts_doubt(Evidence("anonymous_id:a", "user_id:u", Trust.INFERRED, 0, "m-1", "site", 1))
    True
    """
    return item.trust == Trust.INFERRED and not item.superseded


def _merged(old: Evidence, new: Evidence) -> Evidence:
    """Give one record for two of a slot: the earlier one, as far as either of them goes."""
    earlier = min(old, new, key=lambda item: (item.at, item.message_id))
    return msgspec.structs.replace(
        earlier, position=min(old.position, new.position), stated=old.stated or new.stated
    )


def in_order(a: Identifier, b: Identifier) -> Pair:
    """Give a pair as evidence spells it, smaller first by bytes."""
    return (a, b) if a.encode() < b.encode() else (b, a)


def stands(item: Evidence) -> bool:
    """Tell whether evidence is more than a guess."""
    return item.trust > Trust.INFERRED
