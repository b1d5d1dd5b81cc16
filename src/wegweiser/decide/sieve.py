"""Which candidates of a channel survive dates, language, rules, consent and caps, and why not."""

from collections.abc import Sequence

import numpy as np

from wegweiser.decide.candidate import Mask, pack
from wegweiser.decide.consent import needed_purpose, permitted
from wegweiser.decide.contact import Block, blocks
from wegweiser.decide.drops import Drops
from wegweiser.decide.eligible import Answers, activation, eligible
from wegweiser.decide.facts import Facts
from wegweiser.decide.policy import Policy, Shelf
from wegweiser.terms.message import Placement
from wegweiser.terms.profile import Contact


class Sieve:
    """The filters of one request; all of them always run, so that all reasons are known."""

    def __init__(self, policy: Policy, facts: Facts, locale: str, as_of: int) -> None:
        self.policy = policy
        self.facts = facts
        self.locale = locale
        self.as_of = as_of
        self.drops = Drops()
        self._answers: Answers = {}
        self._live: dict[str, Mask] = {}
        self._within_caps: dict[str, Mask] = {}

    def live(self, shelf: Shelf) -> Mask:
        """Tell which candidates are not stopped, in their dates and in the right language."""
        if shelf.channel not in self._live:
            early = shelf.starts > self.as_of
            late = shelf.ends <= self.as_of
            foreign = ~shelf.fitting_locale(self.locale)
            reasons = {"stopped": shelf.stopped, "ended": late, "locale": foreign}
            for reason, mask in reasons.items():
                self.drops.add("candidates", reason, pack(shelf.indexes[mask]))
            for start in np.unique(shelf.starts[early]):
                packed = pack(shelf.indexes[shelf.starts == start])
                self.drops.add("candidates", "not_started", packed, until=int(start))
            self._live[shelf.channel] = ~(early | late | foreign | shelf.stopped)
        return self._live[shelf.channel]

    def timely(self, shelf: Shelf) -> Mask:
        """Tell which candidates are not stopped and in their dates, in any language."""
        return np.asarray(~shelf.stopped & (shelf.starts <= self.as_of) & (self.as_of < shelf.ends))

    def lawful(self, shelf: Shelf, placement: Placement) -> Mask:
        """Tell which candidates rules and consent allow."""
        variables = activation(self.facts, placement, self.as_of)
        passing = eligible(self.policy, shelf, placement, variables, self._answers, self.drops)
        if permitted(self.policy, shelf.channel, self.facts.consent):
            return passing
        self.drops.add("consent", needed_purpose(self.policy, shelf.channel), shelf.packed)
        return np.zeros_like(passing)

    def within_caps(self, shelf: Shelf, said: Sequence[Contact]) -> Mask:
        """Tell which candidates no cap forbids; what this decision has chosen counts already."""
        if shelf.channel not in self._within_caps:
            self._within_caps[shelf.channel] = self._free(shelf, (), "contact")
        free = self._within_caps[shelf.channel]
        if said:
            free = free & self._free(shelf, said, "slate")
        return free

    def _free(self, shelf: Shelf, said: Sequence[Contact], step: str) -> Mask:
        free = np.ones(len(shelf.candidates), dtype=bool)
        for block in self._blocks(shelf, said):
            hit = ~shelf.service
            if block.message is not None:
                hit &= shelf.of_message(block.message)
            free &= ~hit
            packed = pack(shelf.indexes[hit])
            self.drops.add(step, f"cap:{block.cap}", packed, until=block.until)
        return free

    def _blocks(self, shelf: Shelf, said: Sequence[Contact]) -> list[Block]:
        caps = self.policy.bundle.caps
        person = [*self.facts.contacts, *said]
        account = [*self.facts.account_contacts, *said] if self.facts.group_id else []
        return list(blocks(caps, shelf.channel, person, account, self.as_of))
