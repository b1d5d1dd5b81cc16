"""No hostile URL gets a connection, even where it already stands in the store."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

from wegweiser.adapters.memory import MemoryClock
from wegweiser.adapters.webhook import WebhookChannel
from wegweiser.deliver.address import AddressRules
from wegweiser.deliver.signature import new_secret, signed_request
from wegweiser.ports.channel import Parcel

SECRET = new_secret(bytes(24))
ANSWERS = {
    "127.0.0.1.nip.io": ["127.0.0.1"],
    "metadata.google.internal": ["169.254.169.254"],
    "db.internal": ["10.0.0.6"],
    "postgres": ["10.0.0.7"],
    "rebind.test": ["127.0.0.1"],
    "mixed.test": ["93.184.216.34", "10.0.0.5"],
}


async def resolve(host: str, port: int) -> list[str]:
    """Answer as the file's own test resolver; an unknown name leads into our own machine."""
    return ANSWERS.get(host, ["127.0.0.1"])


async def ended(url: str) -> str:
    rules = AddressRules(allow_http=True, own_names=frozenset({"SELF.example"}))
    channel = WebhookChannel(
        url,
        rules,
        lambda parcel, at_ms: signed_request(parcel, at_ms, (SECRET,)),
        MemoryClock(),
        resolve,
    )
    receipt = await channel.hand_over(Parcel("msg_1", "message.send", 1_800_000_000_000, {}))
    return receipt.state


def test_every_line_that_must_be_blocked_is_blocked_at_delivery(
    shared_data: Callable[[str], Path],
) -> None:
    lines = (shared_data("hostile") / "urls.jsonl").read_text(encoding="utf-8").splitlines()
    cases = [json.loads(line) for line in lines]
    # The target of a redirect is never called at all: test_webhook.py.
    blocked = [
        case["url"]
        for case in cases
        if case["expect"] == "block" and not case["name"].startswith("redirect")
    ]
    assert len(blocked) > 30
    states = {url: asyncio.run(ended(url)) for url in blocked}
    assert {url: state for url, state in states.items() if state != "blocked"} == {}
