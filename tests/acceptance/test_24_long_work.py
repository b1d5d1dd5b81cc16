"""Check 24: long work survives reload, second tab and restart, and is cancelled for good.

That whoever lost the connection hears what they missed stands in tests/web/work.
"""

import re
import shutil
from pathlib import Path

import httpx
import pytest

from tests.acceptance.reader import Reader, reading_as
from tests.acceptance.sources import Shop
from tests.web.serving import Running
from wegweiser.settings import Settings
from wegweiser.workspace.engines import embedded
from wegweiser.workspace.site import Site

MANY = 1_500
SCHEMA = """
kind: event_schema
key: scanned
event: Scanned
mode: quarantine
properties: {type: object, properties: {weight: {type: TYPE}}}
"""
AGAIN = re.compile("^Try again: schema_violation, scales")


class Opened(Running):
    """A server of a folder that may have had its admin before."""

    def sign_in(self) -> httpx.Client:
        """Make a browser that is signed in, without the password that nobody kept."""
        client = self.visitor()
        client.cookies.set("wegweiser", self.site.people.sign_in("admin"))
        return client


def opened(folder: Path) -> Running:
    """Serve a folder, as the command does."""

    async def site() -> Site:
        made = Site(embedded(folder, Settings()), Settings())
        await made.start(background=False)
        # What the serving process does once all is open.
        made.works.resume()
        return made

    return Opened(site)


def set_aside(server: Running) -> None:
    """Have many events set aside by a schema, which is then widened."""
    declare(server, "integer")
    scanned = {"type": "track", "event": "Scanned", "properties": {"weight": "heavy"}}
    Shop(server, "scales").send(
        *(scanned | {"userId": f"u-{number}", "messageId": f"m-{number}"} for number in range(MANY))
    )
    declare(server, "string")


def declare(server: Running, kind: str) -> None:
    schema = SCHEMA.replace("TYPE", kind)
    server.wait(server.site.applier.apply([("schema.yaml", schema)]))


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace in which many events wait."""
    folder = tmp_path_factory.mktemp("filled") / "data"
    server = opened(folder)
    set_aside(server)
    server.close()
    return folder


@pytest.fixture
def folder(filled: Path, tmp_path: Path) -> Path:
    """The same for every test."""
    return shutil.copytree(filled, tmp_path / "data")


def begun(server: Running) -> Reader:
    """Begin to read the group once more; gives the page of the work."""
    reader = reading_as(server).open("/data/quarantine")
    reader.send(AGAIN)
    assert re.fullmatch(r"/progress/wrk_\w+", reader.path)
    return reader


def test_work_outlives_its_tab_and_the_server_and_counts_everything_once(folder: Path) -> None:
    server = opened(folder)
    first = begun(server)
    second = reading_as(server).open(first.address)
    assert second.heading == first.open(first.address).heading
    # Nobody listens, and the server ends in the middle.
    server.close()
    server = opened(folder)
    again = reading_as(server).open(first.path).settle()
    assert again.says(f"Of {MANY:,} events {MANY:,} were stored; 0 stay in quarantine.")
    assert server.site.unifier.tally.unaccounted == 0
    assert again.open("/progress").links(re.compile("scales|quarantine|Try again", re.IGNORECASE))
    server.close()


def test_work_that_is_cancelled_stays_so_and_what_was_done_stays_done(folder: Path) -> None:
    server = opened(folder)
    reader = begun(server)
    cancel = [*reader.buttons("Cancel")]
    if cancel:
        reader.press(cancel[0])
    # The step under way is brought to its end before the server goes.
    server.close()
    server = opened(folder)
    waiting = MANY - server.site.unifier.tally.stored
    reader = reading_as(server).open(reader.path)
    assert not [*reader.buttons("Cancel")]
    reader.open("/data/quarantine")
    assert (f"{waiting:,} events wait" in reader.text) == bool(waiting)
    assert server.site.unifier.tally.stored == MANY - waiting
    server.close()
