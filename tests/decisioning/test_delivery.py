"""Acceptance tests of delivery: at most one mail per decision, webhooks that anybody can verify."""

import asyncio
import random
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import msgspec
import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from tests.decisioning.mail_server import HOST, mail_server
from tests.decisioning.mail_world import (
    decide,
    opened,
    started,
    states,
    until_over,
)
from wegweiser.adapters.memory import MemoryClock
from wegweiser.deliver.signature import signed_request
from wegweiser.ports.channel import Parcel
from wegweiser.terms.errors import DocumentRefused, InputRefused
from wegweiser.terms.instant import parse_instant
from wegweiser.workspace.operations import run as run_operation

PLANS = ("take", "drop_after_dot", "drop_before_dot", "busy_rcpt", "busy_data", "refuse_rcpt")


def _never_two_copies(folder: Path, runs: int, seed: int = 34) -> None:
    """Write to `runs` people through a server that fails in every way, and is forgotten about."""
    chance = random.Random(seed)
    drawn = [*PLANS, *chance.choices(PLANS, SHARES, k=runs - len(PLANS))]
    plans = {f"u-{number}@people.example": plan for number, plan in enumerate(drawn)}

    async def run() -> None:
        site = await opened(folder, port, runs)
        ids = [await decide(site, number) for number in range(runs)]
        await until_over(site)
        # Whatever happens afterwards: a new start, a person who wants to try again.
        clock = site.clock
        await site.stop()
        site = await started(folder, clock)
        for one in [one for one in site.deciding.sender.deliveries() if one.state == "unknown"]:
            with pytest.raises(InputRefused, match="may have arrived"):
                await run_operation(site, "delivery_retry", {"id": one.parcel.parcel_id})
        await until_over(site)
        for delivery in list(site.deciding.sender.deliveries()):
            planned = plans[str(delivery.parcel.data["subject"]["email"])]  # type: ignore[index,call-overload]
            assert delivery.state in EXPECTED[planned], (planned, delivery.state, delivery.detail)
        copies = server.copies
        assert set(copies.values()) == {1}
        got = {name.partition("_")[2].rpartition("_")[0] for name in copies}
        wanted = {
            ids[number]
            for number in range(runs)
            if plans[f"u-{number}@people.example"] in ("take", "drop_after_dot")
        }
        assert got == wanted
        # A mail that may have arrived counts as a contact; one that surely did not, does not.
        unknown = states(site)["unknown"]
        assert unknown == sum(plan == "drop_after_dot" for plan in plans.values()) > 0
        upto = await site.intake.settle()
        told = [row for row in site.exporter.outcomes(upto) if row["kind"] == "delivered"]
        assert len(told) == states(site)["delivered"]
        await site.stop()

    with mail_server(plans.__getitem__) as (server, port):
        asyncio.run(run())


AT_ONCE = 25
# Most of them as the test is named for, some of every other kind.
SHARES = (4, 8, 1, 1, 1, 1)
EXPECTED = {
    "take": ("delivered",),
    "drop_after_dot": ("unknown",),
    "drop_before_dot": ("dead",),
    "busy_rcpt": ("dead",),
    "busy_data": ("dead",),
    "refuse_rcpt": ("refused",),
}


def test_34_smtp_killed_after_the_final_dot(tmp_path: Path) -> None:
    _never_two_copies(tmp_path, 24)


@pytest.mark.sweep
def test_34_in_ten_thousand_runs(tmp_path: Path) -> None:
    # In many workspaces, since an endpoint that fails often is left alone for a while.
    for number in range(10_000 // AT_ONCE):
        folder = tmp_path / str(number)
        folder.mkdir()
        _never_two_copies(folder, AT_ONCE, seed=number)
        shutil.rmtree(folder)


class Receiver:
    """A webhook receiver that checks nothing itself; what it got is checked from outside."""

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
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield receiver, f"http://{HOST}:{server.server_address[1]}/hook"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


SECRET = "whsec_" + "c2VjcmV0LW9mLXRoZS10ZXN0LXJlY2VpdmVyLTMy"
NEXT_SECRET = "whsec_" + "dGhlLW5leHQtc2VjcmV0LW9mLXRoZS1yZWNlaXZlcg=="


def test_35_webhook_signatures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEGWEISER_SECRET_HOOK", f"{SECRET} {NEXT_SECRET}")

    async def run(url: str) -> None:
        site = await opened(tmp_path, 9, 3, via="webhook", target=url, **HOOK)
        clock = site.clock
        assert isinstance(clock, MemoryClock)
        clock.now = round(time.time() * 1000)
        await decide(site, 0)
        await until_over(site)
        assert states(site) == {"delivered": 1}
        # 410: the endpoint is called no more, for nobody, until somebody says so.
        receiver.statuses[:] = [410]
        first = await decide(site, 1)
        await until_over(site)
        second = await decide(site, 2)
        await until_over(site)
        assert states(site) == {"delivered": 1, "disabled": 2}
        calls = len(receiver.got)
        await until_over(site)
        assert len(receiver.got) == calls
        [listed] = await run_operation(site, "endpoint_list", {})  # type: ignore[misc]
        assert listed["switched_off_at"] is not None  # type: ignore[index,call-overload]
        assert await run_operation(site, "endpoint_enable", {"key": "mail"})
        for decision_id in (first, second):
            await run_operation(site, "delivery_retry", {"id": f"msg_{decision_id}_0"})
        await until_over(site)
        assert states(site) == {"delivered": 3}
        published = msgspec.json.encode(site.unifier.policies.bundle)
        assert b"whsec_" not in published
        await site.stop()

    with receiving([503, 200]) as (receiver, url):
        asyncio.run(run(url))
    (headers, body), (later, again) = receiver.got[:2]
    assert body == again
    assert headers["webhook-id"] == later["webhook-id"]
    # Both secrets verify while they are changed over.
    for secret in (SECRET, NEXT_SECRET):
        assert Webhook(secret).verify(body, headers)["type"] == "message.send"
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(body.replace(b"Ada", b"Eve"), headers)
    # Receivers take nothing that is six minutes old, or was signed for later.
    for minutes in (6, -6):
        stamped = signed_at(body, headers["webhook-id"], time.time() + minutes * 60)
        with pytest.raises(WebhookVerificationError):
            Webhook(SECRET).verify(body, stamped)
    assert Webhook(SECRET).verify(body, signed_at(body, headers["webhook-id"], time.time()))


HOOK: dict[str, object] = {"secret_env": "WEGWEISER_SECRET_HOOK", "sender": ""}


def signed_at(body: bytes, name: str, at_s: float) -> dict[str, str]:
    """Sign a body as the sender does, at a moment in seconds."""
    parsed = msgspec.json.decode(body)
    at = parse_instant(parsed["timestamp"])
    assert at is not None
    parcel = Parcel(name, parsed["type"], at, parsed["data"])
    headers, written = signed_request(parcel, round(at_s * 1000), (SECRET,))
    assert written == body
    return headers


def test_what_is_no_signing_secret_is_never_taken_from_the_environment(tmp_path: Path) -> None:
    async def run() -> None:
        with pytest.raises(DocumentRefused, match="WEGWEISER_SECRET_"):
            await opened(
                tmp_path, 9, 1, via="webhook", target="https://a.example", secret_env="HOME"
            )

    asyncio.run(run())
