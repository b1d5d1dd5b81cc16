"""Old decisions proved, computed again, and asked "what if" under other rules or models."""

from collections.abc import Callable, Iterator

import msgspec

from wegweiser.decide.again import lacking
from wegweiser.decide.policy import Policy, compile_policy
from wegweiser.decide.recompute import Recomputed, recompute
from wegweiser.decide.verify import verify
from wegweiser.decide.what_if import WhatIf, what_if
from wegweiser.flow.decisions import DecisionBook
from wegweiser.flow.policies import PolicyBook
from wegweiser.terms.decision import Decision
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.model import Snapshot
from wegweiser.terms.wrong import wrong

MOST_NAMED = 20


class Tally(msgspec.Struct):
    """Counts over many decisions; `wrong` names the first that did not come out the same.

    `lacking` counts records that hold too little to be computed again, by reason.
    """

    checked: int = 0
    verified: int = 0
    recomputed: int = 0
    equal: int = 0
    largest: float = 0.0
    lacking: dict[str, int] = {}
    wrong: list[str] = []

    def note_wrong(self, decision_id: str) -> None:
        """Name a decision that did not come out the same, up to 20."""
        if len(self.wrong) < MOST_NAMED and decision_id not in self.wrong:
            self.wrong.append(decision_id)


class DecisionReplay:
    """Takes decisions from their records alone, with the bundle, model and draws of then."""

    def __init__(
        self,
        decisions: DecisionBook,
        policies: PolicyBook,
        snapshot_of: Callable[[int], Snapshot],
        stream_key: bytes,
    ):
        self._decisions = decisions
        self._policies = policies
        self._snapshot_of = snapshot_of
        self._stream_key = stream_key
        self._own: dict[str, Policy] = {}

    def _policy(self, bundle_id: str) -> Policy:
        """Compile a bundle for this alone: what the live one remembers stays as it is."""
        if bundle_id not in self._own:
            live = self._policies.of(bundle_id)
            own = compile_policy(live.bundle)
            own.stand_ins = live.stand_ins
            self._own[bundle_id] = own
        return self._own[bundle_id]

    def recompute(self, decision: Decision) -> Recomputed:
        """Run the steps from candidates to slate again."""
        policy = self._policy(decision.bundle)
        snapshot = self._snapshot_of(decision.model)
        return recompute(policy, decision, snapshot, self._stream_key)

    def what_if(
        self, decision: Decision, draft: Policy | None = None, model: int | None = None
    ) -> WhatIf:
        """Decide again under a draft or another model number; None leaves that as it was.

        Raises InputRefused for a model that is not known.
        """
        logged = self._policy(decision.bundle)
        number = decision.model if model is None else model
        snapshot = self._snapshot_of(number)
        if snapshot.number != number:
            raise InputRefused("bad_model", wrong("no_model", number=number), 422, "model")
        return what_if(decision, logged, draft or logged, snapshot, self._stream_key)

    def checks(self, last: int, now: int, compute: bool) -> Iterator[Tally]:
        """Check the newest committed decisions one by one; the same tally is yielded each time.

        Choices are derived again from stored integers, and with `compute` from stored inputs;
        `now` in ms.
        """
        tally = Tally()
        for decision in self._decisions.newest(last, now):
            tally.checked += 1
            if verify(decision):
                tally.verified += 1
            else:
                tally.note_wrong(decision.decision_id)
            if compute:
                self._compute(decision, tally)
            yield tally

    def _compute(self, decision: Decision, tally: Tally) -> None:
        why = lacking(decision)
        if why:
            tally.lacking[why] = tally.lacking.get(why, 0) + 1
            return
        found = self.recompute(decision)
        tally.recomputed += 1
        tally.equal += found.equal
        tally.largest = max(tally.largest, found.largest)
        if not found.holds:
            tally.note_wrong(decision.decision_id)
