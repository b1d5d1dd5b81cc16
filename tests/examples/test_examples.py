"""The examples run, and say what the pages say that they say."""

import subprocess
import sys
from pathlib import Path

from tests.road.server import answer, exported, new_source, serving

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
COMMAND = [sys.executable, "-W", "error"]
TRIED = {"quickstart.py", "segment_client.py", "decide_over_http.py"}


def said(*words: str) -> list[str]:
    """Run an example; give its lines."""
    run = subprocess.run(
        [*COMMAND, *words], capture_output=True, text=True, timeout=300, check=False
    )
    assert run.returncode == 0, run.stderr
    return run.stdout.splitlines()


def test_every_example_is_tried_here() -> None:
    assert {path.name for path in EXAMPLES.glob("*.py")} == TRIED


def test_the_quickstart_goes_the_whole_way() -> None:
    lines = said(str(EXAMPLES / "quickstart.py"))
    assert lines[0].startswith("Person: {'email': 'ada@acme.example', 'plan': 'team'}")
    assert "'Demo Booked': 1" in lines[1]
    assert lines[2] == "Published: {'created': 6, 'changed': 0, 'unchanged': 0}"
    assert lines[3] == "Decision: decided ['security-whitepaper']"
    assert lines[4].count("'stored'") == 2
    assert "Measure: 1 of 30 people needed for a rate of security-whitepaper." in lines


def test_the_quickstart_keeps_a_folder_and_may_be_repeated(tmp_path: Path) -> None:
    first = said(str(EXAMPLES / "quickstart.py"), str(tmp_path / "data"))
    second = said(str(EXAMPLES / "quickstart.py"), str(tmp_path / "data"))
    assert "Published: {'created': 0, 'changed': 0, 'unchanged': 6}" in second
    assert len(second) >= len(first)
    counts = answer("doctor", "--data", str(tmp_path / "data"))
    assert counts["healthy"] is True
    # The one event with an id of its own is known the second time.
    assert (counts["stored"], counts["duplicate"]) == (9, 1)


def test_a_segment_client_and_a_program_meet_a_server(tmp_path: Path) -> None:
    data = ["--data", str(tmp_path)]
    key = str(new_source(tmp_path)["secret_key"])
    with serving(tmp_path) as server:
        answer("apply", str(EXAMPLES / "config.yaml"), *data)
        sent = said(str(EXAMPLES / "segment_client.py"), server.address, key)
        person = answer("profile", "user_id:u-42", *data)
        shown = said(str(EXAMPLES / "decide_over_http.py"), server.address, key, "u-42")
    assert sent == ["6 events were acknowledged."]
    assert person["traits"] == {"email": "ada@acme.example", "plan": "team"}
    assert shown[:2] == ["Decision: decided", "Show: SSO in einer Stunde"]
    assert "'status': 'stored'" in shown[2]


def test_the_orders_load_once_and_say_which_row_is_wrong(tmp_path: Path) -> None:
    words = [str(EXAMPLES / "orders.csv"), "--mapping", str(EXAMPLES / "mapping-orders.yaml")]
    data = ["--data", str(tmp_path)]
    first, second = (answer("load", *words, *data) for _ in range(2))
    assert (first["stored"], first["quarantined"]) == (10, 1)
    assert (second["stored"], second["duplicate"], second["quarantined"]) == (0, 11, 0)
    account = answer("account", "group_id:acme", *data)
    assert account["counters"] == {"Group Joined": 3, "Order Completed": 3}
    orders = [row for row in exported(tmp_path, "events") if row["type"] == "track"]
    revenue = [row["properties"]["revenue"] for row in orders]  # type: ignore[index]
    assert sum(revenue) == 1290.0 + 89.5 + 2480.0 + 179.0 + 640.0
