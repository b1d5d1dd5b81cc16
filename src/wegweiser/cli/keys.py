"""The commands `wegweiser key`: keys of sources, what each may do, and their ends."""

from typing import Annotated

import typer

from wegweiser.cli.asking import AsJson, Data, answer, settings_of
from wegweiser.terms.json import Json

app = typer.Typer(no_args_is_help=True, help="Keys: what a sender may do, and how much.")
Settings = Annotated[
    list[str] | None,
    typer.Argument(
        help="NAME=VALUE, such as label=Shop rate_per_second=50 daily_quota=100000 "
        "allowed_origins=https://www.example.com; NAME= takes one back."
    ),
]
Scopes = Annotated[
    list[str] | None, typer.Option("--scope", help="A right of a secret key; repeat for more.")
]
KeyId = Annotated[str, typer.Argument(help="The key's id (key_...), or the key itself.")]


@app.command("list")
def list_keys(
    data: Data,
    source: Annotated[str, typer.Option("--source", help="Only keys of this source.")] = "",
    as_json: AsJson = False,
) -> None:
    """List keys; those that have ended too."""
    answer(data, "key_list", {"source": source}, as_json)


@app.command("create")
def create(
    source: str,
    data: Data,
    settings: Settings = None,
    public: Annotated[bool, typer.Option("--public/--secret")] = False,
    scope: Scopes = None,
    as_json: AsJson = False,
) -> None:
    """Make one more key of a source; it is shown this once."""
    arguments: dict[str, Json] = {
        "source": source,
        "public": public,
        "scopes": [*(scope or [])],
        "settings": settings_of(settings or []),
    }
    answer(data, "key_create", arguments, as_json)


@app.command("set")
def set_key(
    key: KeyId,
    data: Data,
    settings: Settings = None,
    scope: Scopes = None,
    as_json: AsJson = False,
) -> None:
    """Change settings or scopes of a key; works at once."""
    arguments: dict[str, Json] = {
        "key": key,
        "scopes": [*(scope or [])],
        "settings": settings_of(settings or []),
    }
    answer(data, "key_set", arguments, as_json)


@app.command("rotate")
def rotate(
    key: KeyId,
    data: Data,
    overlap_hours: Annotated[
        float, typer.Option("--overlap-hours", help="How long the old key still works.")
    ] = 24.0,
    as_json: AsJson = False,
) -> None:
    """Make a new key with the same rights, shown this once; the old one ends later."""
    answer(data, "key_rotate", {"key": key, "overlap_hours": overlap_hours}, as_json)


@app.command("revoke")
def revoke(key: KeyId, data: Data, as_json: AsJson = False) -> None:
    """End a key for ever."""
    answer(data, "key_revoke", {"key": key}, as_json)


@app.command("pause")
def pause(key: KeyId, data: Data, as_json: AsJson = False) -> None:
    """Switch a key off; what is sent with it meanwhile is refused for good."""
    answer(data, "key_pause", {"key": key}, as_json)


@app.command("resume")
def resume(key: KeyId, data: Data, as_json: AsJson = False) -> None:
    """Switch a key on again."""
    answer(data, "key_resume", {"key": key}, as_json)
