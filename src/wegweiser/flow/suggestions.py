"""Who may belong to an account by the domain of their address: to be confirmed, never counted."""

from collections.abc import Iterator

import msgspec

from wegweiser.collect.enrich.domain import site_of
from wegweiser.decide.document import Documents, Loose
from wegweiser.flow.accounts import DomainOwners, domains_of
from wegweiser.flow.mappings import DocumentBook, Put
from wegweiser.flow.tables import FREE_MAIL
from wegweiser.ports.operational_store import OperationalStore
from wegweiser.resolve.directory import Directory
from wegweiser.resolve.domains import DomainLists
from wegweiser.resolve.normalise import normalise
from wegweiser.terms.errors import DocumentRefused
from wegweiser.terms.identity import Identifier, value_of
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.source import Trust
from wegweiser.terms.wrong import wrong

KIND = "free_mail_domains"
LAPSES_MS = 90 * DAY_MS
VERIFIED, ASSERTED = 0.6, 0.5
_FIELDS = frozenset(("kind", "key", "add", "remove"))


class Suggestion(msgspec.Struct, frozen=True):
    """Somebody whose address is at a domain that one account owns; times in ms.

    `since` is when both the address and the domain were known.
    """

    group_id: str
    person_id: str
    address: Identifier
    domain: str
    confidence: float
    since: int

    @property
    def lapses_at(self) -> int:
        """When nobody is asked any more."""
        return self.since + LAPSES_MS


class Suggestions:
    """Suggestions are worked out when they are read, from what stands then; nothing is kept."""

    def __init__(self, directory: Directory, owners: DomainOwners, store: OperationalStore):
        self._directory = directory
        self._documents = DocumentBook(store, FREE_MAIL)
        self._owners = owners
        self._sites: dict[str, list[str]] = {}
        self._sites_of = -1
        self._read()

    def _read(self) -> None:
        documents = self._documents.all()
        self.lists = DomainLists(
            frozenset(name for one in documents for name in _names(one, "add")),
            frozenset(name for one in documents for name in _names(one, "remove")),
        )

    def of_account(self, group_id: str, now: int) -> list[Suggestion]:
        """Give the suggestions for an account that are open at a moment (ms), best first."""
        best: dict[str, Suggestion] = {}
        for domain, stated_at in domains_of(self._directory, group_id).items():
            if self._is_owned(domain, group_id):
                for found in self._at(domain, group_id, stated_at, now):
                    old = best.get(found.person_id)
                    if old is None or _weight(found) > _weight(old):
                        best[found.person_id] = found
        return sorted(best.values(), key=lambda one: (-one.confidence, one.since, one.address))

    def of_person(self, person_id: str, now: int) -> list[Suggestion]:
        """Give the accounts that are suggested for a person at a moment (ms)."""
        addresses = (
            name for name in self._directory.members(person_id) if name.startswith("email:")
        )
        groups: set[str] = set()
        for name in addresses:
            groups |= self._owners.of(site_of(name.rpartition("@")[2]))
        return [
            one
            for group_id in sorted(groups)
            for one in self.of_account(group_id, now)
            if one.person_id == person_id
        ]

    def all(self, now: int) -> Iterator[Suggestion]:
        """Yield all suggestions that are open at a moment (ms), by account."""
        groups = {group_id for owners in self._owners.all().values() for group_id in owners}
        for group_id in sorted(groups):
            yield from self.of_account(group_id, now)

    def _is_owned(self, domain: str, group_id: str) -> bool:
        return self.lists.is_company(domain) and self._owners.of(domain) == {group_id}

    def _hosts_of(self, domain: str) -> list[str]:
        mailboxes = self._directory.mailboxes
        if mailboxes.changes != self._sites_of:
            self._sites = {}
            for host in mailboxes.hosts():
                self._sites.setdefault(site_of(host), []).append(host)
            self._sites_of = mailboxes.changes
        return self._sites.get(domain, [])

    def _at(self, domain: str, group_id: str, stated_at: int, now: int) -> Iterator[Suggestion]:
        directory = self._directory
        for address in directory.mailboxes.at(self._hosts_of(domain)):
            # What is cheap to know comes first: anybody may type addresses at a domain.
            believed = self._believed(address)
            since = stated_at if believed is None else max(believed[1], stated_at)
            if believed is None or not since <= now < since + LAPSES_MS:
                continue
            person_id = directory.find(address)
            if person_id is None or not self._is_held(person_id, address):
                continue
            if not self._is_answered(person_id, group_id):
                yield Suggestion(group_id, person_id, address, domain, believed[0], since)

    def _is_answered(self, person_id: str, group_id: str) -> bool:
        """Tell whether it is known already whether somebody belongs, or did, or does not."""
        return any(
            window.group_id == group_id and (window.status != "claimed" or window.counts)
            for window in self._directory.windows_of(person_id)
        )

    def _is_held(self, person_id: str, address: Identifier) -> bool:
        return any(
            one.type == "email" and one.value == value_of(address) and one.status == "member"
            for one in self._directory.identifiers_of(person_id)
        )

    def _believed(self, address: Identifier) -> tuple[float, int] | None:
        """Give how far an address is believed, and since when (ms); None for a mere claim."""
        stated = [
            item for item in self._directory.evidence_about([address]) if item.trust >= Trust.SERVER
        ]
        if not stated:
            return None
        verified = any(item.trust >= Trust.VERIFIED for item in stated)
        return VERIFIED if verified else ASSERTED, min(item.at for item in stated)

    def check(self, documents: Documents) -> None:
        """Raise DocumentRefused for the first fault, before anything is kept."""
        for found in documents.of_kind(KIND):
            _check(found)

    def put(self, documents: Documents) -> Put:
        """Keep what was checked; it counts from the next reading on."""
        kept = self._documents.put([one.fields for one in documents.of_kind(KIND)])
        if kept.created or kept.changed:
            self._read()
        return kept


def _weight(one: Suggestion) -> tuple[float, int, str]:
    return (one.confidence, -one.since, one.address)


def _check(found: Loose) -> None:
    for field, value in found.fields.items():
        if field not in _FIELDS:
            hint = wrong("known", names="add, remove")
            reason = wrong("no_field", kind=KIND, name=field, hint=hint)
            raise DocumentRefused(found.file, found.line, reason)
        if field in ("add", "remove") and not _is_domains(value):
            reason = wrong("no_domains", kind=KIND, field=field)
            raise DocumentRefused(found.file, found.line, reason)


def _is_domains(value: Json) -> bool:
    return isinstance(value, list) and all(
        isinstance(one, str) and normalise("domain", one) is not None for one in value
    )


def _names(document: JsonObject, field: str) -> list[str]:
    listed = document.get(field)
    found = (normalise("domain", one) for one in (listed if isinstance(listed, list) else ()))
    return [site_of(one) for one in found if one is not None]
