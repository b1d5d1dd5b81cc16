"""The record of a decision holds what its policy can read, and its explanation stays the same."""

import msgspec
import pytest

from tests.decide.test_explain import SNAPSHOT
from tests.decide.world import GRANTED, HOUR, NOW, ask, message, person, policy
from wegweiser.decide.explain import explain
from wegweiser.decide.facts import Facts
from wegweiser.decide.facts_record import CUT, MOST_BYTES, record_of
from wegweiser.terms.message import RuleText
from wegweiser.terms.policy import Cap
from wegweiser.terms.profile import Contact

RULES = policy(
    message("a", RuleText('person.traits.plan == "team"'), topic="sso"),
    message("b", RuleText('!has(person.traits.city) && context.page.path != "/"')),
    message("c", RuleText('account.traits["a.b"] == 1'), topic="price"),
    caps=(Cap("daily", 3, 24),),
)
RICH = person(
    person={
        "id": "p-1",
        "traits": {"plan": "team", "title": "x" * 500, "email": "one@buyer.example"},
        "interests": {f"t-{number}": number + 1.0 for number in range(90)} | {"sso": 0.1},
        "counters": {f"Event {number}": 1 for number in range(900)},
    },
    account={"id": "acme", "traits": {"a.b": 1, "size": 5}},
    context={"page": {"path": "/security", "title": "x" * 9_000}, "other": ["x"] * 900},
    consent=GRANTED | {f"purpose-{number}": "granted" for number in range(900)},
    contacts=[Contact(NOW - hours * HOUR, f"d/{hours}", "web", "z") for hours in range(900)],
    known=True,
    person_id="p-1",
    leaf="user_id:u-1",
)


def test_the_record_holds_only_what_can_be_read() -> None:
    record = record_of(RICH, RULES, NOW)
    kept = msgspec.convert(record, Facts)
    assert {**kept.person, "interests": {}} == {"traits": {"plan": "team"}, "interests": {}}
    assert kept.account == {"traits": {"a.b": 1}}
    assert kept.context == {"page": {"path": "/security"}}
    assert kept.consent == GRANTED
    assert [contact.entry_id for contact in kept.contacts] == [f"d/{h}" for h in range(23, -1, -1)]
    interests = kept.person["interests"]
    assert len(interests) == 50
    assert {"sso", "t-89", "t-41"} <= interests.keys()
    assert (kept.known, kept.person_id, kept.leaf) == (True, "p-1", "user_id:u-1")
    assert kept.unit_id == RICH.unit_id
    assert CUT not in record


@pytest.mark.parametrize("facts", [RICH, person(), person(person={"traits": {"plan": "free"}})])
def test_a_decision_is_explained_from_its_record_as_from_everything(facts: Facts) -> None:
    decision = ask(RULES, facts, snapshot=SNAPSHOT)
    kept = msgspec.convert(record_of(facts, RULES, NOW), Facts)
    assert explain(RULES, decision, kept, SNAPSHOT) == explain(RULES, decision, facts, SNAPSHOT)


def test_of_too_much_the_largest_traits_go_and_the_record_says_so() -> None:
    rules = policy(message("a", RuleText("size(person.traits) > 1")))
    traits = {"large": "x" * 40_000, "small": "y", "larger": ["z" * 100] * 900}
    facts = person(person={"traits": dict(traits)}, known=True)
    record = record_of(facts, rules, NOW)
    assert record["person"] == {"traits": {"small": "y"}}
    assert record[CUT] is True
    assert facts.person["traits"] == traits
    decision = msgspec.structs.replace(ask(rules, facts), facts=record)
    assert explain(rules, decision, msgspec.convert(record, Facts), SNAPSHOT)[CUT] is True


def test_nothing_makes_a_record_larger_than_its_bound() -> None:
    names = [f"{'n' * 200}-{number}" for number in range(900)]
    rules = policy(
        message("a", RuleText("size(context) + size(person.traits) + size(person.segments) > 1")),
        message("b", RuleText("size(person.interests) + size(account.counters) > 1")),
        caps=(Cap("daily", 3, 24),),
    )
    facts = person(
        person={"traits": dict.fromkeys(names, 1), "interests": dict.fromkeys(names, 1.0),
                "segments": names},
        account={"counters": dict.fromkeys(names, 1)},
        context={"deep": dict.fromkeys(names, names)},
        contacts=[Contact(NOW - 1, f"{name}-{name}", "web", "x") for name in names],
    )  # fmt: skip
    record = record_of(facts, rules, NOW)
    assert len(msgspec.json.encode(record)) <= MOST_BYTES
    assert record[CUT] is True
