"""A copy of a workspace in use: whole, tried at once, without a key, and told on the pages."""

from pathlib import Path

from tests.road.server import answer, new_source, serving, wegweiser


def test_a_copy_is_made_while_the_server_runs_and_counts_the_same(tmp_path: Path) -> None:
    folder, copy = tmp_path / "data", tmp_path / "copies" / "first"
    with serving(folder) as server:
        keys = new_source(folder)
        batch = [{"type": "identify", "userId": f"u-{number}"} for number in range(7)]
        with server.client(keys["secret_key"]) as client:
            assert client.post("/v1/batch", json={"batch": batch}).status_code == 200
        # Whoever was erased is known by keys that lie beside the log, and go into no copy.
        wegweiser("forget", "user_id:u-3", "--confirm", "--data", str(folder))
        made = answer("backup", str(copy), "--data", str(folder))
        counts = answer("doctor", "--data", str(folder))
        assert (made["healthy"], made["events"]) == (True, counts["stored"])
        wegweiser("backup", str(copy), "--data", str(folder), code=1)
    names = {one.name for one in copy.iterdir()}
    assert {"state.db", "log"} <= names
    assert not [name for name in names if name.endswith((".key", ".list"))]
    assert copy.stat().st_mode & 0o077 == 0
    assert (folder / "erasure.key").is_file()
    shown = answer("audit", "--what", "backup.made", "--data", str(folder))
    assert len(shown["rows"]) == 1  # type: ignore[arg-type]


def test_without_a_workspace_there_is_nothing_to_copy(tmp_path: Path) -> None:
    wegweiser("backup", str(tmp_path / "copy"), "--data", str(tmp_path / "none"), code=1)
    assert not (tmp_path / "copy").exists()
