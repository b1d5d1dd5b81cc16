"""Campaign tags and click ids, as an event states them or as its address carries them."""

from wegweiser.collect.enrich.remember import remembered
from wegweiser.collect.enrich.url import CAMPAIGN_FIELDS, CLICK_IDS, fields_of
from wegweiser.terms.json import Json

LONGEST_TAG = 200
_NAMES = ("name", "source", "medium", "term", "content", "id")

Tags = tuple[tuple[str, str], ...]
"""Pairs of name and value, so that they can be looked up together."""


def stated_campaign(campaign: Json) -> Tags:
    """Give the tags of `context.campaign`, none where it is no object.

    >>> stated_campaign({"source": "newsletter", "medium": "email", "x": 1})
    (('source', 'newsletter'), ('medium', 'email'))
    """
    if not isinstance(campaign, dict):
        return ()
    return tuple(
        (name, value.strip()[:LONGEST_TAG])
        for name in _NAMES
        if isinstance(value := campaign.get(name), str) and value.strip()
    )


@remembered
def campaign_in(url: str) -> Tags:
    """Give the tags that an address carries.

    >>> campaign_in("https://www.example.com/?utm_source=xing&utm_campaign=spring")
    (('name', 'spring'), ('source', 'xing'))
    """
    if "utm_" not in url.lower() and "%" not in url:
        return ()
    fields = fields_of(url)
    return tuple(
        (name, fields[tag][:LONGEST_TAG]) for tag, name in CAMPAIGN_FIELDS.items() if tag in fields
    )


@remembered
def clicks_in(url: str) -> Tags:
    """Give the click ids that an address carries, by the name of their field.

    >>> clicks_in("https://www.example.com/?gclid=abc&x=1")
    (('gclid', 'abc'),)
    """
    if "?" not in url:
        return ()
    found = fields_of(url)
    return tuple((name, found[name][:LONGEST_TAG]) for name in CLICK_IDS if name in found)


@remembered
def search_in(url: str, parameters: tuple[str, ...]) -> str:
    """Give what was searched for on the site itself, read from one of the query `parameters`.

    >>> search_in("https://www.example.com/find?Query=sso", ("q", "query"))
    'sso'
    """
    if "?" not in url:
        return ""
    found = fields_of(url)
    return next((found[name][:LONGEST_TAG] for name in parameters if name in found), "")
