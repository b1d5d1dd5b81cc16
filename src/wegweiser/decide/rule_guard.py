"""Watches over rules while they run: their time, slow ones, what could not be decided."""

from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence

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
        self.elapsed_ns = elapsed_ns
        self._now_ms = now_ms
        self.records: dict[str, RuleRecord] = {}
        self.over_budget = 0

    def budget(self) -> "RuleBudget":
        """Begin the rules of one request."""
        return RuleBudget(self)

    def new_record(self, text: str) -> RuleRecord:
        """Begin to count for a rule that was not asked before."""
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
        record = self._records.get(rule.text)
        if record is None:
            record = self._guard.new_record(rule.text)
        record.asked += 1
        if self.left_ns <= 0:
            self.refused = True
            record.unknown[OUT_OF_TIME] += 1
            return None
        began = self._elapsed_ns()
        found = rule.judge(variables)
        return self._counted(record, found, self._elapsed_ns() - began)

    def ask_all(
        self, rules: Sequence[tuple[int, Rule]], variables: Mapping[str, Json]
    ) -> list[bool | None]:
        """Evaluate many rules as `ask` does, in order."""
        records, elapsed_ns = self._records, self._elapsed_ns
        answers: list[bool | None] = []
        began = elapsed_ns()
        for _, rule in rules:
            record = records.get(rule.text)
            if record is None or self.left_ns <= 0:
                answers.append(self.ask(rule, variables))
                began = elapsed_ns()
                continue
            record.asked += 1
            found = rule.judge(variables)
            ended = elapsed_ns()
            took, began = ended - began, ended
            if (found is True or found is False) and took <= SLOW_NS and took < self.left_ns:
                self.left_ns -= took
                answers.append(found)
            else:
                answers.append(self._counted(record, found, took))
        return answers

    def _counted(self, record: RuleRecord, found: bool | Unknown, took: int) -> bool | None:
        if took > SLOW_NS:
            self._guard.note_slow(record)
        self.left_ns -= took
        if self.left_ns <= 0:
            self._guard.over_budget += 1
        if found is True or found is False:
            return found
        record.unknown[found.reason] += 1
        return None
