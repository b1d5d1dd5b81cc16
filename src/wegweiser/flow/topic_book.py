"""Decisions about rising topics: follow, wait or ignore, as people wrote them down."""

from collections.abc import Iterator

import msgspec

from wegweiser.flow.tables import TOPICS
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.terms.topic import TopicDecided


def keep_topic(store: OperationalStore, decided: TopicDecided) -> None:
    """Keep a decision; an earlier one about the same term stays in the history."""
    key = f"{decided.at:015}|{decided.kind}|{decided.term}".encode()
    store.commit([Change(TOPICS, key, msgspec.json.encode(decided))])


def kept_topics(store: OperationalStore) -> Iterator[TopicDecided]:
    """Yield all decisions, the oldest first."""
    for _, value in store.scan(TOPICS):
        yield msgspec.json.decode(value, type=TopicDecided)
