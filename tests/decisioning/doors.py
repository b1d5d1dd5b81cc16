"""A site in memory behind the real application, with what visitors may be shown."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

import httpx
import msgspec
import pytest

from tests.flow.sites import NOW
from wegweiser.adapters.memory import MemoryClock
from wegweiser.flow.line import Landed
from wegweiser.settings import Settings
from wegweiser.terms.errors import ComeAgain
from wegweiser.terms.record import Record
from wegweiser.web.app import Application
from wegweiser.web.pages.app import pages_application
from wegweiser.workspace.engines import in_memory
from wegweiser.workspace.site import Site

HOST = "http://127.0.0.1:8000"
CONFIGURATION = """
{kind: placement, key: home.hero, channel: web, slots: 1, allow_nothing: false}
---
{kind: placement, key: app.card, channel: app, slots: 1, allow_nothing: false,
 nothing_value: {show: false}}
---
{kind: placement, key: social.post, channel: social, slots: 1, allow_nothing: false}
---
{kind: placement, key: news, channel: email, slots: 1, direction: push, allow_nothing: false}
---
{kind: message, key: whitepaper, topic: security, value: 40,
 variants: [
  {key: short, channel: web, locale: de,
   content: {title: SSO in einer Stunde, url: 'https://www.example.com/sso?a=1'}},
  {key: mail, channel: email, content: {subject: News, text: Hello}}]}
---
{kind: message, key: trick, value: 1,
 variants: [{key: card, channel: app, content: {title: Trick, url: 'javascript:alert(1)'}}]}
---
{kind: message, key: gone, stopped: true, value: 5,
 variants: [{key: post, channel: social, content: {title: Gone}}]}
---
{kind: cap, key: once-a-week, limit: 1, window_hours: 168}
---
{kind: arms, nothing: 0, random: 0, no_levers: 0, rules_only: 0, eligible_only: 0}
"""
Body = dict[str, object]
GRANTED: Body = {
    "consent": {
        "categoryPreferences": {"measurement": True, "personalisation": True, "email": True}
    }
}


class Door:
    """The site, and clients that hold no key, the public and the secret key of one source."""

    def __init__(self, site: Site, clock: MemoryClock):
        self.site, self.clock = site, clock
        made = site.callers.create("shop")
        self.write_key, self.secret_key = made.write_key, made.secret_key
        self.application = Application(site, pages_application(site, HOST), "token")
        self.keyless = self.client("")
        self.public, self.secret = self.client(self.write_key), self.client(self.secret_key)

    def client(self, key: str) -> httpx.AsyncClient:
        """Give a client with a key as bearer token, or without any."""
        headers = {"authorization": f"Bearer {key}"} if key else {}
        transport = httpx.ASGITransport(app=self.application)  # type: ignore[arg-type]
        return httpx.AsyncClient(transport=transport, base_url=HOST, headers=headers)

    async def meet(self, *ids: str) -> None:
        """Let visitors (anonymous ids) and users (ids that begin with u-) grant everything."""
        batch = [_known(one) if one.startswith("u-") else _visit(one) for one in ids]
        answer = await self.secret.post("/v1/batch", json={"batch": batch})
        assert answer.json()["success"] is True

    async def decide(self, client: httpx.AsyncClient, subject: Body, **more: object) -> Body:
        """Ask for home.hero, or another placement."""
        body = {"subject": subject, "placements": ["home.hero"], **more}
        answer = await client.post("/v1/decide", json=body)
        assert answer.status_code == 200, answer.text
        found: Body = answer.json()
        return found

    async def exported(self, kind: str) -> list[Body]:
        """Give all rows of an export."""
        upto = await self.site.intake.settle()
        rows = {"outcomes": self.site.exporter.outcomes, "decisions": self.site.exporter.decisions}
        return [msgspec.to_builtins(row) for row in rows[kind](upto)]

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait for a condition, at most a minute."""
        async with asyncio.timeout(60):
            while not holds():
                await asyncio.sleep(0.01)


def _known(user: str) -> Body:
    traits = {"email": f"{user}@example.com"}
    return {"type": "identify", "userId": user, "context": GRANTED, "traits": traits}


def _visit(device: str) -> Body:
    return {"type": "track", "event": "Visited", "anonymousId": device, "context": GRANTED}


@asynccontextmanager
async def opened(configuration: str = CONFIGURATION) -> AsyncIterator[Door]:
    """Open a site with a configuration applied."""
    clock = MemoryClock(NOW, 1)
    site = Site(in_memory(clock), Settings(public_url=HOST))
    await site.start(background=False)
    await site.applier.apply([("test.yaml", configuration)])
    try:
        yield Door(site, clock)
    finally:
        await site.stop()


@contextmanager
def full_after(records: int, site: Site) -> Iterator[Callable[[], bool]]:
    """Let the disk be full once so many records were logged; gives what tells whether it is."""
    left = records
    append = site.intake.log

    def until_full(record: Record) -> "tuple[asyncio.Future[None], asyncio.Future[Landed]]":
        nonlocal left
        left -= 1
        if left < 0:
            raise ComeAgain("the disk is full", 1)
        return append(record)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(site.intake, "log", until_full)
        yield lambda: left < 0


__all__ = ["HOST", "Body", "Door", "full_after", "opened"]
