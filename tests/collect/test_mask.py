"""Masking: what goes, what stays, and the laws that hold for whatever is sent."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from wegweiser.collect.account_number import (
    COUNTRIES,
    MOST_LOOKS,
    NumberBlotter,
    is_account,
    is_card,
    without_numbers,
)
from wegweiser.collect.decode import decode
from wegweiser.collect.deny import AT_END, WHOLE, WITHIN, is_denied
from wegweiser.collect.mask import HASHED, FieldRule, Masker, masked, masked_source

RULES = [
    FieldRule("hash", field="salary"),
    FieldRule("drop", path="properties.note"),
    FieldRule("mask", field="secret_plan"),
]
MASKERS = [Masker(), Masker(RULES, "5e" * 32)]
CARDS = ["4111111111111111", "5500 0000 0000 0004", "3400-000000-00009", "6011000000000004"]
ACCOUNTS = ["DE89370400440532013000", "GB29 NWBK 6016 1331 9268 19", "at611904300234573201"]

words = st.sampled_from([*WITHIN, *AT_END, *WHOLE, "plan", "salary", "note", "x", "Tokens", "s"])
gaps = st.sampled_from(["", "_", "-", ".", " "])
cased = st.sampled_from([str.lower, str.upper, str.title])
names = st.builds(
    lambda parts, gap, case: case(gap.join(parts)),
    st.lists(words, min_size=1, max_size=2),
    gaps,
    cased,
)
texts = st.one_of(st.text(max_size=20), st.sampled_from([*CARDS, *ACCOUNTS, "1700000000000"]))
sentences = st.lists(texts, max_size=3).map(" ".join)
values = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**62), 2**62),
        st.floats(allow_nan=False),
        sentences,
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.one_of(names, st.text(max_size=8)), inner, max_size=4),
    ),
    max_leaves=12,
)


@pytest.mark.parametrize("masker", MASKERS)
@given(value=values)
def test_masking_twice_is_masking_once(masker, value):
    once, _ = masker.masked(value)
    assert masker.masked(once) == (once, ())


@pytest.mark.parametrize("masker", MASKERS)
@given(value=values)
def test_a_place_is_told_exactly_when_something_changed(masker, value):
    found, places = masker.masked(value)
    assert bool(places) == (found != value)


@pytest.mark.parametrize("masker", MASKERS)
@given(
    element=st.dictionaries(st.one_of(names, st.text(max_size=8)), values, max_size=4),
    escaped=st.booleans(),
)
@example(element={"p\\password": 1, 'a"token': "x"}, escaped=False)
@example(element={"\u212ainder_pin": "x", "pin ": "y"}, escaped=True)
def test_looking_at_the_bytes_first_changes_nothing(masker, element, escaped):
    body = json.dumps({"batch": [element]}, ensure_ascii=escaped).encode("utf-8", "replace")
    decoded = decode(body, batch=True)
    found = masker.decoded(decoded)
    assert found.elements == [masker.masked(one)[0] for one in decoded.elements]


@given(word=words.filter(lambda word: word in (*WITHIN, *AT_END, *WHOLE)), gap=gaps, case=cased)
def test_a_denied_name_is_denied_however_it_is_written(word, gap, case):
    assert is_denied(case(gap.join(word)))


@pytest.mark.parametrize(
    "name", ["tokens_used", "plan", "cards", "pinned", "panel", "discard", "secretary", "instance"]
)
def test_names_that_only_look_alike_stay(name):
    assert not is_denied(name)


@pytest.mark.parametrize("number", CARDS)
def test_card_numbers_go_in_any_spelling_and_place(number):
    assert without_numbers(f"my card: {number}.") == "my card: [card]."
    assert masked({"a": [{"b": number}]}) == {"a": [{"b": "[card]"}]}


def test_a_card_number_that_is_a_number_goes_too():
    assert masked({"a": 4111111111111111, "b": 4111111111111112}) == {
        "a": "***",
        "b": 4111111111111112,
    }


@pytest.mark.parametrize("number", ACCOUNTS)
def test_account_numbers_go_and_what_stands_beside_them_stays(number):
    assert without_numbers(f"to {number} today") == "to [iban] today"


@pytest.mark.parametrize(
    "text",
    [
        "1700000000000", "20240102120000", "4111111111111112", "DE89370400440532013001",
        "0.4111111111111111", "a4111111111111111", "123e4567-e89b-12d3-a456-426614174000",
    ],
)  # fmt: skip
def test_other_numbers_stay(text):
    assert without_numbers(text) == text


@given(st.integers(10**14, 10**15 - 1))
def test_one_of_ten_last_digits_makes_a_card(body):
    assert sum(is_card(f"4{body % 10**14:014d}{digit}") for digit in range(10)) == 1


@given(st.sampled_from(COUNTRIES), st.integers(0, 10**10))
def test_a_wrong_check_number_makes_no_account(country, number):
    found = [is_account(f"{country}{check:02d}{number:018d}") for check in range(2, 99)]
    assert sum(found) <= 1


def test_ids_and_the_address_of_push_messages_stay():
    element = {
        "userId": CARDS[0],
        "messageId": CARDS[3],
        "context": {"device": {"token": "push-1"}},
        "properties": {"device": {"token": "t"}},
    }
    found, places = Masker().masked(element)
    assert found == {**element, "properties": {"device": {"token": "***"}}}
    assert places == ("masked /properties/device/token",)


def test_whether_there_is_a_secret_says_nothing_of_it():
    assert masked({"password": True, "pin": None, "token": ""}) == {
        "password": True,
        "pin": None,
        "token": "",
    }


def test_the_same_value_has_the_same_hash_under_one_secret_only():
    first, other = Masker(RULES, "01" * 32), Masker(RULES, "02" * 32)
    a, _ = first.masked({"salary": 100, "Salary": 100})
    assert a["salary"] == a["Salary"]
    assert a["salary"].startswith(HASHED)
    assert a["salary"] != other.masked({"salary": 100})[0]["salary"]


@pytest.mark.parametrize(
    "source",
    ['{"password" : "a\\"b"}', '{"x":{"pin":1234}}', '{"card":{"n":1}}', '{"p\\u0069n":1}'],
)
def test_a_source_that_cannot_be_read_keeps_no_secret(source):
    found = masked_source(source)
    assert not any(secret in found for secret in ('a\\"b', "1234", '"n":1', "u0069"))


card_like = st.one_of(
    st.from_regex(r"[2-6][0-9]{12,18}", fullmatch=True), st.sampled_from(CARDS[:1])
)


@given(st.lists(card_like, max_size=8), st.sampled_from([" / ", ", ", "; ", "\n", ","]))
def test_each_number_of_a_text_is_judged_by_itself(numbers, between):
    fates = ["[card]" if is_card(number) else number for number in numbers]
    assert NumberBlotter(most_looks=100).plain(between.join(numbers)) == between.join(fates)


def test_a_number_behind_one_that_is_none_is_found():
    assert without_numbers("2345 4111 1111 1111 1111") == "2345 [card]"
    assert without_numbers("DE12 DE89 3704 0044 0532 0130 00") == "DE12 [iban]"


def test_a_text_full_of_numbers_is_blotted_out_beyond_what_is_looked_at():
    looked_at = " / ".join(["4111111111111112"] * 3)
    assert NumberBlotter(most_looks=2).plain(looked_at) == looked_at
    assert NumberBlotter(most_looks=1).plain(looked_at).endswith("12 / 4111111111111112 / [number]")
    accounts = " / ".join(["DE88370400440532013000"] * 3)
    assert NumberBlotter(most_looks=1).plain(accounts).endswith("000 / [number]")


def test_what_is_looked_at_is_counted_over_all_elements_of_a_body():
    element = {"properties": {"x": "4111-" * 5_000}}
    body = json.dumps({"batch": [element] * 16}).encode()
    found = Masker().decoded(decode(body, batch=True)).elements
    assert found[0]["properties"]["x"].endswith("-[number]-")
    assert [one["properties"]["x"].count("4111") for one in found[1:]] == [1] * 15
    assert found[0]["properties"]["x"].count("4111") == MOST_LOOKS + 1
    assert Masker().masked(found[0])[0] == found[0]


def test_a_number_alone_in_its_text_is_always_looked_at():
    articles = [f"4006381{number:06d}" for number in range(3 * MOST_LOOKS)]
    decoded = decode(json.dumps({"batch": [{"eans": articles}, {"ean": CARDS[0]}]}).encode(), True)
    lists, single = Masker().decoded(decoded).elements
    assert lists["eans"] == ["[card]" if is_card(one) else one for one in articles]
    assert single == {"ean": "[card]"}
