"""All evidence by pair, thinned to one record per pair, source, trust and day."""

from collections.abc import Iterable, Iterator

import msgspec

from wegweiser.terms.identity import Evidence, Identifier
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.source import Trust

Pair = tuple[Identifier, Identifier]
Slot = tuple[str, int, int, str]


def slot_of(item: Evidence) -> Slot:
    """Give the place that one record per pair, source, trust and day takes."""
    # A plain number: enumeration members hash in Python, which shows on every event.
    return (item.source_id, int(item.trust), item.at // DAY_MS, item.superseded)


class Edges:
    """Evidence kept so that the component of an identifier is found by walking."""

    def __init__(self) -> None:
        self._kept: dict[Pair, dict[Slot, Evidence]] = {}
        self._neighbours: dict[Identifier, set[Identifier]] = {}

    def holds(self, item: Evidence) -> bool:
        """Tell whether an equal or earlier record of the same slot is kept already."""
        slots = self._kept.get((item.a, item.b))
        if slots is None:
            return False
        old = slots.get(slot_of(item))
        return old is not None and (old.at, old.message_id) <= (item.at, item.message_id)

    def add(self, item: Evidence) -> Evidence:
        """Keep evidence that `holds` denied; give the record as it is kept."""
        slots = self._kept.setdefault(item.pair, {})
        old = slots.get(slot_of(item))
        if old is not None and old.position < item.position:
            item = msgspec.structs.replace(item, position=old.position)
        slots[slot_of(item)] = item
        if item.trust > Trust.INFERRED:
            self._neighbours.setdefault(item.a, set()).add(item.b)
            self._neighbours.setdefault(item.b, set()).add(item.a)
        return item

    def is_inert(self, item: Evidence) -> bool:
        """Tell whether evidence cannot change any person, given what is kept.

        A pair is tried by its strongest and oldest record and dated by its oldest one, so a
        record that an older and no weaker one precedes changes nothing.
        """
        if item.trust == Trust.INFERRED:
            return True
        if item.superseded:
            return False
        age = (item.at, item.message_id)
        return any(
            other.trust >= item.trust and (other.at, other.message_id) <= age
            for other in self.of_pair(*item.pair)
            if other.position <= item.position
        )

    def of_pair(self, a: Identifier, b: Identifier) -> list[Evidence]:
        """Give all records of a pair, in either spelling of it."""
        pair = (a, b) if a.encode() < b.encode() else (b, a)
        return list(self._kept.get(pair, {}).values())

    def first_at(self, a: Identifier, b: Identifier) -> int | None:
        """Give the event time of the oldest standing evidence of a pair, None without any."""
        times = [item.at for item in self.of_pair(a, b) if item.trust > Trust.INFERRED]
        return min(times, default=None)

    def has(self, name: Identifier) -> bool:
        """Tell whether any standing evidence mentions an identifier."""
        return name in self._neighbours

    def may_be_shared(self, name: Identifier) -> bool:
        """Tell quickly whether an identifier is linked with several others."""
        return len(self._neighbours.get(name, ())) > 1

    def component(self, name: Identifier) -> set[Identifier]:
        """Give everything that is linked with an identifier by whatever evidence."""
        found = {name}
        waiting = [name]
        while waiting:
            for other in self._neighbours.get(waiting.pop(), ()):
                if other not in found:
                    found.add(other)
                    waiting.append(other)
        return found

    def among(self, names: Iterable[Identifier]) -> Iterator[Evidence]:
        """Yield all standing evidence of the pairs within a component."""
        for name in names:
            for other in self._neighbours.get(name, ()):
                slots = self._kept.get((name, other))
                if slots is not None:
                    yield from slots.values()
