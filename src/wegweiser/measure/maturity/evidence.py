"""What the rows of the question say, as figures that lines of evidence read."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from wegweiser.measure.form import Row, real, text


class Evidence:
    """Figures of the last 90 days by part and subject; None is "nothing is known of it".

    `until` is the day number up to which they reach.
    """

    def __init__(self, rows: Sequence[Row], until: int):
        self._pairs: dict[str, dict[str, tuple[float, float]]] = defaultdict(dict)
        self._told: dict[str, Row] = {}
        self._until = until
        for row in rows:
            if text(row, "part") == "told":
                self._told[text(row, "subject")] = row
            else:
                part = self._pairs[text(row, "part")]
                n, whole = part.get(text(row, "subject"), (0.0, 0.0))
                part[text(row, "subject")] = (n + real(row, "n"), whole + real(row, "whole"))

    def subjects(self, part: str) -> dict[str, tuple[float, float]]:
        """Give n and whole of every subject of a part."""
        return dict(self._pairs.get(part, {}))

    def count(self, part: str, subject: str = "") -> float:
        """Give n of one subject, 0 where there is none."""
        return self._pairs.get(part, {}).get(subject, (0.0, 0.0))[0]

    def whole(self, part: str, subject: str = "") -> float:
        """Give what n is of, 0 where there is none."""
        return self._pairs.get(part, {}).get(subject, (0.0, 0.0))[1]

    def share(self, part: str, subject: str = "") -> float | None:
        """Give n / whole; None where there is nothing to take a share of."""
        n, whole = self._pairs.get(part, {}).get(subject, (0.0, 0.0))
        return n / whole if whole > 0 else None

    def days_known(self) -> int:
        """Count the days from the first that has an event, at least 1."""
        days = self._pairs.get("day", {})
        first = date.fromisoformat(min(days)) if days else None
        return max(1, self._until - (first - date(1970, 1, 1)).days) if first else 1

    def figure(self, name: str) -> float | None:
        """Give the estimate of another measure's result; None where it has none."""
        row = self._told.get(name)
        return None if row is None or row["estimate"] is None else real(row, "estimate")

    def figures(self, beginning: str) -> list[Row]:
        """Give all results of other measures whose name begins so."""
        return [row for name, row in self._told.items() if name.startswith(beginning)]
