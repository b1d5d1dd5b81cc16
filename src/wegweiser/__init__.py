"""Wegweiser: from every interaction with a buyer to the next best message, measured."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

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
