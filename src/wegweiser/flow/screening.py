"""What every element meets before the log: masking, consent, enrichment, the cuts of privacy."""

from collections.abc import Callable, Mapping

import msgspec

from wegweiser.collect.consent import is_permitted, only_choice, withdraws
from wegweiser.collect.decode import Decoded
from wegweiser.collect.enrich.agent import agent_of
from wegweiser.collect.enrich.arrival import arrival_reader
from wegweiser.collect.enrich.domain import site_of
from wegweiser.collect.enrich.event import NO_TOPICS, Enrichment
from wegweiser.collect.enrich.privacy import PrivacyRules, cut_element
from wegweiser.collect.enrich.region import region_finder
from wegweiser.collect.enrich.topic import topic_finder
from wegweiser.collect.enrich.url import KEPT
from wegweiser.collect.read import Reading
from wegweiser.collect.screen import Screen
from wegweiser.flow.door_rules import DoorRules, Rules
from wegweiser.ports.regions import Regions
from wegweiser.resolve.statement import read_event
from wegweiser.terms.event import Event
from wegweiser.terms.json import Json
from wegweiser.terms.source import Caller

StandingOf = Callable[[str], Mapping[str, str]]
"""Gives the present consent of the person of a leaf, by purpose."""


class Screening:
    """Masks, drops, enriches and cuts under the rules that stand at the moment."""

    def __init__(
        self,
        rules: DoorRules,
        regions: Regions,
        standing_of: StandingOf,
        *,
        search_parameters: tuple[str, ...],
        keep_query: tuple[str, ...] = (),
        store_networks: bool = False,
    ):
        self._rules = rules
        self._standing_of = standing_of
        lowered = tuple(name.lower() for name in search_parameters)
        keep = KEPT | {name.lower() for name in keep_query}
        self._privacy = PrivacyRules(keep, store_networks)
        read = arrival_reader(region_finder(regions), lowered)
        self._enrichment = Enrichment(read, NO_TOPICS, self._privacy)
        self._compiled: Rules | None = None

    def masked(self, decoded: Decoded) -> Decoded:
        """Blot out of a decoded body what nobody may keep, in every element and the root."""
        return self._rules.current.masker.decoded(decoded)

    def masked_value(self, value: Json) -> Json:
        """Blot out of any value what nobody may keep."""
        return self._rules.current.masker.masked(value)[0]

    def cut(self, reading: Reading) -> Reading:
        """Cut the elements that are set aside as stored ones are."""
        refused = tuple(
            msgspec.structs.replace(one, element=cut_element(one.element, self._privacy))
            for one in reading.record.refused
        )
        record = msgspec.structs.replace(reading.record, refused=refused)
        return msgspec.structs.replace(reading, record=record)

    def screener(self, caller: Caller, received_at: int) -> Screen:
        """Give the screen for one request."""
        rules, enrichment = self._rules.current, self._current_enrichment()

        def screen(event: Event) -> Event | None:
            if is_permitted(event, rules.bases):
                return enrichment.of(event)
            leaf = read_event(event, caller.trust, caller.source_id, 0).leaf
            # Who takes a consent back must be heard, even where nothing else may be kept.
            kept = withdraws(event.context, self._standing_of(leaf))
            return only_choice(event) if kept else None

        return screen

    def _current_enrichment(self) -> Enrichment:
        rules = self._rules.current
        if rules is not self._compiled:
            topics = topic_finder(rules.topics) if rules.topics else NO_TOPICS
            self._enrichment = msgspec.structs.replace(self._enrichment, topics_of=topics)
            self._compiled = rules
        return self._enrichment


def warm() -> None:
    """Load the lists that enriching needs, so that the first event does not wait for them."""
    site_of("www.example.com")
    agent_of("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
