"""What a report shows of one measure, written out in its language: words, a chart, a table."""

import msgspec


class File(msgspec.Struct, frozen=True):
    """An attachment."""

    name: str
    media_type: str
    content: bytes


class Part(msgspec.Struct, frozen=True):
    """One measure: its sentences first, the chart as SVG and PNG (empty without one), the table.

    `cells` are texts; `more` rows are not shown. `empty` when there was too little data.
    """

    title: str
    sentences: tuple[str, ...]
    columns: tuple[str, ...] = ()
    cells: tuple[tuple[str, ...], ...] = ()
    more: int = 0
    svg: bytes = b""
    png: bytes = b""
    files: tuple[File, ...] = ()
    empty: bool = False
    failed: bool = False


class Composed(msgspec.Struct, frozen=True):
    """A whole report; `subtitle` says which days it is about, `foot` how fresh it is."""

    title: str
    subtitle: str
    foot: str
    language: str
    parts: tuple[Part, ...]

    @property
    def empty(self) -> bool:
        """True when no part has anything to say; a failure is something to say."""
        return all(part.empty and not part.failed for part in self.parts)
