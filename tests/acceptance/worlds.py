"""Worlds made of events only: nothing, a silent source, a mistaken one, a handful, a decision."""

from tests.browser.tagged import CONFIGURATION
from tests.web.serving import empty_site
from wegweiser.terms.json import JsonObject
from wegweiser.workspace import operations
from wegweiser.workspace.site import Site

SOURCE = "website"
FEW = 3


async def silent_site() -> Site:
    """Start a site with a source that has sent nothing."""
    site = await empty_site()
    site.callers.create(SOURCE)
    return site


async def mistaken_site() -> Site:
    """Start a site to which one event came, which nobody could use."""
    site = await silent_site()
    await site.loader.take(SOURCE, [{"type": "track", "userId": "u-1", "event": 7}])
    await site.intake.checkpoint()
    return site


async def handful_site() -> Site:
    """Start a site on which three people were seen, with a message that nobody asked for."""
    site = await silent_site()
    now = site.clock.now_ms()
    seen: list[JsonObject] = [
        {"type": "page", "userId": f"u-{number}", "timestamp": now, "properties": {"path": "/"}}
        for number in range(FEW)
    ]
    await site.loader.take(SOURCE, seen)
    await site.applier.apply([("config.yaml", CONFIGURATION)])
    await site.intake.checkpoint()
    return site


async def asked_site() -> Site:
    """Start the same once a page has asked for a message."""
    site = await handful_site()
    asked: JsonObject = {
        "subject": {"person": "user_id:u-1"},
        "placements": [{"key": "home.hero", "max": 1}],
    }
    await operations.run(site, "decide", asked)
    await site.intake.checkpoint()
    return site
