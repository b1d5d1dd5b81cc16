"""The demo company goes with one button, or one command, and leaves nothing behind."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.road.server import Server, serving, wegweiser
from wegweiser.settings import Settings
from wegweiser.workspace.demo_removal import remove_demo_folder
from wegweiser.workspace.engines import embedded


def made(folder: Path, demo: bool = True) -> Path:
    """Make a folder as the demo does, without the time that it takes to play a company."""
    folder.mkdir()
    embedded(folder, Settings()).close()
    (folder / "settings.json").write_text(json.dumps({"demo": demo}))
    return folder


@contextmanager
def signed_in(server: Server, errors: Path) -> Iterator[httpx.Client]:
    password = re.search(r"with the password (\S+)", errors.read_text())
    assert password is not None
    origin = {"origin": server.address}
    form = {"name": "admin", "password": password[1], "next": "/"}
    with httpx.Client(
        base_url=server.address, headers=origin, timeout=60, trust_env=False
    ) as client:
        assert client.post("/sign-in", data=form).status_code == 303
        yield client


def token_on(page: str) -> str:
    found = re.search(r'name="form_token" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_the_button_takes_folder_and_server_away(tmp_path: Path) -> None:
    folder, errors = made(tmp_path / "acme-demo"), tmp_path / "errors.txt"
    with serving(folder, errors) as server, signed_in(server, errors) as client:
        page = client.get("/settings/demo").text
        assert "Type the name of the folder: acme-demo" in page
        form = {"form_token": token_on(page), "again": "acme"}
        assert client.post("/settings/demo", data=form).status_code == 422
        wegweiser("demo-remove", "--data", str(folder), "--confirm", "acme", code=1)
        assert client.get("/settings/demo").status_code == 200
        gone = client.post("/settings/demo", data=form | {"again": "acme-demo"})
        assert gone.status_code == 200
        assert "goes now, and this server ends with it" in gone.text
        assert server.process.wait(timeout=60) == 0
    assert [one.name for one in tmp_path.iterdir()] == ["errors.txt"]


def test_the_command_ends_the_server_as_well(tmp_path: Path) -> None:
    folder = made(tmp_path / "acme-demo")
    with serving(folder) as server:
        wegweiser("demo-remove", "--data", str(folder), "--confirm", "acme-demo")
        assert server.process.wait(timeout=60) == 0
    assert not folder.exists()


def test_only_a_demo_goes_and_what_others_put_beside_it_stays(tmp_path: Path) -> None:
    own = made(tmp_path / "company", demo=False)
    before = sorted(one.name for one in own.iterdir())
    wegweiser("demo-remove", "--data", str(own), "--confirm", "company", code=1)
    assert sorted(one.name for one in own.iterdir()) == before
    folder = made(tmp_path / "acme-demo")
    (folder / "notes.txt").write_text("mine")
    (tmp_path / "acme-demo.making").mkdir()
    wegweiser("demo-remove", "--data", str(folder), "--confirm", "acme-demo")
    assert [one.name for one in folder.iterdir()] == ["notes.txt"]
    assert not (tmp_path / "acme-demo.making").exists()
    wegweiser("demo-remove", "--data", str(tmp_path / "none"), "--confirm", "none", code=1)
    assert not (tmp_path / "none").exists()


def test_the_folder_may_be_the_one_that_somebody_stands_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = made(tmp_path / "acme-demo")
    monkeypatch.chdir(folder)
    assert remove_demo_folder(Path()) == []
    assert not folder.exists()
