"""The store in SQLite keeps the contract."""

import subprocess
import sys

import pytest

from tests.contracts.operational_store import OperationalStoreContract
from wegweiser.adapters.sqlite_store import SqliteStore
from wegweiser.ports.operational_store import Change
from wegweiser.terms.errors import EngineBroken, InputRefused

WATCH = """
import sys
from pathlib import Path
from wegweiser.adapters.sqlite_store import SqliteStore
store = SqliteStore(Path(sys.argv[1]), read_only=True)
print("ready", flush=True)
last = 0
while last < 200:
    rows = dict(store.scan("cell"))
    assert len(set(rows.values())) <= 1, rows
    now = int(rows.get(b"0", b"0"))
    assert now >= last
    last = now
print(last, flush=True)
"""


class TestSqliteStore(OperationalStoreContract):
    def open_store(self, folder):
        return SqliteStore(folder / "state.db")


@pytest.fixture
def store(tmp_path):
    store = SqliteStore(tmp_path / "state.db")
    yield store
    store.close()


def test_another_process_sees_whole_commits_in_order(store, tmp_path):
    command = [sys.executable, "-c", WATCH, str(tmp_path / "state.db")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as watcher:
        assert watcher.stdout.readline() == "ready\n"
        for number in range(1, 201):
            store.commit([Change("cell", b"%d" % key, b"%d" % number) for key in range(5)])
        assert watcher.communicate(timeout=60)[0] == "200\n"
        assert watcher.returncode == 0


@pytest.mark.parametrize("name", ["", "Cell", "a b", 'x"; DROP TABLE y', "sqlite_x\n", "ä"])
def test_odd_table_names_are_refused(store, name):
    with pytest.raises(InputRefused):
        store.get(name, [b"k"])
    with pytest.raises(InputRefused):
        store.commit([Change("fine", b"k", b"1"), Change(name, b"k", b"1")])
    assert store.get("fine", [b"k"]) == [None]


def test_a_commit_that_fails_changes_nothing(store):
    with pytest.raises(TypeError):
        store.commit([Change("cell", b"a", b"1"), Change("cell", b"b", 2.5)])
    assert list(store.scan("cell")) == []
    store.commit([Change("cell", b"a", b"1")])
    assert list(store.scan("cell")) == [(b"a", b"1")]


def test_a_store_opened_for_reading_takes_nothing(store, tmp_path):
    store.commit([Change("cell", b"a", b"1")])
    reader = SqliteStore(tmp_path / "state.db", read_only=True)
    assert reader.get("cell", [b"a"]) == [b"1"]
    with pytest.raises(EngineBroken, match="reading only"):
        reader.commit([Change("cell", b"a", b"2")])
    reader.close()


def test_deleted_values_leave_no_trace_in_the_file(store, tmp_path):
    store.commit([Change("cell", b"%d" % key, b"canary-%d-" % key * 20) for key in range(200)])
    store.commit([Change("cell", b"%d" % key, None) for key in range(200)])
    store.close()
    assert b"canary" not in (tmp_path / "state.db").read_bytes()


def test_a_damaged_file_is_refused_not_served(store, tmp_path):
    store.commit([Change("cell", b"%03d" % key, b"value" * 300) for key in range(300)])
    store.close()
    path = tmp_path / "state.db"
    path.write_bytes(path.read_bytes()[:-8192])
    with pytest.raises(EngineBroken, match=r"state\.db"):
        SqliteStore(path)
    reader = SqliteStore(path, read_only=True)
    with pytest.raises(EngineBroken, match="cell"):
        list(reader.scan("cell"))
    reader.close()
