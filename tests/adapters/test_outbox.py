"""Parcels of erased people in files handed over: empty, in their place, known by their id."""

import asyncio
from pathlib import Path

import msgspec

from wegweiser.adapters.files import FileChannel
from wegweiser.adapters.outbox import blank_parcels
from wegweiser.ports.channel import Parcel


def test_a_parcel_is_emptied_in_its_place_and_not_written_again(tmp_path: Path) -> None:
    channel = FileChannel(tmp_path / "letters")
    parcels = [
        Parcel(f"msg_dec_{name}_0", "message.send", 0, {"content": {"to": f"canary-{name}"}})
        for name in ("a", "b", "ab")
    ]
    for parcel in parcels:
        asyncio.run(channel.hand_over(parcel))
    [path] = (tmp_path / "letters").iterdir()
    before = path.read_bytes()
    assert blank_parcels(tmp_path, ["dec_a"]) == 1
    after = path.read_bytes()
    assert (len(after), after.count(b"canary")) == (len(before), 2)
    assert after.splitlines()[1:] == before.splitlines()[1:]
    kept = msgspec.json.decode(after.splitlines()[0])
    assert (kept["id"], kept["data"]) == ("msg_dec_a_0", {})
    asyncio.run(FileChannel(tmp_path / "letters").hand_over(parcels[0]))
    assert path.read_bytes() == after


def test_nothing_to_empty_changes_nothing(tmp_path: Path) -> None:
    assert blank_parcels(tmp_path / "nowhere", ["dec_a"]) == 0
    (tmp_path / "day.ndjson").write_bytes(b'{"id": "msg_dec_a_0", "cut off')
    assert blank_parcels(tmp_path, ["dec_a"]) == 0
