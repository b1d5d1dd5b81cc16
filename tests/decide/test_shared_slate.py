"""Laws of the draw among people: nobody twice, no role beyond half, no budget beyond its room."""

import hashlib
from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wegweiser.decide.arbitrate import Utilities
from wegweiser.decide.policy import Numbers
from wegweiser.decide.probability import WHOLE
from wegweiser.decide.shared_slate import Exploration, Fared, Member, chances_of, share
from wegweiser.terms.decision import Round

NO_FLOOR = Exploration(0.0, 10)
USUAL = Exploration(0.02, 10)
ACCOUNT = "weekly account acme"
GROUP = "weekly group acme/buyers"
DRAWS = 400_000


def numbers(seed: int) -> Callable[[int], int]:
    """Give one integer per round, as a secret would."""
    return lambda round_: int.from_bytes(hashlib.sha256(f"{seed}|{round_}".encode()).digest()[:4])


def pairs(random: np.random.Generator, count: int) -> Utilities:
    return Utilities(
        random.normal(-3.0, 1.0, count),
        random.uniform(0.05, 0.9, count),
        random.uniform(5.0, 60.0, count),
        random.uniform(0.0, 0.5, count),
    )


@st.composite
def accounts(draw: st.DrawFn) -> tuple[list[Member], dict[str, int]]:
    """People of one account, some of a buying group, with budgets that may be larger or smaller."""
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    count = draw(st.integers(1, 14))
    rooms = {ACCOUNT: draw(st.integers(0, 9)), GROUP: draw(st.integers(0, 5))}
    members = [
        Member(
            name=f"r-{number}",
            utilities=pairs(random, draw(st.integers(1, 6))),
            rooms=frozenset(
                draw(st.sampled_from([(ACCOUNT,), (ACCOUNT, GROUP), (GROUP,)])),
            ),
            role=draw(st.sampled_from(["", "finance", "security"])),
            by_lot=draw(st.booleans()),
        )
        for number in range(count)
    ]
    return members, rooms


@given(accounts(), st.integers(0, 1_000))
def test_nobody_twice_no_role_beyond_half_and_no_budget_beyond_its_room(
    account: tuple[list[Member], dict[str, int]], seed: int
) -> None:
    members, rooms = account
    order, fared = share(members, rooms, USUAL, numbers(seed))
    by_name = {one.name: one for one in members}
    assert len(set(order)) == len(order)
    for room, left in rooms.items():
        told = [by_name[name] for name in order if room in by_name[name].rooms]
        assert len(told) <= left
        roles = Counter(one.role for one in told if one.role)
        assert all(count <= (left + 1) // 2 for count in roles.values())
    assert fared.keys() == by_name.keys()
    assert {name for name, one in fared.items() if not one.kept_out} == set(order)
    for name, one in fared.items():
        if one.kept_out:
            check_full(one.kept_out, by_name[name], order, by_name, rooms)


def check_full(
    room: str, member: Member, order: list[str], by_name: dict[str, Member], rooms: dict[str, int]
) -> None:
    """Nobody is kept out while there is room for them: as many are told as the limits allow."""
    assert room in member.rooms
    told = [by_name[name] for name in order if room in by_name[name].rooms]
    same = [one for one in told if member.role and one.role == member.role]
    assert len(told) == rooms[room] or len(same) == (rooms[room] + 1) // 2


@given(accounts(), st.integers(0, 1_000))
def test_the_rounds_of_all_are_the_same_draws_and_each_sums_to_two_to_the_32(
    account: tuple[list[Member], dict[str, int]], seed: int
) -> None:
    members, rooms = account
    order, fared = share(members, rooms, USUAL, numbers(seed))
    for place, winner in enumerate(order):
        stood = {name: one.rounds[place] for name, one in fared.items() if len(one.rounds) > place}
        assert {one.before + one.own + one.after for one in stood.values()} == {WHOLE}
        assert sum(one.own for one in stood.values()) == WHOLE
        assert {one.drawn for one in stood.values()} == {numbers(seed)(place)}
        assert [name for name, one in stood.items() if one.is_own] == [winner]


@given(accounts(), st.integers(0, 1_000), st.randoms())
def test_in_which_order_people_come_makes_no_difference(
    account: tuple[list[Member], dict[str, int]], seed: int, shuffler: object
) -> None:
    members, rooms = account
    other = list(members)
    shuffler.shuffle(other)  # type: ignore[attr-defined]
    assert share(members, rooms, USUAL, numbers(seed)) == share(other, rooms, USUAL, numbers(seed))


@given(st.integers(0, 2**32))
def test_the_order_makes_no_difference_with_more_people_than_room(seed: int) -> None:
    random = np.random.default_rng(seed)
    members = [
        Member(f"r-{number}", pairs(random, 3), frozenset((ACCOUNT,))) for number in range(8)
    ]
    there, _ = share(members, {ACCOUNT: 3}, USUAL, numbers(seed))
    back, _ = share(members[::-1], {ACCOUNT: 3}, USUAL, numbers(seed))
    assert there == back
    assert len(there) == 3


def best_of_all(members: list[Member], seed: int) -> Numbers:
    """How often the best pair of all is of each member, in many draws of all pairs."""
    random = np.random.default_rng(seed)
    highest = []
    for one in members:
        parts = one.utilities
        noise = random.standard_normal((DRAWS, len(parts.mean)))
        response = parts.mean + parts.spread * noise
        worth = parts.worth / (1.0 + np.exp(-response)) - parts.cost
        highest.append(worth.max(axis=1))
    best = np.stack(highest).argmax(axis=0)
    return np.bincount(best, minlength=len(members)) / DRAWS


@pytest.mark.parametrize("seed", range(4))
def test_the_chance_of_a_person_is_how_often_the_best_pair_of_all_is_theirs(seed: int) -> None:
    random = np.random.default_rng(seed)
    members = [
        Member(f"r-{number}", pairs(random, 1 + number), frozenset((ACCOUNT,)))
        for number in range(6)
    ]
    assert np.abs(chances_of(members, NO_FLOOR) - best_of_all(members, seed)).max() < 0.005


def test_the_chances_of_the_second_contact_are_those_among_who_is_left() -> None:
    random = np.random.default_rng(9)
    members = [
        Member(f"r-{number}", pairs(random, 3), frozenset((ACCOUNT,))) for number in range(5)
    ]
    order, fared = share(members, {ACCOUNT: 2}, NO_FLOOR, numbers(9))
    left = [one for one in members if one.name != order[0]]
    logged = np.array([fared[one.name].rounds[1].own / WHOLE for one in left])
    assert np.abs(logged - best_of_all(left, 9)).max() < 0.005


def test_what_is_drawn_is_what_was_computed() -> None:
    random = np.random.default_rng(3)
    members = [
        Member(f"r-{number}", pairs(random, 2), frozenset((ACCOUNT,))) for number in range(4)
    ]
    chances = chances_of(members, USUAL)
    firsts = Counter(
        share(members, {ACCOUNT: 1}, USUAL, numbers(seed))[0][0] for seed in range(4_000)
    )
    for member, chance in zip(members, chances, strict=True):
        error = 4.5 * np.sqrt(chance * (1 - chance) / 4_000)
        assert abs(firsts[member.name] / 4_000 - chance) < error


def test_by_lot_everybody_has_the_same_part_and_the_others_share_the_rest() -> None:
    random = np.random.default_rng(5)
    members = [
        Member(f"r-{number}", pairs(random, 2), frozenset(), by_lot=number < 2)
        for number in range(5)
    ]
    chances = chances_of(members, NO_FLOOR)
    assert chances[:2].tolist() == [0.2, 0.2]
    assert np.allclose(chances[2:], 0.6 * chances_of(members[2:], NO_FLOOR), atol=1e-12)
    assert chances_of(members[:2], USUAL).tolist() == [0.5, 0.5]


def test_people_without_a_role_are_not_alike() -> None:
    random = np.random.default_rng(6)
    plain = [Member(f"r-{one}", pairs(random, 2), frozenset((ACCOUNT,))) for one in range(6)]
    order, _ = share(plain, {ACCOUNT: 4}, USUAL, numbers(6))
    assert len(order) == 4
    same = [Member(one.name, one.utilities, one.rooms, "finance") for one in plain]
    order, fared = share(same, {ACCOUNT: 4}, USUAL, numbers(6))
    assert len(order) == 2
    assert sum(one.kept_out == ACCOUNT for one in fared.values()) == 4


def test_without_room_nobody_stands() -> None:
    random = np.random.default_rng(7)
    plain = [Member(f"r-{one}", pairs(random, 2), frozenset((ACCOUNT,))) for one in range(3)]
    order, fared = share(plain, {ACCOUNT: 0}, USUAL, numbers(7))
    assert order == []
    assert set(fared.values()) == {Fared((), ACCOUNT)}


def test_a_round_is_ones_own_where_the_number_falls_into_the_own_part() -> None:
    assert [Round(5, 3, WHOLE - 8, drawn).is_own for drawn in (4, 5, 7, 8)] == [
        False,
        True,
        True,
        False,
    ]
