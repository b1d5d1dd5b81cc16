"""Watches over rules while they run: their time, slow ones, what could not be decided."""

from collections import Counter, deque
from collections.abc import Callable, Mapping

import msgspec

from wegweiser.decide.rule_groups import RulesOfAll
from wegweiser.query.cel import Rule, Unknown
from wegweiser.terms.instant import HOUR_MS
from wegweiser.terms.json import Json

BUDGET_NS = 5_000_000
SLOW_NS = 1_000_000
SLOW_TIMES = 3
OUT_OF_TIME = "out_of_time"
_MOST_RULES = 20_000


class RuleRecord(msgspec.Struct):
    """How often a rule was asked, and what kept it from an answer, by reason.

    `slow` are the moments (ms) of the last times that it took more than 1 ms.
    """

    asked: int = 0
    unknown: Counter[str] = msgspec.field(default_factory=Counter)
    slow: deque[int] = msgspec.field(default_factory=lambda: deque(maxlen=SLOW_TIMES))
    slow_ever: int = 0

    def is_flagged(self, now: int) -> bool:
        """Tell whether it was slow three times in the hour before `now` (ms)."""
        return len(self.slow) == SLOW_TIMES and self.slow[0] > now - HOUR_MS

    @property
    def errors(self) -> int:
        """How often it could not be decided for another reason than that data is missing."""
        return sum(self.unknown.values()) - self.unknown["missing"]


class RuleGuard:
    """Counts for all rules by their text; one budget of time for each request.

    `elapsed_ns` is any clock that only goes forward, `now_ms` the time of day.
    """

    def __init__(self, elapsed_ns: Callable[[], int], now_ms: Callable[[], int]):
        self.elapsed_ns = elapsed_ns
        self._now_ms = now_ms
        self.records: dict[str, RuleRecord] = {}
        self.over_budget = 0

    def budget(self) -> "RuleBudget":
        """Begin the rules of one request."""
        return RuleBudget(self)

    def record_of(self, text: str) -> RuleRecord:
        """Give what is counted of a rule, begun where it was not asked before."""
        record = self.records.get(text)
        if record is None:
            if len(self.records) >= _MOST_RULES:
                self.records.clear()
            record = self.records[text] = RuleRecord()
        return record

    def note_slow(self, record: RuleRecord) -> None:
        """Note that a rule took long just now."""
        record.slow_ever += 1
        record.slow.append(self._now_ms())


class RuleBudget:
    """The time that the rules of one request have left, 5 ms at first."""

    def __init__(self, guard: RuleGuard):
        self._guard = guard
        self._records = guard.records
        self._elapsed_ns = guard.elapsed_ns
        self.left_ns = BUDGET_NS
        self.refused = False

    def ask(self, rule: Rule, variables: Mapping[str, Json]) -> bool | None:
        """Evaluate a rule; unknown once the time is over."""
        return self._noted(rule, self._judge(rule, variables))

    def ask_all(self, rules: RulesOfAll, variables: Mapping[str, Json]) -> list[bool | None]:
        """Evaluate many rules as `ask` does; what is known of equal values takes no time."""
        answers: list[bool | None] = [None] * len(rules.numbered)
        records = self._records
        for group in rules.groups:
            key = group.key(variables)
            found = group.remembered(key) if self.left_ns > 0 else None
            if found is None:
                found = tuple([self._judge(rule, variables) for rule in group.rules])
                if self.left_ns > 0:
                    group.remember(key, found)
            for place, rule, one in zip(group.places, group.rules, found, strict=True):
                record = records.get(rule.text)
                if record is not None and (one is True or one is False):
                    record.asked += 1
                    answers[place] = one
                else:
                    answers[place] = self._noted(rule, one)
        return answers

    def _judge(self, rule: Rule, variables: Mapping[str, Json]) -> bool | Unknown:
        if self.left_ns <= 0:
            self.refused = True
            return Unknown(OUT_OF_TIME, rule.text)
        began = self._elapsed_ns()
        found = rule.judge(variables)
        took = self._elapsed_ns() - began
        if took > SLOW_NS:
            self._guard.note_slow(self._guard.record_of(rule.text))
        self.left_ns -= took
        if self.left_ns <= 0:
            self._guard.over_budget += 1
        return found

    def _noted(self, rule: Rule, found: bool | Unknown) -> bool | None:
        record = self._records.get(rule.text) or self._guard.record_of(rule.text)
        record.asked += 1
        if found is True or found is False:
            return found
        record.unknown[found.reason] += 1
        return None
