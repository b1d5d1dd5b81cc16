"""Erasure and access by the real commands on real files: not a byte is left (INV-8)."""

import base64
import gzip
import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.road.server import answer, exported, new_source, serving, wegweiser

NAME = "Canaria Õ Vogel"
TEXTS = ("canary-user-77", "canary-device-77", "canary@buyer.example", "canary-note-77", NAME)
CONFIGURATION = """
{kind: endpoint, key: letters, channel: email, via: file, target: letters}
---
{kind: placement, key: home.hero, channel: web, slots: 1, allow_nothing: false}
---
{kind: message, key: hello, topic: security, value: 40,
 variants: [{key: de, channel: web, locale: de, content: {title: Guten Tag}}]}
---
{kind: arms, nothing: 0.0, random: 0.0, no_levers: 0, rules_only: 0, eligible_only: 0}
"""
CONSENT = {"measurement": True, "personalisation": True}


def elements() -> list[dict[str, object]]:
    """Sixty ordinary visits with a person among them."""
    context = {"consent": {"categoryPreferences": CONSENT}}
    person: dict[str, object] = {"userId": "canary-user-77", "context": context}
    found: list[dict[str, object]] = [
        person | {"type": "identify", "traits": {"email": "Canary@Buyer.example", "name": NAME}},
        person | {"type": "page", "anonymousId": "canary-device-77", "name": NAME},
        person | {"type": "track", "event": "", "properties": {"to": NAME}},
        person | {"type": "group", "groupId": "acme", "traits": {"founder": NAME}},
    ]
    for number in range(60):
        user = f"u-{number % 7}"
        found.append({"type": "page", "userId": user, "name": "Start"})
        found.append(
            person | {"type": "track", "event": "Noted", "properties": {"note": "canary-note-77"}}
        )
    return [one | {"messageId": f"m-{number}"} for number, one in enumerate(found)]


def forms(text: str) -> Iterator[bytes]:
    """Give the bytes in which a text may stand in a file."""
    for spelled in {text, text.lower(), text.title()}:
        yield spelled.encode()
        yield spelled.encode("utf-16-le")
        yield json.dumps(spelled)[1:-1].encode()
        for shift in range(3):
            # Without the ends, which depend on what stands beside it.
            yield base64.b64encode(b"x" * shift + spelled.encode())[4:-4]


def traces(folder: Path) -> list[str]:
    """Give the files of a data folder in which the person stands, also packed ones."""
    sought = [form for text in TEXTS for form in forms(text)]
    found = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        contents = [path.read_bytes()]
        if contents[0][:2] == b"\x1f\x8b":
            contents.append(gzip.decompress(contents[0]))
        if path.suffix == ".parquet":
            contents.append(json.dumps(pq.read_table(path).to_pylist(), default=str).encode())
        if any(form in content for form in sought for content in contents):
            found.append(str(path.relative_to(folder)))
    return found


def hashed(folder: Path, command: str) -> object:
    return json.loads(wegweiser(command, "--data", str(folder), "--json"))


@pytest.mark.parametrize("served", [False, True])
def test_not_a_byte_is_left_and_nothing_comes_back(tmp_path: Path, served: bool) -> None:
    folder = tmp_path / "data"
    key = new_source(folder, "shop")["secret_key"]
    (tmp_path / "conf.yaml").write_text(CONFIGURATION)
    wegweiser("apply", str(tmp_path / "conf.yaml"), "--data", str(folder))
    with serving(folder) as server, server.client(key) as client:
        for start in range(0, 124, 10):
            batch = elements()[start : start + 10]
            assert client.post("/v1/batch", json={"batch": batch}).status_code == 200
        asked = ("--user", "canary-user-77", "--placement", "home.hero")
        wegweiser("decide", "--data", str(folder), *asked, "--json")
        wegweiser("measure", "web.visits", "--data", str(folder), "--json")
        if served:
            erase(tmp_path, folder)
    if not served:
        assert traces(folder)
        erase(tmp_path, folder)
    assert traces(folder) == []
    assert stat.S_IMODE((folder / "erasure.key").stat().st_mode) == 0o600
    before = hashed(folder, "hash")
    with serving(folder) as server, server.client(key) as client:
        sent = client.post("/v1/batch", json={"batch": elements()})
        assert sent.status_code == 200
        doctor = json.loads(wegweiser("doctor", "--data", str(folder), "--json"))
        assert (doctor["suppressed"], doctor["duplicate"], doctor["healthy"]) == (1, 123, True)
        assert hashed(folder, "hash") == before
    assert hashed(folder, "rebuild") == before
    assert traces(folder) == []
    assert {row["userId"] for row in exported(folder, "events")} == {f"u-{n}" for n in range(7)}


def erase(tmp_path: Path, folder: Path) -> None:
    """Ask for access first, then for erasure, by an address that is spelled otherwise."""
    out = tmp_path / "told"
    written = answer(
        "access", "email:CANARY@buyer.example", "--data", str(folder),
        "--out", str(out), "--language", "de", "--json",
    )  # fmt: skip
    assert written == {"json": str(out / "access.json"), "html": str(out / "access.html")}
    told = json.loads((out / "access.json").read_text())
    assert (len(told["events"]), len(told["decisions"]), len(told["setAside"])) == (63, 1, 1)
    html = (out / "access.html").read_text()
    assert NAME in html
    assert "Was wir über Sie gespeichert haben" in html
    told = answer(
        "forget", "email:CANARY@buyer.example", "--data", str(folder), "--dry-run", "--json"
    )
    assert (told["status"], told["events"]) == ("DRY_RUN", 63)
    done = answer("forget", "email:CANARY@buyer.example", "--data", str(folder), "--json")
    assert done.keys() == {
        *("request_id", "status", "persons", "identifiers", "events", "receipt"),
    }
    assert (done["status"], done["persons"], done["identifiers"]) == ("FINISHED", 1, 3)
    assert done["events"] == 63
    wegweiser("profile", "user_id:canary-user-77", "--data", str(folder), code=1)
    wegweiser("access", "user_id:canary-user-77", "--data", str(folder), "--out", str(out), code=1)


def test_the_commands_around_it(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    new_source(folder, "shop")
    for name in ("user_id:nobody", "nonsense"):
        wegweiser("forget", name, "--data", str(folder), "--json", code=1)
    lift = ("suppression", "lift", "user_id:x", "--data", str(folder))
    wegweiser(*lift, "--reason", "asked to come back", code=1)
    wegweiser(*lift, code=2)
    listed = answer("suppression", "list", "--data", str(folder), "--json")
    assert listed == {"identifiers": 0, "lifted": 0, "requests": []}
    assert json.loads(wegweiser("erasures", "--data", str(folder), "--json")) == []
