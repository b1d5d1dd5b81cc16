"""From one snapshot and new examples to the next snapshot, the same on every run."""

import hashlib
from collections.abc import Iterable, Mapping
from copy import copy

import msgspec

from wegweiser.learn.calibration import night, note
from wegweiser.learn.cuts import cut, wait
from wegweiser.learn.label import Example
from wegweiser.learn.model import Belief
from wegweiser.learn.peers import gather, peers_of
from wegweiser.terms.instant import day_of
from wegweiser.terms.model import Head, Increment, Snapshot, Sum, Tallies
from wegweiser.terms.prior import BIAS, ENGAGE, FEATURES, GOAL, NOTHING_HEAD, family_of
from wegweiser.terms.weights import rate_of_kind

# Of the features of a message those that saying nothing has as well.
_ALONE = (BIAS, "recency:", "fatigue:", "dwell:")
_CROSSED = ("stage:", "persona:", "role:", "industry:")


class Learner:
    """A snapshot in the making: takes examples in their order and gives snapshots."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._before = snapshot
        self.number = snapshot.number
        self.labels = snapshot.labels
        self.watermark = snapshot.watermark
        self._beliefs = {
            name: Belief(name, head, features=FEATURES) for name, head in snapshot.heads.items()
        }
        self._shown, self._positives = dict(snapshot.shown), dict(snapshot.positives)
        self.champion = snapshot.champion
        self._names = dict(snapshot.names)
        self._bins = dict(snapshot.bins)
        self._waiting = {path: list(values) for path, values in snapshot.waiting.items()}
        self._guards, self._judged = snapshot.guards, snapshot.judged
        self._tallies = _copied(snapshot.tallies)
        self._foretold = dict(snapshot.foretold)
        self.increments = dict(snapshot.increments)
        self._leanings = dict(snapshot.leanings)

    def learn(self, example: Example) -> None:
        """Learn one example; none may close before the one before it."""
        self._begin_day(day_of(example.closes_at))
        belief = self._belief(example.head)
        # The lift of the main arm is what the sum is held against.
        if example.head == ENGAGE and example.goal and example.arm == "main":
            self._foretell(example)
        foretold = belief.update(example.weights, example.responded)
        if family_of(example.head) != NOTHING_HEAD:
            parts = ("", f"channel:{example.channel}", f"message:{example.message}")
            note(self._tallies, example.head, parts, foretold, example.responded)
        if example.head == ENGAGE:
            key = example.message
            self._shown[key] = self._shown.get(key, 0) + 1
            if example.responded:
                self._positives[key] = self._positives.get(key, 0) + 1
        if example.role:
            gather(self._leanings, example.role, example.leanings)
        self._names.update(example.names)
        for path, value in example.numbers.items():
            if path not in self._bins:
                wait(self._waiting.setdefault(path, []), value)
                if cuts := cut(self._waiting[path]):
                    self._bins[path] = cuts
                    del self._waiting[path]
        self.labels += 1
        self.watermark = example.closes_at

    def _belief(self, head: str) -> Belief:
        belief = self._beliefs.get(head)
        if belief is None:
            heads = {
                name: Head(labels=one.labels, positives=one.positives)
                for name, one in self._beliefs.items()
            }
            belief = Belief(head, Head(), rate_of_kind(heads, head), FEATURES)
            self._beliefs[head] = belief
        return belief

    def _begin_day(self, today: int) -> None:
        """Before the first label of a new UTC day: doubt grows, and the night is judged."""
        if not self.labels:
            return
        elapsed = today - day_of(self.watermark)
        if elapsed <= 0:
            return
        for belief in self._beliefs.values():
            belief.forget(elapsed)
        found = night(self._tallies, self._guards, self._judged, today)
        self._guards, self._judged = found.guards, found.judged

    def _foretell(self, example: Example) -> None:
        """Add what the model expects this message to cause, where it will be measured."""
        nothing = self._beliefs.get(f"{NOTHING_HEAD}{example.goal}")
        if nothing is None:
            return
        engage = self._belief(ENGAGE).chance(example.weights)
        goal = self._belief(f"{GOAL}{example.goal}").chance(example.weights)
        before = self._foretold.get(example.goal, Sum())
        increment = engage * (goal - nothing.chance(_alone(example.weights)))
        self._foretold[example.goal] = Sum(before.count + 1, before.increment + increment)

    def snapshot(self) -> Snapshot:
        """Give what was learned so far, with the next number; the same one if that is nothing."""
        before = self._before
        same = (self.increments, self.champion) == (before.increments, before.champion)
        if same and self.labels == before.labels:
            return before
        found = Snapshot(
            number=self.number + 1,
            heads={name: self._beliefs[name].head() for name in sorted(self._beliefs)},
            labels=self.labels,
            watermark=self.watermark,
            shown=dict(self._shown),
            positives=dict(self._positives),
            champion=self.champion,
            names=dict(self._names),
            bins=dict(self._bins),
            guards=self._guards,
            judged=self._judged,
            increments=dict(self.increments),
            foretold=dict(self._foretold),
            tallies=_copied(self._tallies),
            waiting={path: list(values) for path, values in self._waiting.items()},
            features=FEATURES,
            peers=peers_of(self._leanings),
            leanings=dict(self._leanings),
        )
        self.number = found.number
        self._before = found = msgspec.structs.replace(found, digest=digest_of(found))
        return found

    def measured(self, goal: str, increment: Increment) -> None:
        """Take over how much of what is foretold for a goal is caused."""
        self.increments[goal] = increment


def _alone(weights: Mapping[str, float]) -> dict[str, float]:
    """Find those of saying nothing in the features of a message, as far as it names them.

    >>> _alone({"bias": 1.0, "topic:sso": 1.0, "message:a&stage:explore": 0.5})
    {'bias': 1.0, 'stage:explore': 0.5}
    """
    found: dict[str, float] = {}
    for name, weight in weights.items():
        if "&" not in name:
            if name.startswith(_ALONE):
                found[name] = weight
            continue
        found |= {part: weight for part in name.split("&") if part.startswith(_CROSSED)}
    return found


def _copied(tallies: Tallies) -> Tallies:
    """Copy what is counted on in place."""
    return {
        name: {place: copy(cell) for place, cell in cells.items()}
        for name, cells in tallies.items()
    }


def digest_of(snapshot: Snapshot) -> str:
    """Give the SHA-256 of everything that was learned; who published it as which is no part.

    >>> digest_of(Snapshot()) == digest_of(Snapshot(number=7, code="0.1.0"))
    True
    """
    bare = msgspec.structs.replace(snapshot, number=0, digest="", code="")
    return hashlib.sha256(msgspec.json.encode(bare, order="sorted")).hexdigest()


def train(snapshot: Snapshot, examples: Iterable[Example]) -> Snapshot:
    """Learn the examples that closed after the snapshot's watermark, in their order.

    Examples at or before the watermark were learned already. The watermark is the close of the
    last label learned; without a new one the same snapshot comes back. Learning in one go or
    in several gives equal heads.

    >>> example = Example(1000, "dec_1", "home.hero", 0, "engage", True, {"bias": 1.0})
    >>> first = train(Snapshot(), [example])
    >>> first.number, first.labels, train(first, [example]) is first
    (1, 1, True)
    """
    fresh = [example for example in examples if example.closes_at > snapshot.watermark]
    fresh.sort(key=lambda example: example.order)
    learner = Learner(snapshot)
    for example in fresh:
        learner.learn(example)
    return learner.snapshot()
