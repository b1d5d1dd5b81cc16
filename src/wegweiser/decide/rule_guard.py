"""Watches over rules while they run: their time, slow ones, what could not be decided."""

from collections import Counter, deque
from collections.abc import Callable, Mapping

import msgspec

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
        self._elapsed_ns = elapsed_ns
        self._now_ms = now_ms
        self.records: dict[str, RuleRecord] = {}
        self.over_budget = 0

    def budget(self) -> "RuleBudget":
        """Begin the rules of one request."""
        return RuleBudget(self)

    def ask(
        self, rule: Rule, variables: Mapping[str, Json], left_ns: int
    ) -> tuple[bool | None, int]:
        """Evaluate a rule unless the time is over; gives the answer and the time (ns) it took."""
        record = self.records.get(rule.text)
        if record is None:
            if len(self.records) >= _MOST_RULES:
                self.records.clear()
            record = self.records[rule.text] = RuleRecord()
        record.asked += 1
        if left_ns <= 0:
            record.unknown[OUT_OF_TIME] += 1
            return None, 0
        began = self._elapsed_ns()
        found = rule.judge(variables)
        took = self._elapsed_ns() - began
        if took > SLOW_NS:
            record.slow_ever += 1
            record.slow.append(self._now_ms())
        if found is True or found is False:
            return found, took
        if isinstance(found, Unknown):
            record.unknown[found.reason] += 1
            return None, took
        return found, took


class RuleBudget:
    """The time that the rules of one request have left, 5 ms at first."""

    def __init__(self, guard: RuleGuard):
        self._guard = guard
        self.left_ns = BUDGET_NS
        self.refused = False

    def ask(self, rule: Rule, variables: Mapping[str, Json]) -> bool | None:
        """Evaluate a rule; unknown once the time is over."""
        had = self.left_ns
        self.refused |= had <= 0
        answer, took = self._guard.ask(rule, variables, had)
        self.left_ns -= took
        if self.left_ns <= 0 < had:
            self._guard.over_budget += 1
        return answer
