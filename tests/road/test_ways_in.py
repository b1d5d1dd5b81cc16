"""Webhooks and pulls from outside: with a server, without one, and over a restart."""

import json
import subprocess
from pathlib import Path

import httpx

from tests.road.server import COMMAND, answer, exported, serving, wegweiser

ORDERS = """
kind: hook
key: shop
mapping: shop-orders
verify: {by: header, header: X-Token}
---
kind: mapping
key: shop-orders
source: shop
each: =body.orders
event: {type: track, event: Order Completed, messageId: '="shop-" + string(item.id)',
        userId: =string(item.customer)}
"""
GOOD = {"orders": [{"id": 1, "customer": 7}, {"id": 2, "customer": 8}]}
ODD = {"orders": [{"id": 3, "buyer": 9}]}


def hooks(data: list[str]) -> list[dict[str, object]]:
    found = json.loads(wegweiser("hook", "list", *data, "--json"))
    assert isinstance(found, list)
    return found


def give_secret(data: list[str], secret: str) -> None:
    words = [*COMMAND, "hook", "secret", "shop", *data]
    done = subprocess.run(words, input=secret, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert secret not in done.stdout + done.stderr


def test_a_webhook_goes_the_whole_way(tmp_path: Path) -> None:
    data = ["--data", str(tmp_path / "data")]
    config = tmp_path / "orders.yaml"
    config.write_text(ORDERS, encoding="utf-8")
    with serving(tmp_path / "data") as server:
        assert answer("apply", str(config), *data) == {"created": 2, "changed": 0, "unchanged": 0}
        (hook,) = hooks(data)
        assert hook["ready"] is False
        give_secret(data, "t-1")
        url, token = str(hook["url"]), {"x-token": "t-1"}
        assert url.startswith(server.address)
        assert httpx.post(url, json=GOOD).status_code == 401
        assert httpx.post(url, json=GOOD, headers=token).json()["stored"] == 2
        assert httpx.post(url, json=ODD, headers=token).json()["quarantined"] == 1
        config.write_text(ORDERS.replace("item.customer", "item.buyer"), encoding="utf-8")
        assert answer("apply", str(config), *data)["changed"] == 1
        replayed = answer("quarantine", "replay", "--code", "unmapped", *data)
        assert replayed["stored"] == 1
        server.kill()
    again = answer("hook", "replay", "shop", *data)
    # The two good ones do not fit the mapping as it is now; they were stored before.
    assert (again["stored"], again["duplicate"], again["quarantined"]) == (0, 1, 1)
    (kept,) = hooks(data)
    assert (kept["secrets"], kept["ready"]) == (1, True)
    assert str(kept["url"]) == url.removeprefix(server.address)
    assert [row["messageId"] for row in exported(tmp_path / "data", "events")] == [
        "shop-1",
        "shop-2",
        "shop-3",
    ]
    assert answer("doctor", *data)["healthy"] is True
    wegweiser("hook", "remove", "shop", *data)
    assert hooks(data) == []
    wegweiser("hook", "replay", "shop", *data, code=1)


def test_a_pull_that_is_not_allowed_is_refused_at_apply(tmp_path: Path) -> None:
    config = tmp_path / "pull.yaml"
    mapping = "{kind: mapping, key: m, source: s, event: {type: identify, userId: =row.id}}"
    pull = '{kind: pull, key: p, function: "os:getcwd", mapping: m}'
    config.write_text(f"{mapping}\n---\n{pull}\n", encoding="utf-8")
    data = ["--data", str(tmp_path / "data")]
    wegweiser("apply", str(config), *data, code=1)
    assert json.loads(wegweiser("pull", *data, "--json")) == []
    wegweiser("pull", "p", *data, code=1)
