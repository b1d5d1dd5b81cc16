"""A small workspace of our own that acceptance tests may change: people, and one message."""

from tests.browser.tagged import CONFIGURATION
from wegweiser.adapters.memory import MemoryClock
from wegweiser.settings import Settings
from wegweiser.terms.json import JsonObject
from wegweiser.workspace.engines import in_memory
from wegweiser.workspace.site import Site

GRANTED: JsonObject = {"consent": {"categoryPreferences": {"personalisation": True}}}
PEOPLE, TEAM, AGREED = 12, 9, 6


async def staffed_office() -> Site:
    """Start a site with twelve people: nine in a team, of whom six have agreed."""
    site = Site(in_memory(MemoryClock()), Settings())
    await site.start(background=False)
    await site.applier.apply([("config.yaml", CONFIGURATION)])
    await site.loader.take("crm", [somebody(number) for number in range(PEOPLE)])
    await site.intake.checkpoint()
    return site


def somebody(number: int) -> JsonObject:
    """Make the event that tells who somebody is."""
    plan = "team" if number < TEAM else "solo"
    return {
        "type": "identify",
        "userId": f"u-{number}",
        "messageId": f"m-{number}",
        "traits": {"plan": plan, "firstName": f"Ada{number}", "email": mail_of(number)},
        "context": GRANTED if number < AGREED else {},
    }


def mail_of(number: int) -> str:
    """Give the address of somebody; a place that is nobody's would join nobody."""
    return f"ada{number}@acme.example"
