"""Segments for tests: a few declared ones, and people who enter and leave them."""

from tests.flow.sites import caller, post
from wegweiser.terms.json import Json, JsonObject
from wegweiser.workspace import operations
from wegweiser.workspace.site import Site

SEGMENTS = """
{kind: segment, key: team, name: Teams, when: 'person.traits.plan == "team"'}
---
{kind: segment, key: buyers, when: 'count("Order Completed", "30d") >= 2'}
---
{kind: segment, key: quiet, when: 'days_since(person.last_seen) > 3'}
---
{kind: segment, key: busy-teams, when: 'in_segment("team") && !in_segment("quiet")'}
---
{kind: segment, key: crowd, of: account, when: 'size(account.members) >= 2'}
"""


def identify(number: int, user: str, **traits: Json) -> JsonObject:
    """Make an identify call."""
    return {"type": "identify", "messageId": f"i-{number}", "userId": user, "traits": traits}


def ordered(number: int, user: str) -> JsonObject:
    """Make an order of a user."""
    return {
        "type": "track",
        "messageId": f"o-{number}",
        "userId": user,
        "event": "Order Completed",
    }


def joined(number: int, user: str, group_id: str) -> JsonObject:
    """Let a user belong to an account."""
    return {"type": "group", "messageId": f"g-{number}", "userId": user, "groupId": group_id}


async def send(site: Site, *events: JsonObject) -> None:
    """Send events with a secret key."""
    key, _ = caller(site)
    assert (await post(site, key, "/v1/batch", {"batch": [*events]})).status == 200


async def asked(site: Site, operation: str, **arguments: Json) -> JsonObject:
    """Run an operation that answers with an object."""
    found = await operations.run(site, operation, arguments)
    assert isinstance(found, dict)
    return found


async def sizes(site: Site) -> dict[str, int]:
    """Give the sizes that the list tells."""
    listed = (await asked(site, "segment_list"))["segments"]
    return {one["key"]: one["size"] for one in listed}


async def segments_of(site: Site, user: str) -> list[str]:
    """Give the segments in the profile of a user."""
    return (await asked(site, "profile", identifier=f"user_id:{user}"))["segments"]
