"""Webhook addresses in configuration: what may not be called is refused when it is applied."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.flow.sites import NOW, running
from wegweiser.adapters.memory import MemoryClock
from wegweiser.settings import Settings
from wegweiser.terms.errors import DocumentRefused
from wegweiser.workspace.engines import in_memory
from wegweiser.workspace.site import Site

# These are plain https names: only looking them up, or calling them, shows where they lead.
SEEN_AT_DELIVERY = {"redirect_to_loopback"}
# A settings file can allow more ports; without one these good addresses are refused as well.
OTHER_SCHEME_OR_PORT = ("http://", ":6379", ":8080", ":80/")


def endpoint(target: str) -> str:
    """Write a document with the target in its line 6."""
    written = json.dumps(target)
    return (
        f"# comment\n\nkind: endpoint\nkey: crm\nvia: webhook\ntarget: {written}\nchannel: email\n"
    )


async def refusal(site: Site, target: str) -> str:
    try:
        await site.applier.apply([("hooks.yaml", endpoint(target))])
    except DocumentRefused as refused:
        return f"{refused.file}:{refused.line}"
    return ""


def test_hostile_addresses_are_refused_with_file_and_line(
    shared_data: Callable[[str], Path],
) -> None:
    lines = (shared_data("hostile") / "urls.jsonl").read_text(encoding="utf-8").splitlines()
    cases = [case for line in lines if (case := json.loads(line))["name"] not in SEEN_AT_DELIVERY]
    assert len(cases) > 40

    async def check() -> None:
        # The server's own address, as the file has it.
        settings = Settings(public_url="https://self.example")
        site = Site(in_memory(MemoryClock(NOW, 1)), settings)
        await site.start(background=False)
        places = {case["url"]: await refusal(site, case["url"]) for case in cases}
        wrong = {
            case["url"]: places[case["url"]]
            for case in cases
            if case["expect"] == "block" and places[case["url"]] != "hooks.yaml:6"
        }
        assert wrong == {}
        allowed = [case["url"] for case in cases if case["expect"] == "allow"]
        plain = [url for url in allowed if not any(part in url for part in OTHER_SCHEME_OR_PORT)]
        assert plain
        assert [url for url in plain if places[url]] == []
        await site.stop()

    asyncio.run(check())


@pytest.mark.parametrize("target", ["http://127.0.0.64:9000/hook", "http://crm.internal:8080/"])
def test_what_the_operator_opened_may_be_applied(target: str) -> None:
    async def check() -> None:
        async with running() as closed:
            assert await refusal(closed, target) == "hooks.yaml:6"
        settings = Settings(allowed_targets=("127.0.0.64/32", "crm.internal:8080"))
        site = Site(in_memory(MemoryClock(NOW, 1)), settings)
        await site.start(background=False)
        assert await refusal(site, target) == ""
        assert site.unifier.policies.bundle.endpoints[0].target == target
        await site.stop()

    asyncio.run(check())
