"""One measured figure beside its reference and goal, and the table of all of them."""

from collections.abc import Sequence

import msgspec


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured; `ratio` is figure by reference, `goal` names a bound ("> 25000")."""

    name: str
    value: float
    unit: str
    reference: float | None = None
    reference_name: str = ""
    least: float | None = None
    most: float | None = None

    @property
    def ratio(self) -> float | None:
        """The figure in units of its reference."""
        return self.value / self.reference if self.reference else None

    @property
    def goal(self) -> str:
        """The bound and whether it holds; empty where none was set.

        >>> Figure(name="decide p50", value=0.8, unit="ms", most=1).goal
        '< 1 met'
        """
        if self.least is not None:
            return f"> {_number(self.least)} {'met' if self.value >= self.least else 'missed'}"
        if self.most is not None:
            return f"< {_number(self.most)} {'met' if self.value <= self.most else 'missed'}"
        return ""


HEADINGS = ("figure", "value", "unit", "reference", "", "ratio", "goal")


def table(figures: Sequence[Figure]) -> str:
    """Lay the figures out in columns."""
    rows = [HEADINGS, *(_row(figure) for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    return "\n".join(
        "  ".join(
            text.rjust(width) if column in (1, 3, 5) else text.ljust(width)
            for column, (text, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def document(figures: Sequence[Figure]) -> bytes:
    """Write the figures as JSON, with ratio and goal."""
    return msgspec.json.encode(
        [
            {**msgspec.structs.asdict(figure), "ratio": figure.ratio, "goal": figure.goal}
            for figure in figures
        ]
    )


def _row(figure: Figure) -> tuple[str, ...]:
    reference = "" if figure.reference is None else _number(figure.reference)
    ratio = "" if figure.ratio is None else f"{figure.ratio:.3g}"
    return (
        figure.name,
        _number(figure.value),
        figure.unit,
        reference,
        figure.reference_name,
        ratio,
        figure.goal,
    )


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
