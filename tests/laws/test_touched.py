"""Whom the newest events were about does not depend on when somebody asks."""

from hypothesis import given
from hypothesis import strategies as st

from wegweiser.adapters.memory import MemoryStore
from wegweiser.flow import touched as touching
from wegweiser.flow.known import load_directory
from wegweiser.flow.touched import RECENT_LEAVES, Touched

leaves = st.sampled_from([f"anonymous_id:a-{number}" for number in range(6)])
steps = st.lists(st.one_of(leaves, st.sampled_from(["take", "recent", "settle", "forget"])))


class EachItself(Touched):
    """Touched leaves of a world in which every leaf is a person of the same name."""

    def person_of(self, leaf: str) -> str | None:
        return leaf


@given(steps, st.integers(0, 4))
def test_leaves_noted_late_are_told_like_leaves_noted_at_once(steps, noted):
    often, directory = touching._NOTED, load_directory(MemoryStore())
    touching._NOTED = noted
    try:
        touched = EachItself(directory)
        changed: set[str] = set()
        newest: dict[str, None] = {}
        for step in steps:
            match step:
                case "take":
                    assert touched.take() == changed
                    changed = set()
                case "recent":
                    assert touched.recent == list(newest)
                case "settle":
                    touched.settle()
                case "forget":
                    touched.forget(["anonymous_id:a-0"])
                    newest.pop("anonymous_id:a-0", None)
                    changed.discard("anonymous_id:a-0")
                case leaf:
                    touched.touch(leaf)
                    changed.add(leaf)
                    newest.pop(leaf, None)
                    newest[leaf] = None
        assert (touched.take(), touched.recent) == (changed, list(newest))
    finally:
        touching._NOTED = often


def test_only_the_newest_leaves_are_recent():
    touched = EachItself(load_directory(MemoryStore()))
    names = [f"anonymous_id:b-{number}" for number in range(RECENT_LEAVES + 50)]
    for name in (*names, names[0]):
        touched.touch(name)
        touched.settle()
    assert touched.recent == [*names[51:], names[0]]
    assert touched.take() == set(names)
