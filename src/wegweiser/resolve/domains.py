"""Which mail domains say something about a company, and which addresses are at a domain."""

from collections.abc import Iterable, Iterator

import msgspec

from wegweiser.resolve.public_domains import PUBLIC_DOMAINS, is_education
from wegweiser.terms.identity import Identifier

EMAIL = "email:"


class DomainLists(msgspec.Struct, frozen=True):
    """What a workspace adds to the built-in list of public domains, and what it takes out."""

    added: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()

    def is_company(self, domain: str) -> bool:
        """Tell whether the people at a registrable domain may belong to one organisation.

        >>> lists = DomainLists(added=frozenset({"shared.example"}))
        >>> [lists.is_company(one) for one in ("gmail.com", "acme.example", "shared.example")]
        [False, True, False]
        """
        if domain in self.removed:
            return True
        public = domain in PUBLIC_DOMAINS or domain in self.added
        return not public and not is_education(domain)


class Mailboxes:
    """All e-mail addresses ever stored, by the host behind the @."""

    def __init__(self) -> None:
        # Lists, as there are many at one host; every name is born once.
        self._by_host: dict[str, list[Identifier]] = {}
        # Another number whenever there are other hosts.
        self.changes = 0

    def add(self, name: Identifier) -> None:
        """Note an identifier that is new; all but addresses are left alone."""
        if name.startswith(EMAIL):
            host = _host(name)
            if host not in self._by_host:
                self._by_host[host] = []
                self.changes += 1
            self._by_host[host].append(name)

    def remove(self, name: Identifier) -> None:
        """Forget an identifier."""
        if name.startswith(EMAIL):
            held = self._by_host.get(_host(name), [])
            if name in held:
                held.remove(name)
            if not held and self._by_host.pop(_host(name), None) is not None:
                self.changes += 1

    def hosts(self) -> Iterator[str]:
        """Yield every host that has an address."""
        return iter(self._by_host)

    def at(self, hosts: Iterable[str]) -> list[Identifier]:
        """Give the addresses at some hosts, in order."""
        return sorted({name for host in hosts for name in self._by_host.get(host, ())})


def _host(name: Identifier) -> str:
    return name.rpartition("@")[2]
