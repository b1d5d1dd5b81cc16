"""The commands for receipts, audit and retention, on a folder and without a server."""

from pathlib import Path

import msgspec
from typer.testing import CliRunner

from wegweiser.cli.main import app
from wegweiser.workspace.workspace import Workspace

RUNNER = CliRunner()


def ended(*words: str) -> tuple[int, str]:
    """Run a command; gives its exit code and what it prints."""
    result = RUNNER.invoke(app, list(words))
    return result.exit_code, str(result.stdout)


def test_a_receipt_is_verified_by_whoever_has_the_public_key(tmp_path: Path) -> None:
    data = str(tmp_path / "data")
    with Workspace.open(tmp_path / "data") as workspace:
        workspace.identify("u-1", {"plan": "team"})
    _, receipt = ended("forget", "user_id:u-1", "--data", data, "--json")
    _, key = ended("receipt", "key", "--data", data)
    files = {"receipt.json": receipt, "key.pem": key}
    files["changed.json"] = receipt.replace('"events":1', '"events":2')
    assert files["changed.json"] != receipt
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    stated = ("--public-key", str(tmp_path / "key.pem"))
    code, told = ended("receipt", "verify", str(tmp_path / "receipt.json"), *stated, "--json")
    assert (code, msgspec.json.decode(told)["intact"]) == (0, True)
    code, told = ended("receipt", "verify", str(tmp_path / "changed.json"), *stated, "--json")
    assert (code, msgspec.json.decode(told)["intact"]) == (1, False)
    code, _ = ended("receipt", "verify", str(tmp_path / "key.pem"), *stated)
    assert code == 1


def test_audit_and_retention_are_asked_on_a_folder(tmp_path: Path) -> None:
    data, rule = str(tmp_path / "data"), tmp_path / "rule.yaml"
    rule.write_text("{kind: retention, key: raw, of: events, months: 13}", encoding="utf-8")
    assert ended("apply", str(rule), "--data", data)[0] == 0
    code, counts = ended("retention", "run", "--data", data, "--dry-run", "--json")
    assert (code, msgspec.json.decode(counts)["status"]) == (0, "DRY_RUN")
    assert ended("retention", "run", "--data", data)[0] == 0
    code, shown = ended("retention", "show", "--data", data, "--json")
    assert msgspec.json.decode(shown)["rules"][0]["days"] == 395
    code, told = ended("audit", "--data", data, "--json")
    found = msgspec.json.decode(told)
    assert (code, found["intact"]) == (0, True)
    words = [row["what"] for row in found["rows"]]
    assert {"configuration.publish", "retention.run", "retention.done"} <= set(words)
