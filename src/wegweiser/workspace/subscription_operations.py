"""Operations on subscriptions: what the owner of a mail address wants to hear of, by topic."""

from typing import TYPE_CHECKING

from wegweiser.deliver.mail_address import plain_address
from wegweiser.flow.subscriptions import EVERY_TOPIC, STATUSES, Said, status_of
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.instant import format_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.workspace.arguments import read, text

if TYPE_CHECKING:
    from wegweiser.workspace.site import Site

_LONGEST_TOPIC, _LONGEST_REASON = 255, 500


async def subscription_show(site: "Site", arguments: JsonObject) -> Json:
    """Tell what the owner of an address said, topic by topic; `*` is every topic."""
    return told(site, plain_address(text(arguments, "address")))


async def subscription_set(site: "Site", arguments: JsonObject) -> Json:
    """Note that an address is `subscribed` to a topic or `unsubscribed`; `*` is every topic.

    It counts at once, in decisions and for what waits to be sent. Consent is another matter:
    nothing is sent without it, whatever is subscribed.
    """
    address = plain_address(text(arguments, "address"))
    topic, status = text(arguments, "topic").strip(), text(arguments, "status")
    if not topic or len(topic) > _LONGEST_TOPIC:
        told_why = f"topic has 1 to {_LONGEST_TOPIC} signs; * is every topic."
        raise InputRefused("bad_input", told_why, 422, "topic")
    if status not in STATUSES:
        told_why = f"status is {' or '.join(STATUSES)}."
        raise InputRefused("bad_input", told_why, 422, "status")
    reason = read(arguments, "reason", str, "")[:_LONGEST_REASON]
    subscriptions = site.subscriptions
    said = Said(STATUSES[status], site.clock.now_ms(), "operator", reason)
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


OPERATIONS = {"subscription_show": subscription_show, "subscription_set": subscription_set}
