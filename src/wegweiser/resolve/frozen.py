"""Components beyond all bounds: they keep their persons, and new evidence waits in a queue."""

from wegweiser.resolve.edges import slot_of
from wegweiser.resolve.live import LiveGraph
from wegweiser.terms.identity import Evidence
from wegweiser.terms.lineage import Waiting
from wegweiser.terms.source import Trust


def overflows(live: LiveGraph, item: Evidence) -> bool:
    """Tell whether evidence would make a component larger than may be computed."""
    regions = {id(one): one for n in item.pair if (one := live.postponed.regions.get(n))}
    if not regions:
        return False
    trusted = item.trust >= Trust.SERVER
    names = set(item.pair)
    size, records = 0, 1
    for region in regions.values():
        held = region.trusted if trusted else region.names
        if not live.links.ruling.released.isdisjoint(region.names):
            return False
        size += len(held)
        names -= held
        records += 0 if trusted else region.records
    rules = live.book.rules
    return size + len(names) > rules.freeze_identifiers or records > rules.freeze_evidence


def wait(live: LiveGraph, item: Evidence, position: int) -> bool:
    """Put evidence into the visible queue; False when it stands there already."""
    key = (item.pair, slot_of(item))
    if key in live.waiting:
        return False
    live.waiting[key] = item
    person = live.persons.held.get(item.a) or live.persons.held.get(item.b)
    live.ancestry.frozen(item, person.person_id if person else "", position)
    return True


def queue(live: LiveGraph) -> tuple[Waiting, ...]:
    """Give the evidence that waits, with the size of what it would join."""
    found: list[Waiting] = []
    for item in live.waiting.values():
        regions = [one for n in item.pair if (one := live.postponed.regions.get(n))]
        sizes = [(len(one.names), one.records) for one in regions]
        names, records = max(sizes, default=(0, 0))
        found.append(Waiting(item, names, records))
    return tuple(found)


def released(live: LiveGraph) -> list[Evidence]:
    """Take out of the queue what operators let in."""
    free = live.links.ruling.released
    found: list[Evidence] = []
    for key, item in list(live.waiting.items()):
        near = set(item.pair)
        for name in item.pair:
            region = live.postponed.regions.get(name)
            near |= region.names if region else set()
        if not free.isdisjoint(near):
            found.append(live.waiting.pop(key))
    return found
