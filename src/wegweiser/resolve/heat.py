"""Heat: identifiers linked with too many others to say anything about a person (quarantine)."""

from collections.abc import Iterable

from wegweiser.resolve.rulebook import BUILT_IN, Rulebook
from wegweiser.terms.identity import Evidence, Identifier, kind_of
from wegweiser.terms.instant import day_of
from wegweiser.terms.source import Trust


class _Count:
    """Distinct neighbours of one value, by type and by UTC day."""

    __slots__ = ("_book", "_by_day", "_by_kind", "hot")

    def __init__(self, book: Rulebook) -> None:
        self._book = book
        self._by_kind: dict[str, set[Identifier]] = {}
        self._by_day: dict[tuple[str, int], set[Identifier]] = {}
        self.hot = False

    def add(self, neighbour: Identifier, day: int) -> None:
        if self.hot:
            return
        kind = kind_of(neighbour)
        of_kind = self._by_kind.setdefault(kind, set())
        of_kind.add(neighbour)
        self._by_day.setdefault((kind, day), set()).add(neighbour)
        rules = self._book.rules
        if len(of_kind) > rules.hot_unique and self._book.class_of(neighbour) == "unique":
            self.hot = True
        elif len(of_kind) > rules.hot_neighbours:
            self.hot = self._crowded(kind, day)
        if self.hot:
            self._by_kind, self._by_day = {}, {}

    def _crowded(self, kind: str, day: int) -> bool:
        width, most = self._book.rules.hot_window_days, self._book.rules.hot_neighbours
        days = [
            self._by_day.get((kind, other), set()) for other in range(day - width + 1, day + width)
        ]
        if sum(map(len, days)) <= most:
            return False
        windows = (days[start : start + width] for start in range(width))
        return any(len(set().union(*window)) > most for window in windows)


class Tally:
    """The heat of one strong or weak value; more evidence only ever makes it hotter.

    Days are UTC days, so that the earliest record of a day, which is all that is kept of it,
    counts like every record. Trusted evidence is counted once more by itself: only it can stop
    trusted evidence, so that strangers cannot quarantine a customer's address.
    """

    __slots__ = ("_all", "_trusted")

    def __init__(self, book: Rulebook = BUILT_IN) -> None:
        self._all = _Count(book)
        self._trusted = _Count(book)

    def add(self, name: Identifier, item: Evidence) -> None:
        """Count a record of evidence that touches `name`."""
        if item.trust == Trust.INFERRED:
            return
        neighbour = item.b if item.a == name else item.a
        self._all.add(neighbour, day_of(item.at))
        if item.trust >= Trust.SERVER:
            self._trusted.add(neighbour, day_of(item.at))

    @property
    def stops(self) -> Trust:
        """The highest trust of evidence on the value that no longer joins; INFERRED for none."""
        if self._trusted.hot:
            return Trust.VERIFIED
        return Trust.PUBLIC if self._all.hot else Trust.INFERRED


def stops_of(evidence: Iterable[Evidence], book: Rulebook = BUILT_IN) -> dict[Identifier, Trust]:
    """Give, for each hot value in a whole set of evidence, the highest trust that stops there.

    >>> claims = [
    ...     Evidence("anonymous_id:a", f"user_id:{n}", Trust.PUBLIC, 0, f"m-{n}", "site", n)
    ...     for n in range(6)
    ... ]
    >>> stops_of(claims), stops_of(claims[:5])
    ({'anonymous_id:a': <Trust.PUBLIC: 1>}, {})
    """
    tallies: dict[Identifier, Tally] = {}
    for item in evidence:
        for name in item.pair:
            if book.may_be_hot(name):
                tallies.setdefault(name, Tally(book)).add(name, item)
    return {name: tally.stops for name, tally in tallies.items() if tally.stops > Trust.INFERRED}
