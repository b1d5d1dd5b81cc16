"""Companies whose people are written to: real sites in memory or on disk, with people known."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

from tests.flow.sites import NOW, caller, post
from wegweiser.adapters.memory import MemoryClock
from wegweiser.settings import Settings
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.source import Caller
from wegweiser.workspace.engines import Engines, in_memory
from wegweiser.workspace.site import Site

HOUR = 3_600_000
DAY = 24 * HOUR
ALL_GRANTED: JsonObject = {
    "consent": {
        "categoryPreferences": {
            "measurement": True,
            "personalisation": True,
            "email": True,
            "sms": True,
            "profiling": True,
        }
    }
}
PLAIN = """
{kind: placement, key: mail.push, channel: email, direction: push, allow_nothing: false}
---
{kind: placement, key: sms.push, channel: sms, direction: push, allow_nothing: false}
---
{kind: placement, key: home.hero, channel: web, allow_nothing: false}
---
{kind: arms, nothing: 0, random: 0, no_levers: 0, rules_only: 0, eligible_only: 0}
---
"""
LETTER = """
{kind: message, key: letter, topic: product, value: 10, variants: [
 {key: mail, channel: email, content: {subject: News, text: News}},
 {key: short, channel: sms, content: {text: News}},
 {key: card, channel: web, content: {title: News}}]}
---
"""


@asynccontextmanager
async def site_with(
    configuration: str, engines: Engines | None = None, now: int = NOW
) -> AsyncIterator[Site]:
    """Run a site with a configuration, its jobs at rest; a clock that the test moves."""
    site = Site(engines or in_memory(MemoryClock(now, 1)), Settings())
    await site.start(background=False)
    if configuration:
        await site.applier.apply([("contact.yaml", PLAIN + configuration)])
    try:
        yield site
    finally:
        await site.stop()


async def know(site: Site, user: str, accounts: Iterable[str] = (), **traits: Json) -> Caller:
    """Make a person known, with consent, traits and accounts; gives who may ask about them."""
    key, who = caller(site)
    number = site.unifier.position
    batch: list[Json] = [
        {
            "type": "identify",
            "messageId": f"{user}-{number}",
            "userId": user,
            "traits": dict(traits),
            "context": ALL_GRANTED,
        }
    ]
    for index, account in enumerate(accounts):
        batch.append(
            {
                "type": "group",
                "messageId": f"{user}-{number}-g{index}",
                "userId": user,
                "groupId": account,
                "context": ALL_GRANTED,
            }
        )
    answer = await post(site, key, "/v1/batch", {"batch": batch})
    assert answer.status == 200
    return who


async def ask(
    site: Site,
    who: Caller,
    user: str,
    placement: str = "mail.push",
    request: str = "",
    **more: Json,
) -> JsonObject:
    """Ask for a decision about somebody."""
    body: JsonObject = {
        "subject": {"person": f"user_id:{user}"},
        "placements": [{"key": placement}],
        **more,
    }
    if request:
        body["request_id"] = request
    return await site.deciding.chooser.decide(body, who)


def clock_of(site: Site) -> MemoryClock:
    """Give the clock of a site, which tests move."""
    assert isinstance(site.clock, MemoryClock)
    return site.clock


async def tell(site: Site, who: Caller, answer: JsonObject, kind: str, slot: int = 0) -> None:
    """Report what became of the first item of an answer."""
    items = answer["items"]
    assert isinstance(items, list)
    item = items[slot]
    assert isinstance(item, dict)
    reported: Json = [
        {
            "outcome_id": f"{answer['decision_id']}-{kind}-{slot}",
            "decision_id": answer["decision_id"],
            "placement": item["placement"],
            "slot": item["slot"],
            "kind": kind,
        }
    ]
    statuses = await site.deciding.desk.report(reported, who)
    assert [one.status for one in statuses] == ["stored"]


def reasons(site: Site, answer: JsonObject) -> dict[str, int | None]:
    """Give the reasons of a decision that contact policy gave, with the end of each."""
    decision = site.unifier.decisions.get(str(answer["decision_id"]))
    assert decision is not None
    return {drop.reason: drop.until for drop in decision.drops if drop.step == "contact"}


def folder(path: Path) -> Path:
    """Give a fresh data folder below a path."""
    return path / "data"
