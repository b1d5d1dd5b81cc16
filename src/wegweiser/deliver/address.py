"""Says which addresses the outbound client may call: public ones, and what the operator opened."""

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import msgspec

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.wrong import Wrong, wrong

WEB_PORTS = frozenset({443, 8443})
MAIL_PORTS = frozenset({25, 465, 587, 2525})
_LONGEST_URL = 2048
_URL = re.compile(r"(https?)://([^/?#@\\]*)(?:[/?][\x21\x24-\x5b\x5d-\x7e]*)?", re.IGNORECASE)
_AUTHORITY = re.compile(r"(\[[0-9a-fA-F:.]+\]|[^\[\]:]+)(?::([0-9]{1,5}))?")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_INNER_NAMES = ("localhost", "local", "internal", "localdomain", "home.arpa")

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# IANA's special-purpose registries; `is_global` of the standard library lets some of them pass.
_NOT_PUBLIC_4 = tuple(
    IPv4Network(text)
    for text in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
        *("172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24"),
        *("192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"),
        *("224.0.0.0/4", "240.0.0.0/4"),
    )
)
_PUBLIC_6 = IPv6Network("2000::/3")
_NOT_PUBLIC_6 = tuple(
    IPv6Network(text) for text in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)
_EMBEDDING = (IPv6Network("::ffff:0:0/96"), IPv6Network("64:ff9b::/96"))
# What a name on the operator's list may answer with; link-local stays closed: metadata services.
_INNER: tuple[Network, ...] = (
    IPv4Network("10.0.0.0/8"),
    IPv4Network("100.64.0.0/10"),
    IPv4Network("127.0.0.0/8"),
    IPv4Network("172.16.0.0/12"),
    IPv4Network("192.168.0.0/16"),
    IPv6Network("fc00::/7"),
    IPv6Network("::1/128"),
)


class AddressRules(msgspec.Struct, frozen=True):
    """What an operator allows beyond https to public addresses on the web ports.

    `allow_private` holds networks ("10.0.3.0/24") and names with or without a port
    ("crm.internal:8080"). Both open plain http and, without a port, every port. `own_names` are
    the product's own public names, which are refused so that events cannot go in circles.
    """

    allow_private: frozenset[str] = frozenset()
    allow_http: bool = False
    ports: frozenset[int] = WEB_PORTS
    own_names: frozenset[str] = frozenset()

    def check_url(self, url: str) -> None:
        """Raise InputRefused (422, `blocked_address`) unless this URL may be called."""
        scheme, host, port = _parts(url)
        if host in {name.lower() for name in self.own_names}:
            raise _blocked(url, wrong("own_address"))
        if self._opened(host, port):
            return
        _refuse_host(url, host)
        if scheme != "https" and not self.allow_http:
            raise _blocked(url, wrong("only_https"))
        if port not in self.ports and not (port == 80 and scheme == "http"):
            raise _blocked(url, wrong("port_closed", port=str(port)))

    def check_mail_server(self, host: str, port: int, encrypted: bool) -> None:
        """Raise InputRefused unless this mail server may be called."""
        if self._opened(host, port):
            return
        _refuse_host(host, host)
        if not encrypted:
            raise _blocked(host, wrong("only_tls"))
        if port not in MAIL_PORTS:
            raise _blocked(host, wrong("port_closed", port=str(port)))

    def check_address(self, host: str, address: str) -> None:
        """Raise InputRefused unless this answer of the resolver for `host` may be connected to."""
        numeric = _unwrapped(ip_address(address.partition("%")[0]))
        if is_public(numeric) or self._in_opened_network(numeric):
            return
        names = {entry.partition(":")[0].lower() for entry in self.allow_private}
        if host.lower() in names and any(numeric in network for network in _INNER):
            return
        raise _blocked(host, wrong("not_public"))

    def _opened(self, host: str, port: int) -> bool:
        if {host, f"{host}:{port}"} & {entry.lower() for entry in self.allow_private}:
            return True
        literal = _literal(host)
        return literal is not None and self._in_opened_network(literal)

    def _in_opened_network(self, address: Address) -> bool:
        networks = (_network(entry) for entry in self.allow_private)
        return any(network is not None and address in network for network in networks)


def check_url(url: str, allow_private: frozenset[str] = frozenset()) -> None:
    """Raise InputRefused (422, `blocked_address`) unless this URL may be called.

    >>> check_url("https://hooks.example.org/cdp")
    >>> check_url("https://192.168.1.1/")
    Traceback (most recent call last):
    ...
    wegweiser.terms.errors.InputRefused: 'https://192.168.1.1/' may not be called: ...
    """
    AddressRules(allow_private=allow_private).check_url(url)


def is_public(address: Address) -> bool:
    """Tell whether an address is reached over the public internet.

    >>> is_public(ip_address("93.184.216.34")), is_public(ip_address("169.254.169.254"))
    (True, False)
    """
    address = _unwrapped(address)
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _NOT_PUBLIC_4)
    return address in _PUBLIC_6 and not any(address in network for network in _NOT_PUBLIC_6)


def _parts(url: str) -> tuple[str, str, int]:
    found = _URL.fullmatch(url) if len(url) <= _LONGEST_URL else None
    authority = _AUTHORITY.fullmatch(found[2]) if found else None
    if found is None or authority is None:
        raise _blocked(url, wrong("plain_address"))
    scheme = found[1].lower()
    port = int(authority[2]) if authority[2] else {"https": 443, "http": 80}[scheme]
    if not 0 < port < 65_536:
        raise _blocked(url, wrong("no_port", port=str(port)))
    return scheme, authority[1].lower(), port


def _refuse_host(url: str, host: str) -> None:
    labels = host.split(".")
    if host.startswith("[") or _NUMBER.fullmatch(labels[-1]):
        raise _blocked(url, wrong("host_number"))
    if len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels):
        raise _blocked(url, wrong("host_whole"))
    if any(host == name or host.endswith(f".{name}") for name in _INNER_NAMES):
        raise _blocked(url, wrong("host_inner"))


def _literal(host: str) -> Address | None:
    """Read a host that is an address in its one plain spelling."""
    bare = host.strip("[]")
    try:
        address = ip_address(bare)
    except ValueError:
        return None
    return address if str(address) == bare else None


def _network(entry: str) -> Network | None:
    try:
        return ip_network(entry)
    except ValueError:
        return None


def _unwrapped(address: Address) -> Address:
    if isinstance(address, IPv6Address) and any(address in network for network in _EMBEDDING):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _blocked(target: str, reason: Wrong) -> InputRefused:
    told = wrong("blocked", target=repr(target[:200]), why=reason)
    return InputRefused("blocked_address", told, 422, "target")
