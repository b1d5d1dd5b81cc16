"""Puts on every answer what was asked: title, period, version, hash of the question, inputs."""

import hashlib
from collections.abc import Mapping

import msgspec

from wegweiser.measure.form import Asked, Measure
from wegweiser.measure.narrowed import title_of
from wegweiser.query.sql import names_in
from wegweiser.terms.result import Answer, AskedPeriod, Question, Result

VIEWS = (
    *("events", "decisions", "slots", "drops", "rules", "exposures", "outcomes", "goals"),
    *("deliveries", "costs", "unit_costs", "series", "ledger", "accounts", "persons"),
    *("memberships", "segment_members", "segment_stays"),
)
_SEED_SIGNS = 8


def completed(answer: Answer, measure: Measure, asked: Asked) -> Answer:
    """Give the answer with what was asked, on itself and on each of its figures.

    The same question over the same period and state of knowledge has the same hash.
    """
    told = _told(answer.question, measure, asked)
    results = tuple(_filled(one, told, asked.as_of) for one in answer.results)
    title = title_of(measure.summary, asked.only)
    return msgspec.structs.replace(answer, title=title, results=results, **told)


def question_hash(question: Question, measure: Measure, asked: Asked) -> str:
    """Hash everything that the answer follows from, but the data."""
    parts = (measure.name, measure.version, question.sql, question.parameters, asked.options)
    return hashlib.sha256(msgspec.json.encode(parts, order="sorted")).hexdigest()[:16]


def _told(question: Question, measure: Measure, asked: Asked) -> Mapping[str, object]:
    hashed = question_hash(question, measure, asked)
    names = names_in(question.sql)
    if "leaf_events" in names:
        names |= {"events"}
    period = asked.period
    return {
        "period": AskedPeriod(period.start, period.end, period.zone),
        "version": measure.version,
        "question_hash": hashed,
        "seed": int(hashed[:_SEED_SIGNS], 16),
        "inputs": tuple(view for view in VIEWS if view in names),
    }


def _filled(one: Result, told: Mapping[str, object], as_of: int) -> Result:
    """Fill a figure; what the measure told itself stays."""
    missing = {name: value for name, value in told.items() if not getattr(one, name)}
    return msgspec.structs.replace(one, as_of=one.as_of or as_of, **missing)
