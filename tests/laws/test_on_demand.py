"""Evidence read on demand and let go again: the same persons as with all of it in memory."""

from hypothesis import given, settings
from hypothesis import strategies as st

from wegweiser.adapters.memory import MemoryStore
from wegweiser.ports.operational_store import Change
from wegweiser.resolve.births import Births
from wegweiser.resolve.directory import Directory
from wegweiser.resolve.live import LiveGraph
from wegweiser.resolve.rows import EVIDENCE_OF
from wegweiser.resolve.saved import edges_in
from wegweiser.resolve.statement import Stated
from wegweiser.terms.identity import Evidence
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.source import Trust

NAMES = [f"{kind}:{number}" for kind in ("anonymous_id", "email", "user_id") for number in "123"]
STEPS = st.tuples(
    st.sampled_from(NAMES),
    st.sampled_from(NAMES),
    st.sampled_from([Trust.PUBLIC, Trust.SERVER]),
    st.integers(0, 9),
)


def stated(step: tuple[str, str, Trust, int], position: int) -> Stated:
    """Make what one event states: two names that belong together, the first one its leaf."""
    one, other, trust, day = step
    a, b = sorted((one, other), key=str.encode)
    item = Evidence(a, b, trust, day * DAY_MS, f"m-{position}", "site", position)
    evidence = () if a == b else (item,)
    # As events are read: who signed in first, devices last.
    names = sorted({one, other}, reverse=True)
    return Stated(one, "", tuple(names), evidence)


def told(directory: Directory) -> dict[str, object]:
    """Tell who is who, by name, and who there is."""
    found: dict[str, object] = {"": sorted(directory.persons())}
    for name in NAMES:
        person_id = directory.find(name)
        found[name] = person_id and (directory.members(person_id), directory.leaves_of(person_id))
    return found


def in_pairs(directory: Directory, persons: int) -> None:
    """Tell a directory of persons with a device and a user id each."""
    for number in range(persons):
        step = (f"anonymous_id:{number}", f"user_id:{number}", Trust.SERVER, 1)
        directory.note(stated(step, number + 1), number + 1, 10 * DAY_MS)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(STEPS, st.sampled_from(["", "evict", "restart"])), max_size=25))
def test_what_was_let_go_is_known_again(steps):
    store = MemoryStore()
    whole, partly = Directory(MemoryStore()), Directory(store, held=1)
    whole.load()
    partly.load()
    for position, (step, after) in enumerate(steps, 1):
        for directory in (whole, partly):
            directory.note(stated(step, position), position, 10 * DAY_MS + position)
            directory.ready()
        if after:
            store.commit(partly.drain())
            partly.evict()
        if after == "restart":
            partly = Directory(store, held=1)
            partly.load()
        assert told(partly) == told(whole)


@settings(max_examples=40, deadline=None)
@given(st.lists(STEPS, max_size=25))
def test_whoever_asks_for_all_persons_gets_each_once(steps):
    directory = Directory(MemoryStore())
    directory.load()
    for position, step in enumerate(steps, 1):
        directory.note(stated(step, position), position, 10 * DAY_MS)
    persons = list(directory.persons())
    assert len(set(persons)) == len(persons)
    having_leaves = {directory.person_of(step[0]) for step in steps}
    assert having_leaves <= set(persons)


def test_what_is_held_is_bounded():
    store = MemoryStore()
    edges = edges_in(store)
    directory = Directory(store, LiveGraph(edges=edges), held=50)
    directory.load()
    in_pairs(directory, 500)
    assert len(edges) == 1_000
    directory.evict()
    assert len(edges) == 1_000, "nothing was committed yet"
    store.commit(directory.drain())
    for _ in range(2):
        directory.evict()
    assert len(edges) == 50
    assert len(list(directory.persons())) == 500
    assert directory.find("user_id:7") == directory.find("anonymous_id:7") is not None


def test_an_older_folder_is_indexed_once():
    store = MemoryStore()
    first = Directory(store, held=1)
    first.load()
    in_pairs(first, 20)
    persons = sorted(first.persons())
    store.commit(first.drain())
    written = list(store.scan(EVIDENCE_OF))
    store.commit([Change(EVIDENCE_OF, key, None) for key, _ in written])
    for lacking in (len(written), 0):
        directory = Directory(store, held=1)
        directory.load()
        assert directory.lacking == lacking
        assert sorted(directory.persons()) == persons
        store.commit(directory.drain())
        directory.evict()
    assert list(store.scan(EVIDENCE_OF)) == written


def test_names_of_one_moment_are_found_by_their_ids():
    births = Births()
    names = [f"anonymous_id:{number}" for number in range(30)]
    for count, name in enumerate(names, 1):
        births.add(name, 1, 1_000)
        for one in names[:count]:
            assert births.born_as(births.person_id(one)) == one
            assert births.born_as(births.device_id(one)) == f"\x00device:{one}"
    births.remove(names[:25])
    other = Births()
    other.add(names[0], 1, 1_000)
    assert births.born_as(other.person_id(names[0])) is None
    assert births.born_as(births.person_id(names[29])) == names[29]
