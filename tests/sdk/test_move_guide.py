"""The guide "Move from Segment or RudderStack": every block does what the page says."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.road.server import new_source, wegweiser
from tests.sdk.conftest import Place
from tests.sdk.node_clients import PACKAGES

GUIDE = Path(__file__).resolve().parents[2] / "docs/guides/move-from-segment-or-rudderstack.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.DOTALL | re.MULTILINE)
# A page without a bundler finds the library in a global of the package's own build.
IMPORTS = {
    'import { AnalyticsBrowser } from "@segment/analytics-next";': "AnalyticsNext",
    'import { RudderAnalytics } from "@rudderstack/analytics-js/bundled";': "rudderanalytics",
}


def blocks(language: str) -> list[str]:
    """Give the guide's blocks in a language."""
    found = BLOCK.findall(GUIDE.read_text(encoding="utf-8"))
    return [block for kind, block in found if kind == language]


def block_with(language: str, text: str) -> str:
    """Give the one block that holds a text."""
    (found,) = [block for block in blocks(language) if text in block]
    return found


def filled_in(block: str, place: Place) -> str:
    """Put the address and keys of a running server where the guide has examples."""
    return (
        block.replace("http://127.0.0.1:8000", place.server.address)
        .replace("wgw_sk_...", place.secret)
        .replace("wgw_pk_...", place.key)
    )


def moved(place: Place, sender: str) -> list[dict[str, Any]]:
    """Wait for the event that a block sends."""

    def about(row: dict[str, Any]) -> bool:
        return row.get("properties", {}).get("from") == sender

    return place.settled(1, about)


def run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("sender", ["segment-python", "rudderstack-python"])
def test_python(sender: str, place: Place) -> None:
    run(sys.executable, "-c", filled_in(block_with("python", sender), place))
    assert len(moved(place, sender)) == 1


@pytest.mark.parametrize("sender", ["segment-node", "rudderstack-node"])
def test_node(sender: str, place: Place) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node is not installed")
    block = filled_in(block_with("js", sender), place)
    done = subprocess.run(
        [node, "-e", block], cwd=PACKAGES, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert len(moved(place, sender)) == 1


@pytest.mark.browser
@pytest.mark.parametrize(
    ("sender", "path"), [("segment-browser", "/segment"), ("rudderstack-browser", "/rudderstack")]
)
def test_page(sender: str, path: str, tab: Page, place: Place) -> None:
    block = filled_in(block_with("js", sender), place)
    for line, given in IMPORTS.items():
        names = line[len("import ") : line.index("} ") + 1]
        block = block.replace(line, f"const {names} = {given};")
    assert "import " not in block
    tab.goto(place.shop + path)
    tab.add_script_tag(content=block)
    assert len(moved(place, sender)) == 1


def test_side_by_side_with_one_message_id(place: Place) -> None:
    old = new_source(place.server.folder, "old")["secret_key"]
    block = block_with("python", "before = Client")
    there = f'Client("{old}", host="{place.server.address}")'
    block = filled_in(block.replace('Client("your-old-key")', there), place)
    run(sys.executable, "-c", block)
    rows = [row for row in place.rows() if row.get("properties", {}).get("from") == "both"]
    assert len(rows) == 2
    assert len({row["messageId"] for row in rows}) == 1
    assert len({row["sourceId"] for row in rows}) == 2


@pytest.mark.browser
def test_two_libraries_on_a_page_name_the_visitor_alike(tab: Page, place: Place) -> None:
    old = new_source(place.server.folder, "page before")["write_key"]
    tab.goto(f"{place.shop}/segment")
    names = tab.evaluate(
        """async ([keys, cdnURL]) => {
          const loaded = keys.map((writeKey) =>
            AnalyticsNext.AnalyticsBrowser.load({writeKey, cdnURL}));
          const sent = await Promise.all(loaded.map((one) => one.track("Both on a page")));
          return sent.map((context) => context.event.anonymousId);
        }""",
        [[old, place.key], place.server.address],
    )
    assert names[0] == names[1]
    rows = place.settled(2, lambda row: row.get("event") == "Both on a page")
    assert len({row["sourceId"] for row in rows}) == 2
    assert {row["anonymousId"] for row in rows} == {names[0]}


def test_commands(place: Place) -> None:
    folder = str(place.server.folder)
    told = [line for block in blocks("sh") for line in block.splitlines()]
    assert [line for line in told if not line.startswith("wegweiser ")] == []
    for line in told:
        words = line.split("|")[0].replace("./data", folder).split()[1:]
        if words[0] in ("serve", "source"):
            continue  # this is how the fixture began
        assert wegweiser(*words)
    assert json.loads(wegweiser("doctor", "--data", folder, "--json"))["healthy"] is True
    inline = "wegweiser source options site browser_batching=true --data ./data"
    assert inline in GUIDE.read_text(encoding="utf-8")
    wegweiser(*inline.replace("./data", folder).split()[1:])


def test_the_releases_that_the_guide_names_are_those_that_are_tested() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    tested = json.loads(PACKAGES.joinpath("package.json").read_text())["dependencies"]
    for name, version in tested.items():
        if name.startswith(("@segment", "@rudderstack")):
            assert f"`{name}` {'.'.join(version.split('.')[:2])}" in text
