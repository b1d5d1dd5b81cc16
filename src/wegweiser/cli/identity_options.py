"""Options that every statement about who is who takes."""

from typing import Annotated

import typer

Preview = Annotated[bool, typer.Option("--preview", help="Show what would change; say nothing.")]
By = Annotated[str, typer.Option("--by", help="Who says so; kept with it.")]
Reason = Annotated[str, typer.Option("--reason", help="What for; kept with it.")]
