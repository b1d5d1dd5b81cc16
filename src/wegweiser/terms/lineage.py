"""What happened to persons when evidence, operators or rules changed: merged, split, refused."""

from hashlib import blake2b
from typing import Literal

import msgspec

from wegweiser.terms.identity import Evidence, Identifier

LineageEvent = Literal[
    "Identity Merged",
    "Identity Split",
    "Identity Evidence Refused",
    "Identifier Shared",
    "Identifier Quarantined",
    "Identity Frozen",
    "Identifier Superseded",
]


class Formerly(msgspec.Struct, frozen=True):
    """An id that redirects to a person; when and by which event it was joined to it."""

    person_id: str
    merged_at: int
    triggering_event_id: str


class Lineage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One change of who is who, told to subscribers and shown in the timeline.

    `previous` are all ids that ever were joined to the person, or, of a split, the parts that
    stand by themselves again. `identifiers_moved` are those whose person is another now.
    `message_id` is made of the component, the rules and the cause: a replay tells the same.
    """

    event: LineageEvent
    message_id: str
    person_id: str
    previous: tuple[Formerly, ...] = ()
    identifiers_moved: tuple[Identifier, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    reason: str = ""
    rules_version: str = ""
    log_position: int = 0
    at: int = 0


class Waiting(msgspec.Struct, frozen=True):
    """Evidence that waits, as the component that it would join has grown too large."""

    evidence: Evidence
    identifiers: int
    records: int


def message_id_of(event: LineageEvent, about: str, rules_version: str, cause: str) -> str:
    """Give the message id of a change, the same whenever the same thing happens.

    >>> message_id_of("Identity Merged", "per_1", "v", "m-1")[:4]
    'lin_'
    """
    text = "\x00".join((event, about, rules_version, cause)).encode()
    return f"lin_{blake2b(text, digest_size=16).hexdigest()}"
