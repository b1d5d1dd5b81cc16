"""The unmodified Python libraries of Segment and RudderStack, told to make the planned calls."""

from collections.abc import Iterable
from copy import deepcopy
from datetime import datetime
from typing import Any

from tests.sdk.plan import Call, Manner

ARGUMENTS = {
    "userId": "user_id",
    "anonymousId": "anonymous_id",
    "messageId": "message_id",
    "groupId": "group_id",
    "previousId": "previous_id",
}


def segment(address: str, key: str, planned: Iterable[Call], manner: Manner) -> list[str]:
    """Send with segment-analytics-python; give what it reported as failed."""
    from segment.analytics.client import Client

    failures: list[str] = []
    client = Client(
        key,
        host=address,
        on_error=lambda error, batch: failures.append(f"{error} for {len(batch)} events"),
        upload_size=manner.upload_size,
        timeout=manner.timeout_seconds,
    )
    return _send(client, planned, failures)


def rudderstack(address: str, key: str, planned: Iterable[Call], manner: Manner) -> list[str]:
    """Send with rudder-sdk-python; give what it reported as failed."""
    from rudderstack.analytics.client import Client

    failures: list[str] = []
    client = Client(
        key,
        host=address,
        on_error=lambda error, batch: failures.append(f"{error} for {len(batch)} events"),
        upload_size=manner.upload_size,
        timeout=manner.timeout_seconds,
    )
    return _send(client, planned, failures)


def _send(client: Any, planned: Iterable[Call], failures: list[str]) -> list[str]:
    for call in planned:
        taken, _ = getattr(client, call["type"])(**_arguments(call))
        if not taken:
            failures.append(f"the queue was full at {call}")
    client.flush()
    client.join()
    return failures


def _arguments(call: Call) -> dict[str, Any]:
    # The libraries write into what they are given.
    arguments = {
        ARGUMENTS.get(name, name): deepcopy(value) for name, value in call.items() if name != "type"
    }
    if "timestamp" in arguments:
        arguments["timestamp"] = datetime.fromisoformat(arguments["timestamp"])
    return arguments
