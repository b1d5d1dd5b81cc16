"""Sites in memory for tests: the reference engines, a clock that tests move."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec

from wegweiser.adapters.memory import MemoryClock
from wegweiser.settings import Settings
from wegweiser.terms.json import JsonObject
from wegweiser.terms.source import Caller
from wegweiser.terms.wire import WireRequest, WireResponse
from wegweiser.workspace.engines import in_memory
from wegweiser.workspace.site import Site

NOW = 1_795_000_000_000
CONSENT: JsonObject = {
    "consent": {"categoryPreferences": {"measurement": True, "personalisation": True}}
}
CONFIGURATION = """
{kind: placement, key: home.hero, channel: web, slots: 1, allow_nothing: false}
---
{kind: goal, key: demo-booked, when: 'event == "Demo Booked"', window_days: 30, worth: 400}
---
{kind: message, key: security-whitepaper, goal: demo-booked, topic: security, value: 40,
 rules: [{label: eligible, when: 'person.traits.plan != "enterprise"', on_unknown: pass}],
 variants: [{key: de-short, channel: web, locale: de, content: {title: SSO in einer Stunde}}]}
---
{kind: arms, nothing: 0, random: 0, no_levers: 0, rules_only: 0, eligible_only: 0}
"""


@asynccontextmanager
async def running(configuration: str = CONFIGURATION) -> AsyncIterator[Site]:
    """Run a site in memory with a configuration applied."""
    site = Site(in_memory(MemoryClock(NOW, 1)), Settings())
    await site.start(background=False)
    if configuration:
        await site.applier.apply([("test.yaml", configuration)])
    try:
        yield site
    finally:
        await site.stop()


def caller(site: Site, secret: bool = True) -> tuple[str, Caller]:
    """Make the source "shop" if need be; give one of its keys and who holds it."""
    source = site.callers.named("shop")
    made = site.callers.create("shop") if source is None else site.callers.add_keys(source)
    key = made.secret_key if secret else made.write_key
    return key, site.callers.of_key(key)


async def post(site: Site, key: str, path: str, body: object) -> WireResponse:
    """Post JSON to a collect route."""
    request = WireRequest(
        "POST", path, headers={"x-write-key": key}, body=msgspec.json.encode(body)
    )
    return await site.receiver.receive(request)


def seen(user: str, number: int, **more: object) -> JsonObject:
    """Write a page view of somebody who gave consent."""
    event: JsonObject = {
        "type": "page",
        "messageId": f"{user}-{number}",
        "userId": user,
        "name": "Start",
        "context": CONSENT,
    }
    return event | more  # type: ignore[operator]
