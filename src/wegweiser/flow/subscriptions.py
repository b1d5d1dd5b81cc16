"""What the owner of a mail address wants to hear of: kept by address and topic, not by person."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Literal, get_args

import msgspec

from wegweiser.flow.tables import SUBSCRIPTIONS
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
        if topic == EVERY_TOPIC:
            after = {topic: said}
        elif len(after) > MOST_TOPICS:
            # A refusal is never forgotten, however many there are.
            wanted = [one for one in before if one != topic and _is_wanted(before[one])]
            if wanted:
                del after[min(wanted, key=lambda one: before[one].at)]
        self._store.commit([Change(SUBSCRIPTIONS, key, msgspec.json.encode(after))])
        self._held[key] = after
        return True

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
    return max(found, key=lambda one: (one.at, one.status == "unsubscribed")).status


def _is_wanted(said: Said) -> bool:
    return said.status == "subscribed"


def unsubscribed_from(topic: str) -> str:
    """Say why nothing goes to somebody who wants to hear no more of a topic."""
    return f"FILTERED_BY_END_USER_CONSENT: unsubscribed from {topic or 'all mails'}"
