"""Which candidates of a channel survive dates, language, rules, consent and caps, and why not."""

from collections.abc import Sequence

import numpy as np

from wegweiser.decide.block import kept_by
from wegweiser.decide.candidate import Mask, pack
from wegweiser.decide.consent import needed_purpose, permitted
from wegweiser.decide.contact_policy import ContactPolicy, lift
from wegweiser.decide.drops import Drops
from wegweiser.decide.eligible import Answers, eligible
from wegweiser.decide.facts import Facts
from wegweiser.decide.policy import Policy, Shelf
from wegweiser.decide.situation import activation
from wegweiser.terms.contact import PULLED, outbound
from wegweiser.terms.contact_order import Lifted
from wegweiser.terms.message import Placement, RuleLabel
from wegweiser.terms.profile import Contact

# The channel whose addresses people subscribe and unsubscribe.
MAIL = "email"
# What keeps out in every arm; what only suits better may be ignored to see what it earns.
HARD: frozenset[RuleLabel] = frozenset({"eligible"})


class Sieve:
    """The filters of one request; all of them always run, so that all reasons are known."""

    def __init__(self, policy: Policy, facts: Facts, locale: str, as_of: int) -> None:
        self.policy = policy
        self.facts = facts
        self.locale = locale
        self.as_of = as_of
        self.drops = Drops()
        self._answers = Answers()
        self._live: dict[str, Mask] = {}
        self._within_caps: dict[tuple[str, bool], Mask] = {}
        self._contacts = ContactPolicy(policy, facts, as_of)
        self._lifted: dict[Lifted, None] = {}

    def live(self, shelf: Shelf) -> Mask:
        """Tell which candidates are not stopped, in their dates and in the right language."""
        found = self._live.get(shelf.channel)
        if found is None:
            found = self._live[shelf.channel] = self._standing(shelf)
        return found

    def _standing(self, shelf: Shelf) -> Mask:
        undated = shelf.newest_start <= self.as_of < shelf.earliest_end
        if undated and not shelf.any_stopped:
            unfitting = shelf.packed_unfitting(self.locale)
            if unfitting:
                self.drops.add("candidates", "locale", unfitting)
            return shelf.fitting_locale(self.locale)
        return self._dated(shelf)

    def _dated(self, shelf: Shelf) -> Mask:
        early = shelf.starts > self.as_of
        late = shelf.ends <= self.as_of
        fitting = shelf.fitting_locale(self.locale)
        reasons = {"stopped": shelf.stopped, "ended": late, "locale": ~fitting}
        live = fitting
        for reason, mask in reasons.items():
            if mask.any():
                live = live & ~mask
                self.drops.add("candidates", reason, pack(shelf.indexes[mask]))
        if early.any():
            live = live & ~early
            for start in np.unique(shelf.starts[early]):
                packed = pack(shelf.indexes[shelf.starts == start])
                self.drops.add("candidates", "not_started", packed, until=int(start))
        return live

    def timely(self, shelf: Shelf) -> Mask:
        """Tell which candidates are not stopped and in their dates, in any language."""
        return np.asarray(~shelf.stopped & (shelf.starts <= self.as_of) & (self.as_of < shelf.ends))

    def lawful(self, shelf: Shelf, placement: Placement, soft: bool = True) -> Mask:
        """Tell which candidates rules and consent allow; `soft` rules may be left out."""
        counted = self.policy.needs_counts
        variables = activation(self.facts, placement, self.as_of, counted)
        only = None if soft else HARD
        passing = eligible(
            self.policy, shelf, placement, variables, self._answers, self.drops, only
        )
        if permitted(self.policy, shelf.channel, self.facts.consent):
            return passing & self._wanted(shelf) if self.facts.unsubscribed else passing
        self.drops.add("consent", needed_purpose(self.policy, shelf.channel), shelf.packed)
        return np.zeros_like(passing)

    def _wanted(self, shelf: Shelf) -> Mask:
        """Tell which mails are about topics that the person still wants to hear of."""
        wanted = np.ones(len(shelf.candidates), dtype=bool)
        if shelf.channel != MAIL:
            return wanted
        for topic in self.facts.unsubscribed:
            place = shelf.topics.index(topic) if topic in shelf.topics else len(shelf.topics)
            hit = (shelf.topic == place) & ~shelf.service
            if hit.any() and (not topic or topic in shelf.topics):
                wanted &= ~hit
                self.drops.add("consent", f"unsubscribed:{topic}", pack(shelf.indexes[hit]))
        return wanted

    def within_caps(
        self, shelf: Shelf, said: Sequence[Contact], placement: Placement | None = None
    ) -> Mask:
        """Tell which candidates contact policy allows; what this decision has chosen counts."""
        pushes = shelf.channel not in PULLED if placement is None else outbound(placement)
        key = (shelf.channel, pushes)
        if key not in self._within_caps:
            self._within_caps[key] = self._free(shelf, pushes, (), "contact")
        free = self._within_caps[key]
        if said:
            free = free & self._free(shelf, pushes, said, "slate")
        return free

    def _free(self, shelf: Shelf, pushes: bool, said: Sequence[Contact], step: str) -> Mask:
        free = shelf.everyone
        orders = self.facts.standing.orders
        for block in self._contacts.blocks(shelf.channel, pushes, said):
            hit = kept_by(block, shelf)
            if not hit.any():
                continue
            lifted = lift(block, orders, self.as_of) if orders else None
            if lifted is not None:
                self._lifted[lifted] = None
                continue
            free = free & ~hit
            packed = pack(shelf.indexes[hit])
            self.drops.add(step, block.reason, packed, block.detail, until=block.until)
        return free

    @property
    def out_of_time(self) -> bool:
        """True when rules were left unknown because the time of the request was over."""
        return self._answers.out_of_time

    @property
    def lifted(self) -> tuple[Lifted, ...]:
        """The overrides that let candidates through, each once."""
        return tuple(self._lifted)
