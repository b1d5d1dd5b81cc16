"""Which candidates stand at a placement at all, and which of them are for this unit."""

from wegweiser.decide.candidate import Mask, pack
from wegweiser.decide.offer import kept_from
from wegweiser.decide.policy import Shelf
from wegweiser.decide.ramp import not_yet
from wegweiser.decide.sieve import Sieve
from wegweiser.decide.slot_masks import unfit
from wegweiser.terms.message import Placement
from wegweiser.terms.model import Snapshot


def standing(sieve: Sieve, shelf: Shelf, placement: Placement) -> Mask:
    """Tell which candidates stand in their dates, in the right language and form."""
    live = sieve.live(shelf)
    for reason, mask in unfit(sieve.policy, shelf, placement).items():
        sieve.drops.add("candidates", reason, pack(shelf.indexes[mask]))
        live = live & ~mask
    return live


def reached(sieve: Sieve, shelf: Shelf, placement: Placement, snapshot: Snapshot) -> Mask:
    """Tell which candidates are for this unit: no second offer, none that is on its ramp."""
    policy, facts = sieve.policy, sieve.facts
    found = shelf.everyone
    account = facts.group_id or facts.unit_id
    masks = {("offer", "other_offer"): kept_from(policy, shelf, account, sieve.as_of)}
    if placement.direction == "push":
        masks["contact", "ramp"] = not_yet(policy, shelf, facts.unit_id, snapshot.positives)
    for (step, reason), mask in masks.items():
        if mask is not None and mask.any():
            sieve.drops.add(step, reason, pack(shelf.indexes[mask]))
            found = found & ~mask
    return found
