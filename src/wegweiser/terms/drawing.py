"""The empty slot for charts: terms cannot know how figures are drawn; the package fills it."""

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import altair

    from wegweiser.terms.result import Answer


class Charts(Protocol):
    """Draws answers; loads the drawing only when a chart is asked for."""

    def chart(self, answer: "Answer", language: str) -> "altair.LayerChart":
        """Give the chart of an answer for a notebook."""

    def spec(self, answer: "Answer", language: str) -> bytes:
        """Give the Vega-Lite specification as JSON."""

    def svg(self, answer: "Answer", language: str) -> bytes:
        """Draw an SVG file."""

    def png(self, answer: "Answer", language: str) -> bytes:
        """Draw a PNG file, two dots for each point."""


_filled: list[Charts] = []


def fill(charts: Charts) -> None:
    """Say who draws; the last one counts."""
    _filled[:] = [charts]


def charts() -> Charts:
    """Give who draws; raises RuntimeError when nobody was named."""
    if not _filled:
        raise RuntimeError("No charts here: import the package wegweiser, which brings them.")
    return _filled[0]
