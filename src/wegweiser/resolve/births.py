"""Birth ids: the random-looking name that every identifier gets when it is first stored."""

from collections.abc import Iterable, Iterator
from hashlib import blake2b

import msgspec

from wegweiser.terms.identity import Identifier
from wegweiser.terms.ulid import ulid

# No type of identifier begins like this, so that nobody can send a name of this form.
DEVICE = "\x00device:"


class Birth(msgspec.Struct, frozen=True, order=True, array_like=True, gc=False):
    """Where in the log an identifier was first stored; the smallest is the oldest."""

    position: int
    ordinal: int
    received_at: int

    def name_for(self, identifier: Identifier, prefix: str) -> str:
        """Give the id made of this birth; a rebuild from the same log gives the same.

        >>> Birth(1, 1, 1469918176385).name_for("user_id:u-1", "per_")[:14]
        'per_01ARYZ6S41'
        """
        text = f"{identifier}\x00{self.position}".encode()
        return prefix + ulid(self.received_at, blake2b(text, digest_size=10).digest())


class Births:
    """All identifiers ever stored, with the ids that they gave rise to."""

    def __init__(self) -> None:
        self._births: dict[Identifier, Birth] = {}
        self._by_id: dict[str, Identifier] = {}
        self._ids: dict[Identifier, str] = {}
        self._next = 1

    def __contains__(self, name: object) -> bool:
        return name in self._births

    def __iter__(self) -> Iterator[Identifier]:
        return iter(self._births)

    def get(self, name: Identifier) -> Birth | None:
        """Give the birth of an identifier, None when it was never stored."""
        return self._births.get(name)

    def add(self, name: Identifier, position: int, received_at: int) -> Birth | None:
        """Note an identifier; give its birth when it is new, else None."""
        if name in self._births:
            return None
        birth = Birth(position, self._next, received_at)
        self.restore(name, birth)
        return birth

    def restore(self, name: Identifier, birth: Birth) -> None:
        """Note a birth that is known already."""
        self._births[name] = birth
        own = self._ids[name] = birth.name_for(name, "per_")
        self._by_id[own] = name
        self._next = max(self._next, birth.ordinal + 1)

    def remove(self, names: Iterable[Identifier]) -> None:
        """Forget identifiers and their ids as if they had never been stored."""
        for name in names:
            self._births.pop(name, None)
            for held in (name, DEVICE + name):
                own = self._ids.pop(held, None)
                if own is not None:
                    self._by_id.pop(own, None)

    def oldest(self, names: Iterable[Identifier]) -> Identifier:
        """Give the identifier that was stored first; names never stored do not count."""
        return min((self._births[name], name) for name in names if name in self._births)[1]

    def person_id(self, name: Identifier) -> str:
        """Give the person id that an identifier was born with."""
        return self._ids[name]

    def device_id(self, name: Identifier) -> str:
        """Give the id of the person that a shared device is by itself."""
        own = self._ids.get(DEVICE + name)
        if own is None:
            own = self._births[name].name_for(DEVICE + name, "per_")
            self._ids[DEVICE + name] = own
            self._by_id[own] = DEVICE + name
        return own

    def born_as(self, person_id: str) -> Identifier | None:
        """Give what an id was made for; DEVICE before it for the id of a device person."""
        return self._by_id.get(person_id)
