"""What an operator says outlives a killed server, and is said the same way with and without one."""

from pathlib import Path

from tests.road.server import Server, answer, new_source

USER, VISITOR = "user_id:u-1", "anonymous_id:a-1"


def test_a_cut_survives_kill_9_and_is_undone_without_a_server(tmp_path: Path) -> None:
    key = new_source(tmp_path)["secret_key"]
    server = Server(tmp_path)
    events = [
        {"type": "page", "anonymousId": "a-1", "messageId": "m-1"},
        {"type": "identify", "userId": "u-1", "anonymousId": "a-1", "messageId": "m-2"},
    ]
    with server.client(key) as client:
        assert client.post("/v1/batch", json={"batch": events}).status_code == 200
    said = answer("identity", "cut", USER, VISITOR, "--by", "ada", "--data", str(tmp_path))
    server.kill()
    apart = answer("identity", "why", USER, VISITOR, "--data", str(tmp_path))
    assert apart["one_person"] is False
    assert [one["reason"] for one in apart["refused"]] == ["cut"]
    undone = answer("identity", "undo", said["operation_id"], "--data", str(tmp_path))
    assert undone["after"] == said["before"]
