"""Arms: the right shares, the same for ever, and ghosts that differ only in delivery."""

from collections import Counter

from scipy.stats import chisquare

from tests.decide.world import ask, message, person, policy
from wegweiser.decide.holdout import arm_of, position
from wegweiser.decide.policy import Policy
from wegweiser.terms.message import RuleText
from wegweiser.terms.policy import Arms
from wegweiser.terms.prior import ALONE

ARMS = Arms(nothing=0.1, random=0.05, epoch="2026")


def unit_in(arm: str) -> str:
    return next(unit for unit in map(str, range(10_000)) if arm_of(ARMS, unit) == arm)


def mixed(arms: Arms = ARMS) -> Policy:
    known = RuleText("person.known")
    return policy(message("a", topic="x"), message("b"), message("c", known), arms=arms)


def test_shares_pass_a_chi_square_test() -> None:
    units = 100_000
    counts = Counter(arm_of(ARMS, f"group_id:{number}") for number in range(units))
    seen = [counts[arm] for arm in ("nothing", "random", "main")]
    assert chisquare(seen, [0.1 * units, 0.05 * units, 0.85 * units]).pvalue > 1e-3


def test_positions_are_written_down_so_that_no_release_moves_anybody() -> None:
    known = {unit: round(position(unit, "1"), 12) for unit in ("group_id:acme", "user_id:u-42")}
    assert known == {"group_id:acme": 0.589031167904, "user_id:u-42": 0.673267836031}


def test_a_new_epoch_draws_anew_and_a_larger_share_keeps_who_was_in() -> None:
    units = [f"group_id:{number}" for number in range(3000)]
    now = {unit for unit in units if arm_of(ARMS, unit) == "nothing"}
    later = {unit for unit in units if arm_of(Arms(0.1, 0.05, "2027"), unit) == "nothing"}
    wider = {unit for unit in units if arm_of(Arms(0.2, 0.05, "2026"), unit) == "nothing"}
    assert len(now & later) < 0.3 * len(now)
    assert now < wider


def test_without_a_unit_nobody_is_held_out() -> None:
    assert arm_of(Arms(nothing=1.0, random=0.0), "") == "main"


def test_a_ghost_has_the_draw_of_a_treated_unit_and_no_item() -> None:
    ghost = person(unit_id=unit_in("nothing"))
    treated = person(unit_id=unit_in("main"))
    for number in range(50):
        held, shown = (ask(mixed(), facts, f"r{number}") for facts in (ghost, treated))
        assert (held.ghost, shown.ghost) == (True, False)
        assert (held.status, held.items) == ("nothing", ())
        assert held.draws == shown.draws
        assert held.drops == shown.drops
        assert held.features == {**shown.features, ALONE: held.features[ALONE]}


def test_the_random_arm_is_uniform_over_survivors_with_exact_probability() -> None:
    facts = person(unit_id=unit_in("random"), known=True, person={"known": True})
    rules = mixed()
    found = [ask(rules, facts, f"r{number}").items[0] for number in range(600)]
    assert {(item.how, round(item.pi, 6)) for item in found} == {("arm", 0.333333)}
    counts = Counter(item.message for item in found)
    assert chisquare([counts[key] for key in "abc"]).pvalue > 1e-3


def test_service_messages_are_never_held_out() -> None:
    rules = policy(message("a"), message("s", service=True), arms=ARMS)
    found = ask(rules, person(unit_id=unit_in("nothing")))
    assert [item.message for item in found.items] == ["s"]
    assert found.arm == "nothing"
