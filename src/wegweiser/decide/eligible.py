"""Which candidates the rules allow: every distinct rule is evaluated once, all of them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import cast

import msgspec
import numpy as np

from wegweiser.decide.candidate import Indexes, Mask, pack
from wegweiser.decide.drops import Drops
from wegweiser.decide.memory import Memory
from wegweiser.decide.policy import Policy, Requirement, Shelf
from wegweiser.decide.rule_groups import RulesOfAll
from wegweiser.decide.rule_guard import RuleBudget
from wegweiser.decide.situation import with_candidate
from wegweiser.terms.json import Json
from wegweiser.terms.message import Placement, RuleLabel

_Answered = tuple[Indexes, bytes, bool | None]
_Found = tuple[bool | None, ...]


class _Sifted(msgspec.Struct, frozen=True):
    """Who is left on a shelf after equal answers of its rules, and why others are not."""

    alive: Mask
    drops: Drops


class Answers(dict[tuple[int, str], bool | None]):
    """What the rules of one request have answered, by number and what it was about."""

    def __init__(self) -> None:
        super().__init__()
        self._budget: RuleBudget | None = None

    def of(
        self, policy: Policy, number: int, about: str, variables: Mapping[str, Json]
    ) -> bool | None:
        """Give the answer of a rule, evaluated once; within the time that its guard allows."""
        key = (number, about)
        if key in self:
            return self[key]
        if self._budget is not None:
            answer = self._budget.ask(policy.rules[number], variables)
        elif policy.guard is None:
            answer = policy.rules[number].evaluate(variables)
        else:
            self._budget = policy.guard.budget()
            answer = self._budget.ask(policy.rules[number], variables)
        self[key] = answer
        return answer

    def ask_all(self, policy: Policy, rules: RulesOfAll, variables: Mapping[str, Json]) -> _Found:
        """Evaluate rules that speak of neither placement nor candidate, each of them once.

        Gives their answers in order.
        """
        keys = rules.keys
        if self and not self.keys().isdisjoint(keys):
            return tuple([self.of(policy, number, "", variables) for number, _ in rules.numbered])
        if policy.guard is None:
            found = [rule.evaluate(variables) for _, rule in rules.numbered]
        else:
            if self._budget is None:
                self._budget = policy.guard.budget()
            found = self._budget.ask_all(rules, variables)
        self.update(zip(keys, found, strict=True))
        return tuple(found)

    @property
    def out_of_time(self) -> bool:
        """True when rules were left unknown because the time of the request was over."""
        return self._budget is not None and self._budget.refused


def eligible(
    policy: Policy,
    shelf: Shelf,
    placement: Placement,
    variables: Mapping[str, Json],
    answers: Answers,
    drops: Drops,
    only: frozenset[RuleLabel] | None = None,
) -> Mask:
    """Tell which candidates meet all their rules; `answers` remembers what was evaluated.

    A rule that speaks of neither message nor variant is evaluated once. All reasons are noted,
    but only rules with a label in `only` (None: all) keep a candidate out. Where all rules are
    such, equal answers have equal consequences, which are remembered; nobody may change them.
    """
    rules = policy.rules_of_all(shelf)
    found = answers.ask_all(policy, rules, variables)
    if not rules.are_all:
        return _judged(policy, shelf, placement, variables, answers, drops, only)
    memory, key = _memory(policy, shelf), (only, found)
    sifted = memory.get(key)
    if sifted is None:
        own = Drops()
        alive = _judged(policy, shelf, placement, variables, answers, own, only)
        # Whoever is alike gets the same array.
        alive.flags.writeable = False
        sifted = _Sifted(alive, own)
        memory.put(key, sifted)
    drops.take(sifted.drops)
    return sifted.alive


def _memory(policy: Policy, shelf: Shelf) -> Memory[_Sifted]:
    name = ("eligible", shelf.channel)
    found = cast("Memory[_Sifted] | None", policy.scorers.get(name))
    if found is None:
        found = policy.scorers[name] = Memory(len(shelf.candidates))
    return found


def _judged(
    policy: Policy,
    shelf: Shelf,
    placement: Placement,
    variables: Mapping[str, Json],
    answers: Answers,
    drops: Drops,
    only: frozenset[RuleLabel] | None,
) -> Mask:
    """Hold every requirement against the answer of its rule."""
    alive = np.ones(len(shelf.candidates), dtype=bool)
    of_placement, of_candidate = policy.rules_of_placement, policy.rules_of_candidate
    for requirement in shelf.requirements:
        special = requirement.rule in of_placement
        about = placement.key if special else ""
        answered: Iterable[_Answered]
        if requirement.rule in of_candidate:
            answered = _of_candidates(policy, shelf, requirement, variables, answers, about)
        else:
            answer = answers.of(policy, requirement.rule, about, variables)
            if answer is True:
                continue
            answered = ((requirement.where, requirement.packed, answer),)
        for where, packed, answer in answered:
            if fails(requirement, answer):
                if only is None or requirement.label in only:
                    alive[where] = False
                text = policy.rule_texts[requirement.rule]
                detail = f"{text} [placement {placement.key}]" if special else text
                drops.add("eligibility", reason(requirement, answer), packed, detail)
    return alive


def _of_candidates(
    policy: Policy,
    shelf: Shelf,
    requirement: Requirement,
    variables: Mapping[str, Json],
    answers: Answers,
    about: str,
) -> Iterator[_Answered]:
    """Give each answer of a rule about candidates with those that it holds for."""
    number = requirement.rule
    part = policy.rules_of_candidate[number]
    # The variants of a message share what a rule about messages says.
    keys = shelf.messages if part == "message" else shelf.indexes
    for key in np.unique(keys[requirement.where]):
        where = requirement.where[keys[requirement.where] == key]
        candidate = shelf.candidates[where[0]]
        name = candidate.message.key if part == "message" else candidate.id
        situated = with_candidate(variables, candidate)
        answer = answers.of(policy, number, f"{about}|{name}", situated)
        yield where, pack(shelf.indexes[where]), answer


def fails(requirement: Requirement, answer: bool | None) -> bool:
    """Tell whether an answer keeps a message out; unknown is decided by the rule itself."""
    return requirement.on_unknown == "exclude" if answer is None else not answer


def reason(requirement: Requirement, answer: bool | None) -> str:
    """Name the reason of a drop: the rule's label, and that the data is missing."""
    return f"{requirement.label}:unknown" if answer is None else requirement.label
