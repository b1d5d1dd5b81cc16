"""One server for all attacks: two accounts, their people, and somebody outside of both."""

from collections.abc import Iterator

import pytest

from tests.web.serving import Running, empty_site, until

OWNER = "sales@example.com"


@pytest.fixture(scope="session")
def attacked() -> Iterator[Running]:
    """A server on which nobody gives anything away."""
    server = Running(empty_site)
    now = server.site.clock.now_ms()
    server.wait(server.site.loader.take("crm", elements(now)))
    server.wait(server.site.intake.checkpoint())
    yield server
    # Charts that a page began to draw are drawn before the server ends.
    drawn = server.pages.state.desk.drawings._drawn  # type: ignore[attr-defined]
    until(lambda: all(one.done() for one in drawn.values()))
    server.close()


def elements(now: int) -> list[dict[str, object]]:
    """Say who is who: u-own belongs to the account of sales, u-other to another one."""
    people = {
        "u-own": ("own", {"name": "Ada Own", "email": "ada@own.example"}),
        "u-other": ("other", {"name": "Bo Other", "email": "bo@other.example"}),
        # Of whom a claim is told, which would change what is told of the others.
        "u-claimer": ("other", {"name": "Cy Claimer", "email": "cy@other.example"}),
    }
    owners = {"own": OWNER, "other": "somebody@example.com"}
    found: list[dict[str, object]] = []
    for user_id, (group_id, traits) in people.items():
        told = {**traits, "phone": 491701234567, "visits": 3, "birthYear": 1980}
        found.append({"type": "identify", "userId": user_id, "traits": told, "timestamp": now})
        owned = {"name": group_id.title(), "owner": owners[group_id], "website": "own.example"}
        group = {"type": "group", "userId": user_id, "groupId": group_id, "traits": owned}
        found.append({**group, "timestamp": now})
    return found
