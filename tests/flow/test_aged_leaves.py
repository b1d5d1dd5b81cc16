"""A leaf that lives for years: old cells become one, and nothing that is read changes by it."""

from tests.flow.loops import on_a_loop
from tests.flow.sites import NOW, caller, post
from wegweiser.adapters.memory import MemoryClock
from wegweiser.profile.aged import BASE_DAY
from wegweiser.settings import Settings
from wegweiser.terms.instant import DAY_MS, format_instant
from wegweiser.terms.json import JsonObject
from wegweiser.workspace import operations
from wegweiser.workspace.engines import in_memory
from wegweiser.workspace.site import Site

TRAITS = "{kind: computed_trait, key: spent, event: Order Completed, type: sum, property: revenue}"


def ordered(days_ago: int) -> JsonObject:
    """Make an order so many days ago."""
    return {
        "type": "track",
        "event": "Order Completed",
        "messageId": f"o-{days_ago}",
        "userId": "u-1",
        "timestamp": format_instant(NOW - days_ago * DAY_MS),
        "properties": {"revenue": 10.5, "currency": "EUR", "topic": "sso"},
    }


async def send(site: Site, *events: JsonObject) -> None:
    """Send events with a secret key."""
    key, _ = caller(site)
    assert (await post(site, key, "/v1/batch", {"batch": [*events]})).status == 200


@on_a_loop
async def test_old_cells_become_one_and_live_is_still_what_a_rebuild_gives() -> None:
    engines = in_memory(MemoryClock(NOW, 1))
    site = Site(engines, Settings())
    await site.start(background=False)
    await site.applier.apply([("t.yaml", TRAITS)])
    await send(site, *(ordered(days) for days in (700, 650, 500, 399, 1)))
    before = await operations.run(site, "hash", {})
    await site.stop()
    again = Site(engines, Settings())
    await again.start(background=False)
    assert await operations.run(again, "hash", {}) == before
    person_id = again.views.find_person("user_id:u-1")
    assert person_id is not None
    assert next(held.day for held in again.views.cells_of(person_id)) == BASE_DAY
    assert len(again.views.cells_of(person_id)) == 3
    # One that comes late goes to a day of its own, and into the base cell at the next start.
    await send(again, ordered(600))
    assert len(again.views.cells_of(person_id)) == 4
    shown = await operations.run(again, "traits_show", {"identifier": "user_id:u-1"})
    assert isinstance(shown, dict)
    assert shown["computed"]["spent"]["value"] == 63
    assert shown["purchases"]["orders"] == 6
    live = await operations.run(again, "hash", {})
    await again.stop()
    third = Site(engines, Settings())
    await third.start(background=False)
    assert len(third.views.cells_of(person_id)) == 3
    assert await operations.run(third, "hash", {}) == live
    assert await operations.run(third, "rebuild", {}) == live
    await third.stop()
