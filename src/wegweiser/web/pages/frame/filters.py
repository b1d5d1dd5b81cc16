"""Filters as the address writes them: country:DE,AT;stage:evaluate."""

from collections.abc import Sequence
from urllib.parse import unquote

import msgspec

from wegweiser.terms.errors import InputRefused

CHIPS_AT_MOST = 12
LONGEST = 500
_MEANING = {sign: f"%{ord(sign):02X}" for sign in "%:;,"}


class Chip(msgspec.Struct, frozen=True):
    """One dimension with the values that are wanted, any of them."""

    dimension: str
    values: tuple[str, ...]

    @property
    def written(self) -> str:
        """Write it as the address does.

        >>> Chip("country", ("DE", "A;T")).written
        'country:DE,A%3BT'
        """
        return f"{_plain(self.dimension)}:{','.join(_plain(value) for value in self.values)}"


def read_chips(written: str) -> tuple[Chip, ...]:
    """Read the word `filter`; raises InputRefused for what has no dimension or no value.

    >>> read_chips("country:DE,AT;stage:evaluate")[0].values
    ('DE', 'AT')
    """
    if not written:
        return ()
    parts = [part for part in written[:LONGEST].split(";") if part]
    chips = tuple(_chip(part) for part in parts[:CHIPS_AT_MOST])
    if len(written) > LONGEST or len(parts) > CHIPS_AT_MOST or None in chips:
        told = f"The filter {written[:60]!r} cannot be read; write country:DE,AT;stage:evaluate."
        raise InputRefused("bad_filter", told, 422, "filter")
    return tuple(chip for chip in chips if chip is not None)


def write_chips(chips: Sequence[Chip]) -> str:
    """Write chips as the word `filter`."""
    return ";".join(chip.written for chip in chips)


def with_chip(chips: Sequence[Chip], dimension: str, value: str) -> tuple[Chip, ...]:
    """Add a value; one of a dimension that is there joins its values.

    >>> write_chips(with_chip(read_chips("country:DE"), "country", "AT"))
    'country:DE,AT'
    """
    if not any(chip.dimension == dimension for chip in chips):
        return (*chips, Chip(dimension, (value,)))
    return tuple(
        Chip(dimension, tuple(dict.fromkeys((*chip.values, value))))
        if chip.dimension == dimension
        else chip
        for chip in chips
    )


def _chip(part: str) -> Chip | None:
    dimension, _, listed = part.partition(":")
    values = tuple(unquote(value) for value in listed.split(",") if value)
    return Chip(unquote(dimension), values) if dimension and values else None


def _plain(text: str) -> str:
    return "".join(_MEANING.get(sign, sign) for sign in text)
