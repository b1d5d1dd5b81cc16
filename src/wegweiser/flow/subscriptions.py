"""What the owner of a mail address wants to hear of: kept by address and topic, not by person."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Literal, get_args

import msgspec

from wegweiser.flow.tables import SUBSCRIPTIONS
from wegweiser.flow.typed_names import TypedNames
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.terms.identity import Identifier, identifier

Status = Literal["subscribed", "unsubscribed"]
STATUSES: Mapping[str, Status] = {one: one for one in get_args(Status)}
# Nobody has said anything; then the consent of the person alone decides.
NEVER_ASKED = "never_asked"
# What is said of every topic at once.
EVERY_TOPIC = "*"
# Of more, the topics that were wanted longest ago are forgotten first.
MOST_TOPICS = 500


class Said(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was said last about a topic, when (ms UTC), and where: a link, an operator, a file."""

    status: Status
    at: int
    source: str = ""
    reason: str = ""


class Subscriptions:
    """Kept by the keyed hash of an address: it outlives an erasure and tells nobody whose it is."""

    def __init__(self, store: OperationalStore, digest: Callable[[Identifier], bytes]):
        """`digest` gives the keyed hash of an identifier; its secret lies outside the store."""
        self._store = store
        self._digest = digest
        self._held: dict[bytes, dict[str, Said]] = {
            key: msgspec.json.decode(value, type=dict[str, Said])
            for key, value in store.scan(SUBSCRIPTIONS)
        }

    def __len__(self) -> int:
        return len(self._held)

    def mark(self, address: str) -> str:
        """Give the name under which an address is kept, in hex digits."""
        return self._digest(identifier("email", address.strip().lower())).hex()

    def of(self, address: str) -> Mapping[str, Said]:
        """Give everything that was said for an address, by topic."""
        return self.of_mark(self.mark(address)) if self._held else {}

    def of_mark(self, mark: str) -> Mapping[str, Said]:
        """Give everything that was said for the address of a mark, by topic."""
        return self._held.get(bytes.fromhex(mark), {})

    def say(self, mark: str, topic: str, said: Said) -> bool:
        """Keep what is said for an address; False where it stood already. Durable at return."""
        key = bytes.fromhex(mark)
        before = self._held.get(key, {})
        whole = topic != EVERY_TOPIC or len(before) == 1
        if topic in before and whole and status_of(before, topic) == said.status:
            return False
        after = {**before, topic: said}
        after = {topic: said} if topic == EVERY_TOPIC else _bounded(after, topic)
        self._store.commit([Change(SUBSCRIPTIONS, key, msgspec.json.encode(after))])
        self._held[key] = after
        return True

    def load(self, lines: Iterable[tuple[str, str, Said]], keep: bool = True) -> list[bool]:
        """Keep what was said at the times that others noted; tells of each whether it is news.

        A line is a mark, a topic and what was said. Their order does not matter: newer words
        stand, wherever they came from. Durable at return; without `keep` nothing changes.
        """
        changed: dict[bytes, dict[str, Said]] = {}
        news = []
        for mark, topic, said in lines:
            key = bytes.fromhex(mark)
            before = changed.get(key, self._held.get(key, {}))
            after = _joined(before, topic, said)
            news.append(after is not before)
            changed[key] = after
        rows = [(key, after) for key, after in changed.items() if after != self._held.get(key, {})]
        if keep and rows:
            encode = msgspec.json.encode
            self._store.commit([Change(SUBSCRIPTIONS, key, encode(after)) for key, after in rows])
            self._held.update(rows)
        return news

    def reword(self, typed: TypedNames, only_count: bool) -> int:
        """Take names of the erased out of reasons that people typed; gives how many there were."""
        count = 0
        for key, topics in list(self._held.items()):
            left = {topic: (one, *typed.without(one.reason)) for topic, one in topics.items()}
            found = sum(number for _, _, number in left.values())
            count += found
            if found and not only_count:
                after = {
                    topic: msgspec.structs.replace(one, reason=reason)
                    for topic, (one, reason, _) in left.items()
                }
                self._store.commit([Change(SUBSCRIPTIONS, key, msgspec.json.encode(after))])
                self._held[key] = after
        return count

    def is_open(self, address: str, topic: str) -> bool:
        """Tell whether mails on a topic may go to an address."""
        return status_of(self.of(address), topic) != "unsubscribed"

    def address_for(self, addresses: Sequence[str], topic: str) -> str | None:
        """Choose the address for a topic, None where there is none.

        It is the first one; where that is unsubscribed, another only if its owner has asked for
        the topic there. Nobody gets at home what they did not want at work.
        """
        for place, address in enumerate(addresses):
            status = status_of(self.of(address), topic)
            if status == "subscribed" or (not place and status == NEVER_ASKED):
                return address
        return None

    def closed(self, addresses: Sequence[str], topics: Collection[str]) -> Iterator[str]:
        """Yield the topics on which no mail may go to anybody with these addresses."""
        if addresses and any(self.of(address) for address in addresses):
            yield from (one for one in topics if self.address_for(addresses, one) is None)


def status_of(said: Mapping[str, Said], topic: str) -> str:
    """Tell what holds for a topic: the newer of what was said of it and of every topic.

    >>> said = {"*": Said("unsubscribed", 5), "news": Said("subscribed", 6)}
    >>> status_of(said, "news"), status_of(said, "offers"), status_of({}, "news")
    ('subscribed', 'unsubscribed', 'never_asked')
    """
    found = [one for one in (said.get(topic), said.get(EVERY_TOPIC)) if one is not None]
    if not found:
        return NEVER_ASKED
    return max(found, key=_rank).status


def _joined(before: dict[str, Said], topic: str, said: Said) -> dict[str, Said]:
    """Give what holds for an address with one more word; the same object where nothing changes."""
    standing = [one for one in (before.get(topic), before.get(EVERY_TOPIC)) if one is not None]
    if any(_rank(one) >= _rank(said) for one in standing):
        return before
    if topic == EVERY_TOPIC:
        later = {name: one for name, one in before.items() if _rank(one) > _rank(said)}
        return {**later, topic: said}
    return _bounded({**before, topic: said}, topic)


def _bounded(topics: dict[str, Said], newest: str) -> dict[str, Said]:
    """Forget what was wanted longest ago where there are too many topics; no refusal ever."""
    wanted = [name for name, one in topics.items() if name != newest and _is_wanted(one)]
    if len(topics) <= MOST_TOPICS or not wanted:
        return topics
    oldest = min(wanted, key=lambda name: topics[name].at)
    return {name: one for name, one in topics.items() if name != oldest}


def _rank(said: Said) -> tuple[int, bool]:
    """Order what was said: the newer word counts, of two at one moment the refusal."""
    return said.at, said.status == "unsubscribed"


def _is_wanted(said: Said) -> bool:
    return said.status == "subscribed"


def unsubscribed_from(topic: str) -> str:
    """Say why nothing goes to somebody who wants to hear no more of a topic."""
    return f"FILTERED_BY_END_USER_CONSENT: unsubscribed from {topic or 'all mails'}"
