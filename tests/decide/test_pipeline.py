"""Whole decisions: consent, rules, repeatability, languages, fallbacks, estimation."""

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.decide.world import (
    DAY,
    HERO,
    KEY,
    NOW,
    ask,
    bundle,
    message,
    person,
    policy,
)
from wegweiser.decide.arbitrate import arbitrate
from wegweiser.decide.candidate import unpack
from wegweiser.decide.facts import Facts
from wegweiser.decide.pipeline import decide, fall_back
from wegweiser.decide.policy import compile_policy
from wegweiser.decide.probability import WHOLE
from wegweiser.decide.verify import verify
from wegweiser.terms.decision import Ask, Decision, Situation, Subject
from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.message import Message, Placement, RuleText, Variant
from wegweiser.terms.model import Head, Increment, Snapshot
from wegweiser.terms.policy import Arms, Exploration
from wegweiser.terms.prior import logit

CHANNELS = ("web", "email", "sms", "sales", "file")


@given(
    channel=st.sampled_from(CHANNELS),
    consent=st.dictionaries(
        st.sampled_from(["personalisation", "email", "sms", "profiling", "sharing", "functional"]),
        st.sampled_from(["denied", "withdrawn", "expired", "unknown", "", "GRANTED", "true"]),
    ),
    service=st.booleans(),
    fallback=st.booleans(),
    arms=st.sampled_from([Arms(0.0, 0.0), Arms(0.0, 1.0), Arms(1.0, 0.0)]),
    locale=st.sampled_from(["", "fr"]),
)
def test_without_consent_nothing_is_ever_said(
    channel: str, consent: dict[str, str], service: bool, fallback: bool, arms: Arms, locale: str
) -> None:
    variants = (Variant("v", msgspec.convert(channel, type=Variant.__annotations__["channel"])),)
    place = Placement("p", variants[0].channel, fallback="a" if fallback else "")
    rules = policy(
        message("a", variants=variants, service=service),
        message("b", variants=(Variant("v", variants[0].channel, locale="de"),)),
        placements=(place,),
        arms=arms,
    )
    situation = Situation(request_id="r", subject=Subject(), placements=(Ask("p"),), locale=locale)
    facts = person(consent=consent)
    arguments = (rules, Snapshot(), situation, facts, NOW, "d")
    assert decide(*arguments, KEY).items == ()
    assert fall_back(*arguments, "deadline").items == ()


def test_the_same_request_gives_the_same_decision() -> None:
    parts = [message(key, topic=key) for key in "abcdef"]
    facts = person(person={"interests": {"a": 2.0}})
    first = ask(policy(*parts), facts)
    again = ask(policy(*parts), facts)
    assert first.draws == ask(policy(*reversed(parts)), facts).draws
    assert msgspec.msgpack.encode(first) == msgspec.msgpack.encode(again)
    drawn = {ask(policy(*parts), facts, f"r{number}").draws[0].drawn for number in range(20)}
    assert len(drawn) == 20


@given(st.integers(1, 40), st.integers(1, 5), st.integers(0, 50), st.booleans())
def test_every_record_can_be_derived_again(
    count: int, slots: int, request: int, allow_nothing: bool
) -> None:
    place = Placement("p", "web", slots=slots, allow_nothing=allow_nothing)
    parts = [message(f"m{number}", value=1.0 + number % 7) for number in range(count)]
    found = ask(
        policy(*parts, placements=(place,)), request=f"r{request}", placements=(Ask("p", 9),)
    )
    assert verify(found)
    assert len({item.message for item in found.items}) == len(found.items) <= slots
    for draw in found.draws:
        weights = np.frombuffer(draw.weights, "<u8")
        assert int(weights.sum()) == WHOLE
        assert weights[unpack(draw.candidates).index(draw.chosen)] > 0


def test_a_tampered_record_does_not_verify() -> None:
    found = ask(policy(message("a"), message("b"), placements=(ALWAYS,)))
    (draw,) = found.draws
    (item,) = found.items
    other = 1 - draw.chosen

    def with_draw(**changes: object) -> Decision:
        return msgspec.structs.replace(found, draws=(msgspec.structs.replace(draw, **changes),))

    assert verify(found)
    assert not verify(with_draw(chosen=other))
    assert not verify(with_draw(weights=bytes(len(draw.weights))))
    assert not verify(with_draw(drawn=(draw.drawn + WHOLE // 2) % WHOLE, how="arm"))
    assert not verify(
        msgspec.structs.replace(found, items=(msgspec.structs.replace(item, pi=0.123),))
    )


ALWAYS = Placement("home.hero", "web", allow_nothing=False)


def test_inverse_probabilities_recover_other_policies_and_the_own_one_exactly() -> None:
    reward = {"a": 1.0, "b": 5.0, "c": 2.0}
    rules = policy(*(message(key, value=20.0) for key in reward), placements=(ALWAYS,))
    rows = [ask(rules, request=f"r{number}").items[0] for number in range(3000)]
    gained = np.array([reward[item.message] for item in rows])
    pi = np.array([item.pi for item in rows])
    own = np.mean(pi / pi * gained)
    assert own == pytest.approx(gained.mean(), abs=1e-12)
    for target, truth in reward.items():
        weight = np.array([item.message == target for item in rows]) / pi
        assert np.mean(weight) == pytest.approx(1.0, abs=0.15)
        assert np.mean(weight * gained) == pytest.approx(truth, rel=0.15)


def test_unknown_keeps_out_or_passes_as_the_rule_says() -> None:
    strict = message("strict", RuleText('person.traits.plan != "free"'))
    soft = message("soft", RuleText('person.traits.plan != "free"', on_unknown="pass"))
    rules = policy(strict, soft, placements=(ALWAYS,))
    assert ask(rules).items[0].message == "soft"
    (drop,) = ask(rules).drops
    assert (drop.step, drop.reason) == ("eligibility", "eligible:unknown")
    assert ask(rules, person(person={"traits": {"plan": "free"}})).status == "nothing"
    paid = {ask(rules, person(person={"traits": {"plan": "paid"}}), f"r{n}").items[0].message
            for n in range(30)}  # fmt: skip
    assert paid == {"strict", "soft"}


def test_a_rule_may_speak_of_the_placement() -> None:
    places = (ALWAYS, Placement("side", "web", allow_nothing=False))
    rules = policy(message("a", RuleText('placement.key == "side"')), placements=places)
    both = (Ask("home.hero"), Ask("side"))
    assert [item.placement for item in ask(rules, placements=both).items] == ["side"]


def test_one_message_stands_only_once_in_an_answer() -> None:
    places = (ALWAYS, Placement("side", "web", allow_nothing=False))
    rules = policy(message("a"), message("b"), placements=places)
    found = ask(rules, placements=(Ask("home.hero"), Ask("side")))
    assert sorted(item.message for item in found.items) == ["a", "b"]


@pytest.mark.parametrize(
    ("wanted", "shown"),
    [("de-AT", {"at"}), ("de-CH", {"de"}), ("de_at", {"at"}), ("en", {"any"}), ("", {"any"})],
)
def test_the_best_language_wins(wanted: str, shown: set[str]) -> None:
    locales = {"at": "de-AT", "de": "de", "any": "", "fr": "fr"}
    variants = tuple(Variant(key, "web", locale) for key, locale in locales.items())
    rules = policy(message("a", variants=variants), placements=(ALWAYS,))
    found = {ask(rules, request=f"r{n}", locale=wanted).items[0].variant for n in range(20)}
    assert found == shown


def test_without_a_wanted_language_a_message_in_one_language_is_shown() -> None:
    rules = policy(message("a", variants=(Variant("v", "web", "de"),)), placements=(ALWAYS,))
    assert ask(rules).items[0].variant == "v"
    assert ask(rules, locale="fr").status == "nothing"


def test_dates_and_stop_are_obeyed_to_the_millisecond() -> None:
    rules = policy(
        message("a", starts_at=NOW, ends_at=NOW + DAY),
        message("stopped", stopped=True),
        placements=(ALWAYS,),
    )
    assert ask(rules, at=NOW - 1).status == "nothing"
    assert ask(rules, at=NOW).items[0].message == "a"
    assert ask(rules, at=NOW + DAY - 1).items[0].message == "a"
    assert ask(rules, at=NOW + DAY).status == "nothing"


def test_service_messages_go_first_and_nothing_is_no_alternative() -> None:
    rules = policy(message("a", value=1e6), message("s", service=True, value=0.01))
    assert {ask(rules, request=f"r{n}").items[0].message for n in range(50)} == {"s"}


def with_fallback(**fields: object) -> Message:
    return msgspec.structs.replace(message("f"), **fields)


def test_a_fallback_still_obeys_rules_and_dates() -> None:
    place = msgspec.structs.replace(HERO, fallback="f")
    situation = Situation(request_id="r", subject=Subject(), placements=(Ask("home.hero"),))

    def answer(fallback: Message) -> Decision:
        rules = policy(fallback, placements=(place,))
        return fall_back(rules, Snapshot(), situation, person(), NOW, "d", "deadline")

    good = answer(with_fallback())
    assert (good.status, good.reason) == ("fallback", "deadline")
    assert [(item.message, item.how) for item in good.items] == [("f", "fallback")]
    assert answer(with_fallback(stopped=True)).items == ()
    assert answer(with_fallback(ends_at=NOW)).items == ()
    assert answer(with_fallback(rules=(RuleText("person.known"),))).items == ()


def test_a_fallback_stands_in_where_no_text_fits_the_language() -> None:
    place = msgspec.structs.replace(HERO, fallback="f")
    rules = policy(message("f", variants=(Variant("v", "web", "de"),)), placements=(place,))
    found = ask(rules, locale="fr")
    assert (found.status, found.items[0].how) == ("fallback", "fallback")


def test_unknown_placements_and_contradicting_channels_are_refused() -> None:
    rules = policy(message("a"))
    with pytest.raises(NotFound, match="gone"):
        ask(rules, placements=(Ask("gone"),))
    situation = Situation(
        request_id="r", subject=Subject(), placements=(Ask("home.hero"),), channel="email"
    )
    with pytest.raises(InputRefused, match="twice"):
        ask(rules, placements=(Ask("home.hero"), Ask("home.hero")))
    with pytest.raises(InputRefused, match="leave the channel out"):
        decide(rules, Snapshot(), situation, person(), NOW, "d", KEY)


def test_a_lever_moves_the_choice() -> None:
    plain = bundle(message("a", lever=0.5), message("b", lever=2.0), placements=(ALWAYS,))
    rules = compile_policy(plain)
    found = [ask(rules, request=f"r{n}").items[0].message for n in range(200)]
    assert found.count("b") > 150


def test_a_thousand_candidates_leave_a_probability_for_each() -> None:
    rules = policy(*(message(f"m{number:04}") for number in range(1000)))
    (draw,) = ask(rules).draws
    weights = np.frombuffer(draw.weights, "<u8")
    assert len(weights) == 1001
    assert (weights > 0).all()


def test_what_was_measured_to_cause_nothing_competes_still() -> None:
    useless = Snapshot(increments={"won": Increment(0.0, -0.01, 0.001, 0.02)})
    costly = (Variant("v1", "web", content={"title": "a"}, cost=0.5),)
    normal = ask(policy(message("a", goal="won", variants=costly)), snapshot=useless)
    assert (normal.status, normal.drops) == ("nothing", ())
    both = policy(message("a", value=100.0), message("b", goal="won", service=True))
    assert [item.message for item in ask(both, snapshot=useless).items] == ["b"]


def test_a_draw_says_floor_as_often_as_exploration_has_its_share() -> None:
    made = policy(
        message("a"), message("b"), placements=(HERO,), exploration=Exploration(floor_pull=0.5)
    )
    told = [ask(made, request=f"r-{number}").draws[0].how for number in range(400)]
    # Half of all draws, with a standard error of 2.5 %.
    assert 0.4 < told.count("floor") / len(told) < 0.6
    calm = policy(
        message("a"), message("b"), placements=(HERO,), exploration=Exploration(floor_pull=0.0)
    )
    assert "floor" not in {ask(calm, request=f"r-{number}").draws[0].how for number in range(50)}


def test_what_happens_anyway_is_taken_off_where_it_was_measured() -> None:
    made = policy(message("a", value=100.0, goal="won"), message("b", value=100.0))
    often = Head({"bias": logit(0.1)}, {"bias": 0.5}, 2_000, 200, 0.1)
    known = Snapshot(
        increments={"won": Increment(0.8, 0.01, 0.001, 0.0125)}, heads={"nothing:won": often}
    )
    found = arbitrate(made, HERO, known, Facts(), NOW)
    # Kappa·V·b·p_e: who does not engage is not changed, and b would have come without us.
    assert found.cost.tolist() == pytest.approx([0.8 * 100.0 * 0.1 * 0.02, 0.0])
    assert found.worth.tolist() == pytest.approx([80.0, 100.0])
    assumed = arbitrate(made, HERO, Snapshot(), Facts(), NOW)
    assert (assumed.cost.tolist(), assumed.worth.tolist()) == ([0.0, 0.0], [50.0, 100.0])
