"""A server that is killed and whose clock jumps, real receivers, and clients that never give up."""

import asyncio
import json
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx

from tests.decisioning.mail_server import HOST, MailServer, mail_server, read
from wegweiser.settings import read_settings
from wegweiser.workspace.engines import embedded
from wegweiser.workspace.site import Site

# The product's own command, with a clock that the test moves.
LAUNCH = """
import sys, time
from pathlib import Path
offset, real = Path(sys.argv.pop(1)), time.time_ns
time.time_ns = lambda: real() + int(offset.read_text() or 0) * 1_000_000
from wegweiser.cli.main import main
main()
"""
DAY_MS = 86_400_000
SECRET = "whsec_" + "c2VjcmV0LW9mLXRoZS10ZXN0LXJlY2VpdmVyLTMy"
CONFIGURATION = """
{kind: placement, key: mail.push, channel: email, direction: push, allow_nothing: false}
---
{kind: placement, key: crm.push, channel: webhook, direction: push, allow_nothing: false}
---
{kind: message, key: news, variants: [
 {key: mail, channel: email, content: {subject: News, text: 'Dear {{ person.traits.firstName }}'}},
 {key: hook, channel: webhook, content: {text: News}}]}
---
{kind: cap, key: mails, limit: 2, window_hours: 168, channels: [email]}
---
{kind: cap, key: hooks, limit: 3, window_hours: 168, channels: [webhook]}
---
{kind: arms, nothing: 0, random: 0, no_levers: 0, rules_only: 0, eligible_only: 0}
---
"""
CAPS = {"email": 2, "webhook": 3}


class HookReceiver:
    """What a real HTTP server got: headers and body of every call."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []


@contextmanager
def hook_receiver() -> Iterator[tuple[HookReceiver, str]]:
    """Run a webhook receiver that now and then fails; gives it and its URL."""
    receiver, chance = HookReceiver(), random.Random(1)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            status = chance.choice([200, 200, 200, 503])
            if status == 200:
                receiver.got.append((dict(self.headers.items()), body))
            self.send_response(status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Keep the test's output clean."""

    server = ThreadingHTTPServer((HOST, 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield receiver, f"http://{HOST}:{server.server_address[1]}/hook"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Served:
    """One run of the server."""

    def __init__(self, folder: Path, offset: Path, environment: dict[str, str]):
        command = [sys.executable, "-W", "error", "-c", LAUNCH, str(offset)]
        self.process = subprocess.Popen(
            [*command, "serve", "--data", str(folder), "--port", "0"],
            stdout=subprocess.PIPE,
            env=environment,
            text=True,
        )
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith("Wegweiser is ready on "):
                self.address = line.split()[-1]
                return
        raise AssertionError(f"the server ended with {self.process.wait()}")

    def end(self, how: signal.Signals) -> None:
        """End it, by SIGKILL or in order."""
        self.process.send_signal(how)
        self.process.wait(timeout=60)
        assert self.process.stdout is not None
        self.process.stdout.close()


class World:
    """Workers that ask for decisions while the server is killed; what they were answered."""

    def __init__(self, folder: Path, people: int, environment: dict[str, str]):
        self.folder, self.people, self.environment = folder, people, environment
        self.offset = folder.parent / "offset"
        self.offset.write_text("0")
        self.served: dict[str, str] = {}
        self.unknown: set[str] = set()
        self.merged: dict[tuple[int, int], float] = {}
        self._lock = threading.Lock()
        self._ending = threading.Event()
        self.server: Served | None = None
        self.key = ""

    def prepare(self, mail_port: int, hook: str, **more: object) -> None:
        """Apply the configuration, load the people."""
        self.folder.mkdir()
        settings = {
            "allowed_targets": [f"{HOST}/32"],
            "public_url": "https://post.example.com",
            "send_seconds": 0.05,
            "checkpoint_seconds": 0.3,
        }
        (self.folder / "settings.json").write_text(json.dumps(settings))
        endpoints: list[dict[str, object]] = [
            {
                "kind": "endpoint",
                "key": "mail",
                "channel": "email",
                "via": "smtp",
                "target": f"smtp+plain://{HOST}:{mail_port}",
                "sender": "news@example.com",
                **more,
            },
            {
                "kind": "endpoint",
                "key": "crm",
                "channel": "webhook",
                "via": "webhook",
                "target": hook,
                "secret_env": "WEGWEISER_SECRET_CRM",
            },
        ]
        text = CONFIGURATION + "\n---\n".join(json.dumps(one) for one in endpoints)

        async def made() -> str:
            async with self.opened() as site:
                await site.applier.apply([("configuration.yaml", text)])
                return site.callers.create("shop").secret_key

        self.key = asyncio.run(made())

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Site]:
        """Open the folder while no server runs."""
        settings = read_settings(self.folder / "settings.json")
        site = Site(embedded(self.folder, settings), settings)
        await site.start(background=False)
        try:
            yield site
        finally:
            await site.stop()

    def start(self) -> None:
        """Serve."""
        self.server = Served(self.folder, self.offset, self.environment)

    def load(self) -> None:
        """Tell of people who agreed to everything."""
        granted = {"consent": {"categoryPreferences": {"email": True, "sharing": True}}}
        batch = [
            {
                "type": "identify",
                "messageId": f"identify-{number}",
                "userId": f"u-{number}",
                "traits": {"firstName": "Ada", "email": f"u-{number}@people.example"},
                "context": granted,
            }
            for number in range(self.people)
        ]
        self.call("/v1/batch", {"batch": batch})

    def call(self, path: str, body: object) -> httpx.Response:
        """Post to the server that runs now."""
        assert self.server is not None
        return httpx.post(
            self.server.address + path,
            json=body,
            headers={"x-api-key": self.key, "x-write-key": self.key},
            timeout=60,
            trust_env=False,
        )

    def merge(self, one: int, other: int) -> None:
        """Say that two people are one, and note when that was acknowledged."""
        granted = {"consent": {"categoryPreferences": {"email": True, "sharing": True}}}
        alias = {
            "type": "alias",
            "messageId": f"alias-{one}-{other}",
            "previousId": f"u-{one}",
            "userId": f"u-{other}",
            "context": granted,
        }
        assert self.call("/v1/batch", {"batch": [alias]}).status_code == 200
        self.merged[one, other] = time.monotonic()

    def work(self, number: int) -> None:
        """Ask for decisions until the end; each call is made once."""
        chance, count = random.Random(number), 0
        with httpx.Client(timeout=5, trust_env=False) as client:
            while not self._ending.is_set():
                count += 1
                request = f"w-{number}-{count}"
                placement = chance.choice(["mail.push", "crm.push"])
                body = {
                    "request_id": request,
                    "subject": {"person": f"user_id:u-{chance.randrange(self.people)}"},
                    "placements": [{"key": placement}],
                }
                self._ask(client, request, body)
                time.sleep(chance.uniform(0, 0.3))

    def _ask(self, client: httpx.Client, request: str, body: dict[str, object]) -> None:
        server = self.server
        assert server is not None
        headers = {"x-api-key": self.key}
        try:
            answer = client.post(f"{server.address}/v1/decide", json=body, headers=headers)
        except httpx.HTTPError:
            with self._lock:
                self.unknown.add(request)
            time.sleep(0.1)
            return
        decision_id = answer.json().get("decision_id") if answer.status_code == 200 else None
        with self._lock:
            if decision_id:
                self.served[request] = decision_id
            elif answer.status_code >= 500:
                self.unknown.add(request)

    @contextmanager
    def working(self, workers: int) -> Iterator[None]:
        """Let workers ask for the length of a block."""
        threads = [threading.Thread(target=self.work, args=(one,)) for one in range(workers)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._ending.set()
            for thread in threads:
                thread.join()

    def kill_and_jump(self, chance: random.Random) -> None:
        """Kill the server in the middle of its work; the next one has another clock."""
        assert self.server is not None
        self.server.end(signal.SIGKILL)
        self.offset.write_text(str(chance.choice([0, 1, -1, 3, -3]) * DAY_MS))
        self.start()


__all__ = ["MailServer", "mail_server"]


def copies_per_person(mails: MailServer) -> Counter[str]:
    """Count the mails that arrived, by the address that they went to."""
    return Counter(str(read(mail)["To"]) for mail in mails.mails)
