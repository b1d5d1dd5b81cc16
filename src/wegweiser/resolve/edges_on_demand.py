"""Evidence that is read from the store when an identifier is first asked for, and let go again."""

from collections import OrderedDict
from collections.abc import Callable, Iterable

from wegweiser.resolve.edges import Edges, Pair, in_order, slot_of
from wegweiser.terms.identity import Evidence, Identifier


class EdgesOnDemand(Edges):
    """Answers as if all evidence were held: whatever is asked for is read first.

    `stored` gives all stored evidence about an identifier, whichever end of the pair it is.
    """

    def __init__(self, stored: Callable[[Identifier], list[Evidence]]) -> None:
        super().__init__()
        self._stored = stored
        # Identifiers of which everything is held, those that came or were spared last at the end.
        self._whole: OrderedDict[Identifier, None] = OrderedDict()
        self._used: set[Identifier] = set()

    def __len__(self) -> int:
        return len(self._whole)

    def hold(self, evidence: Iterable[Evidence]) -> None:
        """Hold all evidence that there is."""
        for item in evidence:
            super().add(item)
            self._whole.update(dict.fromkeys(item.pair))

    def born(self, name: Identifier) -> None:
        """Know that an identifier is new, so that nothing about it is stored."""
        if name not in self._neighbours and name not in self._guessed:
            self._whole[name] = None

    def look(self, name: Identifier) -> None:
        """Make sure that everything about an identifier is held."""
        if name in self._whole:
            self._used.add(name)
            return
        found = self._stored(name)
        for item in found:
            held = self._kept.get(item.pair, {}).get(slot_of(item))
            # What is held may be newer than what is stored.
            super().add(item if held is None else held)
        self._whole[name] = None

    def _look_at(self, a: Identifier, b: Identifier) -> None:
        """Make sure that everything about a pair is held."""
        if a in self._whole:
            self._used.add(a)
        elif b not in self._whole:
            self.look(a)

    def was_used(self, names: Iterable[Identifier]) -> bool:
        """Tell whether any of these was asked for since this was last asked."""
        used = self._used.intersection(names)
        self._used -= used
        return bool(used)

    def evict(
        self, most: int, at_once: int, is_kept: Callable[[Identifier], bool]
    ) -> list[Identifier]:
        """Give up to `at_once` identifiers to let go, oldest first, while over `most` are held.

        Whatever is not stored yet must be kept. Until `let_go` they are held as before.
        """
        excess = len(self._whole) - most
        gone: list[Identifier] = []
        if excess <= 0:
            return gone
        wanted = min(excess, at_once)
        for _ in range(min(2 * wanted, len(self._whole))):
            name = next(iter(self._whole))
            if is_kept(name):
                self._whole.move_to_end(name)
            else:
                del self._whole[name]
                gone.append(name)
                if len(gone) == wanted:
                    break
        return gone

    def let_go(self, name: Identifier) -> None:
        """Drop what only an identifier that `evict` gave needs to be held for."""
        self._used.discard(name)
        for links in (self._neighbours, self._guessed):
            for other in [one for one in links.get(name, ()) if one not in self._whole]:
                self._kept.pop(in_order(name, other), None)
                _cut(links, name, other)
                _cut(links, other, name)

    def holds(self, item: Evidence) -> bool:
        """Tell whether an equal or earlier record of the same slot is kept already."""
        self._look_at(item.a, item.b)
        return super().holds(item)

    def add(self, item: Evidence) -> Evidence:
        """Keep evidence; give the record as it is kept."""
        self.look(item.a)
        self.look(item.b)
        return super().add(item)

    def as_kept(self, item: Evidence) -> Evidence:
        """Give a record as it will be kept beside another one of its slot."""
        self._look_at(item.a, item.b)
        return super().as_kept(item)

    def is_doubted(self, item: Evidence) -> bool:
        """Tell whether evidence may only repeat what a link in an address put into a browser."""
        self._look_at(item.a, item.b)
        return super().is_doubted(item)

    def replace(self, gone: frozenset[Identifier], pairs: Iterable[Pair], fresh: Edges) -> None:
        """Drop all evidence about some identifiers; take that of some pairs from elsewhere."""
        doomed = list(pairs)
        for name in gone.union(*doomed):
            self.look(name)
        super().replace(gone, doomed, fresh)

    def near(self, name: Identifier) -> frozenset[Identifier] | set[Identifier]:
        """Give everything that standing evidence mentions together with an identifier."""
        self.look(name)
        return super().near(name)

    def mentioned_with(self, name: Identifier) -> frozenset[Identifier]:
        """Give everything that any evidence, also what is inferred, mentions together with it."""
        self.look(name)
        return super().mentioned_with(name)

    def of_pair(self, a: Identifier, b: Identifier) -> list[Evidence]:
        """Give all records of a pair, in either spelling of it."""
        self._look_at(a, b)
        return super().of_pair(a, b)

    def has(self, name: Identifier) -> bool:
        """Tell whether any standing evidence mentions an identifier."""
        self.look(name)
        return super().has(name)


def _cut(links: dict[Identifier, set[Identifier]], name: Identifier, other: Identifier) -> None:
    held = links.get(name)
    if held is not None:
        held.discard(other)
        if not held:
            del links[name]
