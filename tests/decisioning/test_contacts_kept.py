"""A record keeps the contacts that decided, however many others there were, or says it cannot."""

import random
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.decide.world import DAY, HOUR, KEY, NOW, ask, message, person, policy
from wegweiser.decide.again import lacking
from wegweiser.decide.contacts_kept import MOST_CONTACTS
from wegweiser.decide.explain import explain
from wegweiser.decide.facts import Facts
from wegweiser.decide.facts_record import record_of
from wegweiser.decide.policy import Policy
from wegweiser.decide.recompute import recompute
from wegweiser.decide.standing import Standing
from wegweiser.terms.decision import Ask, Decision
from wegweiser.terms.message import RuleText
from wegweiser.terms.model import Snapshot
from wegweiser.terms.policy import Cap, Suppression
from wegweiser.terms.profile import Contact

MAILS = [
    Contact(NOW - DAY - number, f"m{number}", "email", "x", direction="push") for number in (1, 2)
]
SUPPRESSED = Suppression("bored", 3, 168, 720, counting=("ignored",))


def seen(count: int, **fields: Any) -> list[Contact]:
    """Cards that somebody saw, each a minute after the one before it, the last one just now."""
    found = []
    for number in range(count):
        at = NOW - (count - number) * 60_000
        card = Contact(at, f"w{number}", "web", "card", direction="pull", states=(("seen", at),))
        found.append(msgspec.structs.replace(card, **fields))
    return found


def rules(*caps: Cap, **fields: Any) -> Policy:
    texts = fields.pop("texts", ())
    letter = message("letter", *texts, channel="email", topic="t")
    card = message("card", topic="t")
    return policy(letter, card, caps=caps, **fields)


def recorded(made: Policy, facts: Facts, place: str = "newsletter") -> Decision:
    decision = ask(made, facts, placements=(Ask(place),))
    return msgspec.structs.replace(decision, facts=record_of(facts, made, NOW))


def of_scope(scope: str, entries: list[Contact]) -> Facts:
    standing = Standing(
        tenant=entries if scope == "tenant" else (),
        others={"other": entries} if scope == "other" else {},
        groups={"acme/buyers": entries} if scope == "group" else {},
    )
    return person(
        contacts=entries if scope == "person" else [],
        account_contacts=entries if scope == "account" else [],
        group_id="acme",
        standing=standing,
    )


@pytest.mark.parametrize("scope", ["person", "account", "other", "group", "tenant"])
@pytest.mark.parametrize("cards", [10, MOST_CONTACTS, 400])
def test_a_full_cap_is_full_again_behind_hundreds_of_cards(scope: str, cards: int) -> None:
    """Two mails fill the cap; whatever was seen since stands before them in the ledger."""
    counted: Any = "account" if scope == "other" else scope
    weekly = Cap("weekly", 2, 168, scope=counted, channels=("email",))
    made = rules(weekly)
    decision = recorded(made, of_scope(scope, [*MAILS, *seen(cards)]))
    assert (decision.status, decision.not_before) == ("deferred", NOW - DAY - 2 + 168 * HOUR)
    assert lacking(decision) == ""
    assert recompute(made, decision, Snapshot(), KEY).equal


@pytest.mark.parametrize("per", ["message", "topic", "class", "channel"])
def test_so_is_one_that_counts_each_by_itself(per: Any) -> None:
    made = rules(Cap("each", 2, 168, per=per))
    mails = [msgspec.structs.replace(one, message="letter", topic="t") for one in MAILS]
    decision = recorded(made, person(contacts=[*mails, *seen(300, topic="u")]))
    assert decision.items == ()
    assert recompute(made, decision, Snapshot(), KEY).equal


def test_so_is_what_rests_because_it_was_ignored() -> None:
    long_ago = [
        Contact(at, f"i{at}", "web", "letter", direction="pull", states=(("seen", at),))
        for at in (NOW - 9 * DAY, NOW - 8 * DAY, NOW - 7 * DAY, NOW - DAY)
    ]
    made = rules(suppressions=(SUPPRESSED,))
    decision = recorded(made, person(contacts=[*long_ago, *seen(300, message="other")]))
    assert decision.not_before == NOW - 7 * DAY + 720 * HOUR
    assert recompute(made, decision, Snapshot(), KEY).equal


@pytest.mark.parametrize("used", [4_900, 4_999, 5_000, 6_000])
def test_what_is_too_much_to_keep_is_said_to_be_cut(used: int) -> None:
    made = rules(Cap("all", 5_000, 24, scope="tenant"))
    decision = recorded(made, of_scope("tenant", quick(used)))
    assert lacking(decision) == ("facts_cut" if used >= 4_950 else "")
    if used < 4_950:
        assert recompute(made, decision, Snapshot(), KEY).equal
    assert len(msgspec.json.encode(decision.facts)) < 40_000
    told = explain(made, decision, of_scope("tenant", []), Snapshot())
    assert told["replayable"] == ("false (facts_cut)" if used >= 4_950 else True)


def quick(count: int) -> list[Contact]:
    """Mails of the last seconds."""
    times = range(NOW - count, NOW)
    return [Contact(at, f"q{at}", "email", "x", direction="push") for at in times]


def test_rules_that_count_contacts_have_all_of_them_or_none() -> None:
    counting = RuleText("counts.contacts_7 > 200")
    made = rules(texts=(counting,))
    for number, cut in ((250, ""), (600, "facts_cut")):
        decision = recorded(made, person(contacts=seen(number)))
        assert lacking(decision) == cut
        assert decision.items
        if not cut:
            assert recompute(made, decision, Snapshot(), KEY).equal


STATES = ("seen", "clicked", "declined", "delivered", "bounced", "done", "released", "expired")


@st.composite
def entries(draw: st.DrawFn) -> list[Contact]:
    """A ledger of up to 250 contacts of a month, in every state."""
    # By a seed: hundreds of contacts are too many to be drawn one by one.
    chance = random.Random(draw(st.integers(0, 2**32)))
    found = []
    for number in range(draw(st.sampled_from([3, 40, 110, 250]))):
        # A few mails of the month lie behind everything that was seen since.
        mailed = chance.random() < 0.1
        at = NOW - (chance.randrange(3 * DAY, 29 * DAY) if mailed else chance.randrange(1, 2 * DAY))
        states = {state: at + chance.randrange(HOUR) for state in chance.sample(STATES, 2)}
        found.append(
            Contact(
                at,
                f"e{number}",
                "email" if mailed else "web",
                chance.choice(("card", "letter", "x")),
                topic=chance.choice(("", "t")),
                direction=chance.choice(("", "pull", "push")),
                service=chance.random() < 0.1,
                lease_until=at + HOUR,
                states=tuple(sorted(states.items()))[: chance.randrange(3)],
            )
        )
    return found


CAPS = st.builds(
    Cap,
    key=st.sampled_from(["one", "two"]),
    limit=st.sampled_from([0, 1, 3, 12, 80]),
    window_hours=st.sampled_from([24, 168, 720]),
    scope=st.sampled_from(["person", "account", "tenant"]),
    channels=st.sampled_from([(), ("email",), ("web", "email")]),
    per=st.sampled_from(["", "message", "topic", "class", "channel"]),
    topics=st.sampled_from([(), ("t",)]),
    direction=st.sampled_from(["", "pull", "push"]),
    counted=st.sampled_from(["", "reserved", "seen", "declined"]),
    calendar=st.sampled_from(["", "day", "month"]),
    on_exceed=st.sampled_from(["defer", "drop", "other_channel"]),
    exempt=st.sampled_from([("service",), ()]),
    reserve=st.sampled_from([0.0, 0.5]),
    high_value=st.sampled_from([0.0, 5.0]),
)
RESTS = st.builds(
    Suppression,
    key=st.just("rest"),
    after=st.integers(1, 4),
    window_hours=st.sampled_from([24, 168]),
    pause_hours=st.sampled_from([24, 720]),
    of=st.sampled_from(["message", "topic"]),
    counting=st.sampled_from([("declined",), ("ignored",), ("declined", "ignored")]),
)


@given(
    caps=st.lists(CAPS, max_size=3),
    rests=st.lists(RESTS, max_size=2),
    ledgers=st.tuples(entries(), entries(), entries()),
    place=st.sampled_from(["home.hero", "newsletter"]),
)
@settings(deadline=None, max_examples=200)
def test_whatever_caps_and_rests_there_are_a_record_decides_as_it_did(
    caps: list[Cap],
    rests: list[Suppression],
    ledgers: tuple[list[Contact], list[Contact], list[Contact]],
    place: str,
) -> None:
    own, account, tenant = ledgers
    made = rules(*caps, suppressions=tuple(rests))
    facts = person(
        contacts=own, account_contacts=account, group_id="acme", standing=Standing(tenant=tenant)
    )
    decision = recorded(made, facts, place)
    again = recompute(made, decision, Snapshot(), KEY)
    assert again.equal or again.lacking == "facts_cut"
    if max(map(len, ledgers)) <= MOST_CONTACTS:
        assert again.equal
