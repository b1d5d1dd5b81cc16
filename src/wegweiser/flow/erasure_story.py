"""The story of a demo without the stops that tell of somebody who is erased."""

from collections.abc import Callable, Iterator

import msgspec

from wegweiser.flow.tables import SETTINGS
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.terms.identity import Identifier
from wegweiser.terms.json import JsonObject

STORY_KEY = b"demo_story"


def story_without(
    store: OperationalStore, is_gone: Callable[[Identifier], bool]
) -> Iterator[Change]:
    """Yield the change that takes stops about the erased out; nothing where none is about them."""
    held = store.get(SETTINGS, [STORY_KEY])[0]
    stops = [] if held is None else msgspec.json.decode(held, type=list[JsonObject])
    left = [stop for stop in stops if not _is_about(stop, is_gone)]
    if len(left) < len(stops):
        yield Change(SETTINGS, STORY_KEY, msgspec.json.encode(left))


def _is_about(stop: JsonObject, is_gone: Callable[[Identifier], bool]) -> bool:
    subjects = stop.get("subjects")
    return isinstance(subjects, list) and any(is_gone(str(one)) for one in subjects)
