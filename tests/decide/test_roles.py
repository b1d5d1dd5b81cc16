"""Roles: who somebody is in the buying group tells what they care for, before they show it."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.decide.world import GRANTED, KEY, NOW, ask, message, person, policy
from wegweiser.decide.circumstance import circumstance
from wegweiser.decide.facts import Facts
from wegweiser.decide.facts_record import record_of
from wegweiser.decide.features import all_features
from wegweiser.decide.policy import Policy
from wegweiser.decide.recompute import recompute
from wegweiser.decide.response import scorer
from wegweiser.learn.label import Example, Windows, labels
from wegweiser.learn.peers import ENOUGH, EVERYBODY, MOST_LABELS, MOST_ROLES, gather, peers_of
from wegweiser.learn.train import train
from wegweiser.terms.decision import Decision
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.json import JsonObject
from wegweiser.terms.model import Leanings, Snapshot
from wegweiser.terms.outcome import Outcome
from wegweiser.terms.policy import Attribute, Exploration
from wegweiser.terms.prior import FEATURES, MATCHES

NEWEST = Snapshot(number=1, features=FEATURES)
PLACEMENT = "home.hero"
MEMBER = Facts(role="Security", person={"traits": {"persona": "CISO"}})


def tags_of(facts: Facts, made: Policy, snapshot: Snapshot = NEWEST) -> set[str]:
    seen = circumstance(facts, NOW, snapshot, made.learned)
    assert seen.role == next((tag[5:] for tag in seen.tags if tag.startswith("role:")), "")
    return set(seen.tags)


def noted_in(decision: Decision) -> JsonObject:
    noted = decision.features[f"{PLACEMENT}#0"]
    assert isinstance(noted, dict)
    return noted


def test_a_role_stands_beside_a_stated_persona_and_meets_topics_and_what_messages_aim_at() -> None:
    made = policy(message("a", topic="sso", persona_aim="security"))
    assert tags_of(MEMBER, made) == {"role:security", "persona:ciso"}
    seen = circumstance(MEMBER, NOW, NEWEST, made.learned)
    found = all_features(made.shelves["web"].candidates[0], PLACEMENT, seen)
    crossed = {name for name in found if "role:" in name or "persona:" in name}
    assert crossed == {
        "role:security&topic:sso",
        "role:security&persona_aim:security",
        "persona:ciso&persona_aim:security",
    }
    for old in (Snapshot(), Snapshot(number=1, features=MATCHES)):
        assert tags_of(MEMBER, made, old) == {"persona:ciso"}


@pytest.mark.parametrize("held", ["person.traits.role", "person.accounts", "person"])
def test_whoever_may_not_look_at_one_role_looks_at_none(held: str) -> None:
    made = policy(message("a", topic="sso"), attributes=(Attribute(held, ("measurement",)),))
    assert "role:security" not in tags_of(MEMBER, made)
    facts = person(role="Security")
    kept = [ask(made, facts, snapshot=NEWEST), record_of(facts, made, NOW)]
    assert "security" not in msgspec.json.encode(kept).decode().lower()


def test_a_record_keeps_the_role_that_was_decided_by() -> None:
    made = policy(message("a", topic="sso"))
    facts = person(role="security")
    assert record_of(facts, made, NOW)["role"] == "security"
    weights = noted_in(ask(made, facts, snapshot=NEWEST))["weights"]
    assert isinstance(weights, dict)
    assert weights["role:security&topic:sso"] == 1.0


@pytest.mark.parametrize("spoken", [1, 30, 55])
def test_a_decision_of_somebody_of_many_interests_is_computed_again_to_the_bit(spoken: int) -> None:
    made = policy(*(message(f"m{number:02}", topic=f"t{number:02}") for number in range(spoken)))
    amounts: JsonObject = {f"t{number:02}": 1.0 + number for number in range(spoken)}
    amounts |= {f"other {number}": 90.0 + number % 7 for number in range(60)}
    facts = person(role="cto", person={"interests": amounts})
    decision = ask(made, facts, snapshot=NEWEST)
    kept = msgspec.structs.replace(decision, facts=record_of(facts, made, NOW))
    again = recompute(made, kept, NEWEST, KEY)
    assert (again.lacking, again.equal, again.differing) == ("", True, ())
    leanings = noted_in(decision)["leanings"]
    assert isinstance(leanings, dict)
    # Only what messages are about is gathered, at most twenty topics.
    assert set(leanings) <= {one.topic for one in made.bundle.messages}
    assert len(leanings) == min(spoken, 20)


def learned_from(facts: Facts, count: int, snapshot: Snapshot) -> Snapshot:
    """Learn what decisions about somebody note down, every third time with a click."""
    made = policy(message("a", topic="sso"), message("b", topic="pricing"))
    told = []
    for turn in range(count):
        request = f"{facts.role}-{turn:04}"
        decision = ask(made, facts, request, snapshot=snapshot, at=snapshot.watermark + NOW + turn)
        kinds = ["seen", *(["click"] if turn % 3 == 0 else [])]
        outcomes = [
            Outcome(
                outcome_id=f"{request}-{kind}",
                kind=kind,
                at=decision.at + 1,
                decision_id=decision.decision_id,
                placement=PLACEMENT,
            )
            for kind in kinds
        ]
        told.append((decision, outcomes))
    return train(snapshot, labels(told, snapshot.watermark + NOW + DAY_MS, Windows()))


def test_somebody_new_leans_to_what_others_of_the_same_role_lean_to() -> None:
    loves = person(role="security", person={"interests": {"sso": 9.0, "pricing": 0.1}})
    other = person(role="economic", person={"interests": {"pricing": 9.0, "sso": 0.1}})
    met = learned_from(other, 200, learned_from(loves, 200, NEWEST))
    # Some of the decisions said nothing.
    assert met.leanings["security"].labels > 190 < met.leanings["economic"].labels
    assert met.leanings[EVERYBODY].labels == sum(met.shown.values())
    made = policy(*(message(topic, topic=topic) for topic in ("sso", "pricing", "unheard")))
    answers = {}
    for role in ("security", "economic", "user"):
        seen = circumstance(Facts(role=role), NOW, met, made.learned)
        shelf = made.shelves["web"].candidates
        rows = {one.message.key: all_features(one, PLACEMENT, seen) for one in shelf}
        answers[role] = {key: row.get("match:peers", 0.0) for key, row in rows.items()}
    sso, pricing = answers["security"]["sso"], answers["security"]["pricing"]
    assert sso > 0.8
    assert 0 < pricing < 0.1
    economic = [answers["economic"][topic] for topic in ("pricing", "sso")]
    assert economic == pytest.approx([sso, pricing], abs=0.01)
    # Nobody of this role was met, and nobody leans to what nobody looked at.
    assert set(answers["user"].values()) == {0.0}
    assert answers["security"]["unheard"] == 0.0


def test_learning_in_pieces_gives_the_same_peers_as_in_one_go() -> None:
    examples = [
        Example(
            turn + 1,
            f"d{turn:03}",
            PLACEMENT,
            0,
            "engage",
            turn % 3 == 0,
            {"bias": 1.0},
            role=("cto", "cfo", "")[turn % 3],
            leanings={"sso": turn % 7 / 7, "pricing": 0.3},
        )
        for turn in range(150)
    ]
    whole = train(Snapshot(), examples)
    parts = Snapshot()
    for start in range(0, 150, 37):
        parts = train(parts, examples[start : start + 37])
        parts = msgspec.json.decode(msgspec.json.encode(parts), type=Snapshot)
    assert whole.peers.keys() == {"cto", "cfo"}
    assert (parts.digest, parts.peers) == (whole.digest, whole.peers)


def test_only_somebody_with_a_role_tells_of_leanings_and_once_for_each_decision() -> None:
    made = policy(message("a", topic="sso"), message("b", topic="sso"))
    interests: JsonObject = {"sso": 9.0}
    facts = person(role="security", person={"interests": interests})
    for features, role, told in ((0, "cto", False), (MATCHES, "cto", False), (FEATURES, "", False),
                                 (FEATURES, "cto", True)):  # fmt: skip
        asked = msgspec.structs.replace(facts, role=role)
        noted = noted_in(ask(made, asked, snapshot=Snapshot(number=1, features=features)))
        assert (noted.get("leanings"), noted.get("role")) == (
            ({"sso": 0.9}, "cto") if told else (None, None)
        )


TOLD = st.lists(
    st.tuples(
        st.sampled_from(["cto", "cfo", "ciso"]),
        st.dictionaries(st.sampled_from("abcdef"), st.floats(0.0, 1.0)),
    ),
    min_size=1,
    max_size=120,
)


@given(TOLD)
def test_peers_lie_between_their_own_mean_and_everybodys(
    told: list[tuple[str, dict[str, float]]],
) -> None:
    held: dict[str, Leanings] = {}
    for role, leanings in told:
        gather(held, role, leanings)
    assert held[EVERYBODY].labels == len(told)
    found = peers_of(held)
    # Of few labels nothing is told: somebody's own leanings could be read off.
    assert found.keys() == {
        role for role, one in held.items() if role != EVERYBODY and one.labels >= ENOUGH
    }
    for role, peers in found.items():
        assert peers.keys() == held[EVERYBODY].sums.keys()
        for topic, leaning in peers.items():
            own = held[role].sums.get(topic, 0.0) / held[role].labels
            usual = held[EVERYBODY].sums[topic] / held[EVERYBODY].labels
            assert min(own, usual) - 1e-6 <= leaning <= max(own, usual) + 1e-6
            assert 0.0 <= leaning <= 1.0


def test_a_role_that_is_met_often_stays_where_many_others_come_and_go() -> None:
    held: dict[str, Leanings] = {}
    for number in range(5 * MOST_ROLES):
        gather(held, f"role {number}", {"golf": 1.0})
        for _ in range(2):
            gather(held, "cto", {"sso": 1.0})
    assert len(held) == MOST_ROLES + 1
    assert held["cto"].labels == 10 * MOST_ROLES
    assert peers_of(held).keys() == {"cto"}


def test_old_leanings_fade() -> None:
    held: dict[str, Leanings] = {}
    for topic, times in (("old", MOST_LABELS), ("new", 2 * MOST_LABELS)):
        for _ in range(times):
            gather(held, "cto", {topic: 1.0})
    assert held["cto"].labels <= MOST_LABELS
    peers = peers_of(held)["cto"]
    assert peers["new"] > 0.7
    assert peers["old"] < 0.3


def test_doubt_is_drawn_by_four_tenths_unless_the_policy_or_an_old_snapshot_says_else() -> None:
    def chances(snapshot: Snapshot, spread: float | None = None) -> Decision:
        made = policy(message("a"), message("b", value=2.0), exploration=Exploration(spread=spread))
        return ask(made, snapshot=snapshot)

    old = Snapshot(number=1, features=MATCHES)
    for snapshot, usual, other in ((NEWEST, 0.4, 0.6), (old, 0.6, 0.4)):
        found, same = chances(snapshot).draws, chances(snapshot, usual).draws
        assert found == same
        assert found != chances(snapshot, other).draws


def test_peers_alone_rank_topics_of_somebody_unknown() -> None:
    made = policy(message("a", topic="sso"), message("b", topic="pricing"))
    taught = [
        Example(
            turn + 1,
            f"d{turn}",
            PLACEMENT,
            0,
            "engage",
            turn % 2 == 0,
            {"bias": 1.0, "match:peers": 0.9 if turn % 2 == 0 else 0.1},
            role="cto",
            leanings={"pricing": 0.9, "sso": 0.1},
        )
        for turn in range(200)
    ]
    learned = train(Snapshot(), taught)
    seen = circumstance(Facts(role="cto", consent=GRANTED), NOW, learned, made.learned)
    answers = scorer(made, made.placements[PLACEMENT], learned).respond(seen).mean
    assert answers[1] > answers[0] + 0.5
