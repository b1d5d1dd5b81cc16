"""A small shop in memory whose visitors decide, see and click at stated moments."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from tests.flow.sites import NOW, caller, post, running
from wegweiser.terms.instant import MINUTE_MS, format_instant
from wegweiser.terms.json import JsonObject
from wegweiser.terms.source import Caller
from wegweiser.workspace.site import Site

CONFIGURATION = """
{kind: placement, key: home.hero, channel: web, slots: 1, allow_nothing: false}
---
{kind: goal, key: demo-booked, when: 'event == "Demo Booked"', window_days: 7, worth: 400}
---
{kind: message, key: sso, goal: demo-booked, topic: security, stage_aim: evaluate,
 variants: [{key: v, channel: web, content: {title: Single sign-on}}]}
---
{kind: message, key: price, goal: demo-booked, topic: pricing, stage_aim: commit,
 variants: [{key: v, channel: web, content: {title: Prices}}]}
---
{kind: arms, nothing: 0, random: 0, no_levers: 0, rules_only: 0, eligible_only: 0}
"""
WINDOW_MS = 30 * MINUTE_MS
SETTLING_MS = 5 * MINUTE_MS
CONSENT = {"categoryPreferences": {"measurement": True, "personalisation": True}}


class Shop:
    """A site, somebody who may ask it, and its clock."""

    def __init__(self, site: Site, secret_key: str, asker: Caller):
        self.site = site
        self.key = secret_key
        self._asker = asker

    async def come(self, number: int) -> None:
        """Let a visitor come who allows everything."""
        user = f"u-{number}"
        page: JsonObject = {
            "type": "page",
            "messageId": f"{user}-came",
            "userId": user,
            "name": "Start",
            "context": {"consent": dict(CONSENT)},
            "timestamp": format_instant(self.now),
        }
        told = await post(self.site, self.key, "/v1/page", page)
        assert told.status == 200

    async def ask(self, number: int) -> JsonObject:
        """Ask for a visitor; gives the answer."""
        user = f"u-{number}"
        body: JsonObject = {
            "request_id": f"r-{number}",
            "subject": {"person": f"user_id:{user}"},
            "placements": [{"key": "home.hero"}],
        }
        return await self.site.deciding.chooser.decide(body, self._asker)

    async def visit(self, number: int) -> str:
        """Let a visitor come and be decided for; gives the id of the decision."""
        await self.come(number)
        answer = await self.ask(number)
        assert answer["status"] == "decided", answer
        return str(answer["decision_id"])

    async def report(self, outcomes: Iterable[tuple[str, str, int]]) -> None:
        """Report (decision, kind, moment in ms) each in a call of its own."""
        for decision, kind, at in outcomes:
            outcome: JsonObject = {
                "outcome_id": f"{decision}-{kind}-{at}",
                "decision_id": decision,
                "placement": "home.hero",
                "slot": 0,
                "kind": kind,
                "at": format_instant(at),
            }
            [status] = await self.site.deciding.desk.report([outcome], self._asker)
            assert status.status == "stored", status

    @property
    def now(self) -> int:
        """The moment in ms."""
        return self.site.clock.now_ms()

    def wait(self, spent_ms: int) -> None:
        """Let time pass."""
        self.site.clock.advance(spent_ms)  # type: ignore[attr-defined]

    async def learn(self) -> str:
        """Learn what can be learned; gives the SHA-256 of the newest snapshot."""
        await self.site.deciding.learn()
        return self.site.deciding.trainer.snapshot.digest


@asynccontextmanager
async def shop(configuration: str = CONFIGURATION) -> AsyncIterator[Shop]:
    """Open a shop."""
    async with running(configuration) as site:
        key, asker = caller(site)
        assert site.clock.now_ms() == NOW
        yield Shop(site, key, asker)
