"""Folders are held by one process, documents replaced whole, parcels appended once."""

import asyncio
import json
import resource
import subprocess
import sys

import pytest

from tests.contracts.channel import ChannelContract
from wegweiser.adapters.files import FileChannel, FolderLock, LockHeld, write_json
from wegweiser.ports.channel import Parcel

HOLD = """
import sys
from pathlib import Path
from wegweiser.adapters.files import FolderLock
lock = FolderLock(Path(sys.argv[1]))
lock.acquire()
print("held", flush=True)
sys.stdin.read()
"""


def test_a_folder_is_held_until_it_is_released(tmp_path):
    first, second = FolderLock(tmp_path / "lock"), FolderLock(tmp_path / "lock")
    with first:
        first.acquire()
        with pytest.raises(LockHeld, match="in use by process"):
            second.acquire()
    first.release()
    second.acquire()
    second.release()


def test_a_killed_owner_holds_nothing_any_more(tmp_path):
    command = [sys.executable, "-c", HOLD, str(tmp_path / "lock")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as owner:
        assert owner.stdout.readline() == b"held\n"
        with pytest.raises(LockHeld, match=f"process {owner.pid} on "):
            FolderLock(tmp_path / "lock").acquire()
        owner.kill()
        owner.wait(timeout=30)
        with FolderLock(tmp_path / "lock"):
            pass


def test_a_lock_in_no_folder_says_so(tmp_path):
    with pytest.raises(FileNotFoundError):
        FolderLock(tmp_path / "absent" / "lock").acquire()


def test_a_document_is_replaced_whole(tmp_path):
    path = tmp_path / "server.json"
    write_json(path, {"address": "http://127.0.0.1:1", "name": "Grüße"})
    write_json(path, {"pid": 7}, mode=0o600)
    assert json.loads(path.read_text(encoding="utf-8")) == {"pid": 7}
    assert path.stat().st_mode & 0o777 == 0o600
    assert [found.name for found in tmp_path.iterdir()] == ["server.json"]


class TestFileChannel(ChannelContract):
    @pytest.fixture
    def folder(self, tmp_path):
        return tmp_path / "outbox"

    @pytest.fixture
    def channel(self, folder):
        return FileChannel(folder)

    @pytest.fixture
    def arrived(self, folder):
        def read():
            files = sorted(folder.glob("*.ndjson"))
            return [json.loads(line) for path in files for line in path.read_bytes().splitlines()]

        return read

    def send(self, folder, parcel_id, at=1_795_340_467_000):
        parcel = Parcel(parcel_id, "message.send", at, {"n": 1})
        return asyncio.run(FileChannel(folder).hand_over(parcel))

    def test_a_parcel_is_written_once_also_after_a_restart(self, folder, arrived):
        for _ in range(2):
            assert self.send(folder, "msg_1").state == "delivered"
        assert [document["id"] for document in arrived()] == ["msg_1"]

    def test_each_day_has_a_file_of_its_own(self, folder):
        self.send(folder, "msg_1")
        self.send(folder, "msg_2", at=0)
        names = sorted(path.name for path in folder.iterdir())
        assert names == ["1970-01-01.ndjson", "2026-11-22.ndjson"]

    def test_a_line_that_a_crash_left_unfinished_is_cut(self, folder, arrived):
        self.send(folder, "msg_1", at=0)
        path = folder / "1970-01-01.ndjson"
        path.write_bytes(path.read_bytes() + b'{"id":"msg_2","ty')
        assert self.send(folder, "msg_2", at=0).state == "delivered"
        assert [document["id"] for document in arrived()] == ["msg_1", "msg_2"]

    def test_a_full_disk_is_a_failed_try_that_leaves_no_part(self, folder, arrived):
        self.send(folder, "msg_1", at=0)
        size = (folder / "1970-01-01.ndjson").stat().st_size
        _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 10, hard))
        try:
            receipt = self.send(folder, "msg_2", at=0)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
        assert (receipt.state, receipt.status) == ("failed", 0)
        assert [document["id"] for document in arrived()] == ["msg_1"]
        assert self.send(folder, "msg_2", at=0).state == "delivered"

    def test_a_folder_that_cannot_be_made_is_a_failed_try(self, tmp_path):
        (tmp_path / "taken").write_text("a file")
        assert self.send(tmp_path / "taken", "msg_1").state == "failed"
