"""Features: what is scored for a whole shelf is exactly what is recorded and learned."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.decide.world import NOW, ask, message, person, policy
from wegweiser.decide.circumstance import circumstance
from wegweiser.decide.facts import Facts
from wegweiser.decide.features import all_features, contributions, shared
from wegweiser.decide.learned import Learned, learned_of
from wegweiser.decide.policy import Policy
from wegweiser.decide.response import scorer
from wegweiser.learn.model import Belief
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.journey import STAGES
from wegweiser.terms.message import Variant
from wegweiser.terms.model import Guard, Head, Snapshot
from wegweiser.terms.policy import Attribute
from wegweiser.terms.prior import FEATURES, MATCHES, ROLES, prior_variance

TOPICS = ("sso", "pricing", "")
ATTRIBUTES = (
    Attribute("person.traits.plan", ("decisions", "learning")),
    Attribute("person.traits.seats", ("decisions", "learning")),
)
CUTS = (10.0, 20.0, 50.0)


def rules() -> Policy:
    made = [
        message(
            f"m{number}",
            topic=TOPICS[number % 3],
            stage_aim=STAGES[number % 4] if number % 2 else "",
            persona_aim=("cto", "buyer", "")[number % 3],
            variants=(Variant("v", "web", format=("card", "")[number % 2], content={"t": "x"}),),
        )
        for number in range(9)
    ]
    return policy(*made, attributes=ATTRIBUTES)


RULES = rules()
FACTS = st.builds(
    lambda belief, interests, traits, industry, role, query, contacts, last: Facts(
        role=role,
        person={
            "stage": dict(zip(STAGES, belief, strict=True)),
            "interests": interests,
            "traits": traits,
            "last_seen": NOW - last,
        },
        account={"traits": {"industry": industry}} if industry else {},
        context={"query": query, "dwell_seconds": 12} if query else {},
        contacts_lately=contacts,
    ),
    st.lists(st.floats(0.0, 1.0), min_size=8, max_size=8),
    st.dictionaries(st.sampled_from(TOPICS[:2]), st.floats(0.0, 50.0)),
    st.fixed_dictionaries(
        {},
        optional={
            "persona": st.sampled_from(["CTO", " buyer ", "?"]),
            "plan": st.sampled_from(["team", "free"]),
            "seats": st.integers(0, 100),
        },
    ),
    st.sampled_from(["", "Steel"]),
    st.sampled_from(["", "CTO", "buyer"]),
    st.sampled_from(["", "pricing of sso", "m3", "..."]),
    st.integers(0, 12),
    st.integers(0, 90 * DAY_MS),
)


PEERS = {"cto": {topic: 0.25 * place for place, topic in enumerate(TOPICS[:2], 1)}}


@given(FACTS, st.integers(0, 1_000), st.sampled_from([0, MATCHES, FEATURES]))
@settings(max_examples=120)
def test_the_arrays_of_a_shelf_say_what_the_named_features_say(
    facts: Facts, seed: int, features: int
) -> None:
    rng = np.random.default_rng(seed)
    bins = {"person.traits.seats": CUTS}
    peers = PEERS if features >= ROLES else {}
    bare = Snapshot(bins=bins, features=features, peers=peers)
    seen = circumstance(facts, NOW, bare, RULES.learned)
    shelf, placement = RULES.shelves["web"], RULES.placements["home.hero"]
    rows = [all_features(candidate, placement.key, seen) for candidate in shelf.candidates]
    belief = Belief("engage", Head(), features=features)
    for number in rng.integers(0, len(rows), 30):
        belief.update(rows[number], bool(rng.random() < 0.5))
    heads = {"engage": belief.head()}
    snapshot = Snapshot(number=seed, heads=heads, bins=bins, features=features, peers=peers)
    found = scorer(RULES, placement, snapshot).respond(seen)
    for place, (candidate, row) in enumerate(zip(shelf.candidates, rows, strict=True)):
        parts = contributions(candidate, placement.key, seen, snapshot, "engage")
        assert len(parts) == len(row)
        mean = sum(points for _, points, _ in parts.values())
        assert found.mean[place] == pytest.approx(mean, abs=1e-9)
        doubts = [
            weight**2 * belief.variance(name) for name, weight in row.items() if not shared(name)
        ]
        # What the whole shelf has in common ranks nothing, so it is left out as well.
        assert found.spread[place] ** 2 <= sum(doubts) + 1e-9
        assert found.spread[place] > 0.0
    assert all(0.0 < weight <= 1.0 for row in rows for weight in row.values())
    names = {name for row in rows for name in row}
    assert all(belief.variance(name) <= prior_variance(name, features) for name in names)


def test_the_record_holds_the_features_that_were_scored() -> None:
    facts = person(
        person={
            "stage": {"evaluate": 0.75, "explore": 0.25},
            "traits": {"plan": "team", "persona": "CTO", "seats": 40},
            "interests": {"sso": 1.0},
        },
        context={"query": "sso m0"},
        contacts_lately=3,
    )
    decision = ask(RULES, facts)
    [item] = decision.items
    noted = decision.features["home.hero#0"]
    assert isinstance(noted, dict)
    candidate = RULES.by_id[f"{item.message}/{item.variant}"]
    seen = circumstance(facts, NOW, Snapshot(), RULES.learned)
    assert noted["weights"] == all_features(candidate, "home.hero", seen)
    assert noted["numbers"] == {"person.traits.seats": 40.0}
    weights = noted["weights"]
    assert isinstance(weights, dict)
    assert weights["fatigue:2-3"] == 1.0
    assert weights[f"message:{item.message}&stage:evaluate"] == 0.75
    if candidate.message.topic:
        [name] = [name for name in weights if name.startswith("slot:")]
        told = f"attribute:person.traits.plan=team&topic:{candidate.message.topic}"
        assert noted["names"] == {name: told}


def test_what_may_not_be_used_for_decisions_is_not_looked_at() -> None:
    made = policy(
        message("a", topic="sso"),
        attributes=(
            Attribute("person.traits.persona", ("measurement",)),
            Attribute("person.traits.plan", ("learning",)),
        ),
    )
    facts = Facts(person={"traits": {"persona": "cto", "plan": "team"}})
    assert dict(circumstance(facts, NOW, Snapshot(), made.learned).tags) == {}
    assert ("person", "traits", "persona") not in made.learned.paths
    assert learned_of(made.bundle).attributes == ()
    assert dict(circumstance(facts, NOW, Snapshot(), Learned()).tags) == {"persona:cto": 1.0}


def test_strange_values_make_no_features() -> None:
    facts = Facts(
        person={
            "stage": {"evaluate": "much", "explore": float("inf"), "commit": -1.0},
            "traits": {"persona": 7, "plan": ["team"], "seats": float("inf")},
            "last_seen": True,
        },
        context={"query": 5, "dwell_seconds": "long"},
    )
    seen = circumstance(facts, NOW, Snapshot(), RULES.learned)
    assert dict(seen.tags) == {"stage:explore": 1.0}
    assert (dict(seen.context), seen.words, dict(seen.numbers)) == ({"fatigue:0": 1.0}, (), {})


def test_what_some_of_a_shelf_share_is_doubted_where_others_lack_it() -> None:
    forms = tuple(Variant(key, "web", locale=key) for key in ("de", "en"))
    two_languages = message("a", goal="won", variants=forms)
    one_language = message("a", goal="won", variants=forms[:1])
    spreads = []
    for mine in (two_languages, one_language):
        made = policy(mine, message("b"), message("c"))
        found = scorer(made, made.placements["home.hero"], Snapshot()).respond(
            circumstance(Facts(), NOW, Snapshot())
        )
        spreads.append(float(found.spread[0]))
    # The goal's head knows only messages of that goal; how many forms one has tells nothing.
    assert spreads[0] == pytest.approx(spreads[1])


def test_what_is_withheld_takes_its_parts_along() -> None:
    facts = Facts(
        person={
            "traits": {"persona": "cto", "plan": "team"},
            "interests": {"sso": 1.0},
            "stage": {"explore": 1.0},
        }
    )
    held = ("person.traits", "person.interests", "person.stage.explore")
    made = policy(
        message("a", topic="sso", persona_aim="cto", stage_aim="explore"),
        attributes=(
            *(Attribute(key, ("measurement",)) for key in held),
            Attribute("person.traits.plan", ("decisions", "learning")),
        ),
    )
    seen = circumstance(facts, NOW, Snapshot(), made.learned)
    assert (dict(seen.tags), dict(seen.interests)) == ({}, {})
    free = circumstance(facts, NOW, Snapshot())
    assert set(free.tags) == {"persona:cto", "stage:explore"}
    assert free.interests == {"sso": 0.5}


def test_explaining_an_older_snapshot_leaves_the_newest_ones_arrays_alone() -> None:
    made = rules()
    placement = made.placements["home.hero"]
    newest, older = Snapshot(number=7), Snapshot(number=3)
    kept = scorer(made, placement, newest)
    past = scorer(made, placement, older)
    assert past.snapshot is older
    assert scorer(made, placement, newest) is kept
    assert scorer(made, placement, older) is past
    newer = Snapshot(number=8)
    assert scorer(made, placement, newer).snapshot is newer
    assert sum("scorer" in name for name, _ in made.scorers) == 2


def test_what_every_request_has_is_no_doubt_about_a_candidate_also_where_it_is_alone() -> None:
    made = policy(message("a", topic="sso"))
    seen = circumstance(Facts(), NOW, Snapshot())
    part = made.shelves["web"].candidates[0]
    hero = made.placements["home.hero"]
    own = [name for name in all_features(part, hero.key, seen) if not shared(name)]
    found = scorer(made, hero, Snapshot()).respond(seen)
    assert float(found.spread[0]) ** 2 == pytest.approx(sum(map(prior_variance, own)))
    assert not {"bias", "channel:web", "placement:home.hero"} & set(own)


def test_a_guarded_slice_says_its_rate_without_doubt() -> None:
    made = policy(message("a"), message("b"))
    guards = (Guard("engage", "message:a", 20_000, -3.0),)
    snapshot = Snapshot(guards=guards)
    found = scorer(made, made.placements["home.hero"], snapshot).respond(
        circumstance(Facts(), NOW, snapshot)
    )
    assert (float(found.mean[0]), float(found.spread[0])) == (-3.0, 0.0)
    assert found.spread[1] > 0.0
