"""One event enriched: what its circumstances tell is added, and what privacy forbids is cut."""

import msgspec

from wegweiser.collect.enrich.agent import hints_of
from wegweiser.collect.enrich.arrival import Reader, arrival_reader
from wegweiser.collect.enrich.campaign import stated_campaign
from wegweiser.collect.enrich.privacy import (
    DEFAULTS,
    PrivacyRules,
    cut_context,
    cut_fields,
    without_addresses,
)
from wegweiser.collect.enrich.topic import TopicsOf, topic_finder
from wegweiser.collect.enrich.url import cut_path, host_of
from wegweiser.ports.regions import NOWHERE
from wegweiser.terms.event import Event
from wegweiser.terms.json import Json, JsonObject

LONGEST_READ = 8_192
# Events whose `query` is what somebody searched for.
SEARCHES = ("Search Performed", "Products Searched")


class Enrichment(msgspec.Struct, frozen=True):
    """Everything that enriching needs: how circumstances are read, topics found, and what is cut.

    >>> page = {"url": "https://www.example.com/?gclid=a&mail=me", "title": "Prices"}
    >>> event = Event(type="page", message_id="m", at=0, context={"page": page, "ip": "192.0.2.1"})
    >>> enriched = PLAIN.of(event)
    >>> enriched.enriched["channel"], enriched.context["page"]["url"]
    ('paid_search', 'https://www.example.com/?gclid=a')
    """

    read: Reader
    topics_of: TopicsOf
    rules: PrivacyRules = DEFAULTS

    def of(self, event: Event) -> Event:
        """Give the event as it goes into the log."""
        context, properties = event.context, event.properties
        viewed = event.type in ("page", "screen")
        page = context.get("page")
        page = page if isinstance(page, dict) else {}
        url = referrer = host = ""
        if page or viewed:
            beside = properties if viewed else page
            url, referrer = _first(page, beside, "url"), _first(page, beside, "referrer")
            host = host_of(url) if url else ""
        found = self._read(context, url, referrer, viewed)
        if self.topics_of is not NO_TOPICS:
            found = self._with_topics(found, event, page, url)
        return msgspec.structs.replace(
            event,
            context=cut_context(context, self.rules, host) if context else context,
            properties=cut_fields(properties, self.rules, host, viewed)
            if properties
            else properties,
            extra=without_addresses(event.extra) if event.extra else event.extra,
            enriched=found,
        )

    def _read(self, context: JsonObject, url: str, referrer: str, viewed: bool) -> JsonObject:
        agent, address = context.get("userAgent"), context.get("ip")
        return self.read(
            agent if isinstance(agent, str) else "",
            hints_of(context["userAgentData"]) if "userAgentData" in context else None,
            url,
            referrer,
            stated_campaign(context["campaign"]) if "campaign" in context else (),
            address if isinstance(address, str) else "",
            viewed,
        )

    def _with_topics(
        self, found: JsonObject, event: Event, page: JsonObject, url: str
    ) -> JsonObject:
        topics = self._topics(event, page, url, _text(found.get("search")))
        return {**found, "topics": [*topics]} if topics else found

    def _topics(self, event: Event, page: JsonObject, url: str, search: str) -> tuple[str, ...]:
        stated = event.properties if event.type in ("page", "screen") else {}
        path = _first(stated, page, "path") or _path_of(url)
        category = event.category or _text(stated.get("category")) or _text(page.get("category"))
        if event.event in SEARCHES:
            search = _text(event.properties.get("query")) or search
        return self.topics_of(cut_path(path), _first(stated, page, "title"), category, search)


def _first(fields: JsonObject, others: JsonObject, name: str) -> str:
    if name not in fields and name not in others:
        return ""
    return _text(fields.get(name)) or _text(others.get(name))


def _text(value: Json) -> str:
    return value[:LONGEST_READ] if isinstance(value, str) else ""


def _path_of(url: str) -> str:
    _, mark, rest = url.partition("://")
    slash = rest.find("/")
    return rest[slash:] if mark and slash >= 0 else ""


NO_TOPICS = topic_finder(())
PLAIN = Enrichment(arrival_reader(lambda address: NOWHERE), NO_TOPICS)
"""Without regions and taxonomy, under the default rules of privacy."""
