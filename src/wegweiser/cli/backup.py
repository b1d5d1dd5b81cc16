"""The command `backup`: a copy of a workspace, tried at once, and noted for the pages."""

from pathlib import Path

from wegweiser.cli.door import open_door
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.json import JsonObject


def backup(root: Path, target: Path) -> JsonObject:
    """Copy and try; raises InputRefused where the copy does not count as the original does."""
    from wegweiser.workspace.backup import back_up, tried

    size = back_up(root, target)
    told = tried(root, target)
    made: JsonObject = {
        "size_bytes": size,
        "events": told.get("stored"),
        "healthy": told.get("healthy") is True,
    }
    with open_door(root) as door:
        door.run("backup_note", made)
    if not made["healthy"]:
        raise InputRefused("not_healthy", f"The copy in {target} opens, but is not well.", 409)
    return {"folder": str(target), **made}
