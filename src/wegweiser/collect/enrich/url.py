"""Addresses of pages cut to what may be kept: known query fields, no fragment, no password."""

from urllib.parse import parse_qsl, unquote_plus, urlsplit

from wegweiser.collect.enrich.domain import same_site
from wegweiser.collect.enrich.remember import remembered

LONGEST_ADDRESS = 4_096
LONGEST_HOST = 253
CLICK_IDS = (
    *("gclid", "gbraid", "wbraid", "dclid", "msclkid", "fbclid", "li_fat_id", "ttclid"),
    *("twclid", "rdt_cid", "epik", "sccid", "yclid", "irclickid", "srsltid"),
)
CAMPAIGN_FIELDS = {
    "utm_campaign": "name",
    "utm_source": "source",
    "utm_medium": "medium",
    "utm_term": "term",
    "utm_content": "content",
    "utm_id": "id",
}
_CONTACT_SCHEMES = ("mailto:", "tel:", "sms:", "data:", "javascript:", "blob:")

Keeps = frozenset[str]
KEPT: Keeps = frozenset(
    (*CAMPAIGN_FIELDS, *CLICK_IDS, "utm_source_platform", "utm_creative_format")
)
"""Query fields that stay by default."""


@remembered
def cut_url(url: str, keep: Keeps = KEPT) -> str:
    """Give an address without fragment, password and all query fields but those to `keep`.

    >>> cut_url("https://shop.example/reset?token=SECRET&utm_source=mail#id")
    'https://shop.example/reset?utm_source=mail'
    >>> cut_url("mailto:somebody@example.com")
    'mailto:'
    """
    plain = _without_fragment(url)
    scheme = plain[:16].lstrip().lower()
    for contact in _CONTACT_SCHEMES:
        if scheme.startswith(contact):
            return contact
    place, mark, query = plain.partition("?")
    kept = cut_query(query, keep) if mark else ""
    return _without_password(place) + (f"?{kept}" if kept else "")


@remembered
def cut_search(search: str, keep: Keeps = KEPT) -> str:
    """Cut the query part of an address as a page states it, with its question mark.

    >>> cut_search("?q=illness&utm_medium=email"), cut_search("?q=illness")
    ('?utm_medium=email', '')
    """
    kept = cut_query(_without_fragment(search).lstrip("?"), keep)
    return f"?{kept}" if kept else ""


@remembered
def cut_path(path: str) -> str:
    """Give a path without query and fragment.

    >>> cut_path("/account?token=1#top")
    '/account'
    """
    return _without_fragment(path).partition("?")[0]


@remembered
def cut_referrer(referrer: str, host: str = "") -> str:
    """Give the origin of a referrer, and its path too where it is a page of the same site.

    >>> cut_referrer("https://mail.example/?q=illness", "shop.example")
    'https://mail.example/'
    >>> cut_referrer("https://www.shop.example/cart?x=1", "shop.example")
    'https://www.shop.example/cart'
    """
    place = _without_password(_without_fragment(referrer).partition("?")[0])
    scheme, mark, rest = place.partition("://")
    if not mark:
        return place.partition("/")[0]
    if host and same_site(host_of(place), host):
        return place
    return f"{scheme}://{rest.partition('/')[0]}/"


def cut_query(query: str, keep: Keeps) -> str:
    """Give the fields of a query that are kept, in their order and spelling."""
    parts = query[:LONGEST_ADDRESS].replace(";", "&").split("&")
    return "&".join(part for part in parts if unquote_plus(part.partition("=")[0]).lower() in keep)


@remembered
def host_of(url: str) -> str:
    """Give the host of an address in lower case, empty where it has none."""
    try:
        host = (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""
    return host if len(host) <= LONGEST_HOST else ""


def fields_of(url: str) -> dict[str, str]:
    """Give the query fields of an address by their lower-case name; the first of a name counts."""
    query = _without_fragment(url).partition("?")[2]
    found: dict[str, str] = {}
    for name, value in parse_qsl(query[:LONGEST_ADDRESS]):
        if value.strip():
            found.setdefault(name.lower(), value.strip())
    return found


def _without_fragment(url: str) -> str:
    return url.partition("#")[0]


def _without_password(place: str) -> str:
    scheme, mark, rest = place.partition("://")
    authority, slash, path = rest.partition("/")
    if not mark or "@" not in authority:
        return place
    return f"{scheme}://{authority.rpartition('@')[2]}{slash}{path}"
