"""How births, evidence and memberships are written to the operational store, and read back."""

import msgspec

from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.resolve import edges, roster
from wegweiser.resolve.account_facts import AccountFact
from wegweiser.resolve.births import Birth, Births
from wegweiser.terms.identity import Evidence, Identifier, Leaf, Membership
from wegweiser.terms.identity_rules import IdentityRules
from wegweiser.terms.judgement import Judgement

BIRTHS = "births"
EVIDENCE = "evidence"
# The same records under their second identifier; all of them where the mark stands.
EVIDENCE_OF = "evidence_of"
_COMPLETE = b"\x00"
EVIDENCE_WAITING = "evidence_waiting"
JUDGEMENTS = "judgements"
MEMBERSHIPS = "memberships"
ACCOUNT_FACTS = "account_facts"
JUDGEMENTS = "judgements"
RULES_KEY = b"rules"

_BORN, _LEAF = b"i", b"l"
_SAID = b"s"
_write = msgspec.msgpack.Encoder().encode
_read_birth = msgspec.msgpack.Decoder(Birth).decode
_read_evidence = msgspec.msgpack.Decoder(Evidence).decode
_read_judgement = msgspec.msgpack.Decoder(Judgement).decode
_read_rules = msgspec.msgpack.Decoder(IdentityRules).decode
_read_membership = msgspec.msgpack.Decoder(Membership).decode
_read_account_fact = msgspec.msgpack.Decoder(AccountFact).decode


def birth_row(name: Identifier, birth: Birth) -> Change:
    """Write the birth of an identifier or account."""
    return Change(BIRTHS, _BORN + name.encode(), _write(birth))


def leaf_row(leaf: Leaf) -> Change:
    """Write that a leaf has events."""
    return Change(BIRTHS, _LEAF + leaf.encode(), b"1")


def evidence_row(item: Evidence) -> Change:
    """Write one record of evidence under its pair and slot."""
    return Change(EVIDENCE, _key_of(item, item.a, item.b), _write(item))


def turned_row(item: Evidence) -> Change:
    """Write one record of evidence under the identifier that stands second in it."""
    return Change(EVIDENCE_OF, _key_of(item, item.b, item.a), _write(item))


def turned_complete() -> Change:
    """Write that all evidence stands under its second identifier as well."""
    return Change(EVIDENCE_OF, _COMPLETE, b"1")


def is_turned_complete(store: OperationalStore) -> bool:
    """Tell whether all evidence stands under its second identifier as well."""
    return store.get(EVIDENCE_OF, [_COMPLETE])[0] is not None


def evidence_of(store: OperationalStore, name: Identifier) -> list[Evidence]:
    """Read all evidence that mentions an identifier."""
    start = f"{name}\x00".encode()
    tables = (EVIDENCE, EVIDENCE_OF)
    return [_read_evidence(value) for table in tables for _, value in store.scan(table, start)]


def waiting_row(item: Evidence, waits: bool) -> Change:
    """Write that a record of evidence waits, or waits no longer."""
    return Change(EVIDENCE_WAITING, _key_of(item, item.a, item.b), _write(item) if waits else None)


def _key_of(item: Evidence, first: Identifier, second: Identifier) -> bytes:
    return "\x00".join((first, second, *map(str, edges.slot_of(item)))).encode()


def judgement_row(judgement: Judgement) -> Change:
    """Write one statement of an operator under its log position."""
    key = judgement.said.to_bytes(8, "big") + judgement.operation_id.encode()
    return Change(JUDGEMENTS, _SAID + key, _write(judgement))


def rules_row(rules: IdentityRules) -> Change:
    """Write the rules that count now."""
    return Change(JUDGEMENTS, RULES_KEY, _write(rules))


def membership_row(item: Membership) -> Change:
    """Write one statement of membership under its leaf and slot."""
    key = "\x00".join((item.member, *map(str, roster.slot_of(item))))
    return Change(MEMBERSHIPS, key.encode(), _write(item))


def account_fact_row(fact: AccountFact) -> Change:
    """Write one thing that was said of an account under its leaf and slot."""
    key = "\x00".join((f"group_id:{fact.group_id}", *fact.slot))
    return Change(ACCOUNT_FACTS, key.encode(), _write(fact))


def load_births(store: OperationalStore, births: Births, kind: str = "") -> None:
    """Read all births, or those of one kind ("group_id:")."""
    names: list[Identifier] = []
    born: list[Birth] = []
    for key, value in store.scan(BIRTHS, _BORN + kind.encode()):
        names.append(key[1:].decode())
        born.append(_read_birth(value))
    births.restore_all(names, born)


def any_born(store: OperationalStore, kind: str) -> bool:
    """Tell whether anything of a kind ("group_id:") was ever stored."""
    return next(iter(store.scan(BIRTHS, _BORN + kind.encode())), None) is not None


def load_leaves(store: OperationalStore) -> list[Leaf]:
    """Read all leaves that have events."""
    return [key[1:].decode() for key, _ in store.scan(BIRTHS, _LEAF)]


def load_evidence(store: OperationalStore) -> list[Evidence]:
    """Read all evidence."""
    return [_read_evidence(value) for _, value in store.scan(EVIDENCE)]


def load_waiting(store: OperationalStore) -> list[Evidence]:
    """Read all evidence that waits."""
    return [_read_evidence(value) for _, value in store.scan(EVIDENCE_WAITING)]


def load_judgements(store: OperationalStore) -> list[Judgement]:
    """Read what operators said, in log order."""
    return [_read_judgement(value) for _, value in store.scan(JUDGEMENTS, _SAID)]


def load_rules(store: OperationalStore) -> IdentityRules:
    """Read the rules that count now; the built-in ones where none were published."""
    held = store.get(JUDGEMENTS, [RULES_KEY])[0]
    return IdentityRules() if held is None else _read_rules(held)


def load_memberships(store: OperationalStore) -> list[Membership]:
    """Read all statements of membership."""
    return [_read_membership(value) for _, value in store.scan(MEMBERSHIPS)]


def load_account_facts(store: OperationalStore) -> list[AccountFact]:
    """Read all that was said of accounts."""
    return [_read_account_fact(value) for _, value in store.scan(ACCOUNT_FACTS)]
