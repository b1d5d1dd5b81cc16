"""Hostile identity events: with a public key nobody joins or takes over anybody known."""

import json
from collections.abc import Callable
from pathlib import Path

from tests.scenarios.identity_world import Told, identify, told
from wegweiser.terms.json import JsonObject

KNOWN = {"email": "ada@buyer.example", "phone": "+4930123456"}


def identity_lines(find: Callable[[str], Path]) -> list[JsonObject]:
    """Give the events of the group "identity", batches taken apart."""
    text = (find("hostile") / "events.jsonl").read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    bodies = [one["body"] for one in lines if one["group"] == "identity"]
    return [event for body in bodies for event in body.get("batch", [body])]


def test_hostile_identity_events_change_no_known_person(
    shared_data: Callable[[str], Path],
) -> None:
    lines = identity_lines(shared_data)
    assert len(lines) > 15

    async def story(site: Told) -> None:
        await site.server(
            identify(0, userId="h-user-1", traits=dict(KNOWN)), identify(0, userId="h-user-2")
        )
        directory = site.site.unifier.directory
        before = directory.members(site.id_of("user_id:h-user-1") or "")
        for event in lines:
            await site.public({"anonymousId": "attacker-anon", **event})
        # The device is the attacker's; the persons that a server knows are as they were.
        after = directory.members(site.id_of("user_id:h-user-1") or "")
        assert [name for name in after if not name.startswith("anonymous_id:")] == list(before)
        assert site.apart("user_id:h-user-1", "user_id:h-user-2")
        assert site.apart("user_id:h-user-1", "user_id:attacker")
        assert site.apart("user_id:h-user-1", "email:attacker@example.org")
        traits = site.of("user_id:h-user-1").traits
        assert {key: traits.get(key) for key in KNOWN} == KNOWN

    told(story)
