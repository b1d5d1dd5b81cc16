"""How many values of a type a person has on average, counted in little memory."""

from collections import Counter
from collections.abc import Iterable
from zlib import crc32

MOST_PERSONS = 100_000


class ValuesPerPerson:
    """Counts values of each person; of very many persons a fixed part, chosen by their ids.

    The part does not depend on the order in which anybody is noted.

    >>> counted = ValuesPerPerson()
    >>> for person_ids in (["per_1"], ["per_1", "per_2"]):
    ...     counted.note_all(person_ids)
    >>> counted.persons, counted.average
    (2, 1.5)
    """

    def __init__(self, most: int = MOST_PERSONS):
        self._most = most
        self._one_in = 1
        self._values: Counter[int] = Counter()

    def note_all(self, person_ids: Iterable[str]) -> None:
        """Count one value once for everybody who has it."""
        for person_id in person_ids:
            self._note(person_id)

    def _note(self, person_id: str) -> None:
        number = crc32(person_id.encode())
        if number % self._one_in:
            return
        self._values[number] += 1
        while len(self._values) > self._most:
            self._one_in *= 2
            kept = {one: count for one, count in self._values.items() if not one % self._one_in}
            self._values = Counter(kept)

    @property
    def persons(self) -> int:
        """How many persons have a value; about so many where only a part is counted."""
        return len(self._values) * self._one_in

    @property
    def average(self) -> float:
        """Values per person, 0 where nobody has one."""
        return self._values.total() / len(self._values) if self._values else 0.0
