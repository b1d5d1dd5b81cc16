"""A workspace that sends mails, with a clock that stands still until it is moved."""

import asyncio
import json
from collections import Counter
from pathlib import Path

import msgspec

from tests.decisioning.mail_server import HOST
from wegweiser.adapters.memory import MemoryClock
from wegweiser.flow.endpoint_states import PAUSE_MS
from wegweiser.ports.clock import Clock
from wegweiser.settings import Settings
from wegweiser.terms.json import JsonObject
from wegweiser.terms.source import SECRET_SCOPES, Caller, Trust
from wegweiser.workspace.engines import embedded
from wegweiser.workspace.site import Site

NOW = 1_795_000_000_000
PUBLIC_URL = "https://post.example.com"
CALLER = Caller("crm", "live", Trust.SERVER, SECRET_SCOPES)
CONFIGURATION = """
{kind: placement, key: mail.push, channel: email, direction: push, allow_nothing: false}
---
{kind: message, key: welcome, variants: [{key: en, channel: email, locale: en, content: {
 subject: 'Hello {{ person.traits.firstName }}',
 text: 'Dear {{ person.traits.firstName }}, welcome.',
 html: '<p onclick="x()">Dear <b>{{ person.traits.firstName }}</b><script>x()</script></p>'}}]}
---
{kind: arms, nothing: 0, random: 0, no_levers: 0, rules_only: 0, eligible_only: 0}
---
"""


def person(number: int, email: bool | None = True) -> JsonObject:
    """Write an identify of one of many people, who may have agreed to mails."""
    element: JsonObject = {
        "type": "identify",
        "messageId": f"identify-{number}-{email}",
        "userId": f"u-{number}",
        "traits": {"firstName": "Ada", "email": f"u-{number}@people.example"},
    }
    if email is None:
        return element
    return element | {"context": {"consent": {"categoryPreferences": {"email": email}}}}


async def started(folder: Path, clock: Clock) -> Site:
    """Start a workspace on a folder, with a clock of the test's own."""
    settings = Settings(allowed_targets=(f"{HOST}/32",), public_url=PUBLIC_URL)
    engines = embedded(folder, settings)
    site = Site(msgspec.structs.replace(engines, clock=clock), settings)
    await site.start(background=False)
    return site


async def opened(folder: Path, port: int, people: int, **endpoint: object) -> Site:
    """Open a workspace whose clock stands still, with people who agreed to mails."""
    site = await started(folder, MemoryClock(NOW, people))
    described = {
        "kind": "endpoint",
        "key": "mail",
        "channel": "email",
        "via": "smtp",
        "target": f"smtp+plain://{HOST}:{port}",
        "sender": "Example Post <news@example.com>",
        **endpoint,
    }
    await site.applier.apply([("mail.yaml", CONFIGURATION + json.dumps(described))])
    for start in range(0, people, 500):
        elements = [person(number) for number in range(start, min(people, start + 500))]
        await site.loader.take("crm", elements, kind="live")
    return site


async def decide(site: Site, number: int) -> str:
    """Decide to write to one of the people; gives the decision's id."""
    body: JsonObject = {
        "request_id": f"r-{number}",
        "subject": {"person": f"user_id:u-{number}"},
        "placements": [{"key": "mail.push"}],
    }
    answer = await site.deciding.chooser.decide(body, CALLER)
    assert answer["status"] == "decided", answer
    return str(answer["decision_id"])


def states(site: Site) -> Counter[str]:
    """Count the deliveries by state."""
    return Counter(delivery.state for delivery in site.deciding.sender.deliveries())


async def until_over(site: Site) -> None:
    """Send until nothing is pending; the clock jumps to the next try."""
    clock = site.clock
    assert isinstance(clock, MemoryClock)
    loop = asyncio.get_running_loop()
    ends_at = loop.time() + 60
    while loop.time() < ends_at:
        await site.intake.checkpoint()
        await site.deciding.sender.send_due()
        # What was withdrawn was decided anew, and is to be sent as well.
        await site.intake.checkpoint()
        waiting = [one.next_at for one in site.deciding.sender.pending if one.next_at is not None]
        if not waiting and not list(site.engines.store.scan("outbox")):
            return
        states_of = site.deciding.sender.endpoints
        named = [one.key for one in site.unifier.policies.bundle.endpoints]
        if any(states_of.is_paused(key, clock.now) for key in named):
            # Left alone after several failures: time goes on without anything being tried.
            clock.now += PAUSE_MS
        clock.now = max(clock.now, min(waiting, default=clock.now))
        await asyncio.sleep(0.002)
    raise AssertionError(f"still waiting: {states(site)}")
