"""What people decide about a rising topic."""

from typing import Literal, get_args

import msgspec

TopicDecision = Literal["follow", "wait", "ignore"]
TOPIC_DECISIONS: tuple[str, ...] = get_args(TopicDecision)


class TopicDecided(msgspec.Struct, frozen=True, kw_only=True):
    """A decision about a term of one kind, and why; `at` is ms UTC."""

    kind: str
    term: str
    decision: TopicDecision
    why: str = ""
    at: int
