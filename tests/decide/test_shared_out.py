"""Which caps are budgets that people share, and that drafts in any order are shared out alike."""

from dataclasses import dataclass
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.decide.world import DAY, HOUR, KEY, MAIL, NOW, message, person, policy
from wegweiser.decide.facts import Facts
from wegweiser.decide.pipeline import decide
from wegweiser.decide.policy import Policy
from wegweiser.decide.shared_budget import SHARED_BUDGET
from wegweiser.decide.shared_out import Draft, rooms_for, shared_out
from wegweiser.decide.standing import Standing
from wegweiser.decide.verify import verify
from wegweiser.terms.contact_order import ContactOrder
from wegweiser.terms.decision import Ask, Situation, Subject
from wegweiser.terms.message import Message, Placement, RuleText
from wegweiser.terms.model import Snapshot
from wegweiser.terms.policy import Arms, Cap
from wegweiser.terms.profile import Contact

WEEK_HOURS = 168
CERTAIN = Placement("newsletter", "email", direction="push", allow_nothing=False)
SENT = [
    Contact(NOW - 5 * HOUR, "e-1", "email", "a", topic="price", direction="push"),
    Contact(NOW - 3 * HOUR, "e-2", "sms", "b", direction="push"),
]


def rooms_of(cap: dict[str, Any], **standing: Any) -> list[tuple[int, int | None]]:
    """Give what a cap on an account leaves for mail, and until when, where it is a budget."""
    whole = Cap("c", **{"limit": 5, "window_hours": WEEK_HOURS, "scope": "account", **cap})
    rules = policy(message("a", channel="email"), caps=(whole,))
    facts = person(group_id="acme", account_contacts=SENT, standing=Standing(**standing))
    return [(room.left, room.until) for room in rooms_for(rules, facts, MAIL, NOW).values()]


def test_room_is_what_a_cap_counts_and_comes_back_with_its_oldest_contact() -> None:
    again = NOW - 5 * HOUR + 7 * DAY
    assert rooms_of({}) == [(3, again)]
    assert rooms_of({"direction": "push"}) == [(3, again)]
    assert rooms_of({"channels": ("email",)}) == [(4, again)]
    assert rooms_of({"per": "channel"}) == [(4, again)]
    assert rooms_of({"on_exceed": "other_channel"}) == [(4, None)]
    assert rooms_of({"on_exceed": "drop"}) == [(3, None)]
    assert rooms_of({"window_hours": 4}) == [(4, NOW + HOUR)]
    assert rooms_of({"limit": 1}) == [(-1, again)]


@pytest.mark.parametrize(
    "cap",
    [
        {"scope": "person"},
        {"scope": "tenant"},
        {"channels": ("sms",)},
        {"topics": ("price",)},
        {"messages": ("a",)},
        {"per": "message"},
        {"per_message": True},
        {"per": "topic"},
        {"classes": ("service",)},
        {"exempt": ("normal",)},
        {"direction": "pull"},
        {"counted": "delivered"},
    ],
)
def test_a_cap_that_not_every_mail_fills_at_once_is_no_budget(cap: dict[str, Any]) -> None:
    assert rooms_of(cap) == []


def test_whom_no_rule_of_an_account_holds_shares_nothing() -> None:
    assert rooms_of({}, certain=False) == []
    assert rooms_of({}, down=True) == []
    order = ContactOrder(
        order_id="o-1",
        kind="override",
        account="acme",
        level=5,
        by="mia",
        reason="fair",
        at=NOW,
        until=NOW + DAY,
    )
    assert rooms_of({}, orders=(order,)) == []
    other = msgspec.structs.replace(order, account="globex")
    assert len(rooms_of({}, orders=(other,))) == 1


def test_what_somebody_asks_for_takes_no_contact() -> None:
    cap = Cap("c", limit=5, window_hours=WEEK_HOURS, scope="account")
    rules = policy(message("a"), caps=(cap,))
    facts = person(group_id="acme", account_contacts=SENT)
    assert rooms_for(rules, facts, rules.placements["home.hero"], NOW) == {}


@dataclass
class World:
    """An account in a bundle, of whose people each is drafted for."""

    rules: Policy
    snapshot: Snapshot

    def draft(self, number: int, **facts: Any) -> Draft:
        """Draft for somebody of the account."""
        known: Facts = person(
            **{
                "person_id": f"p-{number}",
                "unit_id": f"p-{number}",
                "group_id": "acme",
                "account_contacts": SENT,
                **facts,
            }
        )
        asked = Situation(request_id=f"r-{number}", subject=Subject(), placements=(Ask(MAIL.key),))
        decision = decide(self.rules, self.snapshot, asked, known, NOW, f"dec-{number}", KEY)
        return Draft(asked, decision, known)


def world(limit: int, *more: Message, **arms: float) -> World:
    messages = [
        message(key, channel="email", value=10.0 + place) for place, key in enumerate("abc")
    ]
    cap = Cap("c", limit=limit, window_hours=WEEK_HOURS, scope="account")
    fields: dict[str, Any] = {"placements": (CERTAIN,), "caps": (cap,)}
    shares = Arms(**{"nothing": 0.0, "random": 0.0, **arms})  # type: ignore[arg-type]
    return World(policy(*messages, *more, arms=shares, **fields), Snapshot())


@given(
    st.integers(3, 9),
    st.lists(st.sampled_from(["", "Finance", "finance", "security"]), min_size=1, max_size=9),
    st.randoms(),
)
@settings(deadline=None)
def test_drafts_are_shared_out_alike_in_any_order_and_every_record_follows(
    limit: int, roles: list[str], shuffler: Any
) -> None:
    made, left = world(limit), limit - len(SENT)
    drafts = [made.draft(number, role=role) for number, role in enumerate(roles)]
    found = shared_out(made.rules, made.snapshot, CERTAIN, drafts, KEY)
    shuffler.shuffle(drafts)
    assert shared_out(made.rules, made.snapshot, CERTAIN, drafts, KEY) == found
    if len(roles) <= left:
        assert found.decisions == {}
        return
    assert all(verify(one) for one in found.decisions.values())
    told = [name for name, one in found.decisions.items() if one.items]
    assert sorted(told) == sorted(found.first)
    assert len(told) <= left
    for role in ("finance", "security"):
        same = [name for name in told if roles[int(name[2:])].lower() == role]
        assert len(same) <= (left + 1) // 2
    for name, one in found.decisions.items():
        assert (one.reason == SHARED_BUDGET) == (name not in told)


@pytest.mark.parametrize("arm", ["random", "no_levers", "rules_only", "one_best"])
def test_in_every_arm_records_follow_and_the_lot_is_even(arm: str) -> None:
    made = world(4, **{arm: 1.0})
    drafts = [made.draft(number) for number in range(5)]
    found = shared_out(made.rules, made.snapshot, CERTAIN, drafts, KEY)
    assert {one.arm for one in found.decisions.values()} == {arm}
    assert len(found.first) == 2
    assert all(verify(one) for one in found.decisions.values())
    if arm == "random":
        first = [one.shared.rounds[0].own for one in found.decisions.values() if one.shared]
        assert max(first) - min(first) <= 1


def test_whoever_may_be_told_what_is_worth_more_is_likelier_to_be_told() -> None:
    gold = message("gold", RuleText('person.traits.plan == "gold"'), channel="email", value=90.0)
    made = world(3, gold)
    drafts = [
        made.draft(0, person={"traits": {"plan": "gold"}}),
        *(made.draft(one) for one in range(1, 6)),
    ]
    found = shared_out(made.rules, made.snapshot, CERTAIN, drafts, KEY)
    first, *others = [one.shared.rounds[0].own for one in found.decisions.values() if one.shared]
    assert first > 2 * max(others)
    assert len(found.first) == 1
