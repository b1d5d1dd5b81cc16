"""Guard: every folder with code is a package, or the import contracts would not see it."""

from pathlib import Path


def unmarked(package: Path) -> list[str]:
    """Say which folders of the package hold Python files but no `__init__.py`."""
    folders = {path.parent for path in package.rglob("*.py")}
    return [
        f"{folder}: add an `__init__.py` with one sentence; the contracts skip folders without it."
        for folder in sorted(folders)
        if not (folder / "__init__.py").exists()
    ]
