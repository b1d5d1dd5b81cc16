"""A campaign from the command line, with and without a running server."""

import subprocess
from pathlib import Path

import httpx

from tests.decisioning.doors import CONFIGURATION
from tests.road.server import COMMAND, answer, new_source, serving


def send(folder: Path, *arguments: str) -> dict[str, object]:
    found = answer("decide", "batch", *arguments, "--placement", "news", "--data", str(folder))
    assert isinstance(found, dict)
    return found


def test_a_campaign_goes_to_the_lines_of_a_file_and_to_a_segment(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    source = new_source(folder)
    (tmp_path / "a.yaml").write_text(
        f"{CONFIGURATION}---\n{{kind: segment, key: all, name: All,"
        " when: 'has(person.traits.email)'}\n"
        # Without an endpoint a mail is given up, and does not count as said.
        "---\n{kind: endpoint, key: mailer, channel: email, via: file, target: mail}\n",
        encoding="utf-8",
    )
    granted = {"consent": {"categoryPreferences": {"email": True}}}
    known = [
        {"type": "identify", "userId": f"u-{n}", "context": granted,
         "traits": {"email": f"u-{n}@example.com"}}
        for n in range(4)
    ]  # fmt: skip
    people = tmp_path / "people.txt"
    people.write_text("u-0\nuser_id:u-1\n\nu-2\n", encoding="utf-8")
    with serving(folder) as server:
        answer("apply", str(tmp_path / "a.yaml"), "--data", str(folder))
        key = {"authorization": f"Bearer {source['secret_key']}"}
        assert httpx.post(
            f"{server.address}/v1/batch", json={"batch": known}, headers=key
        ).is_success
        told = send(folder, str(people), "--request-id", "autumn")
        assert (told["status"], told["counts"]) == ("done", {"decided": 3})
        again = send(folder, str(people), "--request-id", "autumn")
        assert again["batch_id"] == told["batch_id"]
    # Without a server the folder is opened; one person was not written to yet.
    told = send(folder, "--segment", "all")
    counts = told["counts"]
    assert isinstance(counts, dict)
    assert (told["total"], counts["decided"]) == (4, 1)
    listed = answer("decisions", "--message", "whitepaper", "--data", str(folder))
    assert len(listed["decisions"]) == 4
    one = answer("decide", "--user", "u-0", "--placement", "home.hero", "--data", str(folder))
    assert one["decision_id"]
    plain = subprocess.run(
        [*COMMAND, "decisions", "--limit", "1", "--data", str(folder)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    ).stdout
    # For people: an id that can be copied, and where the next page begins.
    assert listed["decisions"][0]["decision_id"] in plain
    assert "More follow: --after" in plain


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    for arguments in (
        ("decide", "--data", str(tmp_path)),
        ("decide", "batch", "--placement", "news", "--data", str(tmp_path)),
    ):
        done = subprocess.run(
            [*COMMAND, *arguments], capture_output=True, text=True, timeout=60, check=False
        )
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr
