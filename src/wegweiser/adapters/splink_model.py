"""What Splink compares: the fields, how alike two values can be, and where learning starts."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

import msgspec
from splink import ColumnExpression
from splink import comparison_level_library as level
from splink import comparison_library as library
from splink.internals.comparison_level_creator import ComparisonLevelCreator

__all__ = ["COLUMNS", "FIELDS", "TRAINED_ON", "Field", "comparison"]

# Columns that every record brings, empty ones as NULL.
COLUMNS = (
    "first_name",
    "last_name",
    "full_name",
    "email",
    "email_local",
    "phone",
    "birthday",
    "street",
    "city",
    "postal_code",
    "company",
)
# Of a rule of blocking, the columns on which its pairs agree: nothing is learnt of these there.
TRAINED_ON: Mapping[str, tuple[str, ...]] = {
    "names": ("first_name", "last_name"),
    "birthday": ("birthday",),
    "email": ("email_local",),
    "street": ("street",),
    "phone": ("phone",),
}


class Step(msgspec.Struct, frozen=True):
    """One way in which two values compare; `share` is where learning starts.

    The share is how often the two values of one person compare so. With `common_in`, agreement
    on a rare value of that column speaks louder than on a common one.
    """

    finding: str
    test: ComparisonLevelCreator
    share: float
    common_in: str = ""


class Field(msgspec.Struct, frozen=True):
    """One comparison; it is left out where hardly anybody has a value in its `columns`."""

    name: str
    columns: tuple[str, ...]
    steps: tuple[Step, ...]
    other: float

    @property
    def findings(self) -> tuple[str, ...]:
        """The findings by the number that Splink gives them, the lowest first."""
        return ("other", *(step.finding for step in reversed(self.steps)))


def _same(column: str) -> ComparisonLevelCreator:
    return level.ExactMatchLevel(column)


def _near(column: str, edits: int) -> ComparisonLevelCreator:
    return level.DamerauLevenshteinLevel(column, edits)


def _alike(column: str, similarity: float) -> ComparisonLevelCreator:
    return level.JaroWinklerLevel(column, similarity)


def _both(*tests: ComparisonLevelCreator) -> ComparisonLevelCreator:
    return level.And(*tests)


_NAMES_ALIKE = _both(_alike("first_name", 0.92), _alike("last_name", 0.92))
_NAMES_SIMILAR = _both(_alike("first_name", 0.85), _alike("last_name", 0.85))
_SWAPPED = level.ColumnsReversedLevel("first_name", "last_name", symmetrical=True)
_SAME_YEAR = level.CustomLevel("substr(birthday_l, 1, 4) = substr(birthday_r, 1, 4)", "same year")
_NEAR_PLACE = level.Or(_near("postal_code", 1), _alike("city", 0.88))

FIELDS: Sequence[Field] = (
    Field(
        "name",
        ("first_name", "last_name"),
        (
            Step("same", _same("full_name"), 0.55, "full_name"),
            Step("swapped", _SWAPPED, 0.03),
            Step("near", _NAMES_ALIKE, 0.15),
            Step("alike", _NAMES_SIMILAR, 0.05),
            Step("same_last", _same("last_name"), 0.1, "last_name"),
            Step("same_first", _same("first_name"), 0.07, "first_name"),
        ),
        0.05,
    ),
    Field(
        "email",
        ("email_local",),
        (
            Step("same", _same("email"), 0.5, "email"),
            Step("same_local", _same("email_local"), 0.2, "email_local"),
            Step("near", _alike("email_local", 0.92), 0.08),
            Step("alike", _alike("email_local", 0.85), 0.05),
        ),
        0.17,
    ),
    Field(
        "phone",
        ("phone",),
        (
            Step("same", _same("phone"), 0.7, "phone"),
            Step("near", _near("phone", 1), 0.05),
        ),
        0.25,
    ),
    Field(
        "birthday",
        ("birthday",),
        (
            Step("same", _same("birthday"), 0.8, "birthday"),
            Step("near", _near("birthday", 1), 0.1),
            Step("alike", _near("birthday", 2), 0.03),
            Step("same_year", _SAME_YEAR, 0.02),
        ),
        0.05,
    ),
    Field(
        "street",
        ("street",),
        (
            Step("same", _same("street"), 0.6, "street"),
            Step("near", _near("street", 2), 0.15),
            Step("alike", _alike("street", 0.88), 0.05),
        ),
        0.2,
    ),
    Field(
        "place",
        ("city", "postal_code"),
        (
            Step("same", _both(_same("city"), _same("postal_code")), 0.5),
            Step("same_code", _same("postal_code"), 0.12, "postal_code"),
            Step("same_city", _same("city"), 0.13, "city"),
            Step("near", _NEAR_PLACE, 0.1),
        ),
        0.15,
    ),
    Field(
        "company",
        ("company",),
        (
            Step("same", _same("company"), 0.6, "company"),
            Step("alike", _alike("company", 0.9), 0.15),
        ),
        0.25,
    ),
)


def comparison(field: Field, by_frequency: bool) -> library.CustomComparison:
    """Give the comparison of a field as Splink wants it; rare values louder `by_frequency`."""
    missing = [level.NullLevel(column) for column in field.columns]
    # Splink's own lists take mappings as well.
    levels: list[ComparisonLevelCreator | dict[str, Any]] = [
        _both(*missing) if len(missing) > 1 else missing[0]
    ]
    for step in field.steps:
        # `configure` changes what it is called on: a copy, or one search would teach the next.
        test = deepcopy(step.test)
        made = test.configure(m_probability=step.share, label_for_charts=step.finding)
        if step.common_in and by_frequency:
            column = ColumnExpression(step.common_in).raw_sql_expression
            made = made.configure(tf_adjustment_column=column)
        levels.append(made)
    levels.append(level.ElseLevel().configure(m_probability=field.other))
    return library.CustomComparison(output_column_name=field.name, comparison_levels=levels)
