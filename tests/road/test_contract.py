"""Every command of the contract for checks from outside, with and without a running server."""

import gzip
import json
import re
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.road.server import COMMAND, Server, answer, exported, new_source, outside, wegweiser

EXAMPLE = """
{kind: placement, key: home.hero, channel: web, slots: 1, allow_nothing: false}
---
{kind: goal, key: demo-booked, when: 'event == "Demo Booked"', window_days: 30, worth: 400}
---
{kind: message, key: security-whitepaper, goal: demo-booked, topic: security, value: 40,
 rules: [{label: eligible, when: 'person.traits.plan != "enterprise"', on_unknown: pass}],
 variants: [{key: de-short, channel: web, locale: de, content: {title: SSO in einer Stunde, url: 'https://www.example.com/sso'}}]}
"""
NO_ARMS = "{kind: arms, nothing: 0.0, random: 0.0, no_levers: 0, rules_only: 0, eligible_only: 0}\n"
MAPPING = """
kind: mapping
key: orders
source: shop
event: {type: track, event: Order Completed, messageId: =row.id, userId: =row.customer,
        properties: {revenue: '=number(row.total, "de")', currency: EUR}}
"""
ORDERS = [
    {"id": f"order-{number}", "customer": f"c-{number}", "total": total}
    for number, total in enumerate(["1.234,50", "0,99", "12"])
]
CONSENT = {"measurement": True, "personalisation": True}
EVENTS: list[dict[str, object]] = [
    {"type": "identify", "userId": "u-1", "messageId": "m-1", "traits": {"plan": "team"},
     "context": {"consent": {"categoryPreferences": CONSENT}}},
    {"type": "track", "event": "Demo Booked", "userId": 42, "messageId": "m-2",
     "timestamp": "2026-11-01T10:00:00+01:00", "sentAt": "2026-11-01T09:00:00Z"},
    {"type": "page", "anonymousId": "a-1", "messageId": "m-3", "name": "Start",
     "properties": {"path": "/"}},
    {"type": "group", "userId": "u-1", "groupId": "acme", "messageId": "m-4",
     "traits": {"name": "Beispiel AG"}},
    {"type": "alias", "userId": "u-2", "previousId": "a-1", "messageId": "m-5"},
    {"type": "track", "event": "", "userId": "u-1", "messageId": "m-6"},
    {"type": "page", "anonymousId": "a-1", "messageId": "m-3"},
]  # fmt: skip
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
COUNTS = {"received", "stored", "duplicate", "quarantined", "suppressed", "dropped"}
TIMES = {"firstSeenAt", "lastSeenAt", "createdAt", "updatedAt"}
PERSON = TIMES | {
    *("personId", "known", "identifiers", "traits", "accounts", "segments", "consent"),
    *("stage", "interests", "engagement", "counters"),
}
ACCOUNT = TIMES | {
    *("accountId", "identifiers", "traits", "members", "completeness", "stage", "interests"),
    *("engagement", "counters"),
}
KEYS = {
    "persons": PERSON,
    "accounts": ACCOUNT,
    "decisions": {
        *("decisionId", "requestId", "at", "subject", "placements", "status", "arm", "bundle"),
        *("model", "items"),
    },
    "outcomes": {
        *("outcomeId", "decisionId", "placement", "slot", "kind", "at", "value", "sourceId"),
    },
    "quarantine": {
        *("quarantineId", "receivedAt", "sourceId", "code", "message", "messageId", "element"),
    },
}
Row = dict[str, object]


class Place:
    """A data folder, whose server may run or not."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.server: Server | None = None
        self.decision: Row = {}

    def ask(self, *arguments: str) -> Row:
        """Run a command on the folder and read its document; beside a server as outsiders do."""
        run = wegweiser if self.server is None else outside
        found: Row = json.loads(run(*arguments, "--data", str(self.folder), "--json"))
        return found

    def readings(self) -> dict[str, object]:
        """Read everything that must be the same with and without a server."""
        found: dict[str, object] = {
            "doctor": self.ask("doctor"),
            "hash": self.ask("hash"),
            "profile": self.ask("profile", "user_id:u-1"),
            "account": self.ask("account", "group_id:acme"),
            "measure": self.ask("measure", "web.visits", "--from", "2026-01-01", "--by", "day"),
        }
        for kind in ("events", *KEYS):
            found[kind] = exported(self.folder, kind)
        return found


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Fill a folder through a running server: source, configuration, events, decision, outcome."""
    folder = tmp_path_factory.mktemp("contract") / "new" / "folder"
    found = Place(folder)
    found.server = Server(folder)
    keys = new_source(folder)
    config = folder.parent / "config.yaml"
    config.write_text(EXAMPLE, encoding="utf-8")
    first = found.ask("apply", str(config))
    assert first == {"created": 3, "changed": 0, "unchanged": 0}
    (folder.parent / "arms.yaml").write_text(NO_ARMS, encoding="utf-8")
    found.ask("apply", str(folder.parent / "arms.yaml"))
    with found.server.client(keys["secret_key"]) as client:
        assert client.post("/v1/batch", json={"batch": EVENTS}).status_code == 200
        found.decision = found.ask("decide", "--user", "u-1", "--placement", "home.hero")
        properties = {
            "decision_id": found.decision["decision_id"],
            "placement": "home.hero",
            "slot": 0,
        }
        clicked = {"userId": "u-1", "event": "Message Clicked", "properties": properties}
        assert client.post("/v1/track", json=clicked).status_code == 200
    yield found
    if found.server is not None:
        found.server.stop()


@pytest.fixture(scope="module")
def readings(place: Place) -> dict[str, object]:
    """Read everything while the server runs."""
    return place.readings()


def timeless(found: object) -> object:
    """Leave out when a measure was asked."""
    if isinstance(found, list):
        return [timeless(one) for one in found]
    if not isinstance(found, dict):
        return found
    left_out = ("as_of", "question", "question_hash", "seed", "period", "fresh_until")
    return {name: timeless(value) for name, value in found.items() if name not in left_out}


def rows_of(readings: dict[str, object], kind: str) -> list[Row]:
    found = readings[kind]
    assert isinstance(found, list)
    return found


def test_the_example_configuration_leads_to_a_decision(place: Place) -> None:
    assert place.decision["status"] == "decided"
    (item,) = place.decision["items"]
    assert (item["message"], item["variant"], item["pi"]) == ("security-whitepaper", "de-short", 1)


def test_a_server_leaves_its_address_for_its_user_only(place: Place) -> None:
    left = place.folder / "server.json"
    assert stat.S_IMODE(left.stat().st_mode) == 0o600
    assert place.server is not None
    assert json.loads(left.read_text())["address"] == place.server.address


def test_every_export_has_exactly_its_keys(readings: dict[str, object]) -> None:
    for kind, names in KEYS.items():
        rows = rows_of(readings, kind)
        assert rows, kind
        for row in rows:
            assert set(row) == names, kind
    assert set(readings["profile"]) == PERSON
    assert set(readings["account"]) == ACCOUNT
    (decided,) = rows_of(readings, "decisions")
    (item,) = decided["items"]
    assert set(item) == {"placement", "slot", "message", "variant", "pi", "how"}
    assert decided["placements"] == ["home.hero"]
    person = readings["profile"]
    assert isinstance(person, dict)
    assert set(person["identifiers"][0]) == {"type", "value", "status"}
    assert set(person["accounts"][0]) == {"groupId", "role", "status", "from", "to"}


def test_events_come_back_as_they_were_sent(readings: dict[str, object]) -> None:
    rows = rows_of(readings, "events")
    assert [row["messageId"] for row in rows[:5]] == ["m-1", "m-2", "m-3", "m-4", "m-5"]
    assert len(rows) == 6
    for row in rows:
        times = [row["timestamp"], row["receivedAt"]]
        assert all(INSTANT.fullmatch(str(at)) for at in times), row
        assert {"sourceId", "personId", "accountIds"} <= set(row)
    booked = rows[1]
    assert (booked["userId"], booked["event"]) == ("42", "Demo Booked")
    assert booked["originalTimestamp"] == "2026-11-01T09:00:00.000Z"
    assert booked["sentAt"] == "2026-11-01T09:00:00.000Z"
    assert booked["timestamp"] == booked["receivedAt"]
    assert rows[0]["accountIds"] == ["acme"]
    assert rows[0]["traits"] == {"plan": "team"}


def test_doctor_counts_everything_once(readings: dict[str, object]) -> None:
    counts = readings["doctor"]
    assert isinstance(counts, dict)
    assert set(counts) == {*COUNTS, "version", "healthy"}
    assert (counts["received"], counts["stored"]) == (8, 6)
    assert (counts["duplicate"], counts["quarantined"]) == (1, 1)
    assert counts["received"] == sum(counts[name] for name in COUNTS - {"received"})
    assert counts["healthy"] is True


def test_a_measure_has_exactly_its_keys(readings: dict[str, object], place: Place) -> None:
    found = readings["measure"]
    assert isinstance(found, dict)
    named = {"measure", "status", "answer", "question", "as_of", "n"}
    named |= {"title", "period", "seed", "inputs", "fresh_until", "version", "question_hash"}
    assert set(found) == named
    assert set(found["question"]) == {"sql", "parameters"}
    assert (found["measure"], found["status"], found["n"]) == ("web.visits", "ok", 1)
    for name in ("message.goals", "lift", "web.dwell"):
        assert place.ask("measure", name)["status"] in ("ok", "too_little_data")
    for wrong in (["nothing"], ["web.visits", "--from", "soon"], ["web.visits", "--by", "moon"]):
        assert wegweiser("measure", *wrong, "--data", str(place.folder), "--json", code=1) == ""


def test_a_second_source_of_the_same_name_is_refused(place: Place) -> None:
    folder = str(place.folder)
    assert wegweiser("source", "create", "site", "--data", folder, "--json", code=1) == ""
    made = place.ask("source", "create", "second")
    assert set(made) == {"source", "write_key", "secret_key"}
    assert place.server is not None
    key = (str(made["write_key"]), "")
    answered = httpx.post(f"{place.server.address}/v1/batch", auth=key, json={"batch": []})
    assert answered.status_code == 200


def test_apply_is_all_or_nothing_and_names_the_place(place: Place, tmp_path: Path) -> None:
    goal = "kind: goal, key: new-goal, when: 'event == \"Trial Started\"'"
    (tmp_path / "a.yaml").write_text(f"{{{goal}}}\n")
    (tmp_path / "b.yaml").write_text("\n{kind: goal, key: bad, when: 'event =='}\n")
    arguments = ["apply", str(tmp_path), "--data", str(place.folder), "--json"]
    done = subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "b.yaml, line 2" in done.stderr
    (tmp_path / "b.yaml").unlink()
    assert place.ask("apply", str(tmp_path)) == {"created": 1, "changed": 0, "unchanged": 0}
    assert place.ask("apply", str(tmp_path)) == {"created": 0, "changed": 0, "unchanged": 1}
    (tmp_path / "a.yaml").write_text(f"{{{goal}, worth: 5}}\n")
    assert place.ask("apply", str(tmp_path)) == {"created": 0, "changed": 1, "unchanged": 0}


def test_what_is_unknown_ends_with_one_and_says_why(place: Place) -> None:
    data = ["--data", str(place.folder), "--json"]
    for arguments in (
        ["profile", "user_id:nobody"],
        ["account", "group_id:nobody"],
        ["decide", "--user", "u-1", "--placement", "nowhere"],
    ):
        done = subprocess.run(
            [*COMMAND, *arguments, *data], capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stdout) == (1, "")
        assert len(done.stderr.splitlines()) == 1


def test_wrong_usage_ends_with_two_and_a_bad_folder_with_three(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for arguments in (["doctor"], ["nothing"], ["export", "all", "--data", str(tmp_path)]):
        assert outside(*arguments, code=2) == ""
    for name in ("absent", "file"):
        assert outside("doctor", "--data", str(tmp_path / name), "--json", code=3) == ""
    assert not (tmp_path / "absent").exists()


def test_applying_what_is_not_there_makes_no_folder(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert wegweiser("apply", str(tmp_path / "absent"), "--data", str(data), code=1) == ""
    assert not data.exists()


def test_rebuild_equals_hash_with_and_without_a_server(
    place: Place, readings: dict[str, object]
) -> None:
    """Also: every command answers the same without a server, and SIGTERM ends in order."""
    assert readings["hash"] == place.ask("rebuild") == place.ask("hash")
    assert set(place.ask("hash")) == {"persons", "accounts", "events", "hash"}
    assert place.server is not None
    assert place.server.stop() == 0
    place.server = None
    assert not (place.folder / "server.json").exists()
    without = place.readings()
    for name, value in readings.items():
        assert timeless(without[name]) == timeless(value), name
    assert place.ask("rebuild") == without["hash"]
    decided = place.ask("decide", "--user", "u-1", "--placement", "home.hero")
    assert set(decided) == set(place.decision)
    assert len(exported(place.folder, "decisions")) == 2


def files_of(folder: Path) -> list[Path]:
    """Write the same orders as CSV, NDJSON, JSON array and Parquet, plain and gzipped."""
    names = list(ORDERS[0])
    lines = [";".join(names), *(";".join(order[name] for name in names) for order in ORDERS)]
    texts = {
        "orders.csv": "\ufeff" + "\r\n".join(lines) + "\r\n",
        "orders.ndjson": "".join(json.dumps(order) + "\n" for order in ORDERS),
        "orders.json": json.dumps(ORDERS),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    pq.write_table(pa.Table.from_pylist(ORDERS), folder / "orders.parquet")
    for name in ("orders.csv", "orders.parquet"):
        (folder / f"{name}.gz").write_bytes(gzip.compress((folder / name).read_bytes()))
    return sorted(folder.glob("orders.*"))


def test_load_reads_every_format_and_stores_nothing_twice(tmp_path: Path) -> None:
    files = files_of(tmp_path)
    mapping, folder = tmp_path / "mapping.yaml", tmp_path / "data"
    mapping.write_text(MAPPING, encoding="utf-8")
    server: Server | None = None
    for number, file in enumerate([files[0], *files]):
        loaded = answer("load", str(file), "--mapping", str(mapping), "--data", str(folder))
        fresh = 3 if number == 0 else 0
        assert set(loaded) == COUNTS
        assert (loaded["received"], loaded["stored"]) == (3, fresh), file
        assert loaded["duplicate"] == 3 - fresh
        server = server or Server(folder)
    rows = exported(folder, "events")
    assert server is not None
    assert server.stop() == 0
    assert [row["properties"] for row in rows] == [
        {"revenue": revenue, "currency": "EUR"} for revenue in (1234.5, 0.99, 12)
    ]
