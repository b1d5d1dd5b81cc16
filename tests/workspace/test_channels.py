"""Channels of a bundle: files stay in the outbox, and nothing is sent to ourselves."""

import asyncio
from pathlib import Path

import pytest

from wegweiser.adapters.memory import MemoryClock
from wegweiser.ports.channel import Parcel, Receipt
from wegweiser.settings import Settings
from wegweiser.terms.policy import Endpoint
from wegweiser.workspace.channels import open_channel
from wegweiser.workspace.engines import embedded


def handed_over(root: Path, endpoint: Endpoint, settings: Settings) -> Receipt:
    engines = embedded(root, settings)
    try:
        channel = open_channel(endpoint, engines, settings)
        parcel = Parcel("p-1", "message", MemoryClock().now_ms(), {"a": 1})
        return asyncio.run(channel.hand_over(parcel))
    finally:
        engines.close()


@pytest.mark.parametrize("target", ["", ".", "..", "/", "a/..", "..\\a", "a\0"])
def test_a_target_outside_the_outbox_gets_nothing(tmp_path: Path, target: str) -> None:
    receipt = handed_over(tmp_path, Endpoint("k", "email", "file", target), Settings())
    assert receipt.state == "failed"
    assert not list(tmp_path.rglob("*.ndjson"))


def test_a_plain_target_gets_its_file(tmp_path: Path) -> None:
    receipt = handed_over(tmp_path, Endpoint("k", "email", "file", "mail"), Settings())
    assert receipt.state == "delivered"
    assert len(list((tmp_path / "outbox" / "mail").glob("*.ndjson"))) == 1


def test_the_own_address_is_not_called(tmp_path: Path) -> None:
    endpoint = Endpoint("k", "email", "webhook", "https://cdp.example.org/v1/track")
    settings = Settings(public_url="https://CDP.example.org", allowed_targets=("cdp.example.org",))
    receipt = handed_over(tmp_path, endpoint, settings)
    assert receipt.state == "blocked"
    assert "own address" in receipt.detail
