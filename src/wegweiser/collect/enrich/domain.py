"""Which site a host belongs to, by the bundled list of public suffixes."""

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tldextract import TLDExtract


@lru_cache(maxsize=1)
def _suffixes() -> "TLDExtract":
    from tldextract import TLDExtract

    # Without addresses and folder it can neither ask the network nor write a file.
    return TLDExtract(suffix_list_urls=(), cache_dir=None)


@lru_cache(maxsize=8_192)
def site_of(host: str) -> str:
    """Give the registrable domain of a host, or the host itself where it has none.

    >>> site_of("www.shop.example.co.uk"), site_of("crm.company.internal"), site_of("localhost")
    ('example.co.uk', 'company.internal', 'localhost')
    """
    found = _suffixes().extract_str(host)
    if found.suffix:
        return found.top_domain_under_public_suffix or host
    labels = host.split(".")
    # Names of a house network have no public suffix; an address is no name.
    return host if labels[-1].isdigit() or ":" in host else ".".join(labels[-2:])


def name_of_site(host: str) -> str:
    """Give the registrable domain without its suffix: one name for all countries.

    >>> name_of_site("www.google.co.uk"), name_of_site("www.google.de")
    ('google', 'google')
    """
    return site_of(host).partition(".")[0]


def same_site(a: str, b: str) -> bool:
    """Tell whether two hosts belong to one site."""
    return a == b or (bool(a) and site_of(a) == site_of(b))
