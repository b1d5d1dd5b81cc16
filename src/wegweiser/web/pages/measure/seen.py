"""What a reader may see of an answer: who sees counts gets no small cells and no persons."""

from collections.abc import Sequence

import msgspec

from wegweiser.terms.json import Json
from wegweiser.terms.result import Answer
from wegweiser.terms.role import SMALLEST_CELL
from wegweiser.web.text import Reader

# Columns that count persons, and columns that hold one.
COUNTS = frozenset(
    ("visitors", "people", "persons", "customers", "buyers", "units", "leads", "closed_people")
)
PERSONS = frozenset(("person", "person_id"))
OF_UNIT = "customer"


class Seen(msgspec.Struct, frozen=True):
    """An answer as far as it may be seen, and how many rows are kept back."""

    answer: Answer
    kept_back: int = 0


def seen(reader: Reader, answer: Answer, unit: str) -> Seen:
    """Keep back what is too small or names persons; `unit` says what a customer is."""
    if reader.sight != "counts":
        return Seen(answer)
    names_persons = any(one in PERSONS for one in answer.columns)
    if names_persons or (OF_UNIT in answer.columns and unit == "person"):
        return Seen(_with(answer, ()), len(answer.rows))
    counting = [at for at, name in enumerate(answer.columns) if name in COUNTS]
    left = tuple(row for row in answer.rows if not _is_small(row, counting))
    return Seen(_with(answer, left, counting), len(answer.rows) - len(left))


def _is_small(row: Sequence[Json], counting: Sequence[int]) -> bool:
    counts = (row[at] for at in counting)
    return any(isinstance(one, int | float) and 0 < one < SMALLEST_CELL for one in counts)


def _with(
    answer: Answer, rows: tuple[tuple[Json, ...], ...], counting: Sequence[int] = ()
) -> Answer:
    compared = answer.compared
    if compared is not None and (
        len(rows) < len(answer.rows) or any(_is_small(row, counting) for row in compared.rows)
    ):
        # Rows of the earlier time stand beside those of this one; without some, they would not.
        compared = msgspec.structs.replace(compared, rows=())
    return msgspec.structs.replace(answer, rows=rows, compared=compared)
