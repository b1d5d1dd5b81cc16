"""The phases of resolution: operators, the trusted core, contacts, devices, typed addresses."""

from collections.abc import Callable, Generator, Iterable
from heapq import heapify, heappop, heappush
from typing import Literal

from wegweiser.resolve.clusters import Unions, superseders_of
from wegweiser.resolve.edges import Pair
from wegweiser.resolve.links import Links
from wegweiser.resolve.rulebook import BUILT_IN, Rulebook
from wegweiser.resolve.shared import Seen, SharedDevice, other_end, owns, share
from wegweiser.terms.identity import Evidence, Identifier, Refusal
from wegweiser.terms.source import Trust

Phase = Literal["operator", "trusted", "device", "between", "typed", "never"]
Key = tuple[int, int, int, str, bytes, bytes]
PER_SLICE = 200
Steps = Generator[None, None, None]


def canonical_order(evidence: Evidence, book: Rulebook = BUILT_IN) -> Key:
    """Give the key by which evidence is tried: most trusted, highest-ranked, oldest first."""
    lower_ranked = max(book.priority_of(evidence.a), book.priority_of(evidence.b))
    a, b = evidence.a.encode(), evidence.b.encode()
    return (-evidence.trust, lower_ranked, evidence.at, evidence.message_id, a, b)


class Phases:
    """One run over some names and the evidence among them that may join."""

    def __init__(
        self,
        links: Links,
        names: Iterable[Identifier],
        evidence: Iterable[Evidence],
        shared: Callable[[Identifier], SharedDevice | None] | None = None,
    ):
        """`shared` tells of devices with owners outside; without it all owners are inside."""
        self.links = links
        self.names = set(names)
        self._share_of = shared
        self.refusals: list[Refusal] = []
        self.accepted: list[Evidence] = []
        self.shared: dict[Identifier, SharedDevice] = {}
        self.first_at: dict[Pair, tuple[int, str]] = {}
        self._stored: dict[Pair, int] = {}
        # One pair is tried by its strongest, then oldest evidence; by later ones after a limit.
        self._tries: dict[Pair, list[Evidence]] = {}
        for item in evidence:
            self._tries.setdefault(item.pair, []).append(item)
        self._by_phase: dict[Phase, list[Evidence]] = {}
        self._keys: dict[Pair, Key] = {}
        self.unions = Unions(())

    def _prepare_all(self) -> Steps:
        for done, (pair, items) in enumerate(self._tries.items(), 1):
            self._prepare(pair, items)
            if done % PER_SLICE == 0:
                yield
        links = self.links
        aliases = (
            item
            for items in self._tries.values()
            for item in items
            if item.superseded and item.trust >= Trust.SERVER
        )
        known: set[Identifier] = set()
        for done, name in enumerate(self.names, 1):
            if links.is_known(name):
                known.add(name)
            if done % PER_SLICE == 0:
                yield
        self.unions = Unions(
            self.names,
            known.__contains__,
            superseders_of(aliases),
            links.book,
            links.ruling.separations,
            links.leaves,
        )

    def _prepare(self, pair: Pair, items: list[Evidence]) -> None:
        if len(items) > 1:
            items.sort(key=lambda item: canonical_order(item, self.links.book))
        best = items[0]
        self._keys[pair] = canonical_order(best, self.links.book)
        self.first_at[pair] = min((item.at, item.message_id) for item in items)
        self._stored[pair] = min(item.position for item in items)
        self._by_phase.setdefault(self._phase_of(best), []).append(best)

    @property
    def records(self) -> int:
        """How many records of evidence the run is about."""
        return sum(map(len, self._tries.values()))

    def run(self, core_only: bool = False) -> Steps:
        """Run all phases, or those that only trusted evidence has a say in; pauses now and then."""
        yield from self._prepare_all()
        yield from self._try("operator", self._link)
        yield from self._try("trusted", self._unite)
        yield from self._contacts()
        if core_only:
            return
        self.refusals += [Refusal(e, "proof_required") for e in self._by_phase.get("never", ())]
        yield from self._share_devices()
        yield from self._try("device", self._attach)
        yield from self._try("between", self._between)
        yield from self._try("typed", self._typed)

    def _phase_of(self, item: Evidence) -> Phase:
        if self.links.is_by_operator(item):
            return "operator"
        classes = (self.links.book.class_of(item.a), self.links.book.class_of(item.b))
        weak = classes.count("weak")
        if weak == 2:
            return "between"
        if weak == 0:
            return "trusted" if item.trust >= Trust.SERVER else "never"
        return "typed" if "strong" in classes and item.trust < Trust.SERVER else "device"

    def _ordered(self, phase: Phase) -> list[Evidence]:
        return sorted(self._by_phase.get(phase, ()), key=lambda item: self._keys[item.pair])

    def _try(self, phase: Phase, attempt: Callable[[Evidence], str]) -> Steps:
        """Try the pairs of a phase in canonical order; a limit of time may let later ones in."""
        queue = [(self._keys[item.pair], 0, item) for item in self._by_phase.get(phase, ())]
        heapify(queue)
        tried = 0
        while queue:
            _, turn, item = heappop(queue)
            refused = attempt(item)
            if not refused:
                self.accepted.append(item)
            elif refused == "limit_exceeded" and (later := self._later(phase, item, turn)):
                heappush(queue, (canonical_order(later, self.links.book), turn + 1, later))
            else:
                self.refusals.append(Refusal(self._tries[item.pair][0], refused))
            tried += 1
            if tried % PER_SLICE == 0:
                yield

    def _later(self, phase: Phase, item: Evidence, turn: int) -> Evidence | None:
        records = self._tries[item.pair]
        later = records[turn + 1] if turn + 1 < len(records) else None
        return later if later is not None and self._phase_of(later) == phase else None

    def _link(self, item: Evidence) -> str:
        return self.unions.unite_by_operator(item.a, item.b, item.at)

    def _unite(self, item: Evidence) -> str:
        return self.unions.unite(item.a, item.b, item.at)

    def _device_first(self, item: Evidence) -> Pair:
        return item.pair if self.links.book.class_of(item.a) == "weak" else item.pair[::-1]

    def _contacts(self) -> Steps:
        """Join bare contacts with the first others that are known on a device (3a)."""
        seen: dict[Identifier, list[Evidence]] = {}
        trusted = [item for item in self._ordered("device") if item.trust >= Trust.SERVER]
        for item in trusted:
            seen.setdefault(self._device_first(item)[0], []).append(item)
        closed = {device for device, items in seen.items() if self._has_two_users(device, items)}
        on_device: dict[Identifier, list[Identifier]] = {}
        for tried, item in enumerate(trusted, 1):
            device, name = self._device_first(item)
            if device not in closed:
                met = on_device.setdefault(device, [])
                self._meet(name, met, item.at)
                met.append(name)
            if tried % PER_SLICE == 0:
                yield

    def _has_two_users(self, device: Identifier, items: Iterable[Evidence]) -> bool:
        roots = {self.unions.root(other_end(item, device)) for item in items}
        return sum(not self.unions.is_bare(root) for root in roots) > 1

    def _meet(self, name: Identifier, met: list[Identifier], at: int) -> None:
        others = list(dict.fromkeys(self.unions.root(other) for other in met))
        root = self.unions.root(name)
        if not others or root in others:
            return
        # The first other cluster of whoever came first is the second one.
        joins = self.unions.is_bare(root) or (len(others) == 1 and self.unions.is_bare(others[0]))
        if joins and not self.unions.doubles_contact(root, others[0]):
            self.unions.unite(root, others[0], at)

    def _share_devices(self) -> Steps:
        # Who owns what is settled before anything is attached, so that no order matters.
        claims: dict[Identifier, list[Evidence]] = {}
        for item in self._by_phase.get("device", ()):
            claims.setdefault(self._device_first(item)[0], []).append(item)
        if self._share_of is not None:
            for done, name in enumerate(self.names, 1):
                shared = self._share_of(name)
                if shared is not None:
                    self.shared[name] = shared
                if done % PER_SLICE == 0:
                    yield
            return
        for tried, (device, items) in enumerate(claims.items(), 1):
            if len(self.unions.members(device)) == 1:
                shared = share(self._seen_on(device, items))
                if shared is not None:
                    self.shared[device] = shared
            if tried % PER_SLICE == 0:
                yield

    def _seen_on(self, device: Identifier, items: Iterable[Evidence]) -> Iterable[Seen]:
        for item in items:
            if self._owned(item, device):
                root = self.unions.root(other_end(item, device))
                yield Seen(root, self.first_at[item.pair], self._stored[item.pair])

    def _owned(self, item: Evidence, device: Identifier) -> bool:
        return any(owns(self.links, record, device) for record in self._tries[item.pair])

    def _attach(self, item: Evidence) -> str:
        device, owner = self._device_first(item)
        if device in self.shared:
            return "shared"
        if not self._owned(item, device):
            return "proof_invalid" if item.proof in {"bad", "expired"} else "proof_required"
        if len(self.unions.members(device)) > 1 and not self.unions.together(device, owner):
            held_by_operator = self.unions.known(device) and self.unions.known(owner)
            if held_by_operator:
                return "two_owners"
        return self._unite(item)

    def _between(self, item: Evidence) -> str:
        if item.a in self.shared or item.b in self.shared:
            return "shared"
        if self.unions.together(item.a, item.b):
            return ""
        if self.unions.known(item.a) and self.unions.known(item.b):
            return "two_owners"
        return self._unite(item)

    def _typed(self, item: Evidence) -> str:
        device, contact = self._device_first(item)
        if device in self.shared:
            return "shared"
        if self.unions.together(device, contact):
            return ""
        if self.unions.known(contact):
            return "claim_on_known"
        if item.proof and len(self.unions.members(contact)) > 1:
            return "proof_required"
        return self._unite(item)
