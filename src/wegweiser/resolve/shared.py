"""Devices that several persons were seen on: who keeps which days of them."""

from collections.abc import Iterable

import msgspec

from wegweiser.resolve.links import Links
from wegweiser.terms.identity import Evidence, Identifier
from wegweiser.terms.instant import day_of
from wegweiser.terms.source import Trust


class SharedDevice(msgspec.Struct, frozen=True):
    """A device with several owners; days are UTC day numbers.

    The first owner keeps the device's anonymous cells from some days before `claim_day` up to,
    not including, `shared_day`. `stored_first` is the owner whose evidence came in first.
    """

    owner: Identifier
    stored_first: Identifier
    claim_day: int
    shared_day: int


class Seen(msgspec.Struct, frozen=True):
    """Whom a device was seen with: the root of the core cluster, first time and position."""

    root: Identifier
    first: tuple[int, str]
    position: int


def other_end(item: Evidence, name: Identifier) -> Identifier:
    """Give the identifier that evidence mentions together with a name."""
    return item.b if item.a == name else item.a


def owns(links: Links, item: Evidence, device: Identifier) -> bool:
    """Tell whether evidence makes its other end an owner of a device (phase 3b)."""
    end_class = links.book.class_of(other_end(item, device))
    if end_class == "unique":
        return links.claim_stands(item)
    return end_class == "strong" and item.trust >= Trust.SERVER


def share(owners: Iterable[Seen]) -> SharedDevice | None:
    """Give how a device is shared among those seen on it; None with fewer than two owners."""
    firsts: dict[Identifier, tuple[int, str]] = {}
    stored: dict[Identifier, int] = {}
    for seen in owners:
        firsts[seen.root] = min(firsts.get(seen.root, seen.first), seen.first)
        stored[seen.root] = min(stored.get(seen.root, seen.position), seen.position)
    if len(firsts) < 2:
        return None
    order = sorted(firsts, key=lambda root: (*firsts[root], root))
    return SharedDevice(
        owner=order[0],
        stored_first=min(stored, key=lambda root: (stored[root], root)),
        claim_day=day_of(firsts[order[0]][0]),
        shared_day=day_of(firsts[order[1]][0]),
    )
