"""What is kept back of an answer from those who see counts only: small cells and persons."""

from collections.abc import Sequence

import msgspec

from wegweiser.terms.json import Json
from wegweiser.terms.result import Answer, Compared, Result
from wegweiser.terms.role import SMALLEST_CELL

# Words in the name of a column that counts people.
COUNTS = frozenset(("visitors", "people", "persons", "customers", "buyers", "units", "leads"))
# These begin the names of columns that only hold such a word.
_SHARES = ("share", "per", "from", "is", "has")
# Never fewer of these than people: they stand for them where no column counts people.
_AT_LEAST_AS_MANY = frozenset(("visits", "searches", "downloads", "orders"))
# Columns that hold one person; a customer may be one.
PERSONS = frozenset(("person", "person_id"))
OF_UNIT = "customer"
# Measures whose figures count people under `units`; elsewhere units are series, tests or days.
_OF_PEOPLE = (
    *("web.", "message.", "revenue.relations", "rfm.", "lifetime.", "profit.", "segments."),
    *("reach.", "lift", "credit"),
)
_TOO_FEW = {
    "en": f"Fewer than {SMALLEST_CELL} people are behind this, so the figure is kept back.",
    "de": f"Dahinter stehen weniger als {SMALLEST_CELL} Personen, daher bleibt die Zahl verdeckt.",
}


class KeptBack(msgspec.Struct, frozen=True):
    """An answer as far as it may be seen, and how many rows are kept back."""

    answer: Answer
    rows: int = 0


def without_few(answer: Answer, unit: str) -> KeptBack:
    """Keep back what counts fewer than ten people or names one; `unit` says what a customer is."""
    told = _with_results(answer)
    names_persons = any(one in PERSONS for one in answer.columns)
    if names_persons or (OF_UNIT in answer.columns and unit == "person"):
        return KeptBack(_with_rows(told, ()), len(answer.rows))
    counting = _counting(answer.columns)
    left = tuple(row for row in answer.rows if not _is_small(row, counting))
    return KeptBack(_with_rows(told, left, counting), len(answer.rows) - len(left))


def counts_people(column: str) -> bool:
    """Tell whether a column counts people, by its name.

    >>> counts_people("people_with_click"), counts_people("share_of_customers")
    (True, False)
    """
    words = column.split("_")
    return words[0] not in _SHARES and not COUNTS.isdisjoint(words)


def _counting(columns: Sequence[str]) -> list[int]:
    found = [at for at, name in enumerate(columns) if counts_people(name)]
    return found or [at for at, name in enumerate(columns) if name in _AT_LEAST_AS_MANY]


def _is_small(row: Sequence[Json], counting: Sequence[int]) -> bool:
    counts = (row[at] for at in counting)
    return any(isinstance(one, int | float) and 0 < one < SMALLEST_CELL for one in counts)


def _with_rows(
    answer: Answer, rows: tuple[tuple[Json, ...], ...], counting: Sequence[int] = ()
) -> Answer:
    compared = answer.compared
    if compared is not None and (
        len(rows) < len(answer.rows) or any(_is_small(row, counting) for row in compared.rows)
    ):
        # Rows of the earlier time stand beside those of this one; without some, they would not.
        compared = msgspec.structs.replace(compared, rows=())
    return msgspec.structs.replace(answer, rows=rows, compared=compared)


def _with_results(answer: Answer) -> Answer:
    """Take the figures out that few people make up; the first stays, without its number."""
    if not answer.measure.startswith(_OF_PEOPLE) or not any(map(_is_of_few, _all(answer))):
        return answer
    main = answer.main
    results = tuple(
        _hidden(one) if _is_of_few(one) else one
        for one in answer.results
        if one is main or not _is_of_few(one)
    )
    known = any(one.enough_data for one in results)
    compared = answer.compared
    if compared is not None:
        compared = _compared(compared, {one.name for one in results if one.estimate is not None})
    return msgspec.structs.replace(
        answer,
        results=results,
        status=answer.status if known else "too_little_data",
        n=answer.n if known else 0,
        compared=compared,
    )


def _all(answer: Answer) -> tuple[Result, ...]:
    return answer.results + (() if answer.compared is None else answer.compared.results)


def _is_of_few(one: Result) -> bool:
    return 0 < one.n.get("units", 0) < SMALLEST_CELL


def _hidden(one: Result) -> Result:
    return msgspec.structs.replace(
        one,
        n={},
        estimate=None,
        low=None,
        high=None,
        enough_data=False,
        reason="too_little",
        verdict="",
        advice="",
        sentence=dict(_TOO_FEW),
    )


def _compared(compared: Compared, told: set[str]) -> Compared:
    few = {one.name for one in compared.results if _is_of_few(one)}
    kept = told - few
    return msgspec.structs.replace(
        compared,
        results=tuple(one for one in compared.results if one.name in kept),
        changes=tuple(one for one in compared.changes if one.name in kept),
    )
