"""Whether a device belongs to its person by trusted evidence, or only because it says so."""

from collections.abc import Set
from typing import Literal

from wegweiser.resolve.links import Links
from wegweiser.resolve.person import Person
from wegweiser.terms.identity import Identifier
from wegweiser.terms.source import Trust

# "open" where at least one source that takes claims without a proof says so.
Claim = Literal["", "open", "proof"]


def claim_of(links: Links, person: Person, device: Identifier, proof: Set[str]) -> Claim:
    """Tell by what claim alone a device belongs to a person that is more than devices.

    `proof` are the sources whose claims need a proof. Empty where trusted evidence ties the
    device, directly or by way of the person's other devices, and for what is no device.
    """
    if links.book.class_of(device) != "weak" or _is_of_devices(links, person):
        return ""
    members = frozenset(person.members)
    if _is_vouched_for(links, members, device):
        return ""
    told = (
        item
        for other, records in links.linked(device).items()
        if other in members
        for item in records
    )
    return "proof" if all(item.source_id in proof for item in told) else "open"


def _is_of_devices(links: Links, person: Person) -> bool:
    return all(links.book.class_of(name) == "weak" for name in person.members)


def _is_vouched_for(links: Links, members: Set[Identifier], device: Identifier) -> bool:
    seen, waiting = {device}, [device]
    for name in waiting:
        for other, records in links.linked(name).items():
            if other in seen or other not in members:
                continue
            if any(item.trust >= Trust.SERVER for item in records):
                if links.book.class_of(other) != "weak":
                    return True
                seen.add(other)
                waiting.append(other)
    return False
