"""What can be read off the circumstances of an event: device, campaign, channel, place."""

from collections.abc import Callable
from functools import lru_cache

from wegweiser.collect.enrich.agent import NOBODY, Agent, Hints, agent_of, corrected
from wegweiser.collect.enrich.campaign import Tags, campaign_in, clicks_in, search_in
from wegweiser.collect.enrich.channel import channel_of
from wegweiser.collect.enrich.domain import same_site
from wegweiser.collect.enrich.region import Finder
from wegweiser.collect.enrich.url import LONGEST_ADDRESS, host_of
from wegweiser.ports.regions import NOWHERE, Place
from wegweiser.terms.json import JsonObject

SITUATIONS_HELD = 8_192
LONGEST_HELD = 2_000
SEARCH_PARAMETERS = ("q", "query", "s", "search", "suche")


Reader = Callable[[str, Hints | None, str, str, Tags, str, bool], JsonObject]
"""Takes browser string, hints, page, referrer, campaign, address, and whether it is a view."""


def arrival_reader(
    place_of: Finder, search_parameters: tuple[str, ...] = SEARCH_PARAMETERS
) -> Reader:
    """Make a function from circumstances to what they tell, remembered per distinct value.

    What it gives is shared by all events alike: read it, never change it.

    >>> read = arrival_reader(lambda address: NOWHERE)
    >>> read("", None, "https://www.example.com/?q=sso", "https://www.google.de/", (), "", True)
    {'referrerHost': 'www.google.de', 'channel': 'organic_search', 'search': 'sso'}
    """

    def read(
        user_agent: str,
        hints: Hints | None,
        url: str,
        referrer: str,
        campaign: Tags,
        address: str,
        viewed: bool,
    ) -> JsonObject:
        place = place_of(address) if address else NOWHERE
        page = url[:LONGEST_ADDRESS]
        return {
            **_device(agent_of(user_agent) if user_agent else NOBODY, hints),
            **_origin(page, referrer[:LONGEST_ADDRESS], campaign, viewed),
            **_searched(page, search_parameters),
            **_whereabouts(place),
        }

    held = lru_cache(maxsize=SITUATIONS_HELD)(read)

    def read_or_recall(
        user_agent: str,
        hints: Hints | None,
        url: str,
        referrer: str,
        campaign: Tags,
        address: str,
        viewed: bool,
    ) -> JsonObject:
        short = len(user_agent) + len(url) + len(referrer) + len(address) <= LONGEST_HELD
        known = held if short else read
        return known(user_agent, hints, url, referrer, campaign, address, viewed)

    return read_or_recall


def _device(agent: Agent, hints: Hints | None) -> JsonObject:
    known = agent if hints is None else corrected(agent, hints)
    found: JsonObject = {
        "browser": known.browser if known.browser != "Other" else "",
        "browserVersion": known.version,
        "os": known.system if known.system != "Other" else "",
        "device": known.device,
    }
    told: JsonObject = {name: value for name, value in found.items() if value}
    return {**told, "bot": True} if known.bot else told


def _origin(url: str, referrer: str, stated: Tags, viewed: bool) -> JsonObject:
    clicks = clicks_in(url)
    tags = stated or campaign_in(url)
    host, own = host_of(referrer), host_of(url)
    inside = bool(host) and same_site(host, own)
    from_host = "" if inside else host
    channel = channel_of(tags, clicks, from_host, arrives=viewed and bool(url) and not inside)
    found: JsonObject = {"referrerHost": from_host, "channel": channel}
    told: JsonObject = {name: value for name, value in found.items() if value}
    if tags:
        told["campaign"] = dict(tags)
    if clicks:
        told["clickIds"] = dict(clicks)
    return told


def _searched(url: str, parameters: tuple[str, ...]) -> JsonObject:
    words = search_in(url, parameters) if url else ""
    return {"search": words} if words else {}


def _whereabouts(place: Place) -> JsonObject:
    found: JsonObject = {"country": place.country, "region": place.region}
    return {name: value for name, value in found.items() if value}
