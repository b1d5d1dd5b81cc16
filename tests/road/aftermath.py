"""What a server holds after every hostile line was sent to it, in the order of the file."""

import base64
import json
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import msgspec

from tests.road.server import Server, exported

Line = dict[str, object]
Row = dict[str, object]
EXPORTS = ("events", "quarantine", "persons", "accounts")


class Told(msgspec.Struct, frozen=True):
    """How one line was answered: status, body, seconds, and by how much the server grew."""

    status: int
    body: Row
    seconds: float
    growth_mb: float


class Aftermath(msgspec.Struct, frozen=True):
    """Answers by name of the line, and everything that the exports give."""

    server: Server
    errors: Path
    told: dict[str, Told]
    rows: dict[str, list[Row]]
    metrics: str
    growth_mb: float

    def event(self, message_id: str) -> Row:
        """Give the one stored event of this id."""
        found = [row for row in self.rows["events"] if row["messageId"] == message_id]
        assert len(found) == 1, (message_id, found)
        return found[0]

    def stored(self, line: Line) -> Row:
        """Give the one stored event of a line."""
        return self.event(message_id_of(line))

    def kept(self, message_id: str) -> int:
        """Count where a message id is found again: among events or in quarantine."""
        rows = [*self.rows["events"], *self.rows["quarantine"]]
        return sum(row["messageId"] == message_id for row in rows)

    def persons_with(self, type_: str, value: str) -> list[Row]:
        """Give the persons that hold an identifier as a member."""
        wanted = {"type": type_, "value": value, "status": "member"}
        return [one for one in self.rows["persons"] if wanted in list_of(one["identifiers"])]

    def connections(self) -> str:
        """Give the table of connections that the serving process sees; "" without one."""
        table = Path(f"/proc/{self.server.process.pid}/net/tcp")
        return table.read_text(encoding="utf-8") if table.exists() else ""

    def codes(self, name: str) -> set[str]:
        """Give the codes of the repairs that an answer listed."""
        entries = list_of(self.told[name].body.get("repaired", []))
        return {str(code) for entry in entries for code in list_of(object_of(entry)["codes"])}


def list_of(value: object) -> list[object]:
    assert isinstance(value, list)
    return value


def object_of(value: object) -> Row:
    assert isinstance(value, dict)
    return value


def message_id_of(line: Line) -> str:
    """Give the last messageId that a line writes, as parsers of JSON do."""
    body = line["body"]
    if line["encoding"] == "base64":
        text = base64.b64decode(str(body)).decode("utf-8-sig")
        body = json.loads(text)
    return str(object_of(body)["messageId"])


def memory_mb(server: Server) -> float:
    """Read the memory of the serving process; 0 where the system does not tell."""
    status = Path(f"/proc/{server.process.pid}/status")
    if not status.exists():
        return 0.0
    lines = status.read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024


def send_all(
    server: Server,
    errors: Path,
    client: httpx.Client,
    lines: list[Line],
    send: Callable[[Line], httpx.Response],
) -> Aftermath:
    """Send every line, the one without a messageId twice, then read all that is kept."""
    told: dict[str, Told] = {}
    first_mb = memory_mb(server)
    for line in lines:
        before_mb, began = memory_mb(server), time.perf_counter()
        response = send(line)
        seconds = time.perf_counter() - began
        grown_mb = memory_mb(server) - before_mb
        told[str(line["name"])] = Told(response.status_code, response.json(), seconds, grown_mb)
        if line["name"] == "messageid_missing":
            assert send(line).status_code == 200
    growth_mb = memory_mb(server) - first_mb
    rows = {kind: exported(server.folder, kind) for kind in EXPORTS}
    return Aftermath(server, errors, told, rows, client.get("/metrics").text, growth_mb)
