"""A bundle compiled once: everything that requests need, as arrays and compiled rules."""

from collections.abc import Mapping

import msgspec
import numpy as np
from numpy.typing import NDArray

from wegweiser.decide.bundle import bundle_id
from wegweiser.decide.candidate import (
    Candidate,
    Indexes,
    Mask,
    best_locale,
    candidates,
    locale_ranks,
    pack,
)
from wegweiser.decide.learned import learned_of
from wegweiser.decide.own_models import StandIns
from wegweiser.decide.rule_groups import RulesOfAll, rules_of_all
from wegweiser.decide.rule_guard import RuleGuard
from wegweiser.decide.rule_schema import compile_eligibility, compile_goal
from wegweiser.decide.situation import COUNTED_HOURS, RuleOf, rules_of_candidate, where_kept
from wegweiser.decide.wanted import leaves_of, wanted_of
from wegweiser.query.cel import Rule
from wegweiser.terms.instant import HOUR_MS
from wegweiser.terms.message import Goal, Message, OnUnknown, Placement, RuleLabel
from wegweiser.terms.policy import CONSENT_OF_CHANNEL, Bundle

Numbers = NDArray[np.float64]
DAYS_OF_MONTH = 31
_FOREVER = np.iinfo(np.int64).max


class Requirement(msgspec.Struct, frozen=True):
    """A rule text with what it is for, and the candidates of one shelf that must meet it."""

    rule: int
    label: RuleLabel
    on_unknown: OnUnknown
    where: Indexes
    packed: bytes


class Shelf:
    """All candidates of one channel as arrays of equal length, in ascending candidate order."""

    def __init__(
        self, channel: str, members: Mapping[int, Candidate], rules: Mapping[str, int]
    ) -> None:
        parts = list(members.values())
        messages = [part.message for part in parts]
        keys = sorted({message.key for message in messages})
        code = {key: index for index, key in enumerate(keys)}
        self.channel = channel
        self.candidates = parts
        self.indexes: Indexes = np.array(list(members), dtype=np.intp)
        self.packed = pack(self.indexes)
        self.everyone: Mask = np.ones(len(parts), dtype=bool)
        # Whoever leaves somebody out makes an array of its own.
        self.everyone.flags.writeable = False
        self.message_keys = keys
        self.messages: Indexes = np.array([code[part.key] for part in messages], dtype=np.intp)
        self.worth: Numbers = np.array([part.value * part.lever for part in messages])
        self.cost: Numbers = np.array([part.variant.cost for part in parts])
        self.service: Mask = np.array([part.service for part in messages], dtype=bool)
        self.stopped: Mask = np.array([part.stopped for part in messages], dtype=bool)
        self.starts = np.array([part.starts_at or 0 for part in messages], dtype=np.int64)
        ends = [_FOREVER if part.ends_at is None else part.ends_at for part in messages]
        self.ends = np.array(ends, dtype=np.int64)
        # Between these moments (ms) dates keep no candidate out, stops aside.
        self.newest_start = int(self.starts.max(initial=0))
        self.earliest_end = int(self.ends.min(initial=_FOREVER))
        self.any_stopped = bool(self.stopped.any())
        self.topics = sorted({part.topic for part in messages if part.topic})
        topic = {key: index for index, key in enumerate(self.topics)}
        # A message without a topic points behind the last one, where the weight is always 0.
        self.topic: Indexes = np.array(
            [topic.get(part.topic, len(topic)) for part in messages], dtype=np.intp
        )
        self.requirements = self._requirements(rules)
        self._locales = [part.variant.locale for part in parts]
        self._known_locales = {text.replace("_", "-").lower() for text in self._locales}
        self._fitting: dict[str, tuple[Mask, bytes]] = {}

    def _requirements(self, rules: Mapping[str, int]) -> tuple[Requirement, ...]:
        places: dict[tuple[int, RuleLabel, OnUnknown], list[int]] = {}
        for place, part in enumerate(self.candidates):
            for rule in part.message.rules:
                key = (rules[rule.when], rule.label, rule.on_unknown)
                places.setdefault(key, []).append(place)
        return tuple(
            Requirement(*key, where, pack(self.indexes[where]))
            for key, where in (
                (key, np.unique(np.array(found, dtype=np.intp))) for key, found in places.items()
            )
        )

    def packed_unfitting(self, wanted: str) -> bytes:
        """Give the packed variants that are not their message's best for the wanted locale."""
        return self._fit(wanted)[1]

    def fitting_locale(self, wanted: str) -> Mask:
        """Tell which variants are their message's best for the wanted locale."""
        return self._fit(wanted)[0]

    def _fit(self, wanted: str) -> tuple[Mask, bytes]:
        text = wanted.replace("_", "-").lower()
        if text not in self._known_locales:
            # Strangers' locales share the answer of their language, so the memory is bounded.
            language = text.split("-")[0]
            text = language if not text or language in self._known_locales else "und"
        if text not in self._fitting:
            ranks = locale_ranks(self._locales, text)
            fitting = best_locale(ranks, self.messages, len(self.message_keys))
            self._fitting[text] = fitting, pack(self.indexes[~fitting])
        return self._fitting[text]

    def of_message(self, key: str) -> Mask:
        """Tell which candidates are variants of a message."""
        if key not in self.message_keys:
            return np.zeros(len(self.candidates), dtype=bool)
        return np.asarray(self.messages == self.message_keys.index(key))


class Policy:
    """A compiled bundle; `scorers` is a memory of response arrays that may be emptied."""

    def __init__(self, bundle: Bundle) -> None:
        self.bundle = bundle
        self.bundle_id = bundle_id(bundle)
        self.candidates = candidates(bundle)
        self.by_id: Mapping[str, Candidate] = {part.id: part for part in self.candidates}
        self.messages: Mapping[str, Message] = {part.key: part for part in bundle.messages}
        self.placements: Mapping[str, Placement] = {part.key: part for part in bundle.placements}
        self.goals: Mapping[str, Goal] = {part.key: part for part in bundle.goals}
        self.goal_rules: Mapping[str, Rule] = {
            part.key: compile_goal(part.when) for part in bundle.goals
        }
        self.purposes: Mapping[str, str] = {**CONSENT_OF_CHANNEL, **bundle.consent}
        texts = sorted({rule.when for part in bundle.messages for rule in part.rules})
        self.rule_texts = texts
        self.rules = tuple(compile_eligibility(text) for text in texts)
        self.rules_of_placement = frozenset(
            index for index, rule in enumerate(self.rules) if "placement" in rule.variables
        )
        self.shelves: Mapping[str, Shelf] = self._shelves(
            {text: place for place, text in enumerate(texts)}
        )
        self.rules_of_candidate: Mapping[int, RuleOf] = rules_of_candidate(self.rules)
        self._rules_of_all: dict[str, RulesOfAll] = {}
        self.guard: RuleGuard | None = None
        self.factor_rules = tuple(compile_eligibility(part.when) for part in bundle.factors)
        reading = (*self.rules, *self.factor_rules)
        self.needs_account = any(
            not rule.variables.isdisjoint(("account", "group", "counts")) for rule in reading
        ) or any(cap.scope == "account" for cap in bundle.caps)
        # The learner looks only where there is something to choose from.
        self.learned = learned_of(bundle)
        learned = self.learned.paths if bundle.messages else []
        self.needs_account |= bool(bundle.messages) and self.learned.reads_account
        self.wanted = wanted_of(
            [*(where_kept(keys) for rule in reading for keys in rule.key_paths), *learned]
        )
        self.list_paths = leaves_of(self.wanted)
        self.topics = frozenset(part.topic for part in bundle.messages if part.topic)
        windows = [DAYS_OF_MONTH * 24 if cap.calendar else cap.window_hours for cap in bundle.caps]
        self.needs_counts = any("counts" in rule.variables for rule in reading)
        if self.needs_counts:
            windows.append(COUNTED_HOURS)
        self.longest_window_ms = HOUR_MS * max(windows, default=0)
        self.needs_account |= any(cap.scope == "group" for cap in bundle.caps)
        self.suppresses_goals = any(goal.suppress_on_reach for goal in bundle.goals)
        rests = [rule.window_hours + rule.pause_hours for rule in bundle.suppressions]
        self.longest_rest_ms = HOUR_MS * max(rests, default=0)
        # What of an entry suppressions look at, however long ago it was.
        counting = {answer for rule in bundle.suppressions for answer in rule.counting}
        self.resting_states = frozenset(
            (*counting, *(("seen", "clicked", "done") if "ignored" in counting else ()))
        )
        self.scorers: dict[tuple[str, str], object] = {}
        self.stand_ins = StandIns()

    def rules_of_all(self, shelf: Shelf) -> RulesOfAll:
        """Give the rules of a shelf that speak of neither placement nor candidate."""
        found = self._rules_of_all.get(shelf.channel)
        if found is None:
            numbers = dict.fromkeys(one.rule for one in shelf.requirements)
            special = self.rules_of_placement.union(self.rules_of_candidate)
            plain = [one for one in numbers if one not in special]
            numbered = [(one, self.rules[one]) for one in plain]
            found = rules_of_all(numbered, are_all=len(plain) == len(numbers))
            self._rules_of_all[shelf.channel] = found
        return found

    def forget_people(self) -> None:
        """Drop what was remembered of earlier requests: some of it was said of somebody."""
        self._rules_of_all.clear()
        self.scorers.clear()

    def needs_stage(self, of: str) -> bool:
        """Tell whether any rule reads the stage of "person" or "account"."""
        below = self.wanted.get(of)
        return below is not None and (not below or "stage" in below)

    def _shelves(self, rules: Mapping[str, int]) -> Mapping[str, Shelf]:
        members: dict[str, dict[int, Candidate]] = {}
        for placement in self.bundle.placements:
            members[placement.channel] = {}
        for index, candidate in enumerate(self.candidates):
            members.setdefault(candidate.variant.channel, {})[index] = candidate
        return {channel: Shelf(channel, found, rules) for channel, found in members.items()}


def compile_policy(bundle: Bundle) -> Policy:
    """Compile a bundle; raises RuleRefused where a rule of it cannot be used.

    >>> compile_policy(Bundle(number=1)).candidates
    ()
    """
    return Policy(bundle)
