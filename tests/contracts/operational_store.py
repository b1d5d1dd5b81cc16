"""What every operational store must do; inherit, and say how to open one in `open_store`."""

import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wegweiser.ports.operational_store import Change, OperationalStore

KEYS = st.binary(min_size=1, max_size=3)
COMMITS = st.lists(
    st.lists(
        st.builds(Change, st.sampled_from(["a", "b"]), KEYS, st.none() | st.binary(max_size=4)),
        max_size=8,
    ),
    max_size=6,
)


class OperationalStoreContract:
    """Tables of bytes in byte order, changed by commits that happen wholly or not at all."""

    def open_store(self, folder: Path) -> OperationalStore:
        """Open the store of this folder."""
        raise NotImplementedError

    @pytest.fixture
    def store(self, tmp_path):
        store = self.open_store(tmp_path / "store")
        yield store
        store.close()

    def test_what_was_never_put_is_not_there(self, store):
        assert store.get("cell", [b"a", b"b"]) == [None, None]
        assert store.get("cell", []) == []
        assert list(store.scan("cell")) == []

    def test_the_last_change_of_a_key_counts(self, store):
        put, drop = Change("cell", b"k", b"1"), Change("cell", b"k", None)
        store.commit([put, drop, Change("cell", b"k", b"2"), Change("cell", b"x", b"3"), drop])
        assert store.get("cell", [b"k", b"x"]) == [None, b"3"]
        store.commit([drop, put])
        assert store.get("cell", [b"x", b"k", b"x"]) == [b"3", b"1", b"3"]

    def test_an_empty_value_is_a_value(self, store):
        store.commit([Change("cell", b"k", b"")])
        assert store.get("cell", [b"k"]) == [b""]
        assert list(store.scan("cell")) == [(b"k", b"")]

    def test_tables_are_apart(self, store):
        store.commit([Change("one", b"k", b"1"), Change("two", b"k", b"2")])
        assert store.get("one", [b"k"]) + store.get("two", [b"k"]) == [b"1", b"2"]

    def test_scans_are_in_byte_order_within_prefix_and_above_after(self, store):
        keys = [b"a", b"a\x00", b"a\xff", b"a\xff\xff", b"b", b"\xff", b"\xff\xff", b"A"]
        store.commit([Change("cell", key, key) for key in keys])
        assert [key for key, _ in store.scan("cell")] == sorted(keys)
        assert [key for key, _ in store.scan("cell", b"a")] == sorted(keys)[1:5]
        assert [key for key, _ in store.scan("cell", b"a\xff")] == [b"a\xff", b"a\xff\xff"]
        assert [key for key, _ in store.scan("cell", b"\xff")] == [b"\xff", b"\xff\xff"]
        assert [key for key, _ in store.scan("cell", b"a", b"a\x00")] == [b"a\xff", b"a\xff\xff"]
        assert [key for key, _ in store.scan("cell", after=b"b")] == [b"\xff", b"\xff\xff"]

    @pytest.mark.parametrize("count", [1, 255, 256, 257, 1000])
    def test_a_scan_sees_the_moment_of_its_call(self, store, count):
        store.commit([Change("cell", b"%04d" % number, b"old") for number in range(count)])
        rows = store.scan("cell")
        store.commit([Change("cell", b"%04d" % number, b"new") for number in range(0, count, 2)])
        store.commit([Change("cell", b"0000", None), Change("cell", b"9999", b"new")])
        assert list(rows) == [(b"%04d" % number, b"old") for number in range(count)]
        assert sum(value == b"new" for _, value in store.scan("cell")) == (count + 1) // 2

    def test_a_scan_that_is_left_early_hinders_nobody(self, store):
        store.commit([Change("cell", b"%04d" % number, b"x" * 100) for number in range(2000)])
        rows = store.scan("cell")
        assert next(rows) == (b"0000", b"x" * 100)
        store.scan("cell")
        store.commit([Change("cell", b"0000", b"y")])
        assert store.get("cell", [b"0000"]) == [b"y"]

    def test_clearing_and_changing_is_one_commit(self, store):
        store.commit([Change("one", b"a", b"1"), Change("two", b"b", b"2")])
        store.clear(["one", "never"], [Change("one", b"c", b"3"), Change("two", b"d", b"4")])
        assert list(store.scan("one")) == [(b"c", b"3")]
        assert list(store.scan("two")) == [(b"b", b"2"), (b"d", b"4")]

    def test_everything_survives_closing(self, store, tmp_path):
        store.commit([Change("cell", b"k", b"1")])
        store.close()
        memory = type(store).__name__.startswith("Memory")
        again = store if memory else self.open_store(tmp_path / "store")
        assert again.get("cell", [b"k"]) == [b"1"]
        again.close()

    @settings(
        max_examples=40,
        # The store is emptied first, and every adapter is meant to inherit this law.
        suppress_health_check=[
            HealthCheck.function_scoped_fixture,
            HealthCheck.differing_executors,
            HealthCheck.too_slow,
        ],
    )
    @given(commits=COMMITS, prefix=st.binary(max_size=1), after=st.binary(max_size=2))
    def test_it_behaves_like_a_sorted_dictionary(self, store, commits, prefix, after):
        store.clear(["a", "b"])
        known: dict[tuple[str, bytes], bytes] = {}
        for changes in commits:
            store.commit(changes)
            for change in changes:
                known.pop((change.table, change.key), None)
                if change.value is not None:
                    known[change.table, change.key] = change.value
        for table in ("a", "b"):
            expected = sorted(
                (key, value)
                for (name, key), value in known.items()
                if name == table and key.startswith(prefix) and key > after
            )
            assert list(store.scan(table, prefix, after)) == expected

    def test_nothing_of_what_was_deleted_is_left_after_a_scrub(self, store, tmp_path):
        # In random order, so that pages are split and rows move.
        keys = sorted((b"%04d" % number for number in range(2000)), key=hash)
        store.commit([Change("cell", key, b"canary-%b" % key) for key in keys])
        for start in range(0, 2000, 100):
            part = keys[start : start + 100]
            store.commit([Change("cell", key, None) for key in part if key[-1:] == b"7"])
        store.scrub()
        left = [b"canary-%b" % key for key in keys if key[-1:] == b"7"]
        for path in tmp_path.rglob("*"):
            content = path.read_bytes() if path.is_file() else b""
            assert not [text for text in left if text in content], path.name
        assert len(list(store.scan("cell"))) == 1800

    def test_readers_beside_commits_see_whole_commits_only(self, store):
        store.commit([Change("cell", b"%d" % key, b"0") for key in range(5)])
        done = threading.Event()
        torn = []

        def watch():
            while not done.is_set():
                seen = {value for _, value in store.scan("cell")}
                read = set(store.get("cell", [b"0", b"4"]))
                if len(seen) != 1 or len(read) != 1:
                    torn.append((seen, read))

        watchers = [threading.Thread(target=watch) for _ in range(2)]
        for watcher in watchers:
            watcher.start()
        for number in range(1, 100):
            store.commit([Change("cell", b"%d" % key, b"%d" % number) for key in range(5)])
        done.set()
        for watcher in watchers:
            watcher.join(timeout=60)
        assert torn == []
