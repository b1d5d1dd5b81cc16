"""The commands `wegweiser people`: who may sign in to the pages, and with which role."""

from typing import Annotated

import typer

from wegweiser.cli.asking import AsJson, Data, answer
from wegweiser.terms.role import ROLES

app = typer.Typer(
    no_args_is_help=True, help="People who may sign in to the pages, and their roles."
)
Name = Annotated[str, typer.Argument(help="The name with which somebody signs in.")]
Role = Annotated[str, typer.Argument(help=f"One of {', '.join(ROLES)}.")]


@app.command("list")
def list_people(data: Data, as_json: AsJson = False) -> None:
    """List who may sign in."""
    answer(data, "people_list", {}, as_json)


@app.command("add")
def add(
    name: Name,
    role: Role,
    data: Data,
    email: Annotated[
        str, typer.Option("--email", help="For reports, and to know the accounts of sales.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Let somebody in; prints the one-time link with which they choose a password."""
    answer(data, "people_add", {"name": name, "role": role, "email": email}, as_json)


@app.command("role")
def role(name: Name, role: Role, data: Data, as_json: AsJson = False) -> None:
    """Give somebody another role; it holds at once."""
    answer(data, "people_role", {"name": name, "role": role}, as_json)


@app.command("remove")
def remove(name: Name, data: Data, as_json: AsJson = False) -> None:
    """Let somebody in no more; their sessions and links end at once."""
    answer(data, "people_remove", {"name": name}, as_json)


@app.command("link")
def link(name: Name, data: Data, as_json: AsJson = False) -> None:
    """Print a new one-time link for somebody who lost the first one, or the password."""
    answer(data, "people_link", {"name": name}, as_json)


@app.command("sessions")
def sessions(
    data: Data,
    name: Annotated[str, typer.Option("--name", help="Only sessions of this name.")] = "",
    as_json: AsJson = False,
) -> None:
    """List who is signed in."""
    answer(data, "people_sessions", {"name": name}, as_json)


@app.command("end-session")
def end_session(
    session_id: Annotated[str, typer.Argument(help="The id, as `people sessions` shows it.")],
    data: Data,
    as_json: AsJson = False,
) -> None:
    """End a session at once."""
    answer(data, "people_session_end", {"id": session_id}, as_json)


@app.command("drop-factor")
def drop_factor(name: Name, data: Data, as_json: AsJson = False) -> None:
    """Ask somebody for no second factor any more, because their phone is gone."""
    answer(data, "people_factor_drop", {"name": name}, as_json)
