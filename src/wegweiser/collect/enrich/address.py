"""Internet addresses cut to their network, in which nobody stands alone."""

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

NETWORK_BITS_V4 = 24
NETWORK_BITS_V6 = 48
LONGEST_ADDRESS = 64


def network_of(address: str) -> str:
    """Give the first address of the /24 or /48 of an address, empty where it cannot be read.

    >>> network_of("192.0.2.77"), network_of("2001:db8:1:2::7"), network_of("::ffff:192.0.2.77")
    ('192.0.2.0', '2001:db8:1::', '192.0.2.0')
    >>> network_of("somewhere")
    ''
    """
    return _network_of(address) if len(address) <= LONGEST_ADDRESS else ""


@lru_cache(maxsize=16_384)
def _network_of(address: str) -> str:
    found = _read(address)
    if found is None:
        return ""
    bits = NETWORK_BITS_V4 if found.version == 4 else NETWORK_BITS_V6
    return str(ip_network(f"{found}/{bits}", strict=False).network_address)


def _read(text: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(text.strip().strip("[]").partition("%")[0])
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found
