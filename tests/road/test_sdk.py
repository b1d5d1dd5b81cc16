"""The real Segment library for Python, unmodified, against a running server."""

from pathlib import Path

from segment.analytics.client import Client

from tests.road.server import answer, exported, new_source, serving

PEOPLE = 200
EVENTS = 10_000


def send(address: str, key: str, failures: list[object]) -> None:
    """Send 10,000 events of all six kinds, each with a fixed message id."""
    client = Client(
        key,
        host=address,
        on_error=lambda error, _: failures.append(error),
        max_queue_size=EVENTS + 1,
        thread=4,
    )
    for number in range(EVENTS):
        user, name = f"u-{number % PEOPLE}", f"m-{number}"
        match number % 6:
            case 0:
                client.track(user, "Report Opened", {"topic": "sso"}, message_id=name)
            case 1:
                traits = {"plan": "team", "seats": number}
                client.identify(user, traits, anonymous_id=f"a-{user}", message_id=name)
            case 2:
                client.page(user, "docs", "Start", {"path": "/start"}, message_id=name)
            case 3:
                client.screen(user, "app", "Home", message_id=name)
            case 4:
                client.group(user, f"g-{number % 20}", {"name": "Beispiel AG"}, message_id=name)
            case _:
                client.alias(f"old-{user}", user, message_id=name)
    client.flush()
    client.join()


def test_ten_thousand_events_of_all_six_kinds_are_stored_exactly_once(tmp_path: Path) -> None:
    source = new_source(tmp_path)
    failures: list[object] = []
    with serving(tmp_path) as server:
        send(server.address, source["secret_key"], failures)
        first = answer("doctor", "--data", str(tmp_path))
        send(server.address, source["secret_key"], failures)
        second = answer("doctor", "--data", str(tmp_path))
        visits = answer("measure", "web.visits", "--data", str(tmp_path))
        person = answer("profile", "user_id:u-2", "--data", str(tmp_path))
        rows = exported(tmp_path, "events")
    assert failures == []
    assert (first["received"], first["stored"], first["duplicate"]) == (EVENTS, EVENTS, 0)
    assert (second["stored"], second["duplicate"]) == (EVENTS, EVENTS)
    assert sorted(str(row["messageId"]) for row in rows) == sorted(
        f"m-{number}" for number in range(EVENTS)
    )
    kinds = {str(row["type"]) for row in rows}
    assert kinds == {"track", "identify", "page", "screen", "group", "alias"}
    assert visits["status"] == "ok"
    assert sum(person["counters"].values()) == EVENTS // PEOPLE  # type: ignore[attr-defined]
