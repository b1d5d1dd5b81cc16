"""The unmodified libraries of OpenFeature, before a running server of ours."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.decisioning.doors import CONFIGURATION
from tests.road.server import Server, answer, exported, new_source, serving
from tests.sdk.node_clients import PACKAGES, package

GRANTED = {
    "consent": {
        "categoryPreferences": {"measurement": True, "personalisation": True, "email": True}
    }
}
CONTENT = {"title": "SSO in einer Stunde", "url": "https://www.example.com/sso?a=1"}
SHOWN = {"show": True, "message": "whitepaper", "variant": "short", "content": CONTENT}
DEFAULT = {"code": "default"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, dict[str, str]]]:
    """Serve a folder with flags, a user and a visitor."""
    folder = tmp_path_factory.mktemp("flags")
    keys = new_source(folder)
    file = folder / "flags.yaml"
    file.write_text(CONFIGURATION, encoding="utf-8")
    with serving(folder) as running:
        answer("apply", str(file), "--data", str(folder))
        known = [
            {"type": "identify", "userId": "u-1", "context": GRANTED},
            {"type": "track", "event": "Visited", "anonymousId": "a-1", "context": GRANTED},
        ]
        with running.client(keys["secret_key"]) as client:
            assert client.post("/v1/batch", json={"batch": known}).status_code == 200
        yield running, keys


def test_python(server: tuple[Server, dict[str, str]]) -> None:
    openfeature = pytest.importorskip("openfeature.contrib.provider.ofrep")
    from openfeature import api
    from openfeature.evaluation_context import EvaluationContext

    running, keys = server
    provider = openfeature.OFREPProvider(
        running.address,
        headers_factory=lambda: {"Authorization": f"Bearer {keys['secret_key']}"},
    )
    try:
        api.set_provider(provider)
        client = api.get_client()
        ours, silent = EvaluationContext("u-1"), EvaluationContext("silent")
        found = client.get_object_details("home.hero", DEFAULT, ours)
        assert (found.value, found.variant) == (SHOWN, "whitepaper/short")
        assert str(found.reason) in ("TARGETING_MATCH", "SPLIT")
        assert str(found.flag_metadata["decision_id"]).startswith("dec_")
        nothing = client.get_object_details("home.hero", DEFAULT, silent)
        assert (nothing.value, nothing.error_code) == (DEFAULT, None)
        assert str(nothing.flag_metadata["decision_id"]).startswith("dec_")
        assert client.get_object_value("app.card", DEFAULT, silent) == {"show": False}
        codes = {
            "FLAG_NOT_FOUND": client.get_object_details("nowhere", DEFAULT, ours),
            "TARGETING_KEY_MISSING": client.get_object_details("home.hero", DEFAULT),
            "TYPE_MISMATCH": client.get_boolean_details("home.hero", True, ours),
        }
        for code, told in codes.items():
            assert told.error_code is not None
            assert told.error_code.value == code
    finally:
        provider.session.close()
        api.clear_providers()
    assert exported(running.folder, "outcomes") == []


def asked_by_node(running: Server, keys: dict[str, str]) -> dict[str, Any]:
    """Run both Node clients; give what they found."""
    for name in ("@openfeature/ofrep-provider", "@openfeature/ofrep-web-provider"):
        package(name)
    node = shutil.which("node") or shutil.which("nodejs")
    if node is None:
        pytest.skip("Node is not installed: looked for node and nodejs")
    script = Path(__file__).with_name("openfeature.js")
    done = subprocess.run(
        [node, str(script), str(PACKAGES / "package.json"), running.address,
         keys["secret_key"], keys["write_key"]],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_node_and_browser(server: tuple[Server, dict[str, str]]) -> None:
    running, keys = server
    found = asked_by_node(running, keys)
    there = found["server"]
    assert (there["hero"]["value"], there["hero"]["variant"]) == (SHOWN, "whitepaper/short")
    assert there["hero"]["flagMetadata"]["decision_id"].startswith("dec_")
    assert there["card"]["value"] == {"show": False}
    assert (there["nobody"]["value"], there["nobody"]["errorCode"]) == (
        DEFAULT,
        "TARGETING_KEY_MISSING",
    )
    assert there["unknown"]["errorCode"] == "FLAG_NOT_FOUND"
    assert (there["boolean"]["value"], there["boolean"]["errorCode"]) == (True, "TYPE_MISMATCH")
    here = found["browser"]
    assert here["hero"]["value"] == SHOWN
    assert not {"pi", "arm", "model"} & set(here["hero"]["flagMetadata"])
    assert (here["nothing"]["value"], here["nothing"].get("errorCode")) == (DEFAULT, None)
    first, *rest = here["seen"]
    assert first["status"] == 200
    assert rest[-1] == {"status": 304, "etag": first["etag"]}
    assert exported(running.folder, "outcomes") == []
