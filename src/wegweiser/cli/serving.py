"""The commands `serve` and `demo`."""

import os
import sys
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import Progress

from wegweiser.cli.door import open_door
from wegweiser.terms.errors import InputRefused
from wegweiser.workspace.presence import FolderBusy

if TYPE_CHECKING:
    from wegweiser.workspace.site import Site


def serve(root: Path, host: str, port: int) -> None:
    """Serve a folder; prints its address, and the admin's password the first time."""

    def ready(address: str, site: "Site") -> None:
        _greet(address, site)

    _serve(root, host, port, ready)


def demo(root: Path, port: int, seed: int, days: int, browser: bool) -> None:
    """Make the demo company in its folder unless it is there, then serve it."""
    from wegweiser.workspace.demonstration import make_demo

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(f"Playing {days} days of the demo company", total=1.0)
        keys = make_demo(root, seed, days, lambda share: bar.update(task, completed=share))
    if keys is not None:
        print(f"Demo data made in {root}. Write key: {keys.write_key}", file=sys.stderr)

    def ready(address: str, site: "Site") -> None:
        _greet(address, site)
        if browser and _has_screen():
            webbrowser.open(address)

    _serve(root, "127.0.0.1", port, ready)


def remove_demo(root: Path, name: str) -> None:
    """Take the demo company away, by its server where one runs."""
    from wegweiser.workspace.demo_removal import remove_demo_folder

    if name != root.resolve().name:
        told = f"Type the name of the folder, {root.resolve().name}, with --confirm."
        raise InputRefused("not_confirmed", told, 422, "confirm")
    try:
        left = remove_demo_folder(root)
    except FolderBusy:
        with open_door(root) as door:
            door.run("demo_remove", {"confirm": name})
        print(f"The server ends, and {root} goes with it.", file=sys.stderr)
        return
    kept = f" These files are not of the demo and stay: {', '.join(left)}." if left else ""
    print(f"The demo company in {root} is gone.{kept}", file=sys.stderr)


def _serve(root: Path, host: str, port: int, ready: Callable[[str, "Site"], None]) -> None:
    # The server's libraries would slow down every other command.
    from wegweiser.web.server import serve as run_server

    run_server(root, host, port, ready)


def _has_screen() -> bool:
    """Tell whether a browser would open in a window, not in this terminal."""
    if sys.platform in ("darwin", "win32"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _greet(address: str, site: "Site") -> None:
    people = site.people
    password = people.ensure_admin()
    if password is None and site.demo and people.find("admin") is not None:
        password = people.new_password("admin")
    if password is not None:
        # Standard output holds the one line that scripts wait for.
        print(f"Sign in as admin with the password {password} (shown this once).", file=sys.stderr)
        if not site.demo:
            link = f"{site.address}/welcome/{people.invite('admin')}"
            print(f"Or choose your own, with this link, which works once: {link}", file=sys.stderr)
    print(f"Wegweiser is ready on {address}", flush=True)
