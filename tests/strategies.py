"""Hypothesis strategies for events, and a small world that folds them as the product does."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from hypothesis import strategies as st

from wegweiser.adapters.memory import MemoryStore
from wegweiser.profile.fold import fold_event
from wegweiser.profile.reading import CellAt
from wegweiser.profile.shelf import Shelf
from wegweiser.profile.view import (
    AccountFacts,
    PersonFacts,
    account_profile,
    canonical,
    person_profile,
)
from wegweiser.resolve.directory import Directory
from wegweiser.resolve.live import LiveGraph
from wegweiser.resolve.person import LeafShare
from wegweiser.resolve.postponed import AT_ONCE
from wegweiser.resolve.session import SESSION_FLAG
from wegweiser.resolve.statement import read_event
from wegweiser.terms.event import Event
from wegweiser.terms.identity import Evidence
from wegweiser.terms.identity_rules import IdentityRules, TypeRule
from wegweiser.terms.instant import DAY_MS, day_of
from wegweiser.terms.judgement import Judgement
from wegweiser.terms.profile import AccountProfile, Member, PersonProfile
from wegweiser.terms.source import Trust

# A Monday at midnight UTC; all events of the tests lie within a few days of it.
START = 1_790_553_600_000
PRIORITIES = {Trust.PUBLIC: 20, Trust.SERVER: 60, Trust.VERIFIED: 60, Trust.OPERATOR: 100}

users = st.sampled_from(["u-1", "u-2", "u-3"])
devices = st.sampled_from(["a-1", "a-2", "a-3"])
addresses = st.sampled_from(["one@buyer.example", "two@buyer.example"])
groups = st.sampled_from(["acme", "globex"])
sessions = st.sampled_from(["", "", "s-1", "s-2"])
trusts = st.sampled_from([Trust.PUBLIC, Trust.SERVER])
# Few distinct minutes, so that ties of time are common.
moments = st.integers(0, 4 * 24 * 6).map(lambda step: START + step * 10 * 60_000)
identifiers = st.one_of(
    users.map("user_id:{}".format),
    devices.map("anonymous_id:{}".format),
    addresses.map("email:{}".format),
    st.sampled_from(["crm_contact:1", "crm_contact:2", "phone:+4930123456"]),
)


class Sent(NamedTuple):
    """An event as it reached us: with the trust of its key and its time of receipt."""

    event: Event
    trust: Trust
    received_at: int


@st.composite
def evidence(draw: st.DrawFn, trust: st.SearchStrategy[Trust] = trusts) -> Evidence:
    """One statement about two different identifiers; server aliases are among them."""
    names = draw(st.lists(identifiers, min_size=2, max_size=2, unique=True))
    low, high = sorted(names, key=str.encode)
    how = draw(trust)
    both_users = low.startswith("user_id:") and high.startswith("user_id:")
    superseded = draw(st.sampled_from([low, high])) if both_users else ""
    number = draw(st.integers(0, 200))
    place = (draw(moments), f"m-{number:03d}", "source", number, superseded)
    on_device = low.startswith("anonymous_id:") != high.startswith("anonymous_id:")
    session = draw(sessions) if on_device else ""
    return Evidence(low, high, how, *place, session=session)


rules_of_identity = st.sampled_from(
    [
        IdentityRules(),
        IdentityRules(strong_most=1, weak_most=1),
        IdentityRules(weak_most=2, weak_window_days=1, shared_devices="detach_all"),
        IdentityRules(most_identifiers=3, keep_before_days=0),
        IdentityRules(shared_devices="session_owner"),
        IdentityRules(most_merges=1),
        IdentityRules(hot_unique=1, hot_neighbours=2),
        IdentityRules(blocked={"email": ("ONE@buyer.example",), "*": ("u-3",)}),
        IdentityRules(blocked_patterns={"anonymous_id": ("^a-[12]$",)}),
        IdentityRules(pinned={"email:one@buyer.example": "denied", "anonymous_id:a-1": "allowed"}),
        IdentityRules(types={"crm_contact": TypeRule(identifier_class="weak")}),
        IdentityRules(types={"email": TypeRule(identifier_class="household")}),
    ]
)


@st.composite
def judgements(draw: st.DrawFn, number: int = 0) -> Judgement:
    """One statement of an operator about the same few identifiers; an undo may undo nothing."""
    pairs = draw(st.lists(st.tuples(identifiers, identifiers), min_size=1, max_size=2).map(tuple))
    kind = draw(st.sampled_from(["link", "cut", "separate", "restore", "undo"]))
    return Judgement(
        operation_id=f"op_{number}",
        kind=kind,
        at=draw(moments),
        by="ada",
        pairs=pairs if kind in {"link", "cut", "separate"} else (),
        names=tuple(sorted({name for pair in pairs for name in pair})),
        hold=draw(st.booleans()),
        position=draw(st.integers(0, 8)),
        undoes=f"op_{draw(st.integers(0, max(number - 1, 0)))}" if kind == "undo" else "",
        said=number,
    )


preferences = st.dictionaries(
    st.sampled_from(["measurement", "personalisation", "email"]), st.booleans(), max_size=3
)
consent_modes = st.sampled_from(["granted", "denied", 1])
consent_strings = st.sampled_from(
    ["COvFyGBOvFyGBAbAAAENAPCAAOAAAAAAAAAAAEEUACCKAAA", "unreadable", None]
)
values = st.one_of(st.none(), st.text("xyz", max_size=2), st.integers(-5, 5), st.just({"b": [1]}))
tracked = st.sampled_from(["Engaged Time", "Order Completed", "Feature Used"])
trait_sets = st.dictionaries(st.sampled_from(["plan", "city", "title"]), values, max_size=2)


@st.composite
def contexts(draw: st.DrawFn) -> dict[str, object]:
    """A context: page, campaign, consent, scope and activity, each there or not."""
    context: dict[str, object] = {}
    if draw(st.booleans()):
        context["page"] = {"path": draw(st.sampled_from(["/", "/prices"])), "referrer": ""}
    if draw(st.integers(0, 3)) == 0:
        context["consent"] = {"categoryPreferences": draw(preferences)}
    if draw(st.integers(0, 5)) == 0:
        context["gpc"] = True
    if draw(st.integers(0, 5)) == 0:
        modes = {"explicit": draw(st.booleans()), "ad_storage": draw(consent_modes)}
        context["consent"] = {"gcm": modes, "tcf": draw(consent_strings)}
    if draw(st.integers(0, 3)) == 0:
        context["groupId"] = draw(groups)
    if draw(st.integers(0, 5)) == 0:
        context["active"] = False
    session = draw(sessions)
    if session:
        context["sessionId"] = session
    return context


goods = st.fixed_dictionaries(
    {"product_id": st.sampled_from(["p-1", "p-2"])},
    optional={"name": st.sampled_from(["Lamp", "Desk"]), "quantity": st.integers(0, 3)},
)


@st.composite
def properties(draw: st.DrawFn) -> dict[str, object]:
    """Properties with topics, money and dwell, each there or not."""
    found: dict[str, object] = {}
    if draw(st.booleans()):
        found["topic"] = draw(st.sampled_from(["security", "price"]))
    if draw(st.integers(0, 3)) == 0:
        found |= {"revenue": draw(st.sampled_from([19.99, "5", 0.1])), "currency": "EUR"}
    if draw(st.integers(0, 3)) == 0:
        found["seconds"] = draw(st.integers(0, 4000))
    if draw(st.integers(0, 3)) == 0:
        found["feature"] = draw(st.sampled_from(["Export", "Import"]))
    if draw(st.integers(0, 3)) == 0:
        found["products"] = draw(st.lists(goods, max_size=2))
    return found


@st.composite
def events(draw: st.DrawFn, message_id: str = "m-0") -> Event:
    """One event of any kind by one of few people; times are often equal."""
    kind = draw(st.sampled_from(["track", "page", "screen", "identify", "group", "alias"]))
    both = draw(st.sampled_from([(True, True), (True, False), (False, True)]))
    named = {
        "user_id": draw(users) if both[0] or kind == "alias" else "",
        "anonymous_id": draw(devices) if both[1] else "",
    }
    if kind == "alias":
        named["previous_id"] = draw(st.one_of(users, devices))
    context = draw(contexts())
    if all(both) and draw(st.integers(0, 4)) == 0:
        context["page"] = {"path": "/", "search": f"?ajs_uid={named['user_id']}"}
    # What arrives while sessions are kept apart; for the laws it may be any event.
    flags = (SESSION_FLAG,) if "sessionId" in context and draw(st.booleans()) else ()
    traits = draw(trait_sets) if kind in {"identify", "group"} else {}
    if kind == "identify" and draw(st.booleans()):
        traits = {**traits, "email": draw(addresses)}
    return Event(
        type=kind,
        message_id=message_id,
        at=draw(moments),
        event=draw(tracked) if kind == "track" else "",
        group_id=draw(groups) if kind == "group" else "",
        properties=draw(properties()) if kind in {"track", "page", "screen"} else {},
        traits=traits,
        context=context,
        enriched=draw(st.sampled_from([{}, {}, {"topics": ["price", "sso"], "bot": True}])),
        flags=flags,
        **named,
    )


@st.composite
def streams(draw: st.DrawFn, most: int = 12) -> list[Sent]:
    """A stream of distinct events, received within an hour of happening."""
    count = draw(st.integers(1, most))
    sent: list[Sent] = []
    for number in range(count):
        event = draw(events(message_id=f"m-{number:02d}"))
        sent.append(Sent(event, draw(trusts), event.at + draw(st.integers(0, 3_600_000))))
    return sent


class World:
    """Directory and shelf over one store; a message id counts once."""

    def __init__(self, store: MemoryStore | None = None, at_once: int = AT_ONCE) -> None:
        self.store = MemoryStore() if store is None else store
        self.directory = Directory(self.store, LiveGraph(at_once))
        self.directory.load()
        self.shelf = Shelf(self.store)
        self.seen: set[str] = set()
        self.position = 0

    def send(self, *sent: Sent) -> None:
        """Fold events in this order."""
        for event, trust, received_at in sent:
            self.position += 1
            if event.message_id in self.seen:
                continue
            self.seen.add(event.message_id)
            stated = read_event(event, trust, "source", self.position)
            self.directory.note(stated, self.position, received_at)
            day, priority = day_of(event.at), PRIORITIES[trust]
            cell = self.shelf.cell(stated.leaf, day, stated.scope)
            fold_event(cell, event, trust, priority, stated.leaf, received_at)
            if stated.account_leaf:
                own = self.shelf.cell(stated.account_leaf, day, "")
                fold_event(own, event, trust, priority, stated.account_leaf, received_at)

    def judge(self, kind: str, *pairs: tuple[str, str], **more: object) -> Judgement:
        """Let an operator say something about pairs of identifiers."""
        self.position += 1
        said = Judgement(
            operation_id=f"op_{self.position}", kind=kind, at=START, by="ada", pairs=pairs, **more
        )
        self.directory.judge(said, self.position)
        return said

    def commit(self) -> None:
        """Write everything that changed to the store."""
        self.store.commit([*self.directory.drain(), *self.shelf.drain()])

    def cells(self, shares: Iterable[LeafShare]) -> list[CellAt]:
        """Give the cells of shares of leaves."""
        return [
            CellAt(share.leaf, day, scope, cell, share.part_of)
            for share in shares
            for day, scope, cell in self.shelf.cells(share.leaf)
            if share.covers(day)
        ]

    def person(self, person_id: str) -> PersonProfile:
        """Read the profile of a person."""
        directory = self.directory
        facts = PersonFacts(
            person_id=person_id,
            known=directory.known(person_id),
            identifiers=directory.identifiers_of(person_id),
            accounts=directory.accounts_of(person_id),
            joined_at=lambda leaves: directory.joined_at(person_id, leaves),
        )
        return person_profile(facts, self.cells(directory.leaves_of(person_id)))

    def of(self, name: str) -> PersonProfile:
        """Read the profile of whoever has an identifier."""
        person_id = self.directory.find(name)
        assert person_id is not None, f"nobody has {name}"
        return self.person(person_id)

    def account(self, group_id: str) -> AccountProfile:
        """Read the profile of an account."""
        members = self.directory.members_of(group_id)
        facts = AccountFacts(
            account_id=self.directory.account_id(group_id) or "",
            group_id=group_id,
            members=tuple(
                Member(member.person_id, member.role, member.status)
                for member in members
                if member.until is None
            ),
        )
        own = self.cells([LeafShare(f"group_id:{group_id}")])
        return account_profile(
            facts, own, [held for member in members for held in self.cells(member.shares)]
        )

    def content(self) -> list[bytes]:
        """Give all profiles as canonical bytes, sorted."""
        persons = [canonical(self.person(key)) for key in self.directory.persons()]
        accounts = [canonical(self.account(key)) for key in self.directory.accounts()]
        return sorted(persons) + sorted(accounts)


def seen(
    at_minute: int, device: str = "", user: str = "", kind: str = "page", **fields: object
) -> Event:
    """Make one event so many minutes after START, with a message id of its own."""
    name = f"{kind}-{at_minute}-{device}-{user}-{sorted(fields.items(), key=str)}"
    return Event(
        type=kind,
        message_id=name,
        at=START + at_minute * 60_000,
        anonymous_id=device,
        user_id=user,
        **fields,
    )


def public(*told: Event) -> Sequence[Sent]:
    """Send events with a write key that anybody can read, as they happen."""
    return [Sent(event, Trust.PUBLIC, event.at) for event in told]


def server(*told: Event) -> Sequence[Sent]:
    """Send events with a secret key, as they happen."""
    return [Sent(event, Trust.SERVER, event.at) for event in told]


MINUTES_PER_DAY = DAY_MS // 60_000
