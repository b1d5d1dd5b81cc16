"""What a measure answers: an estimate with its interval, or the reason why there is none."""

from typing import TYPE_CHECKING, Literal

import msgspec

from wegweiser.terms.drawing import charts
from wegweiser.terms.json import Json, JsonObject

if TYPE_CHECKING:
    import altair

Evidence = Literal["experiment", "quasi", "model", "observed", "split"]
IntervalKind = Literal["frequentist", "always_valid", "bayesian", "bootstrap", "none"]
Gate = Literal["", "no_source", "broken", "too_early", "too_little", "unidentified"]
Verdict = Literal["", "helps", "harms", "too_small", "cannot_tell", "broken"]
Advice = Literal["", "keep", "change", "drop", "cannot_tell_yet"]


class AskedPeriod(msgspec.Struct, frozen=True):
    """The time that an answer is about: from `start` up to, not including, `end` (ms UTC)."""

    start: int
    end: int
    zone: str = "UTC"


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """One figure; low <= estimate <= high always, and `sentence` is never absent.

    `reason` is empty when there is an estimate, else the gate that decided the answer.
    `sentence` maps a language ("en", "de") to a whole sentence. `weeks_needed` tells how long
    until a verdict at the present pace (None: none is waited for, or not reachable in 104 weeks),
    `smallest_visible` the smallest relative lift that so many units show. What was asked is told
    by `version` and `question_hash`, of what by `inputs`, `period` and `as_of` (ms UTC); where
    chance was needed it began from `seed`.
    """

    name: str
    unit: str
    n: dict[str, int]
    enough_data: bool
    sentence: dict[str, str]
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    level: float = 0.95
    kind: IntervalKind = "none"
    reason: Gate = ""
    evidence: Evidence = "observed"
    warnings: tuple[str, ...] = ()
    method: str = ""
    verdict: Verdict = ""
    advice: Advice = ""
    weeks_needed: float | None = None
    smallest_visible: float | None = None
    version: str = ""
    question_hash: str = ""
    as_of: int = 0
    period: AskedPeriod | None = None
    seed: int = 0
    inputs: tuple[str, ...] = ()

    def table(self) -> list[JsonObject]:
        """Give the figure as one row, the same that its chart shows."""
        shown = ("name", "estimate", "low", "high", "level", "unit", "reason", "evidence")
        row: JsonObject = {name: getattr(self, name) for name in shown}
        return [row | {f"n_{name}": count for name, count in self.n.items()}]

    def chart(self, language: str = "en") -> "altair.LayerChart":
        """Give the figure as an Altair chart."""
        return charts().chart(self._alone(), language)

    def _alone(self) -> "Answer":
        return Answer(
            measure=self.name,
            status="ok" if self.enough_data else "too_little_data",
            results=(self,),
            columns=(),
            rows=(),
            question=Question("", {}),
            as_of=self.as_of,
            n=self.n.get("units", 0),
        )


class Question(msgspec.Struct, frozen=True):
    """One readable SELECT in DuckDB dialect with bound parameters."""

    sql: str
    parameters: JsonObject


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A figure beside the same of the period before.

    `estimate` is now / before - 1 with its interval, where days are known well enough to tell what
    is ordinary; without that the two figures stand side by side.
    """

    name: str
    now: float
    before: float
    sentence: dict[str, str]
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    method: str = ""


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """What the same question gave for another period, and the changes since."""

    to: Literal["previous", "year"]
    period: AskedPeriod
    results: tuple[Result, ...]
    rows: tuple[tuple[Json, ...], ...]
    changes: tuple[Change, ...]


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """A measure's whole answer: figures, the table behind them, and the question asked.

    The first figure with an estimate (else the first) speaks for all: `estimate`, `low`, `high`,
    `sentence`. Whatever was acknowledged up to `fresh_until` (ms UTC) is in the answer.
    """

    measure: str
    status: Literal["ok", "too_little_data"]
    results: tuple[Result, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[Json, ...], ...]
    question: Question
    as_of: int
    n: int
    title: dict[str, str] = {}
    period: AskedPeriod | None = None
    fresh_until: int = 0
    version: str = ""
    question_hash: str = ""
    seed: int = 0
    inputs: tuple[str, ...] = ()
    compared: Compared | None = None

    @property
    def main(self) -> Result:
        """The figure that speaks for all."""
        return next((one for one in self.results if one.estimate is not None), self.results[0])

    @property
    def estimate(self) -> float | None:
        """The main figure; None when there is too little data."""
        return self.main.estimate

    @property
    def low(self) -> float | None:
        """The lower end of its interval."""
        return self.main.low

    @property
    def high(self) -> float | None:
        """The upper end of its interval."""
        return self.main.high

    @property
    def sentence(self) -> dict[str, str]:
        """The main figure, or why there is none, in words."""
        return self.main.sentence

    @property
    def sql(self) -> str:
        """The SELECT that was asked."""
        return self.question.sql

    def table(self) -> list[JsonObject]:
        """Give the rows behind the figures by column name; without any, the figures."""
        if self.columns:
            return [dict(zip(self.columns, row, strict=True)) for row in self.rows]
        return [row for found in self.results for row in found.table()]

    def chart(self, language: str = "en") -> "altair.LayerChart":
        """Give the answer as an Altair chart, with the figures of the table or the results."""
        return charts().chart(self, language)
