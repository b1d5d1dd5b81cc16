"""The five stops of the demo, kept beside its data so that pages can lead through them."""

import msgspec

from wegweiser.demo.story import Back, Stop, story
from wegweiser.demo.world import World
from wegweiser.flow.erasure_story import STORY_KEY
from wegweiser.flow.tables import SETTINGS
from wegweiser.ports.operational_store import Change, OperationalStore


def keep_story(store: OperationalStore, world: World, back: Back) -> None:
    """Keep the stops of a world that has been played; `back` as those who played it see it."""
    store.commit([Change(SETTINGS, STORY_KEY, msgspec.json.encode(story(world, back)))])


def kept_story(store: OperationalStore) -> tuple[Stop, ...]:
    """Give the stops; none in a workspace that is no demo."""
    held = store.get(SETTINGS, [STORY_KEY])[0]
    return () if held is None else msgspec.json.decode(held, type=tuple[Stop, ...])


__all__ = ["STORY_KEY", "Stop", "keep_story", "kept_story"]
