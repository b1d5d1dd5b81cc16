"""Tells a damaged write-ahead log from one that a power cut tore, before SQLite cuts it short.

SQLite stops reading a WAL at the first frame with a wrong checksum. That is right for the last
transaction, which nobody was told about, and wrong for older ones: they were acknowledged. With
one writer and a sync per commit a tear leaves at most one commit frame behind it; two prove
damage. Format: https://www.sqlite.org/fileformat2.html#walformat
"""

import struct
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wegweiser.terms.errors import EngineBroken

_HEADER = struct.Struct(">8I")
_FRAME = struct.Struct(">6I")
_MAGIC = 0x377F0682
_WRAP = 0xFFFFFFFF

Words = NDArray[np.uint32]
Pair = tuple[int, int]


def refuse_damaged_wal(database: Path) -> None:
    """Raise EngineBroken when acknowledged commits stand behind a damaged place in the WAL."""
    wal = database.with_name(f"{database.name}-wal")
    content = wal.read_bytes() if wal.exists() else b""
    if len(content) <= _HEADER.size or not any(content[: _HEADER.size]):
        return
    behind = _commits_behind_the_first_fault(content)
    if behind > 1:
        raise EngineBroken(
            f"{wal.name} is damaged in the middle: {behind} commits behind the damage would be "
            "lost. Stop, copy the folder, and restore the file from a backup."
        )


def _commits_behind_the_first_fault(content: bytes) -> int:
    magic, _, page_bytes, _, salt_1, salt_2, *told = _HEADER.unpack_from(content)
    words = ">u4" if magic & 1 else "<u4"
    running = _checksum((0, 0), np.frombuffer(content, words, count=6))
    frame_bytes = _FRAME.size + page_bytes
    intact = magic | 1 == _MAGIC | 1 and running == (told[0], told[1])
    if not intact:
        raise EngineBroken("The header of the write-ahead log is damaged. Restore a backup.")
    commits = 0
    for start in range(_HEADER.size, len(content) - frame_bytes + 1, frame_bytes):
        _, size_pages, frame_salt_1, frame_salt_2, *told = _FRAME.unpack_from(content, start)
        if (frame_salt_1, frame_salt_2) != (salt_1, salt_2):
            intact = False
            continue
        if intact:
            head = np.frombuffer(content, words, count=2, offset=start)
            page = np.frombuffer(content, words, page_bytes // 4, start + _FRAME.size)
            running = _checksum(_checksum(running, head), page)
            intact = running == (told[0], told[1])
        if not intact and size_pages:
            commits += 1
    return commits


def _checksum(running: Pair, words: Words) -> Pair:
    """Go on with SQLite's checksum: per pair of words, a += x + b, then b += y + a."""
    steps = len(words) // 2
    weights, (aa, ab, ba, bb) = _weights(steps)
    x, y = words[0::2].astype(np.uint32), words[1::2].astype(np.uint32)
    with np.errstate(over="ignore"):
        first = int((weights[0] * x + weights[1] * y).sum(dtype=np.uint32))
        second = int((weights[2] * x + weights[3] * y).sum(dtype=np.uint32))
    a, b = running
    return (aa * a + ab * b + first) & _WRAP, (ba * a + bb * b + second) & _WRAP


@cache
def _weights(steps: int) -> tuple[tuple[Words, Words, Words, Words], tuple[int, int, int, int]]:
    """Unroll the recurrence: what each word adds to the sums, and what the old sums become."""
    aa, ab, ba, bb = 1, 0, 0, 1
    rows: list[tuple[int, int, int, int]] = []
    for _ in range(steps):
        rows.append(((aa + ab) & _WRAP, ab, (ba + bb) & _WRAP, bb))
        aa, ab, ba, bb = aa + ab, aa + 2 * ab, ba + bb, ba + 2 * bb
        aa, ab, ba, bb = aa & _WRAP, ab & _WRAP, ba & _WRAP, bb & _WRAP
    table = np.array(rows[::-1], dtype=np.uint32)
    return (table[:, 0], table[:, 1], table[:, 2], table[:, 3]), (aa, ab, ba, bb)
