"""All evidence by pair, thinned to one record per pair, source, trust and day."""

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from wegweiser.resolve.heat import MOST_UNIQUE, Tally, may_be_hot
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
        # Everything that standing evidence mentions together, and what of it may join.
        self._neighbours: dict[Identifier, set[Identifier]] = {}
        self._linked: dict[Identifier, set[Identifier]] = {}
        # What somebody may have made up: only looked at when an identifier is erased.
        self._guessed: dict[Identifier, set[Identifier]] = {}
        self._tallies: dict[Identifier, Tally] = {}
        self._stops: dict[Identifier, Trust] = {}

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
        """Keep evidence that `holds` denied; give the record as it is kept."""
        slots = self._kept.setdefault(item.pair, {})
        old = slots.get(slot_of(item))
        if old is not None:
            item = _merged(old, item)
        slots[slot_of(item)] = item
        if item.trust == Trust.INFERRED:
            joins = any(map(self._joins, slots.values()))
            self._connect(self._linked, item.pair, joins)
            self._connect(self._guessed, item.pair, True)
        else:
            self._neighbours.setdefault(item.a, set()).add(item.b)
            self._neighbours.setdefault(item.b, set()).add(item.a)
            if not self.stopped(item):
                self._linked.setdefault(item.a, set()).add(item.b)
                self._linked.setdefault(item.b, set()).add(item.a)
        return item

    def stopped(self, item: Evidence) -> bool:
        """Tell whether evidence joins nobody: one of its ends is hot, or it is in doubt."""
        return is_stopped(item, self._stops) or self._is_doubted(item)

    def _is_doubted(self, item: Evidence) -> bool:
        """Tell whether evidence may only repeat what a link in an address put into a browser."""
        if item.stated:
            return False
        return any(map(casts_doubt, self._kept.get(item.pair, {}).values()))

    def stops(self) -> Mapping[Identifier, Trust]:
        """Give the hot values, each with the highest trust of evidence that stops there."""
        return self._stops

    def is_quarantined(self, name: Identifier) -> bool:
        """Tell whether a value is hot and nothing that may still join is left of it."""
        return name in self._stops and not self._linked.get(name)

    def count(self, fresh: Iterable[Evidence]) -> dict[Identifier, Trust]:
        """Count what is to be added at once; give the values that become hotter by it."""
        touching: dict[Identifier, list[Evidence]] = {}
        for item in fresh:
            for name in item.pair:
                if may_be_hot(name):
                    touching.setdefault(name, []).append(item)
        rising: dict[Identifier, Trust] = {}
        for name, items in touching.items():
            tally = self._tally(name, items)
            if tally is not None and tally.stops > self._stops.get(name, Trust.INFERRED):
                rising[name] = tally.stops
        return rising

    def _tally(self, name: Identifier, fresh: list[Evidence]) -> Tally | None:
        # Most values are never linked with more than a few others and need no tally.
        tally = self._tallies.get(name)
        if tally is None:
            if len(self._neighbours.get(name, ())) + len(fresh) <= MOST_UNIQUE:
                return None
            tally = self._tallies[name] = Tally()
            for item in self.touching(name):
                tally.add(name, item)
        for item in fresh:
            tally.add(name, item)
        return tally

    def quarantine(self, rising: Mapping[Identifier, Trust]) -> None:
        """Take the evidence on hot values out of all components; it stays known."""
        self._stops.update(rising)
        for name in rising:
            for other in list(self._linked.get(name, ())):
                if not any(self._joins(item) for item in self.of_pair(name, other)):
                    self._linked[name].discard(other)
                    self._linked[other].discard(name)

    def replace(self, gone: frozenset[Identifier], pairs: Iterable[Pair], fresh: "Edges") -> None:
        """Drop all evidence about some identifiers; take that of some pairs from elsewhere."""
        doomed = set(pairs)
        for name in gone:
            doomed.update(_in_order(name, other) for other in self.mentioned_with(name))
        touched = {name for pair in doomed for name in pair}
        for pair in doomed:
            slots = {} if gone.intersection(pair) else fresh._kept.get(pair, {})
            self._kept.pop(pair, None)
            if slots:
                self._kept[pair] = dict(slots)
            self._connect(self._neighbours, pair, any(map(_stands, slots.values())))
            guessed = any(item.trust == Trust.INFERRED for item in slots.values())
            self._connect(self._guessed, pair, guessed)
        for name in touched | gone:
            self._stops.pop(name, None)
            self._tallies.pop(name, None)
        rising = {name: self._recount(name) for name in touched - gone if may_be_hot(name)}
        self._stops.update({name: stop for name, stop in rising.items() if stop > Trust.INFERRED})
        for name in touched:
            for other in {*self.near(name), *self._linked.get(name, ())}:
                joins = any(map(self._joins, self.of_pair(name, other)))
                self._connect(self._linked, (name, other), joins)

    def _recount(self, name: Identifier) -> Trust:
        tally = Tally()
        for item in self.touching(name):
            tally.add(name, item)
        if len(self.near(name)) > MOST_UNIQUE:
            self._tallies[name] = tally
        return tally.stops

    def _connect(self, links: dict[Identifier, set[Identifier]], pair: Pair, joined: bool) -> None:
        for name, other in (pair, pair[::-1]):
            if joined:
                links.setdefault(name, set()).add(other)
            elif name in links:
                links[name].discard(other)
                if not links[name]:
                    del links[name]

    def near(self, name: Identifier) -> frozenset[Identifier]:
        """Give everything that standing evidence mentions together with an identifier."""
        return frozenset(self._neighbours.get(name, ()))

    def mentioned_with(self, name: Identifier) -> frozenset[Identifier]:
        """Give everything that any evidence, also what is inferred, mentions together with it."""
        return self.near(name).union(self._guessed.get(name, ()))

    def _joins(self, item: Evidence) -> bool:
        return item.trust > Trust.INFERRED and not self.stopped(item)

    def touching(self, name: Identifier) -> Iterator[Evidence]:
        """Yield all records of the standing pairs of an identifier, also those that are stopped."""
        for other in self._neighbours.get(name, ()):
            yield from self.of_pair(name, other)

    def is_inert(self, item: Evidence) -> bool:
        """Tell whether evidence cannot change any person, given what is kept.

        A pair is tried by its strongest and oldest record and dated by its oldest one, so a
        record that an older and no weaker one precedes changes nothing.
        """
        if item.trust == Trust.INFERRED:
            return not casts_doubt(item) or all(
                other.stated for other in self.of_pair(*item.pair) if _stands(other)
            )
        if item.superseded:
            return False
        age = (item.at, item.message_id)
        return any(
            other.trust >= item.trust and (other.at, other.message_id) <= age
            for other in self.of_pair(*item.pair)
            if other.position <= item.position and not self._is_doubted(other)
        )

    def of_pair(self, a: Identifier, b: Identifier) -> list[Evidence]:
        """Give all records of a pair, in either spelling of it."""
        return list(self._kept.get(_in_order(a, b), {}).values())

    def first_at(self, a: Identifier, b: Identifier) -> int | None:
        """Give the event time of the oldest standing evidence of a pair, None without any."""
        standing = filter(_stands, self.of_pair(a, b))
        times = [item.at for item in standing if not self._is_doubted(item)]
        return min(times, default=None)

    def has(self, name: Identifier) -> bool:
        """Tell whether any standing evidence mentions an identifier."""
        return name in self._neighbours

    def may_be_shared(self, name: Identifier) -> bool:
        """Tell quickly whether an identifier is, or was, linked with several others."""
        return len(self._neighbours.get(name, ())) > 1

    def joins_several(self, name: Identifier) -> bool:
        """Tell whether evidence that may join links an identifier with several others."""
        return len(self._linked.get(name, ())) > 1

    def component(self, name: Identifier) -> set[Identifier]:
        """Give everything that evidence which may join links with an identifier."""
        found = {name}
        waiting = [name]
        while waiting:
            for other in self._linked.get(waiting.pop(), ()):
                if other not in found:
                    found.add(other)
                    waiting.append(other)
        return found

    def among(self, names: Iterable[Identifier]) -> Iterator[Evidence]:
        """Yield all evidence of the pairs within a component, without what is stopped."""
        for name in names:
            for other in self._linked.get(name, ()):
                slots = self._kept.get((name, other))
                if slots is not None:
                    yield from (item for item in slots.values() if not self.stopped(item))


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


def _in_order(a: Identifier, b: Identifier) -> Pair:
    return (a, b) if a.encode() < b.encode() else (b, a)


def _stands(item: Evidence) -> bool:
    return item.trust > Trust.INFERRED


def is_stopped(item: Evidence, stops: Mapping[Identifier, Trust]) -> bool:
    """Tell whether a hot end stops evidence; what is inferred joins nobody anyway.

    >>> claim = Evidence("anonymous_id:a", "user_id:u", Trust.PUBLIC, 0, "m-1", "site", 1)
    >>> is_stopped(claim, {"anonymous_id:a": Trust.PUBLIC}), is_stopped(claim, {})
    (True, False)
    """
    if not stops or item.trust == Trust.INFERRED:
        return False
    stop = max(stops.get(item.a, Trust.INFERRED), stops.get(item.b, Trust.INFERRED))
    return item.trust <= stop
