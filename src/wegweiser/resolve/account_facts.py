"""What trusted senders say of accounts themselves: domains, CRM ids, parents, other group ids."""

from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

import msgspec

from wegweiser.resolve.mention import name_of
from wegweiser.terms.event import Event
from wegweiser.terms.identity import Identifier, Leaf, identifier, value_of
from wegweiser.terms.json import Json
from wegweiser.terms.source import Trust

DOMAIN, CRM_ID, PARENT, SAME = "domain", "crm_account_id", "parent_id", "group_id"
# Traits that say one thing of an account, under the spellings that senders use.
_TRAITS = {
    "website": "website",
    "domain": "domain_trait",
    "parentId": PARENT,
    "parent_id": PARENT,
}
_STATED_IDS = frozenset((DOMAIN, CRM_ID, SAME))
HOSTS = frozenset(("website", "domain_trait", DOMAIN))
# When a host was first said to be the account's, in any of these fields: the oldest counts.
FIRST_HOST = "first_host"
MOST_PER_ACCOUNT = 400
Slot = tuple[str, str]


class AccountFact(msgspec.Struct, frozen=True, array_like=True, omit_defaults=True):
    """One thing that a trusted sender said of an account; an empty value takes it back.

    Of `website`, `domain_trait` and `parent_id` an account has one, and the newest
    (at, trust, message_id) counts; of all others it has as many as were stated. Of `first_host`,
    which is beside every host that is said, the oldest counts.
    """

    group_id: str
    field: str
    value: str
    at: int
    trust: Trust
    message_id: str

    @property
    def slot(self) -> Slot:
        """The place that the newest statement takes."""
        many = self.field in _STATED_IDS or self.field == FIRST_HOST
        return (self.field, self.value if many else "")

    @property
    def age(self) -> tuple[int, Trust, str, str]:
        """The triple by which the last writer wins, or the first."""
        at = -self.at if self.field == FIRST_HOST else self.at
        return (at, self.trust, self.message_id, self.value)


def read_account_facts(event: Event, trust: Trust, account_leaf: Leaf) -> tuple[AccountFact, ...]:
    """Read what a group call of a trusted sender says of the account itself.

    >>> event = Event(type="group", message_id="m", at=0, user_id="u", group_id="acme",
    ...               traits={"website": "https://www.acme.example/start"})
    >>> [(one.field, one.value) for one in read_account_facts(event, Trust.SERVER, "group_id:acme")]
    [('website', 'www.acme.example'), ('first_host', 'www.acme.example')]
    """
    if trust < Trust.SERVER or not account_leaf:
        return ()
    said = [
        (field, _value_of(field, event.traits[trait]))
        for trait, field in _TRAITS.items()
        if trait in event.traits
    ]
    said += [(kind, value_of(name)) for kind, name in _stated_ids(event)]
    said += [(FIRST_HOST, value) for field, value in said if field in HOSTS and value]
    own = value_of(account_leaf)
    return tuple(
        AccountFact(own, field, value, event.at, trust, event.message_id)
        for field, value in dict.fromkeys(said)
        if (field, value) not in {(SAME, own), (PARENT, own)}
    )


def _value_of(field: str, raw: Json) -> str:
    if field == PARENT:
        name = name_of("group_id", raw)
        return "" if name is None else value_of(name)
    text = raw.strip() if isinstance(raw, str) else ""
    try:
        host = urlsplit(text if "//" in text else f"//{text}").hostname or ""
    except ValueError:
        return ""
    name = name_of("domain", host)
    return "" if name is None else value_of(name)


def _stated_ids(event: Event) -> Iterator[tuple[str, Identifier]]:
    stated = event.context.get("externalIds")
    for entry in stated if isinstance(stated, list) else ():
        if not isinstance(entry, dict) or entry.get("collection") != "accounts":
            continue
        kind = entry.get("type")
        if isinstance(kind, str) and kind in _STATED_IDS and entry.get("encoding") == "none":
            name = name_of(kind, entry.get("id"))
            if name is not None:
                yield kind, name


class AccountFacts:
    """All that was said of accounts, by account, and which accounts a value belongs to."""

    def __init__(self) -> None:
        self._facts: dict[str, dict[Slot, AccountFact]] = {}
        self._owners: dict[Identifier, set[str]] = {}
        # Numbers that rise with whatever is said anew: of hosts, of parents, of other group ids.
        self.changes = dict.fromkeys(("hosts", PARENT, SAME), 0)
        self._same: set[tuple[str, str]] = set()
        self._parents: dict[str, AccountFact] = {}

    def add(self, fact: AccountFact) -> bool:
        """Keep what was said; False when something equal or newer is kept, or there is too much."""
        held = self._facts.setdefault(fact.group_id, {})
        old = held.get(fact.slot)
        if old is not None and old.age >= fact.age:
            return False
        if old is None and len(held) >= MOST_PER_ACCOUNT:
            return False
        if old is not None:
            self._drop(old)
        held[fact.slot] = fact
        if fact.field in _STATED_IDS and fact.value:
            self._owners.setdefault(_name_of(fact), set()).add(fact.group_id)
        if fact.field == SAME:
            self._same.add((fact.group_id, fact.value))
        elif fact.field == PARENT:
            self._parents[fact.group_id] = fact
        if old is None or old.value != fact.value or fact.field == PARENT:
            self._note_change(fact)
        return True

    def _drop(self, fact: AccountFact) -> None:
        name = _name_of(fact)
        owners = self._owners.get(name)
        if owners is not None:
            owners.discard(fact.group_id)
            if not owners:
                del self._owners[name]
        if fact.field == SAME:
            self._same.discard((fact.group_id, fact.value))
        elif fact.field == PARENT:
            self._parents.pop(fact.group_id, None)

    def _note_change(self, fact: AccountFact) -> None:
        kind = "hosts" if fact.field in HOSTS else fact.field
        if kind in self.changes:
            self.changes[kind] += 1

    def replace(self, leaves: Iterable[Leaf], fresh: "AccountFacts") -> None:
        """Take all that was said of these accounts ("group_id:...") from elsewhere instead."""
        for leaf in leaves:
            for old in self._facts.pop(value_of(leaf), {}).values():
                self._drop(old)
            for fact in fresh._facts.get(value_of(leaf), {}).values():
                self.add(fact)
        for kind in self.changes:
            self.changes[kind] += 1

    def of(self, group_id: str) -> list[AccountFact]:
        """Give what stands of an account, without what was taken back."""
        return [fact for fact in self._facts.get(group_id, {}).values() if fact.value]

    def parents(self) -> Iterator[AccountFact]:
        """Give what was said of the parents of accounts, also that there is none any more."""
        return iter(self._parents.values())

    def owners(self, name: Identifier) -> set[str]:
        """Give the accounts of which an identifier ("crm_account_id:...") was stated."""
        return self._owners.get(name, set())

    def same(self) -> list[tuple[str, str]]:
        """Give the pairs of group ids that a trusted sender called one account."""
        return sorted(self._same)

    def hosts(self) -> Iterator[AccountFact]:
        """Yield all that was said of the domains of accounts, not yet reduced to what is owned."""
        for held in self._facts.values():
            for fact in held.values():
                if fact.field in HOSTS and fact.value:
                    yield fact


def _name_of(fact: AccountFact) -> Identifier:
    return identifier(fact.field, fact.value)
