"""A person as resolved: its identifiers, and the shares of devices that it has."""

import msgspec

from wegweiser.resolve.shared import SharedDevice
from wegweiser.terms.identity import Identifier, Leaf
from wegweiser.terms.identity_rules import IdentityRules


class LeafShare(msgspec.Struct, frozen=True, order=True):
    """The days of a leaf that belong to a person, from inclusive, until exclusive, None open.

    `part_of` names the leaf of a device whose session this one is, where both go together.
    """

    leaf: Leaf
    from_day: int | None = None
    until_day: int | None = None
    part_of: Leaf = ""

    def covers(self, day: int) -> bool:
        """Tell whether the cell of a day belongs to the share.

        >>> LeafShare("anonymous_id:a", 10, 20).covers(20)
        False
        """
        if self.from_day is not None and day < self.from_day:
            return False
        return self.until_day is None or day < self.until_day

    def within(self, since: int, until: int | None) -> "LeafShare | None":
        """Give what of the share lies between two days, both in full, None when nothing does."""
        start = since if self.from_day is None else max(since, self.from_day)
        ends = [day for day in (None if until is None else until + 1, self.until_day) if day]
        end = min(ends, default=None)
        if end is not None and start >= end:
            return None
        return LeafShare(self.leaf, start, end, self.part_of)


class Person(msgspec.Struct, frozen=True):
    """One cluster; `owned` are shared devices that are listed here, `device` its own share."""

    person_id: str
    members: tuple[Identifier, ...]
    known: bool
    superseded: frozenset[Identifier] = frozenset()
    unverified: frozenset[Identifier] = frozenset()
    owned: tuple[tuple[Identifier, SharedDevice], ...] = ()
    device: SharedDevice | None = None


def all_names(person: Person) -> list[Identifier]:
    """Give the identifiers of a person, and the shared devices that are listed with it."""
    return [*person.members, *(device for device, _ in person.owned)]


def owner_share(device: Identifier, shared: SharedDevice, rules: IdentityRules) -> LeafShare | None:
    """Give the days of a shared device that its first owner keeps, None when it keeps none."""
    if rules.shared_devices == "detach_all":
        return None
    return LeafShare(device, shared.claim_day - rules.keep_before_days, shared.shared_day)


def device_shares(
    device: Identifier, shared: SharedDevice, rules: IdentityRules
) -> tuple[LeafShare, ...]:
    """Give the days of a shared device that are nobody's in particular."""
    kept = owner_share(device, shared, rules)
    if kept is None:
        return (LeafShare(device),)
    return (
        LeafShare(device, None, kept.from_day),
        LeafShare(device, kept.until_day, None),
    )
