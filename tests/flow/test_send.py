"""Push messages: built once, signed, tried again, withdrawn when consent is gone."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from standardwebhooks.webhooks import Webhook

from tests.flow.sites import caller
from wegweiser.settings import Settings
from wegweiser.terms.json import JsonObject
from wegweiser.workspace.engines import embedded
from wegweiser.workspace.site import Site

SECRET = "whsec_" + "c2VjcmV0LW9mLXRoZS10ZXN0LXJlY2VpdmVyLTMy"
MAIL: JsonObject = {"channel": "email"}
SIGNED: JsonObject = {"secret": SECRET}
HOST = "127.0.0.64"


class Receiver:
    """A real HTTP server that notes what it got and answers with the statuses it was given."""

    def __init__(self, statuses: list[int]):
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.statuses = statuses


@contextmanager
def receiving(statuses: list[int]) -> Iterator[tuple[Receiver, str]]:
    """Run a receiver; gives it and its URL."""
    receiver = Receiver(statuses)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            receiver.got.append((dict(self.headers.items()), body))
            self.send_response(receiver.statuses.pop(0) if receiver.statuses else 200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Keep the test's output clean."""

    server = ThreadingHTTPServer((HOST, 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield receiver, f"http://{HOST}:{server.server_address[1]}/hook"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


PLACEMENT = """
{kind: placement, key: crm.push, channel: webhook, direction: push, allow_nothing: false}
---
{kind: message, key: welcome, variants: [{key: en, channel: webhook,
 content: {text: 'Hello {{ person.traits.firstName }}'}}]}
---
{kind: arms, nothing: 0, random: 0, no_levers: 0, rules_only: 0, eligible_only: 0}
---
"""


def person(sharing: bool, number: int = 1) -> JsonObject:
    """Write an identify that says whether the webhook channel may be used."""
    return {
        "type": "identify",
        "messageId": f"identify-{number}",
        "userId": "u-1",
        "traits": {"firstName": "Ada"},
        "context": {"consent": {"categoryPreferences": {"sharing": sharing}}},
        "timestamp": f"2026-11-01T10:00:{number:02d}Z",
    }


async def opened(folder: Path, endpoint: JsonObject) -> Site:
    """Open a site in a folder with one endpoint and one person who agreed."""
    settings = Settings(allowed_targets=(f"{HOST}/32",))
    site = Site(embedded(folder, settings), settings)
    await site.start(background=False)
    described = PLACEMENT + json.dumps({"kind": "endpoint", "channel": "webhook", **endpoint})
    await site.applier.apply([("push.yaml", described)])
    await site.loader.take("crm", [person(True)], kind="live")
    return site


async def decided(site: Site) -> None:
    """Decide to say welcome."""
    body: JsonObject = {
        "request_id": "r-1",
        "subject": {"person": "user_id:u-1"},
        "placements": [{"key": "crm.push"}],
    }
    answer = await site.deciding.chooser.decide(body, caller(site)[1])
    assert answer["status"] == "decided", answer
    await site.intake.settle()


def states(site: Site) -> list[str]:
    return [delivery.state for delivery in site.deciding.sender.deliveries()]


async def until_over(site: Site) -> None:
    """Send what is due until nothing is pending; retries come 5 s after the first try."""
    for _ in range(600):
        await site.deciding.sender.send_due()
        if "pending" not in states(site):
            return
        await asyncio.sleep(0.1)


def test_a_signed_webhook_is_tried_again_under_the_same_id(tmp_path: Path) -> None:
    async def run(url: str) -> None:
        site = await opened(tmp_path, {"key": "crm", "via": "webhook", "target": url, **SIGNED})
        await decided(site)
        await until_over(site)
        assert states(site) == ["delivered"]
        upto = await site.intake.settle()
        kinds = [row["kind"] for row in site.exporter.outcomes(upto)]
        assert kinds == ["delivered"]
        await site.stop()

    with receiving([503, 200]) as (receiver, url):
        asyncio.run(run(url))
    (first, body), (second, repeated) = receiver.got
    assert body == repeated
    assert first["webhook-id"] == second["webhook-id"]
    verified = Webhook(SECRET).verify(repeated, second)
    assert verified["data"]["content"] == {"text": "Hello Ada"}


def test_a_withdrawal_after_the_decision_stops_the_hand_over(tmp_path: Path) -> None:
    async def run(url: str) -> None:
        site = await opened(tmp_path, {"key": "crm", "via": "webhook", "target": url, **SIGNED})
        await decided(site)
        await site.loader.take("crm", [person(False, 2)], kind="live")
        await until_over(site)
        assert states(site) == ["withdrawn"]
        assert "CONSENT" in next(site.deciding.sender.deliveries()).detail
        await site.stop()

    with receiving([]) as (receiver, url):
        asyncio.run(run(url))
    assert receiver.got == []


def test_a_file_is_written_once_also_after_a_rebuild(tmp_path: Path) -> None:
    async def run() -> None:
        site = await opened(tmp_path, {"key": "crm", "via": "file", "target": "crm"})
        await decided(site)
        await until_over(site)
        await site.rebuild()
        await until_over(site)
        assert states(site) == ["delivered"]
        await site.stop()

    asyncio.run(run())
    files = (tmp_path / "outbox" / "crm").iterdir()
    lines = [line for file in files for line in file.read_text().splitlines()]
    assert len(lines) == 1
    assert json.loads(lines[0])["data"]["message"] == "welcome"


def test_what_had_no_endpoint_is_not_sent_after_a_rebuild(tmp_path: Path) -> None:
    async def run() -> None:
        site = await opened(tmp_path, {"key": "other", "via": "file", "target": "other"} | MAIL)
        await decided(site)
        await until_over(site)
        assert states(site) == ["blocked"]
        described = {"kind": "endpoint", "key": "crm", "channel": "webhook"}
        late = json.dumps(described | {"via": "file", "target": "crm"})
        await site.applier.apply([("late.yaml", late)])
        await site.rebuild()
        await until_over(site)
        assert states(site) == ["blocked"]
        await site.stop()

    asyncio.run(run())
    assert not (tmp_path / "outbox" / "crm").exists()


def test_what_its_asker_has_delivered_is_not_sent_again(tmp_path: Path) -> None:
    async def run() -> None:
        site = await opened(tmp_path, {"key": "crm", "via": "file", "target": "crm"})
        await decided(site)
        decision = next(site.unifier.decisions.newest(1, site.clock.now_ms()))
        told: JsonObject = {"outcome_id": "o-1", "decision_id": decision.decision_id}
        told |= {"kind": "delivered", "placement": "crm.push", "slot": 0}
        await site.deciding.desk.report([told], caller(site)[1])
        upto = await site.intake.settle()
        await until_over(site)
        assert states(site) == []
        assert [row["kind"] for row in site.exporter.outcomes(upto)] == ["delivered"]
        await site.stop()

    asyncio.run(run())
    assert not (tmp_path / "outbox" / "crm").exists()


def test_a_private_address_is_never_called_even_if_it_was_once_applied(tmp_path: Path) -> None:
    async def run() -> None:
        target = f"http://{HOST}:9/hook"
        site = await opened(tmp_path, {"key": "crm", "via": "webhook", "target": target, **SIGNED})
        await site.stop()
        site = Site(embedded(tmp_path, Settings()), Settings())
        await site.start(background=False)
        await decided(site)
        await until_over(site)
        assert states(site) == ["blocked"]
        await site.stop()

    asyncio.run(run())
