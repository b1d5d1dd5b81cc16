"""Wegweiser: from every interaction with a buyer to the next best message, measured."""

from importlib import import_module
from typing import TYPE_CHECKING

from wegweiser.terms import drawing

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

    import altair

    from wegweiser.terms.result import Answer
    from wegweiser.workspace.workspace import Workspace

__version__ = "0.1.0"
__all__ = ["Workspace", "__version__", "open"]


def open(root: "Path | str | None" = None) -> "Workspace":
    """Open the workspace of a folder, or one in memory when no folder is named."""
    from wegweiser.workspace.workspace import Workspace

    return Workspace.open(root)


def __getattr__(name: str) -> object:
    """Load the workspace, with all its engines, only when it is asked for."""
    if name == "Workspace":
        from wegweiser.workspace.workspace import Workspace

        return Workspace
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


class _Charts:
    """Loads the charts when the first one is asked for; they take half a second to load."""

    def chart(self, answer: "Answer", language: str) -> "altair.LayerChart":
        made: altair.LayerChart = _charts().chart(answer, language)
        return made

    def spec(self, answer: "Answer", language: str) -> bytes:
        made: bytes = _charts().spec(answer, language)
        return made

    def svg(self, answer: "Answer", language: str) -> bytes:
        made: bytes = _charts().svg(answer, language)
        return made

    def png(self, answer: "Answer", language: str) -> bytes:
        made: bytes = _charts().png(answer, language)
        return made


def _charts() -> "ModuleType":
    # By name: what lies below the pages never imports them, and serving never loads a chart.
    return import_module("wegweiser.web.charts.of_answer")


drawing.fill(_Charts())
