"""Which web pages a public key speaks for: the origins that were allowed to it."""

from urllib.parse import urlsplit

from wegweiser.terms.errors import InputRefused, KeyRefused
from wegweiser.terms.source import Caller
from wegweiser.terms.wire import WireRequest
from wegweiser.terms.wrong import wrong

_ANY_SUBDOMAIN = "*."
_SCHEMES = ("http", "https")


def refuse_other_origins(request: WireRequest, caller: Caller) -> None:
    """Refuse a request whose page says that it is another than allowed.

    Only browsers state an origin, and whoever is none can state any: this stops mistakes and
    copied pages, not attackers. Raises KeyRefused `forbidden` (403).
    """
    allowed = () if caller.key is None else caller.key.allowed_origins
    origin = request.headers.get("origin", "") if allowed else ""
    if origin and not any(_fits(origin.lower(), pattern) for pattern in allowed):
        raise KeyRefused("forbidden", "This key is not for pages of this origin.", 403)


def read_origin(text: str) -> str:
    """Read an allowed origin as browsers write it; `https://*.example.com` allows subdomains.

    Raises InputRefused `bad_origin`.

    >>> read_origin(" https://Shop.example.com/ "), read_origin("https://*.example.com:8443")
    ('https://shop.example.com', 'https://*.example.com:8443')
    """
    origin = text.strip().lower().removesuffix("/")
    try:
        parts = urlsplit(origin)
        default = {"http": 80, "https": 443}.get(parts.scheme) == parts.port
    except ValueError:
        raise _bad_origin(text) from None
    host = parts.netloc.removeprefix(_ANY_SUBDOMAIN)
    extra = parts.path or parts.query or parts.fragment or "@" in host or "*" in host
    if parts.scheme not in _SCHEMES or not parts.hostname or not host or extra:
        raise _bad_origin(text)
    return origin.rpartition(":")[0] if default else origin


def _bad_origin(text: str) -> InputRefused:
    return InputRefused(
        "bad_origin",
        wrong("no_origin", text=repr(text)),
        422,
        "allowed_origins",
    )


def _fits(origin: str, allowed: str) -> bool:
    scheme, _, host = allowed.partition("://")
    if not host.startswith(_ANY_SUBDOMAIN):
        return origin == allowed
    return origin.startswith(scheme + "://") and origin.endswith(host[1:])
