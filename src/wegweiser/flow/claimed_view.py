"""What a decision may know of a person whose device only claims to be theirs."""

import msgspec

from wegweiser.decide.facts import WithheldPart
from wegweiser.flow.activation import activation
from wegweiser.flow.withheld import Withheld
from wegweiser.profile.purpose import Purposes
from wegweiser.profile.reading import CellAt
from wegweiser.profile.view import PersonFacts, person_profile
from wegweiser.resolve.directory import Directory
from wegweiser.resolve.leaf import names_of_leaf
from wegweiser.terms.identity import Identifier
from wegweiser.terms.identity_rules import IdentityRules
from wegweiser.terms.json import JsonObject


class Limit(msgspec.Struct, frozen=True):
    """That the device of a decision proves nothing; `own_only` leaves the others' events out."""

    device: Identifier
    own_only: bool

    def is_own(self, cells: list[CellAt]) -> bool:
        """Tell whether the device itself told all that is known, so that nothing is left out."""
        return not self.own_only or all(self._told(held) for held in cells)

    def _told(self, held: CellAt) -> bool:
        return self.device in names_of_leaf(held.leaf)

    def own(self, person_id: str, cells: list[CellAt], purposes: Purposes) -> JsonObject:
        """Give what the device told, as rules read it: nobody known, in no segment."""
        nobody = PersonFacts(person_id=person_id, known=False, identifiers=())
        told = [held for held in cells if self._told(held)]
        return activation(person_profile(nobody, told, purposes=purposes))


def limit_on(directory: Directory, device: Identifier, any_proof: bool) -> Limit | None:
    """Give what limits a decision for an identifier; None where nothing does.

    `any_proof` tells whether any source asks for proofs. Nothing is looked up where no trait is
    sensitive and every claim lets the rest be used.
    """
    rules = directory.rules
    if not device or not _may_limit(rules, any_proof):
        return None
    claim = directory.claim_of(device)
    if not claim:
        return None
    by_source = rules.claimed_devices == "open_sources" and claim == "proof"
    limit = Limit(device, by_source or rules.claimed_devices == "own_events")
    return limit if limit.own_only or rules.sensitive_traits else None


def _may_limit(rules: IdentityRules, any_proof: bool) -> bool:
    if rules.sensitive_traits or rules.claimed_devices == "own_events":
        return True
    return any_proof and rules.claimed_devices == "open_sources"


def limited(
    person: JsonObject,
    limit: Limit,
    cells: list[CellAt],
    purposes: Purposes,
    hidden: Withheld,
) -> tuple[JsonObject, WithheldPart]:
    """Give a person as rules read it within a limit, and what of it is left out.

    `hidden` is what tells of sensitive traits.
    """
    if limit.is_own(cells):
        return hidden.taken_from(person), "sensitive_traits" if hidden.traits else ""
    own = limit.own(str(person["id"]), cells, purposes)
    return hidden.taken_from(own), "other_devices"
