"""Operations on subscriptions: what the owner of a mail address wants to hear of, by topic."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from wegweiser.deliver.mail_address import plain_address
from wegweiser.flow.subscriptions import EVERY_TOPIC, STATUSES, Said, status_of
from wegweiser.terms.instant import format_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.workspace.arguments import read, text
from wegweiser.workspace.subscription_load import (
    LONGEST_REASON,
    status_word,
    subscription_load,
    topic_of,
)

if TYPE_CHECKING:
    from wegweiser.workspace.site import Site


class Word(msgspec.Struct, frozen=True):
    """What was said last of a topic, "" for every one, when (ISO), and where."""

    topic: str
    status: str
    at: str
    source: str
    reason: str


def words_for(site: "Site", address: str) -> Iterator[Word]:
    """Yield what was said for an address, what was said of every topic first."""
    for topic, said in sorted(site.subscriptions.of(address).items()):
        named = "" if topic == EVERY_TOPIC else topic
        yield Word(named, said.status, format_instant(said.at), said.source, said.reason)


async def subscription_show(site: "Site", arguments: JsonObject) -> Json:
    """Tell what the owner of an address said, topic by topic; `*` is every topic."""
    return told(site, plain_address(text(arguments, "address")))


async def subscription_set(site: "Site", arguments: JsonObject) -> Json:
    """Note that an address is `subscribed` to a topic or `unsubscribed`; `*` is every topic.

    It counts at once, in decisions and for what waits to be sent. Consent is another matter:
    nothing is sent without it, whatever is subscribed.
    """
    address = plain_address(text(arguments, "address"))
    topic, status = topic_of(text(arguments, "topic").strip()), text(arguments, "status")
    reason = read(arguments, "reason", str, "")[:LONGEST_REASON]
    subscriptions = site.subscriptions
    said = Said(STATUSES[status_word(status)], site.clock.now_ms(), "operator", reason)
    changed = subscriptions.say(subscriptions.mark(address), topic, said)
    return {**told(site, address), "changed": changed}


def told(site: "Site", address: str) -> JsonObject:
    """Write what holds for an address, for every topic of mails that are published too."""
    said = site.subscriptions.of(address)
    topics = {*site.unifier.policy.topics, *said} - {EVERY_TOPIC}
    return {
        "address": address,
        "every_topic": status_of(said, EVERY_TOPIC),
        "topics": [
            {
                "topic": topic,
                "status": status_of(said, topic),
                **({} if topic not in said else _source(said[topic])),
            }
            for topic in sorted(topics)
        ],
    }


def _source(said: Said) -> JsonObject:
    return {"at": format_instant(said.at), "source": said.source, "reason": said.reason}


OPERATIONS = {
    "subscription_show": subscription_show,
    "subscription_set": subscription_set,
    "subscription_load": subscription_load,
}
