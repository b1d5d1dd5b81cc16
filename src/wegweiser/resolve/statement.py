"""What one event states: its leaf, its identifiers, and evidence that they are one person."""

from collections.abc import Callable, Iterator
from functools import lru_cache
from urllib.parse import parse_qs

import msgspec

from wegweiser.resolve.account_facts import AccountFact, read_account_facts
from wegweiser.resolve.classes import priority_of
from wegweiser.resolve.leaf import claim_leaf, session_leaf
from wegweiser.resolve.membership import PROOF_FLAG, may_state_membership, read_memberships
from wegweiser.resolve.mention import further_identifiers, name_of, own_device
from wegweiser.resolve.session import session_of
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.event import Event
from wegweiser.terms.identity import Evidence, Identifier, Leaf, Membership, kind_of, value_of
from wegweiser.terms.json import Json
from wegweiser.terms.source import Trust

# And this one when the address of the page named the person; the address itself may be cut since.
FORGED_FLAG = "inferred_identity"
# A source that can prove user ids did not, or did so wrongly (collect/proof.py).
_UNPROVEN = {"proof_none": "none", "proof_bad": "bad", "proof_expired": "expired"}
_NOTHING_OF_ACCOUNTS: tuple[tuple[Membership, ...], Leaf, tuple[AccountFact, ...]] = ((), "", ())


class Stated(msgspec.Struct, frozen=True, gc=False):
    """What an event says about identity; `scope` is the account that it belongs to, or empty.

    `account_leaf` is the leaf of a group call's account traits, empty for all other calls.
    """

    leaf: Leaf
    scope: str
    identifiers: tuple[Identifier, ...]
    evidence: tuple[Evidence, ...] = ()
    memberships: tuple[Membership, ...] = ()
    account_leaf: Leaf = ""
    account_facts: tuple[AccountFact, ...] = ()


class _Named(msgspec.Struct, frozen=True, gc=False):
    user: Identifier | None
    device: Identifier | None
    further: tuple[Identifier, ...]
    believed: bool
    proven: bool
    session: str = ""

    def all(self, forged: bool) -> tuple[Identifier, ...]:
        names = (None if forged else self.user, *self.further, self.device)
        return tuple(dict.fromkeys(name for name in names if name))


def read_event(event: Event, trust: Trust, source_id: str, position: int) -> Stated:
    """Read the identity side of an event that came with `trust`, stored at a log position.

    Raises InputRefused ("no_identifier") when every identifier is empty or a placeholder.

    >>> seen = Event(type="page", message_id="m-1", at=0, user_id="u-1", anonymous_id="a-1")
    >>> read_event(seen, Trust.PUBLIC, "site", 1).leaf
    'claim:u-1/a-1'
    >>> read_event(seen, Trust.SERVER, "shop", 1).leaf
    'user_id:u-1'
    """
    device = name_of("anonymous_id", event.anonymous_id) if event.anonymous_id else None
    context = event.context
    if device is None and context:
        device = own_device(context)
    user = name_of("user_id", event.user_id) if event.user_id else None
    further = further_identifiers(event)
    forged = user is not None and _from_the_address(event)
    nobody = user is None and device is None
    if further or forged or event.flags or event.type == "alias" or nobody:
        proven, session = PROOF_FLAG in event.flags, session_of(event) if event.flags else ""
        named = _Named(user, device, further, trust >= Trust.SERVER, proven, session)
        return _weigh(event, trust, source_id, position, named, forged and not named.proven)
    # From here on one user on one device at most: nothing to weigh, and most of all events.
    evidence: tuple[Evidence, ...] = ()
    names = (user, device) if user and device else (user or device or "",)
    leaf = names[0]
    if user is not None and trust < Trust.SERVER:
        leaf = claim_leaf(user, device)
    if user is not None and device is not None:
        how = _verified_or(event, trust, device) if trust >= Trust.SERVER else trust
        evidence = (_state(event, source_id, position, user, device, how),)
    return Stated(
        leaf, _scope(event), names, evidence, *_of_accounts(event, trust, leaf, source_id)
    )


def _weigh(
    event: Event, trust: Trust, source_id: str, position: int, named: _Named, forged: bool
) -> Stated:
    leaf = _leaf(named, forged)
    evidence = tuple(_evidence(event, trust, source_id, position, named, forged))
    said = _of_accounts(event, trust, leaf, source_id)
    return Stated(leaf, _scope(event), named.all(forged), evidence, *said)


def _of_accounts(
    event: Event, trust: Trust, leaf: Leaf, source_id: str
) -> tuple[tuple[Membership, ...], Leaf, tuple[AccountFact, ...]]:
    if not may_state_membership(event):
        return _NOTHING_OF_ACCOUNTS
    account = _account_leaf(event)
    facts = read_account_facts(event, trust, account)
    return read_memberships(event, trust, leaf, source_id), account, facts


@lru_cache(maxsize=65_536)
def _ordered(a: Identifier, b: Identifier) -> tuple[Identifier, Identifier]:
    return (a, b) if a.encode() < b.encode() else (b, a)


def _state(
    event: Event,
    source_id: str,
    position: int,
    a: Identifier,
    b: Identifier,
    trust: Trust,
    superseded: Identifier = "",
    session: str = "",
) -> Evidence:
    low, high = _ordered(a, b)
    stated = trust != Trust.PUBLIC or event.type == "identify"
    place = (event.at, event.message_id, source_id, position)
    proof = _missing_proof(event) if event.flags and trust == Trust.PUBLIC else ""
    return Evidence(low, high, trust, *place, superseded, stated, proof, session)


def _missing_proof(event: Event) -> str:
    return next((word for flag, word in _UNPROVEN.items() if flag in event.flags), "")


def _verified_or(event: Event, trust: Trust, name: Identifier) -> Trust:
    verified = kind_of(name) in _verified_kinds(event, trust)
    return max(trust, Trust.VERIFIED) if verified else trust


def _verified_kinds(event: Event, trust: Trust) -> list[Json]:
    stated = event.context.get("verified") if trust >= Trust.SERVER else None
    return stated if isinstance(stated, list) else []


def _scope(event: Event) -> str:
    if "groupId" not in event.context:
        return ""
    name = name_of("group_id", event.context["groupId"])
    return "" if name is None else value_of(name)


def _account_leaf(event: Event) -> Leaf:
    return (name_of("group_id", event.group_id) or "") if event.type == "group" else ""


def _leaf(named: _Named, forged: bool) -> Leaf:
    user, device = named.user, named.device
    if user is not None and not forged:
        return user if named.believed or named.proven else claim_leaf(user, device)
    if device is not None:
        return session_leaf(device, named.session) if named.session else device
    if named.further:
        return min(named.further, key=lambda name: (priority_of(name), name))
    raise InputRefused("no_identifier", "The event names nobody: give a userId or anonymousId.")


def _from_the_address(event: Event) -> bool:
    # analytics.js believes ?ajs_uid=ANYONE in a link, so that anybody can send anybody's id.
    if FORGED_FLAG in event.flags:
        return True
    page = event.context.get("page")
    search = page.get("search") if isinstance(page, dict) else None
    if not isinstance(search, str) or "ajs_" not in search:
        return False
    given = parse_qs(search.lstrip("?"))
    users, devices = given.get("ajs_uid", ()), given.get("ajs_aid", ())
    return event.user_id in users or event.anonymous_id in devices


def _evidence(
    event: Event, trust: Trust, source_id: str, position: int, named: _Named, forged: bool
) -> Iterator[Evidence]:
    def state(a: Identifier, b: Identifier, how: Trust, superseded: Identifier = "") -> Evidence:
        session = named.session if named.device in {a, b} and not superseded else ""
        return _state(event, source_id, position, a, b, how, superseded, session)

    if event.type == "alias":
        yield from _alias(event, trust, named, state)
        return
    anchor = _anchor(named)
    verified = _verified_kinds(event, trust)
    for name in named.all(forged=False):
        if anchor is None or name == anchor:
            continue
        if forged and (named.user in {anchor, name} or not named.believed):
            yield state(anchor, name, Trust.INFERRED)
        elif kind_of(name) in verified or (
            named.proven and {anchor, name} == {named.user, named.device}
        ):
            yield state(anchor, name, max(trust, Trust.VERIFIED))
        elif named.believed or named.device in {anchor, name}:
            yield state(anchor, name, trust)


def _anchor(named: _Named) -> Identifier | None:
    if named.believed:
        return min(named.all(forged=False), key=lambda name: (priority_of(name), name))
    # A public event can vouch for its own device only.
    return named.device


def _alias(
    event: Event,
    trust: Trust,
    named: _Named,
    state: Callable[[Identifier, Identifier, Trust, Identifier], Evidence],
) -> Iterator[Evidence]:
    user = named.user
    before = name_of("user_id", event.previous_id)
    device = name_of("anonymous_id", event.previous_id)
    if user is None or before is None or before == user:
        return
    if not named.believed:
        own = device is not None and device == named.device
        if own and device is not None:
            yield state(user, device, trust, "")
        else:
            yield state(user, before, Trust.INFERRED, before)
        return
    # Whether the old id was a device or a user is known only to the whole evidence.
    yield state(user, before, trust, before)
    if device is not None:
        yield state(user, device, trust, "")
