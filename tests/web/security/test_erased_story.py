"""An invented person of the demo is erased like anybody: the story tells of them no more."""

import msgspec
import pytest

from wegweiser.adapters.memory import MemoryStore
from wegweiser.flow.erasure_story import STORY_KEY, story_without
from wegweiser.flow.tables import SETTINGS
from wegweiser.ports.operational_store import Change
from wegweiser.workspace.demo_story import Stop, kept_story

STOPS = (
    Stop("joined", ("user_id:u-1", "email:ada@example.com"), {"en": "Ada.", "de": "Ada."}),
    Stop("what_works", ("raffle",), {"en": "Lift.", "de": "Wirkung."}),
)


@pytest.mark.parametrize("gone", ["user_id:u-1", "email:ada@example.com"])
def test_the_stop_of_somebody_erased_goes_with_them(gone: str) -> None:
    store = MemoryStore()
    store.commit([Change(SETTINGS, STORY_KEY, msgspec.json.encode(STOPS))])
    store.commit(list(story_without(store, {gone}.__contains__)))
    assert kept_story(store) == STOPS[1:]
    assert b"ada" not in (store.get(SETTINGS, [STORY_KEY])[0] or b"")


def test_a_workspace_without_a_story_changes_nothing() -> None:
    assert list(story_without(MemoryStore(), lambda name: True)) == []
