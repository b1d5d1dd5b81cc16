"""What identity knows of an account, as its profile and its pages tell it."""

from collections.abc import Iterable, Mapping, Sequence

from wegweiser.collect.enrich.domain import site_of
from wegweiser.profile.view import AccountFacts
from wegweiser.resolve.account_facts import CRM_ID, DOMAIN, FIRST_HOST, HOSTS
from wegweiser.resolve.account_side import MemberShare, listed
from wegweiser.resolve.directory import Directory
from wegweiser.resolve.normalise import normalise
from wegweiser.terms.identity import Identifier, identifier, kind_of, value_of
from wegweiser.terms.instant import day_of
from wegweiser.terms.profile import KnownIdentifier, Member

GROUP = "group_id"


class DomainOwners:
    """Which accounts own each registrable domain, by what trusted senders said."""

    def __init__(self, directory: Directory):
        self._directory = directory
        self._found: dict[str, set[str]] = {}
        self._basis: tuple[object, ...] = ()

    def of(self, domain: str) -> set[str]:
        """Give the accounts that own a registrable domain."""
        return self.all().get(domain, set())

    def all(self) -> Mapping[str, set[str]]:
        """Give the accounts by domain; worked out anew only when something was said."""
        book = self._directory.account_book
        basis = (book.facts.changes["hosts"], book.joins)
        if basis != self._basis:
            found: dict[str, set[str]] = {}
            for fact in book.facts.hosts():
                found.setdefault(site_of(fact.value), set()).add(book.principal(fact.group_id))
            self._found, self._basis = found, basis
        return self._found


def find_account(directory: Directory, owners_of: DomainOwners, name: Identifier) -> str | None:
    """Find an account by one of its identifiers; gives its group id, None for none or several.

    `name` is "group_id:...", "crm_account_id:..." or "domain:...".
    """
    kind, value = kind_of(name), normalise(kind_of(name), value_of(name))
    if value is None:
        return None
    if kind == GROUP:
        own = directory.account_book.principal(value)
        return None if directory.account_id(own) is None else own
    owners: set[str] = set()
    if kind == CRM_ID:
        owners = directory.account_book.owners(identifier(CRM_ID, value))
    elif kind == DOMAIN:
        owners = owners_of.of(site_of(value))
    return next(iter(owners)) if len(owners) == 1 else None


def domains_of(directory: Directory, group_id: str) -> dict[str, int]:
    """Give the registrable domains of an account, each with the time (ms) it was first stated."""
    facts = directory.account_book.facts_of(group_id)
    found: dict[str, int] = {}
    for fact in facts:
        if fact.field in HOSTS:
            site = site_of(fact.value)
            found[site] = min(fact.at, found.get(site, fact.at))
    for fact in facts:
        # Who says it again every night does not say it for the first time.
        if fact.field == FIRST_HOST and (site := site_of(fact.value)) in found:
            found[site] = min(fact.at, found[site])
    return dict(sorted(found.items()))


def facts_of_account(
    directory: Directory, group_id: str, parts: Iterable[MemberShare], newest_at: int
) -> AccountFacts:
    """Give what the profile of an account is made with; `newest_at` is its newest event (ms)."""
    held = tuple(parts)
    return AccountFacts(
        account_id=directory.account_id(group_id) or "",
        group_id=group_id,
        members=tuple(
            Member(part.person_id, part.role, part.status)
            for part in members_now(held, newest_day(held, newest_at))
        ),
        together=directory.account_book.together(group_id),
        identifiers=identifiers_of_account(directory, group_id),
    )


def newest_day(parts: Sequence[MemberShare], newest_at: int) -> int:
    """Give the day up to which an account is known: of its newest event or statement."""
    return day_of(max([newest_at, *(part.at for part in parts)]))


def members_now(parts: Iterable[MemberShare], day: int) -> tuple[MemberShare, ...]:
    """List the members who had not left by the end of a day, each once per role."""
    return tuple(
        part
        for part in listed(parts)
        if part.current_on(day) or (part.since > day and not part.left)
    )


def identifiers_of_account(directory: Directory, group_id: str) -> tuple[KnownIdentifier, ...]:
    """Give what an account is called, its group id first."""
    book = directory.account_book
    others = sorted(book.together(group_id) - {group_id})
    crm_ids = {fact.value for fact in book.facts_of(group_id) if fact.field == CRM_ID}
    return (
        KnownIdentifier(GROUP, group_id, "member"),
        *(KnownIdentifier(GROUP, other, "member") for other in others),
        *(KnownIdentifier(CRM_ID, value, "member") for value in sorted(crm_ids)),
        *(KnownIdentifier(DOMAIN, site, "member") for site in domains_of(directory, group_id)),
    )
