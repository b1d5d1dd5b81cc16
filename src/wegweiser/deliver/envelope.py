"""Writes the request that a parcel becomes, by the kind of system that takes it."""

from collections.abc import Sequence

from wegweiser.deliver.crm_task import task_request
from wegweiser.deliver.parcel import MESSAGE_SEND
from wegweiser.deliver.signature import signed_request
from wegweiser.deliver.slack import slack_request
from wegweiser.ports.channel import Parcel
from wegweiser.terms.policy import Endpoint


def packed(
    endpoint: Endpoint, parcel: Parcel, at: int, secrets: Sequence[str]
) -> tuple[dict[str, str], bytes]:
    """Give headers and body of one try at a moment (ms).

    What is no message, such as word of an erasure, goes to a system for tasks as to any other.
    """
    if endpoint.via == "slack":
        return slack_request(parcel)
    if endpoint.via == "crm_task" and parcel.type == MESSAGE_SEND:
        return task_request(parcel, at, secrets)
    return signed_request(parcel, at, secrets)
