"""Birth ids: the random-looking name that every identifier gets when it is first stored."""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from hashlib import blake2b

import msgspec

from wegweiser.resolve.domains import EMAIL, Mailboxes
from wegweiser.terms.identity import Identifier
from wegweiser.terms.ulid import moment_of, ulid

# No type of identifier begins like this, so that nobody can send a name of this form.
DEVICE = "\x00device:"
PREFIX = "per_"
# So many names of one moment are quickly compared.
_FEW = 8
_MOST_IDS = 200_000


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
        return prefix + _ulid_of(identifier, self.position, self.received_at)


# The ids of those in use are asked for again and again; all of them would fill the memory.
@lru_cache(maxsize=65_536)
def _ulid_of(identifier: Identifier, position: int, received_at: int) -> str:
    text = f"{identifier}\x00{position}".encode()
    return ulid(received_at, blake2b(text, digest_size=10).digest())


class Births:
    """All identifiers ever stored; the ids that they gave rise to are computed when asked."""

    def __init__(self) -> None:
        self._births: dict[Identifier, Birth] = {}
        # An id tells the millisecond of its birth: one name, or a list of several.
        self._born_at: dict[int, Identifier | list[Identifier]] = {}
        # Ids of moments that many names share, made when one of them is asked for.
        self._by_id: dict[int, dict[str, Identifier]] = {}
        self._next = 1
        self.mailboxes = Mailboxes()

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
        together = self._born_at.setdefault(birth.received_at, name)
        if isinstance(together, list):
            together.append(name)
            self._by_id.pop(birth.received_at, None)
        elif together is not name:
            self._born_at[birth.received_at] = [together, name]
        self.mailboxes.add(name)
        if birth.ordinal >= self._next:
            self._next = birth.ordinal + 1

    def restore_all(self, names: Sequence[Identifier], births: Sequence[Birth]) -> None:
        """Note many births of different names that are known already, as `restore` one by one.

        A folder may hold millions: what `restore` calls for each stands here in few loops.
        """
        self._births.update(zip(names, births, strict=True))
        held = self._born_at
        for name, moment in zip(names, [birth.received_at for birth in births], strict=True):
            together = held.setdefault(moment, name)
            if together is not name:
                if isinstance(together, str):
                    together = held[moment] = [together]
                together.append(name)
        for name in names:
            if name.startswith(EMAIL):
                self.mailboxes.add(name)
        newest = max((birth.ordinal for birth in births), default=-1)
        self._next = max(self._next, newest + 1)
        self._by_id.clear()

    def remove(self, names: Iterable[Identifier]) -> None:
        """Forget identifiers and their ids as if they had never been stored."""
        gone: dict[int, set[Identifier]] = {}
        for name in names:
            self.mailboxes.remove(name)
            birth = self._births.pop(name, None)
            if birth is not None:
                gone.setdefault(birth.received_at, set()).add(name)
        for received_at, lost in gone.items():
            left = [name for name in self._born_together(received_at) if name not in lost]
            self._born_at[received_at] = left
            if not left:
                del self._born_at[received_at]
            self._by_id.pop(received_at, None)
        _ulid_of.cache_clear()

    def _born_together(self, received_at: int) -> Sequence[Identifier]:
        found = self._born_at.get(received_at, ())
        return (found,) if isinstance(found, str) else found

    def oldest(self, names: Iterable[Identifier]) -> Identifier:
        """Give the identifier that was stored first; names never stored do not count."""
        return min((self._births[name], name) for name in names if name in self._births)[1]

    def person_id(self, name: Identifier) -> str:
        """Give the person id that an identifier was born with."""
        return self._births[name].name_for(name, PREFIX)

    def device_id(self, name: Identifier) -> str:
        """Give the id of the person that a shared device is by itself."""
        return self._births[name].name_for(DEVICE + name, PREFIX)

    def born_as(self, person_id: str) -> Identifier | None:
        """Give what an id was made for; DEVICE before it for the id of a device person."""
        received_at = moment_of(person_id.removeprefix(PREFIX))
        if received_at is None or not person_id.startswith(PREFIX):
            return None
        together = self._born_together(received_at)
        if len(together) <= _FEW:
            return self._ids_of(together).get(person_id)
        # A file brings thousands in one moment; who asks for one of them asks for the next.
        if received_at not in self._by_id:
            if sum(map(len, self._by_id.values())) + len(together) > _MOST_IDS:
                self._by_id.clear()
            self._by_id[received_at] = self._ids_of(together)
        return self._by_id[received_at].get(person_id)

    def _ids_of(self, names: Iterable[Identifier]) -> dict[str, Identifier]:
        births, spelled = self._births, (DEVICE, "")
        return {
            births[name].name_for(kind + name, PREFIX): kind + name
            for name in names
            for kind in spelled
        }
