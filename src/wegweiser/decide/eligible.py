"""Which candidates the rules allow: every distinct rule is evaluated once, all of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from wegweiser.decide.candidate import Indexes, Mask, pack
from wegweiser.decide.drops import Drops
from wegweiser.decide.policy import Policy, Requirement, Shelf
from wegweiser.decide.rule_guard import RuleBudget
from wegweiser.decide.situation import with_candidate
from wegweiser.query.cel import Rule
from wegweiser.terms.json import Json
from wegweiser.terms.message import Placement, RuleLabel

_Answered = tuple[Indexes, bytes, bool | None]


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

    def ask_all(
        self, policy: Policy, rules: Sequence[tuple[int, Rule]], variables: Mapping[str, Json]
    ) -> None:
        """Evaluate rules that speak of neither placement nor candidate, each of them once."""
        rest = [one for one in rules if (one[0], "") not in self] if self else rules
        if policy.guard is None:
            found = [rule.evaluate(variables) for _, rule in rest]
        else:
            if self._budget is None:
                self._budget = policy.guard.budget()
            found = self._budget.ask_all(rest, variables)
        self.update(zip([(number, "") for number, _ in rest], found, strict=True))

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
    but only rules with a label in `only` (None: all) keep a candidate out.
    """
    alive = np.ones(len(shelf.candidates), dtype=bool)
    of_placement, of_candidate = policy.rules_of_placement, policy.rules_of_candidate
    answers.ask_all(policy, policy.rules_of_all(shelf), variables)
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
