"""What of the evidence may join anybody, under rules and what operators said (phases 0 and 1)."""

from collections.abc import Container, Iterable, Iterator, Mapping

from wegweiser.resolve.edges import Edges, Pair, casts_doubt, in_order, stands
from wegweiser.resolve.heat import Tally
from wegweiser.resolve.judgements import Ruling
from wegweiser.resolve.rulebook import Rulebook
from wegweiser.terms.identity import Evidence, Identifier
from wegweiser.terms.source import Trust

Records = tuple[Evidence, ...]
_NOBODY: dict[Identifier, Records] = {}
_NO_PARTNERS: frozenset[Identifier] = frozenset()


class Links:
    """Answers about single identifiers and pairs; each is a function of the whole evidence.

    What was asked is remembered, so whoever adds evidence tells `added`, and whoever takes any
    out makes new links.
    """

    def __init__(self, edges: Edges, book: Rulebook, ruling: Ruling, leaves: Container[str]):
        """`leaves` are those with events."""
        self.edges = edges
        self.book = book
        self.ruling = ruling
        self.leaves = leaves
        # The records that may join, by both of their ends.
        self._linked: dict[Identifier, dict[Identifier, Records]] = {}
        self._known: dict[Identifier, bool] = {}
        self._tallies: dict[Identifier, Tally] = {}
        self._first_claims: dict[Identifier, tuple[int, str, Identifier] | None] = {}
        self._by_operator: dict[Pair, Evidence] = {}
        self._partners: dict[Identifier, set[Identifier]] = {}
        for item in ruling.links:
            if not any(map(self._is_barred, item.pair)):
                self._by_operator.setdefault(item.pair, item)
                for name in item.pair:
                    self._partners.setdefault(name, set()).update(item.pair)

    def let_go(self, name: Identifier) -> None:
        """Remember nothing of an identifier, though nothing changed.

        Who claimed it first stays: that it was ever asked is a fact that others rest on.
        """
        for remembered in (self._linked, self._known, self._tallies):
            remembered.pop(name, None)

    def reason(self, item: Evidence) -> str:
        """Give why evidence joins nobody whatever else there is; empty when it may join."""
        if any(map(self._is_barred, item.pair)):
            return "blocked"
        if not stands(item):
            return "alias_untrusted" if item.superseded else "proof_required"
        if self.ruling.ignores(item):
            return "cut"
        if self.edges.is_doubted(item):
            return "proof_required"
        return "quarantined" if self._is_stopped(item) else ""

    def counts(self, item: Evidence) -> bool:
        """Tell whether evidence is of those that heat is counted over."""
        barred = any(map(self._is_barred, item.pair))
        return stands(item) and not barred and not self.ruling.ignores(item)

    def _is_barred(self, name: Identifier) -> bool:
        return not self.book.joins_persons(name) or self.book.is_blocked(name)

    def _is_stopped(self, item: Evidence) -> bool:
        trust = item.trust
        return trust <= self.stop_of(item.a) or trust <= self.stop_of(item.b)

    def stop_of(self, name: Identifier) -> Trust:
        """Give the highest trust of evidence that stops at a value, INFERRED when none does."""
        pinned = self.book.pin_of(name)
        if pinned is not None:
            return pinned
        tally = self._tally(name)
        return Trust.INFERRED if tally is None else tally.stops

    def _tally(self, name: Identifier, more: int = 0) -> Tally | None:
        found = self._tallies.get(name)
        if found is not None:
            return found
        # Most values are never linked with more than a few others and need no tally.
        rules = self.book.rules
        few = min(rules.hot_unique, rules.hot_neighbours)
        if len(self.edges.near(name)) + more <= few or not self.book.may_be_hot(name):
            return None
        found = self._tallies[name] = Tally(self.book)
        for item in self.edges.touching(name):
            if self.counts(item):
                found.add(name, item)
        return found

    def rising(self, fresh: Iterable[Evidence]) -> dict[Identifier, Trust]:
        """Count what is to be added at once; give the values that become hotter by it."""
        found: dict[Identifier, Trust] = {}
        for item in fresh:
            if not self.counts(item):
                continue
            for name in item.pair:
                tally = self._tally(name, 1)
                if tally is None or self.book.pin_of(name) is not None:
                    continue
                before = tally.stops
                tally.add(name, item)
                if tally.stops > before:
                    found[name] = tally.stops
        return found

    def is_quarantined(self, name: Identifier) -> bool:
        """Tell whether a value is hot and nothing that may still join is left of it."""
        return self.stop_of(name) > Trust.INFERRED and not self.linked(name)

    def linked(self, name: Identifier) -> Mapping[Identifier, Records]:
        """Give everything that evidence which may join links with an identifier, and by what."""
        found = self._linked.get(name)
        if found is None:
            near = self.edges.near(name)
            if not near and not self._partners:
                return _NOBODY
            partners = self._partners.get(name, _NO_PARTNERS) - {name}
            asked = ((other, self._records(name, other)) for other in near | partners)
            found = self._linked[name] = {other: records for other, records in asked if records}
        return found

    def _records(self, name: Identifier, other: Identifier) -> Records:
        found = [item for item in self.edges.of_pair(name, other) if not self.reason(item)]
        if self._by_operator:
            said = self._by_operator.get(in_order(name, other))
            if said is not None:
                found.append(said)
        return tuple(found)

    def records(self, a: Identifier, b: Identifier) -> Records:
        """Give the records of a pair that may join."""
        return self.linked(a).get(b, ())

    def among(
        self, names: Container[Identifier], asked: Iterable[Identifier]
    ) -> Iterator[Evidence]:
        """Yield all records that may join two of some names, one of which is asked for."""
        for name in asked:
            for other, records in self.linked(name).items():
                if name < other and other in names:
                    yield from records

    def added(self, item: Evidence) -> None:
        """Look again at what a record changed that the edges keep now."""
        if self._first_claims:
            self.heard_of(item.a)
            self.heard_of(item.b)
        self.look_again(*item.pair)

    def look_again(self, a: Identifier, b: Identifier) -> None:
        """Find out anew whether a pair may join."""
        records = self._records(a, b)
        for name, other in ((a, b), (b, a)):
            self._known.pop(name, None)
            held = self._linked.get(name)
            if held is not None and records:
                held[other] = records
            elif held is not None:
                held.pop(other, None)

    def heated(self, name: Identifier) -> set[Identifier]:
        """Take out what stops at a value that became hotter; gives what it was linked with."""
        # The other ends tell: the value itself may have been asked since, when it was hot already.
        near = self.edges.near(name)
        before = {other for other in near if name in self._linked.get(other, (name,))}
        for other in before:
            self.look_again(name, other)
        return before

    def is_inert(self, item: Evidence) -> bool:
        """Tell whether evidence cannot change any person, given what is kept.

        A pair is tried by its strongest and oldest record and dated by its oldest one, so a
        record that an older and no weaker one precedes changes nothing. (It may where limits
        refused the older one, which whoever asks must know.)
        """
        if item.trust == Trust.INFERRED:
            return not casts_doubt(item) or all(
                other.stated for other in self.edges.of_pair(*item.pair) if stands(other)
            )
        if item.superseded:
            return False
        age = (item.at, item.message_id)
        return any(
            other.trust >= item.trust
            and (other.at, other.message_id) <= age
            and other.proof == item.proof
            and not self.ruling.ignores(other)
            and not self.edges.is_doubted(other)
            for other in self.edges.of_pair(*item.pair)
            if other.position <= item.position
        )

    def first_at(self, a: Identifier, b: Identifier) -> int | None:
        """Give the event time of the oldest evidence on which a claim may rest, None without."""
        times = [item.at for item in self.edges.of_pair(a, b) if self._is_claimed_by(item)]
        return min(times, default=None)

    def _is_claimed_by(self, item: Evidence) -> bool:
        believed = stands(item) and not self.edges.is_doubted(item)
        return believed and not self.ruling.ignores(item) and self.claim_stands(item)

    def claim_stands(self, item: Evidence) -> bool:
        """Tell whether what a public event claims counts, where its source can prove claims.

        It does while nobody who is trusted named the user, and for the first claimer only.
        """
        if not item.proof or item.trust >= Trust.SERVER:
            return True
        weak = self.book.class_of(item.a) == "weak"
        device, user = (item.a, item.b) if weak else (item.b, item.a)
        if user not in self._first_claims:
            self._first_claims[user] = self._first_claim(user)
        first = self._first_claims[user]
        return first is not None and first[2] == device

    def _first_claim(self, user: Identifier) -> tuple[int, str, Identifier] | None:
        if self.is_vouched_for(user):
            return None
        claims = (
            (item.at, item.message_id, item.b if item.a == user else item.a)
            for item in self.edges.touching(user)
            if self.counts(item) and not self.edges.is_doubted(item)
        )
        return min(claims, default=None)

    def is_vouched_for(self, name: Identifier) -> bool:
        """Tell whether anybody who is trusted ever named an identifier."""
        # The leaf of a user id has events of those only who may say so.
        if name in self.leaves and name.startswith("user_id:"):
            return True
        return any(
            item.trust >= Trust.SERVER for item in self.edges.touching(name) if self.counts(item)
        )

    def heard_of(self, name: Identifier) -> None:
        """Look again who was the first to claim an identifier."""
        self._first_claims.pop(name, None)

    def is_known(self, name: Identifier) -> bool:
        """Tell whether a person with this identifier is more than an anonymous visitor."""
        found = self._known.get(name)
        if found is None:
            identifier_class = self.book.class_of(name)
            if identifier_class != "strong":
                return identifier_class == "unique"
            found = self._known[name] = any(
                item.trust >= Trust.SERVER
                for records in self.linked(name).values()
                for item in records
            )
        return found

    def by_operator(self) -> Iterator[Evidence]:
        """Yield the links that operators made between what may be persons."""
        yield from self._by_operator.values()

    def is_by_operator(self, item: Evidence) -> bool:
        """Tell whether an operator made a link by hand."""
        return self._by_operator.get(item.pair) is item

    def is_in_operators_hands(self, name: Identifier) -> bool:
        """Tell whether an operator linked an identifier with anything."""
        return name in self._partners

    def has_claims(self, name: Identifier) -> bool:
        """Tell whether it was ever asked who was the first to claim an identifier."""
        return name in self._first_claims

    def has(self, name: Identifier) -> bool:
        """Tell whether any standing evidence or an operator mentions an identifier."""
        return self.edges.has(name) or name in self._partners

    def doubts(self, item: Evidence) -> bool:
        """Tell whether evidence casts doubt on what public events say by the way."""
        return casts_doubt(item) and not any(map(self._is_barred, item.pair))
