"""A site that sends real mails with a link of ours in them, and people who follow it."""

import asyncio
import re
from collections.abc import Awaitable, Callable

import httpx

from tests.decisioning.mail_server import read
from tests.decisioning.mail_world import CALLER, PUBLIC_URL, until_over
from tests.flow.sites import NOW
from tests.scenarios.identity_world import Told
from wegweiser.adapters.memory import MemoryClock
from wegweiser.deliver.mail import Letterhead, mail_of
from wegweiser.deliver.receipt import Delivery
from wegweiser.settings import Settings
from wegweiser.terms.json import JsonObject
from wegweiser.web.app import Application
from wegweiser.web.pages.app import pages_application
from wegweiser.workspace.engines import in_memory
from wegweiser.workspace.site import Site

AGREED: JsonObject = {"consent": {"categoryPreferences": {"email": True, "measurement": True}}}
LEADS_TO = "https://www.buyer.example/offer"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
_LINK = re.compile(rf"{PUBLIC_URL}(/v1/click)\?(token=[\w.=-]+)")
_CONFIGURATION = f"""
{{kind: placement, key: mail.push, channel: email, direction: push, allow_nothing: false}}
---
{{kind: message, key: offer, variants: [{{key: en, channel: email, locale: en,
 content: {{subject: Hello, url: '{LEADS_TO}', text: 'See {{{{ mail.click_url }}}}',
 html: '<p><a href="{{{{ mail.click_url }}}}">See</a></p>'}}}}]}}
---
{{kind: endpoint, key: mail, channel: email, via: smtp, target: 'smtp://mail.example.com:587',
 sender: 'Post <news@example.com>'}}
---
{{kind: arms, nothing: 0, random: 0, no_levers: 0, rules_only: 0, eligible_only: 0}}
"""


class Mailing(Told):
    """The site, and the mails that it sent."""

    async def write_to(self, person: str) -> str:
        """Send a mail to whoever has an identifier; gives the query of the link in it."""
        mail = mail_of((await self.send_to(person)).parcel, Letterhead("news@example.com"), NOW)
        texts = [part.get_content() for part in read(mail.content).iter_parts()]
        assert len(texts) == 2
        ((path, query),) = {found.groups() for text in texts for found in _LINK.finditer(text)}
        assert path == "/v1/click"
        return query

    async def send_to(self, person: str) -> Delivery:
        """Have the message sent to whoever has an identifier; gives what was handed over."""
        body: JsonObject = {
            "request_id": f"{person}-{len(self.sent())}",
            "subject": {"person": person},
            "placements": [{"key": "mail.push"}],
        }
        answer = await self.site.deciding.chooser.decide(body, CALLER)
        assert answer["status"] == "decided", answer
        await until_over(self.site)
        return self.sent()[-1]

    def sent(self) -> list[Delivery]:
        """Give what was handed over, oldest first."""
        found = [one for one in self.site.deciding.sender.deliveries() if one.state == "delivered"]
        return sorted(found, key=lambda one: (one.parcel.at, one.parcel.parcel_id))

    async def follow(self, query: str, device: str = "", **headers: str) -> httpx.Response:
        """Open a link in a browser that has the cookie of a device, or none."""
        sent = {"user-agent": FIREFOX, "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
        if device:
            sent["cookie"] = f"theme=dark; wgw_aid={device}"
        sent |= {name.replace("_", "-"): text for name, text in headers.items()}
        return await self.fetch("GET", query, sent)

    async def fetch(self, method: str, query: str, headers: dict[str, str]) -> httpx.Response:
        """Ask the real application, as a browser does that goes nowhere else."""
        application = Application(self.site, pages_application(self.site, PUBLIC_URL), "token")
        transport = httpx.ASGITransport(app=application)  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url=PUBLIC_URL) as client:
            return await client.request(method, f"/v1/click?{query}", headers=headers)

    def later(self, milliseconds: int) -> None:
        """Let time pass."""
        assert isinstance(self.site.clock, MemoryClock)
        self.site.clock.advance(milliseconds)


def mailing(story: Callable[[Mailing], Awaitable[None]], link_days: int = 30) -> None:
    """Tell a story on a site of its own, whose links count for so many days."""

    async def whole() -> None:
        settings = Settings(public_url=PUBLIC_URL, mail_link_days=link_days)
        site = Site(in_memory(MemoryClock(NOW, 1)), settings)
        await site.start(background=False)
        await site.applier.apply([("mail.yaml", _CONFIGURATION)])
        try:
            await story(Mailing(site))
        finally:
            await site.stop()

    asyncio.run(whole())
