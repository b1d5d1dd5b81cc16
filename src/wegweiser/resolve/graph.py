"""Resolution: from the set of evidence of one component to persons, with a reason for every no."""

from collections.abc import Iterable, Mapping
from typing import Literal

import msgspec

from wegweiser.resolve.classes import class_of, joins_persons, priority_of
from wegweiser.resolve.clusters import Unions, superseders_of
from wegweiser.resolve.edges import Pair, casts_doubt, is_stopped
from wegweiser.resolve.heat import stops_of
from wegweiser.terms.identity import Evidence, Identifier, Refusal
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


class Clusters(msgspec.Struct, frozen=True):
    """Persons of one component.

    `root_of` gives one member that stands for the whole cluster; `standing` are the pairs on
    which a claim may rest, with the time of their first evidence.
    """

    root_of: dict[Identifier, Identifier]
    members: dict[Identifier, tuple[Identifier, ...]]
    shared: dict[Identifier, SharedDevice]
    accepted: tuple[Evidence, ...]
    refusals: tuple[Refusal, ...]
    known: frozenset[Identifier]
    superseded: frozenset[Identifier]
    unverified: frozenset[Identifier]
    standing: dict[Pair, int]


Phase = Literal["trusted", "device", "between", "typed", "never"]


def resolve(
    evidence: Iterable[Evidence], stops: Mapping[Identifier, Trust] | None = None
) -> Clusters:
    """Compute the persons of one component; a pure function of the set of evidence.

    `stops` are the hot values if they are counted already, see heat.stops_of.

    >>> first = Evidence("anonymous_id:a", "user_id:u", Trust.PUBLIC, 0, "m-1", "site", 1)
    >>> sorted(resolve([first]).members[resolve([first]).root_of["user_id:u"]])
    ['anonymous_id:a', 'user_id:u']
    """
    told = frozenset(evidence)
    return _Resolution(told, stops_of(told) if stops is None else stops).run()


def canonical_order(evidence: Evidence) -> tuple[int, int, int, str, bytes, bytes]:
    """Give the key by which evidence is tried: most trusted, highest-ranked, oldest first."""
    lower_ranked = max(priority_of(evidence.a), priority_of(evidence.b))
    a, b = evidence.a.encode(), evidence.b.encode()
    return (-evidence.trust, lower_ranked, evidence.at, evidence.message_id, a, b)


class _Resolution:
    """One run of the phases over one component."""

    def __init__(self, evidence: frozenset[Evidence], stops: Mapping[Identifier, Trust]):
        self.stops = stops
        self.all = sorted(evidence, key=canonical_order)
        self.doubted = {item.pair for item in self.all if casts_doubt(item)}
        self.refusals: list[Refusal] = []
        self.accepted: list[Evidence] = []
        # One pair is tried once, by its strongest and then oldest evidence.
        self.best: dict[Pair, Evidence] = {}
        self.first_at: dict[Pair, tuple[int, str]] = {}
        self.first_stored: dict[Pair, int] = {}
        self.sides: set[Identifier] = set()
        self.quarantined: dict[Pair, Evidence] = {}
        for item in self.all:
            self._admit(item)
        for pair, item in self.quarantined.items():
            if pair not in self.best:
                self.refusals.append(Refusal(item, "quarantined"))
        trusted_aliases = [e for e in self.all if e.superseded and e.trust >= Trust.SERVER]
        self.known = self._known_at_first()
        self.unions = Unions(self.sides, self.known, superseders_of(trusted_aliases))
        self.shared: dict[Identifier, SharedDevice] = {}

    def _admit(self, item: Evidence) -> None:
        if not (joins_persons(item.a) and joins_persons(item.b)):
            return
        self.sides.update(item.pair)
        if not item.stated and item.pair in self.doubted:
            self.refusals.append(Refusal(item, "proof_required"))
            return
        if item.trust == Trust.INFERRED:
            reason = "alias_untrusted" if item.superseded else "proof_required"
            self.refusals.append(Refusal(item, reason))
            return
        pair = item.pair
        if is_stopped(item, self.stops):
            self.quarantined.setdefault(pair, item)
            return
        self.best.setdefault(pair, item)
        seen = (item.at, item.message_id)
        self.first_at[pair] = min(self.first_at.get(pair, seen), seen)
        stored = self.first_stored.get(pair, item.position)
        self.first_stored[pair] = min(stored, item.position)

    def _known_at_first(self) -> set[Identifier]:
        known = {name for name in self.sides if class_of(name) == "unique"}
        for item in self.best.values():
            if item.trust >= Trust.SERVER:
                known.update(name for name in item.pair if class_of(name) == "strong")
        return known

    def run(self) -> Clusters:
        by_phase: dict[Phase, list[Evidence]] = {}
        for item in self.best.values():
            by_phase.setdefault(_phase_of(item), []).append(item)
        for item in by_phase.get("trusted", ()):
            self._unite(item, "unique_conflict")
        self.refusals += [Refusal(e, "proof_required") for e in by_phase.get("never", ())]
        self._devices(by_phase.get("device", []))
        for item in by_phase.get("between", ()):
            self._between(item)
        for item in by_phase.get("typed", ()):
            self._typed(item)
        return self._result()

    def _unite(self, item: Evidence, refused_as: str) -> None:
        if self.unions.unite(item.a, item.b):
            self.accepted.append(item)
        else:
            self.refusals.append(Refusal(item, refused_as))

    def _devices(self, items: list[Evidence]) -> None:
        claims: dict[Identifier, list[Evidence]] = {}
        for item in items:
            claims.setdefault(_device_first(item)[0], []).append(item)
        # Who owns what is settled before anything is attached, so that no order matters.
        for device, stated in claims.items():
            if len({self.unions.root(_device_first(item)[1]) for item in stated}) > 1:
                self.shared[device] = self._share(stated)
        for item in items:
            if _device_first(item)[0] in self.shared:
                self.refusals.append(Refusal(item, "shared"))
            else:
                self._unite(item, "unique_conflict")

    def _share(self, claims: list[Evidence]) -> SharedDevice:
        firsts: dict[Identifier, tuple[int, str]] = {}
        stored: dict[Identifier, int] = {}
        for item in claims:
            root = self.unions.root(_device_first(item)[1])
            seen = self.first_at[item.pair]
            firsts[root] = min(firsts.get(root, seen), seen)
            position = self.first_stored[item.pair]
            stored[root] = min(stored.get(root, position), position)
        order = sorted(firsts, key=lambda root: (*firsts[root], root))
        return SharedDevice(
            owner=order[0],
            stored_first=min(stored, key=lambda root: (stored[root], root)),
            claim_day=day_of(firsts[order[0]][0]),
            shared_day=day_of(firsts[order[1]][0]),
        )

    def _between(self, item: Evidence) -> None:
        if item.a in self.shared or item.b in self.shared:
            self.refusals.append(Refusal(item, "shared"))
        elif self.unions.together(item.a, item.b):
            self.accepted.append(item)
        elif self.unions.known(item.a) and self.unions.known(item.b):
            self.refusals.append(Refusal(item, "two_owners"))
        else:
            self._unite(item, "unique_conflict")

    def _typed(self, item: Evidence) -> None:
        device, contact = _device_first(item)
        if device in self.shared:
            self.refusals.append(Refusal(item, "shared"))
        elif self.unions.together(device, contact):
            self.accepted.append(item)
        elif self.unions.known(contact):
            self.refusals.append(Refusal(item, "claim_on_known"))
        else:
            self._unite(item, "unique_conflict")

    def _result(self) -> Clusters:
        trusted = {n for e in self.best.values() if e.trust >= Trust.SERVER for n in e.pair}
        strong = {name for name in self.sides if class_of(name) == "strong"}
        roots = {name: self.unions.root(name) for name in self.sides}
        return Clusters(
            root_of=roots,
            members={
                root: tuple(sorted(self.unions.members(root))) for root in set(roots.values())
            },
            shared=self.shared,
            accepted=tuple(self.accepted),
            refusals=tuple(self.refusals),
            known=frozenset(root for name, root in roots.items() if name in self.known),
            superseded=frozenset(self.unions.superseded()),
            unverified=frozenset(strong - trusted),
            standing={pair: seen[0] for pair, seen in self.first_at.items()},
        )


def _phase_of(item: Evidence) -> Phase:
    weak = (class_of(item.a) == "weak") + (class_of(item.b) == "weak")
    if weak == 2:
        return "between"
    if weak == 0:
        return "trusted" if item.trust >= Trust.SERVER else "never"
    strong = "strong" in {class_of(item.a), class_of(item.b)}
    return "typed" if strong and item.trust < Trust.SERVER else "device"


def _device_first(item: Evidence) -> Pair:
    return (item.a, item.b) if class_of(item.a) == "weak" else (item.b, item.a)
