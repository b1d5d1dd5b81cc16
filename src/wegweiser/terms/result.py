"""What a measure answers: an estimate with its interval, or the reason why there is none."""

from typing import Literal

import msgspec

from wegweiser.terms.json import Json, JsonObject

Evidence = Literal["experiment", "quasi", "model", "observed", "split"]
IntervalKind = Literal["frequentist", "always_valid", "bayesian", "bootstrap", "none"]
Gate = Literal["", "no_source", "broken", "too_early", "too_little", "unidentified"]
Verdict = Literal["", "helps", "harms", "too_small", "cannot_tell", "broken"]


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """One figure; low <= estimate <= high always, and `sentence` is never absent.

    `reason` is empty when there is an estimate, else the gate that decided the answer.
    `sentence` maps a language ("en", "de") to a whole sentence.
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


class Question(msgspec.Struct, frozen=True):
    """One readable SELECT in DuckDB dialect with bound parameters."""

    sql: str
    parameters: JsonObject


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """A measure's whole answer: figures, the table behind them, and the question asked."""

    measure: str
    status: Literal["ok", "too_little_data"]
    results: tuple[Result, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[Json, ...], ...]
    question: Question
    as_of: int
    n: int
