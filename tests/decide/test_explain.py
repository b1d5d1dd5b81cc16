"""What decisions say about themselves: all reasons, sums that add up, answers without secrets."""

import pytest

from tests.decide.test_holdout import ARMS, unit_in
from tests.decide.test_pipeline import ALWAYS
from tests.decide.world import HOUR, NOW, ask, message, person, policy
from wegweiser.decide.answer import answer
from wegweiser.decide.explain import explain
from wegweiser.terms.decision import Ask
from wegweiser.terms.json import JsonObject
from wegweiser.terms.message import RuleText, Variant
from wegweiser.terms.model import Head, Snapshot
from wegweiser.terms.policy import Cap
from wegweiser.terms.prior import FEATURES
from wegweiser.terms.profile import Contact

SNAPSHOT = Snapshot(
    number=3,
    heads={
        "engage": Head(
            {"bias": -3.0, "message:a": 0.9, "affinity:sso": 0.8, "message:b": -0.2},
            {"bias": 0.1, "message:a": 0.05},
        )
    },
)


def test_a_candidate_that_fails_five_rules_lists_five_reasons_with_values() -> None:
    texts = [
        "person.known",
        'person.traits.plan == "paid"',
        "person.engagement > 5.0",
        'context.page.path == "/security"',
        'account.traits.industry == "energy"',
    ]
    rules = policy(message("a", *map(RuleText, texts), RuleText("person.engagement < 9.0")))
    facts = person(
        person={"known": False, "traits": {"plan": "free"}, "engagement": 2.5},
        context={"page": {"path": "/"}},
    )
    told = explain(rules, ask(rules, facts), facts, Snapshot())
    (dropped,) = told["dropped"]
    found = {reason["rule"]: reason for reason in dropped["reasons"]}
    assert dropped["candidate"] == "a/v1"
    assert set(found) == set(texts)
    assert found['person.traits.plan == "paid"']["found"] == "free"
    assert found["person.engagement > 5.0"]["found"] == 2.5
    assert found['context.page.path == "/security"']["found"] == "/"
    assert found['account.traits.industry == "energy"']["reason"] == "eligible:unknown"
    assert "unknown" in found['account.traits.industry == "energy"']


def test_reasons_of_all_steps_stand_side_by_side() -> None:
    rules = policy(message("a", RuleText("person.known"), stopped=True), caps=(Cap("c", 1, 24),))
    facts = person(
        person={"known": False}, consent={}, contacts=[Contact(NOW - HOUR, "1", "web", "x")]
    )
    told = explain(rules, ask(rules, facts), facts, Snapshot())
    steps = {reason["step"] for reason in told["dropped"][0]["reasons"]}
    assert steps == {"candidates", "eligibility", "consent", "contact"}


def test_the_funnel_counts_down_to_the_survivors() -> None:
    rules = policy(message("a", RuleText("person.known")), message("b"), message("c"))
    facts = person(person={"known": False})
    decision = ask(rules, facts)
    told = explain(rules, decision, facts, Snapshot())
    assert [step["left"] for step in told["funnel"]] == [3, 3, 2, 2, 2, 2]
    assert len(decision.draws[0].candidates) // 2 == 2 + 1


def test_contributions_add_up_to_the_mean() -> None:
    rules = policy(message("a", topic="sso"), message("b"), placements=(ALWAYS,))
    facts = person(person={"interests": {"sso": 3.0}}, known=True)
    told = explain(rules, ask(rules, facts, snapshot=SNAPSHOT), facts, SNAPSHOT)
    (chosen,) = told["chosen"]
    for part in (chosen, chosen["runner_up"]):
        points = sum(one["points"] for one in part["contributions"]["engage"])
        assert points == pytest.approx(part["mean"], abs=1e-9)
    assert chosen["runner_up"]["beaten"] > 0.5


def test_one_sentence_in_both_languages_names_winner_rival_and_reason() -> None:
    rules = policy(message("a", topic="sso"), message("b"), placements=(ALWAYS,))
    facts = person(person={"interests": {"sso": 3.0}})
    requests = (ask(rules, facts, f"r{n}", snapshot=SNAPSHOT) for n in range(50))
    decision = next(one for one in requests if one.items[0].how == "best")
    told = explain(rules, decision, facts, SNAPSHOT)["sentence"]
    assert told["en"].startswith("Showed “a” in home.hero because this ")
    assert "this person is interested in “sso”" in told["en"]
    assert "and it beats “b” 10 times in 10" in told["en"]
    assert "weil" in told["de"]
    assert "diese Person sich für „sso“ interessiert" in told["de"]


@pytest.mark.parametrize(
    ("feature", "person_of", "english", "german"),
    [
        ("match:stage", {"stage": {"explore": 0.8}}, "it is for the stage", "steht (80 %)"),
        ("match:stage_before", {"stage": {"dormant": 0.7}}, "for the next stage", "(70 %)"),
        ("match:stage_after", {"stage": {"evaluate": 0.6}}, "has just left (60%)", "verlassen"),
        ("match:interest", {"interests": {"sso": 9.0}}, "its topic stands out", "heraussticht"),
        ("match:peers", {}, "people in the same role look more at", "derselben Rolle"),
        ("role:cto&topic:sso", {}, "this person's role is “cto”", "„cto“ die Rolle"),
    ],
)
def test_what_all_messages_share_is_a_reason_in_words(
    feature: str, person_of: JsonObject, english: str, german: str
) -> None:
    rules = policy(message("a", topic="sso", stage_aim="explore"), message("b"))
    heads = {"engage": Head({"bias": -3.0, feature: 4.0}, {"bias": 0.1, feature: 0.01})}
    snapshot = Snapshot(3, heads, features=FEATURES, peers={"cto": {"sso": 0.9}})
    facts = person(person=person_of, role="cto")
    requests = (ask(rules, facts, f"r{n}", snapshot=snapshot) for n in range(50))
    decision = next(one for one in requests if one.items and one.items[0].how == "best")
    told = explain(rules, decision, facts, snapshot)["sentence"]
    assert english in told["en"]
    assert german in told["de"]


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("ghost", "control group; otherwise it would have been “a”"),
        ("consent", "no consent for “personalisation”"),
        ("cap", "limits on contacts allow it later"),
        ("empty", "there are no messages"),
    ],
)
def test_the_sentence_says_why_there_was_nothing(case: str, words: str) -> None:
    placements = (Ask("home.hero"),)
    messages = [message("a")]
    facts = person(unit_id=unit_in("main"))
    caps: tuple[Cap, ...] = ()
    if case == "ghost":
        facts = person(unit_id=unit_in("nothing"))
    if case == "consent":
        facts = person(consent={})
    if case == "cap":
        placements = (Ask("newsletter"),)
        messages = [message("a", channel="email")]
        caps = (Cap("c", 1, 24),)
        facts = person(contacts=[Contact(NOW - HOUR, "1", "web", "x")])
    if case == "empty":
        messages = []
    rules = policy(*messages, caps=caps, arms=ARMS)
    requests = (ask(rules, facts, f"r{n}", placements=placements) for n in range(50))
    decision = next(one for one in requests if one.features or not one.draws)
    assert words in explain(rules, decision, facts, Snapshot())["sentence"]["en"]


def test_an_answer_has_the_content_and_a_public_one_no_probabilities() -> None:
    content = {"title": "SSO", "url": "https://www.example.com/sso"}
    rules = policy(message("a", variants=(Variant("v", "web", content=content),)),
                   placements=(ALWAYS,))  # fmt: skip
    decision = ask(rules)
    full = answer(decision, rules, public=False)
    assert full["decision_id"] == "dec-req-1"
    assert full["bundle"].endswith("#1")
    assert (full["status"], full["not_before"], full["arm"]) == ("decided", None, "main")
    (item,) = full["items"]
    assert (item["content"], item["pi"], item["how"]) == (content, 1.0, decision.items[0].how)
    assert item["content_ref"].startswith("sha256:")
    public = answer(decision, rules, public=True)
    assert set(full) - set(public) == {"arm", "model"}
    assert set(item) - set(public["items"][0]) == {"pi", "how"}


def test_a_deferred_answer_says_from_when_it_can_be_sent() -> None:
    rules = policy(message("a", channel="email"), caps=(Cap("c", 1, 24),))
    facts = person(contacts=[Contact(NOW - HOUR, "1", "web", "x")])
    found = answer(ask(rules, facts, placements=(Ask("newsletter"),)), rules, public=False)
    assert (found["status"], found["not_before"]) == ("deferred", "2026-11-23T08:41:07.000Z")
