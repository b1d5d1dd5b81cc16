"""What every event log must do; inherit, and say how to open one in `open_log`."""

import random
import threading
from pathlib import Path

import pytest

from wegweiser.ports.event_log import EventLog


class EventLogContract:
    """Positions rise by one from 1, and nothing that was appended is lost or changed."""

    def open_log(self, folder: Path) -> EventLog:
        """Open the log of this folder, with segments of very few records."""
        raise NotImplementedError

    @pytest.fixture
    def log(self, tmp_path):
        log = self.open_log(tmp_path / "log")
        yield log
        log.close()

    def test_a_new_log_is_empty(self, log):
        assert log.head() == 0
        assert list(log.read(0)) == []

    def test_positions_rise_by_one_from_one(self, log):
        assert log.append([b"a"]) == 1
        assert log.append([b"b", b"c"]) == 2
        assert log.head() == 3
        assert list(log.read(0)) == [(1, b"a"), (2, b"b"), (3, b"c")]

    @pytest.mark.parametrize("seed", range(8))
    def test_an_append_at_once_stores_the_same_or_nothing(self, log, seed):
        chance = random.Random(seed)
        kept = []
        for number in range(60):
            sizes = chance.choices([0, 3, 900, 9_000], k=chance.randrange(4))
            payloads = [b"%d." % number + bytes(size) for size in sizes]
            first = log.append_at_once(payloads)
            if first is None:
                assert log.head() == len(kept)
                first = log.append(payloads)
            assert first == len(kept) + 1
            kept += payloads
        assert list(log.read(0)) == list(enumerate(kept, 1))

    def test_an_empty_append_stores_nothing(self, log):
        assert log.append([]) == 1
        assert log.head() == 0

    def test_any_bytes_come_back_as_they_were(self, log):
        payloads = [b"", b"\x00" * 3, bytes(range(256)) * 2000, b"{}"]
        log.append(payloads)
        assert [payload for _, payload in log.read(0)] == payloads

    @pytest.mark.parametrize("after", [0, 1, 99, 199, 200, 5000])
    def test_reading_begins_above_the_position(self, log, after):
        for number in range(40):
            log.append([b"%d" % (5 * number + step) for step in range(5)])
        assert [position for position, _ in log.read(after)] == list(range(after + 1, 201))

    def test_a_read_ends_at_the_head_of_its_call(self, log):
        log.append([b"a"])
        records = log.read(0)
        log.append([b"b"])
        assert list(records) == [(1, b"a")]

    def test_records_and_positions_survive_closing(self, log, tmp_path):
        log.append([b"a", b"b"])
        log.close()
        again = log if type(log).__name__.startswith("Memory") else self.open_log(tmp_path / "log")
        assert again.head() == 2
        assert again.append([b"c"]) == 3
        assert list(again.read(1)) == [(2, b"b"), (3, b"c")]
        again.close()

    def test_payloads_are_rewritten_in_their_places(self, log, tmp_path):
        for number in range(1, 101):
            log.append([b"%03d" % number * 500])
        log.rewrite({1: b"one", 40: b"forty", 100: b"hundred", 1000: b"nowhere"})
        written = {position: payload.rstrip() for position, payload in log.read(0)}
        assert [written[at] for at in (1, 40, 100)] == [b"one", b"forty", b"hundred"]
        assert all(
            payload == b"%03d" % position * 500
            for position, payload in written.items()
            if position not in (1, 40, 100)
        )
        assert log.append([b"next"]) == 101
        log.close()
        again = log if type(log).__name__.startswith("Memory") else self.open_log(tmp_path / "log")
        assert dict(again.read(39))[40].rstrip() == b"forty"
        again.close()

    def test_a_payload_may_grow(self, log):
        log.append([b"a", b"b", b"c"])
        log.rewrite({2: b"b" * 10_000})
        assert list(log.read(0)) == [(1, b"a"), (2, b"b" * 10_000), (3, b"c")]

    @pytest.mark.parametrize("upto", [0, 1, 57, 99, 100, 1000])
    def test_trimming_forgets_nothing_above(self, log, upto):
        for number in range(1, 101):
            log.append([b"%d" % number * 500])
        log.trim(upto)
        left = list(log.read(0))
        assert [position for position, _ in left] == list(range(101 - len(left), 101))
        assert len(left) >= 100 - upto
        assert all(payload == b"%d" % position * 500 for position, payload in left)

    def test_a_trimmed_log_goes_on_counting(self, log):
        for number in range(1, 101):
            log.append([b"%d" % number * 500])
        log.trim(100)
        assert len(list(log.read(0))) < 100
        assert log.head() == 100
        assert log.append([b"next"]) == 101
        assert list(log.read(100)) == [(101, b"next")]

    def test_readers_beside_the_writer_never_see_a_gap(self, log):
        done = threading.Event()
        gaps = []

        def follow():
            seen = 0
            while seen < 600 and not (done.is_set() and log.head() == seen):
                for position, payload in log.read(seen):
                    if position != seen + 1 or payload != b"%d" % position * 100:
                        gaps.append((seen, position))
                    seen = position

        readers = [threading.Thread(target=follow) for _ in range(2)]
        for reader in readers:
            reader.start()
        for first in range(1, 600, 6):
            log.append([b"%d" % position * 100 for position in range(first, first + 6)])
        done.set()
        for reader in readers:
            reader.join(timeout=60)
        assert not any(reader.is_alive() for reader in readers)
        assert gaps == []
