"""Check 27: from nothing to the first own event by one page; the demo leaves nothing behind."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.acceptance.reader import Reader
from tests.road.server import Server, serving
from tests.web.serving import until

PASSWORD = "a long sentence is best"
INSTRUCTIONS = Path(__file__).resolve().parents[2] / "docs" / "start.md"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, str]]:
    """A server in an empty folder, with what it printed when it was first started."""
    folder = tmp_path_factory.mktemp("first")
    errors = folder / "told.txt"
    with serving(folder / "data", errors) as server:
        until(lambda: "works once" in errors.read_text())
        yield server, errors.read_text()


def test_one_person_comes_to_the_first_own_event_by_forms_alone(served: tuple[Server, str]) -> None:
    server, told = served
    link = re.search(r"http://\S+(/welcome/\S+)", told)
    assert link is not None, told
    headers = {"origin": server.address, "accept": "text/html"}
    with httpx.Client(base_url=server.address, headers=headers, timeout=60) as client:
        reader = Reader(client).open(link[1])
        new = next(one.label for one in reader.fields("Save password") if one.field == "password")
        reader.send("Save password", {new: PASSWORD, "The same once more": PASSWORD})
        assert reader.path == "/"
        reader.open("/data/start")
        reader.send("Make source", {"Name of the source": "shop", "What sends?": "server"})
        assert reader.says("The source shop may send now.")
        sent = by_curl(next(one for one in reader.root.all("pre") if "curl" in one.text).text)
        assert sent.status_code == 200
        reader.follow("Listen for the first event").settle()
        assert reader.says("First event")
        reader.open("/profiles")
        assert reader.says("u-1")


def by_curl(line: str) -> httpx.Response:
    """Do what the line on the page does; there need be no curl on this machine."""
    words = shlex.split(line)
    user, _, password = words[words.index("-u") + 1].partition(":")
    kind = words[words.index("-H") + 1].partition(": ")
    return httpx.post(
        words[1],
        auth=(user, password),
        headers={kind[0]: kind[2]},
        content=words[words.index("-d") + 1],
    )


def test_the_instructions_are_one_page_and_name_what_there_is() -> None:
    text = INSTRUCTIONS.read_text()
    assert len(text.split()) < 1_500
    for words in ("make demo", "make serve", "source create", "/v1/batch"):
        assert words in text
