"""Asks measures over small archives in an in-memory warehouse."""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache

import pyarrow as pa
from msgspec import structs

from wegweiser.adapters.duckdb import DuckDBWarehouse
from wegweiser.measure.form import Row, rows_of
from wegweiser.measure.registry import find
from wegweiser.measure.views import with_views
from wegweiser.query.offered import IMPORTED
from wegweiser.query.period import Period
from wegweiser.query.relation import ARCHIVED, IDENTITY, Relation, archived_name
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.result import Answer, Result
from wegweiser.web.pages.measure.words import warning_said
from wegweiser.web.text import Reader

AS_OF = 20_500 * DAY_MS
PERIOD = Period(0, AS_OF)
Tables = Mapping[str, Sequence[Mapping[str, object]] | pa.Table]
DEFAULTS: dict[str, dict[str, object]] = {
    "events": {
        "source_id": "web",
        "type": "page",
        "name": "Page Viewed",
        "trust": 1,
        "bot": False,
        "received_at": 0,
        "group_id": "",
        "path": "",
        "source": "",
        "medium": "",
        "campaign": "",
        "referrer_host": "",
        "region": "",
        "device": "",
        "page_view_id": "",
        "search_query": "",
        "file_name": "",
    },
    "decisions": {
        "received_at": 0,
        "group_id": "",
        "unit_kind": "person",
        "arm": "main",
        "ghost": False,
        "fallback": False,
        "placement": "home",
        "slot": 0,
        "message": "hello",
        "decided_person_id": "",
    },
    "exposures": {"received_at": 0, "placement": "home", "slot": 0},
    "outcomes": {
        "received_at": 0,
        "group_id": "",
        "kind": "goal",
        "decision_id": "",
        "goal": "sale",
        "value": 1.0,
        "leaf": "",
        "placement": "home",
        "slot": 0,
        "position": 1,
        "idx": 0,
    },
}


@cache
def warehouse() -> DuckDBWarehouse:
    """Give one engine for all tests of this process; for so few rows two threads only wait."""
    return DuckDBWarehouse(threads=1)


# What the engine holds already; most tables stay empty from one world to the next.
_HELD: dict[str, list[dict[str, object]]] = {}


def offer(tables: Tables) -> None:
    """Offer rows over the defaults; `occurred_at` and `received_at` are in ms UTC."""
    for relation in (*ARCHIVED, *IDENTITY, *IMPORTED):
        given = tables.get(relation.name, ())
        name = archived_name(relation) if relation in ARCHIVED else relation.name
        if isinstance(given, pa.Table):
            _HELD.pop(name, None)
            warehouse().offer(name, given)
            continue
        wanted = [dict(row) for row in given]
        if _HELD.get(name) != wanted:
            warehouse().offer(name, _rows(relation, given))
            _HELD[name] = wanted


def _rows(relation: Relation, given: Sequence[Mapping[str, object]]) -> pa.Table:
    filled = []
    leaves_of = Counter(row.get("person_id") for row in given)
    for number, row in enumerate(given):
        full = DEFAULTS.get(relation.name, {}) | dict(row)
        if relation.name == "events":
            full.setdefault("event_id", f"e{number:06}")
            full.setdefault("position", number)
            full.setdefault("idx", 0)
        if relation.name == "leaves":
            full.setdefault("alone", leaves_of[row.get("person_id")] == 1)
        if relation.name == "outcomes":
            full.setdefault("outcome_id", f"o{number:06}")
        if relation.name == "decisions":
            full.setdefault("unit_id", full.get("leaf"))
        for moment in ("occurred_at", "received_at", "valid_from", "valid_to"):
            if isinstance(full.get(moment), int):
                full[moment] = int(str(full[moment])) * 1000
        filled.append(full)
    return relation.rows(filled)


def ask_rows(
    name: str, options: Mapping[str, str] | None = None, period: Period = PERIOD, as_of: int = AS_OF
) -> list[Row]:
    """Give the sufficient statistics of a question."""
    measure = find(name)
    question = measure.question(measure.ask(options or {}, period, as_of))
    return rows_of(warehouse().ask(with_views(question.sql), question.parameters))


def ask(
    name: str,
    options: Mapping[str, str] | None = None,
    period: Period = PERIOD,
    as_of: int = AS_OF,
    titles: Mapping[str, str] | None = None,
) -> Answer:
    """Give the answer of a measure; `titles` are those of goals."""
    measure = find(name)
    asked = structs.replace(measure.ask(options or {}, period, as_of), titles=titles or {})
    question = measure.question(asked)
    table = warehouse().ask(with_views(question.sql), question.parameters)
    return _in_words(measure.answer(table, question, asked))


def _in_words(answer: Answer) -> Answer:
    """Hold every warning that comes along against the words of pages: none may lack them."""
    given = {code for one in answer.results for code in one.warnings}
    mute = [code for code in given if warning_said(Reader("en", "UTC", 0), code) is None]
    assert not mute, f"{answer.measure} warns of {mute}, which no page can say"
    return answer


def shown(answer: Answer) -> list[Row]:
    """Give an answer's table as rows."""
    return [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]


def result(answer: Answer, name: str) -> Result:
    """Find a result of an answer by its name."""
    return next(found for found in answer.results if found.name == name)
