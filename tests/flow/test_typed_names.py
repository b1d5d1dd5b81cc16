"""Names of the erased in texts that people typed: which are found, and which are left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wegweiser.flow.segment_rules import SCHEMAS
from wegweiser.flow.typed_names import MARK, TypedNames
from wegweiser.query.cel import compile_rule

ADA = TypedNames(
    frozenset(
        {
            "email:ada@buyer.example",
            "phone:+49301234567",
            "user_id:u-1042",
            "user_id:4711",
            "user_id:enterprise",
            "anonymous_id:0b9f6d1e-2a70-4a3c-9d0e-6a1b2c3d4e5f",
            "email:eva@xn--bcher-kva.example",
        }
    )
)


@pytest.mark.parametrize(
    ("typed", "left"),
    [
        ('p.traits.email == "Ada@Buyer.Example"', 'p.traits.email == "(erased)"'),
        ("Call +49 (30) 1234-567, or 030 1234567.", "Call (erased), or (erased)."),
        ("0049 30 1234567 or 49301234567", "(erased) or (erased)"),
        ("/profiles?words=ada%40buyer.example&sort=name", "/profiles?words=(erased)&sort=name"),
        ("user_id%3Au-1042", "(erased)"),
        ('matches("^ada@buyer\\\\.example$")', 'matches("^(erased)$")'),
        ("Eva (eva@Bücher.example) rang", "Eva ((erased)) rang"),
        ("id u-1042.", "id (erased)."),
        ("0B9F6D1E-2a70-4a3c-9d0e-6a1b2c3d4e5f", "0B9F6D1E-2a70-4a3c-9d0e-6a1b2c3d4e5f"),
        ("0b9f6d1e-2a70-4a3c-9d0e-6a1b2c3d4e5f", "(erased)"),
        ('id in ["4711", "4712"] and 4711 of them', 'id in ["4711", "4712"] and 4711 of them'),
        ("user_id:4711 and user_id:47110", "(erased) and user_id:47110"),
        ('plan == "enterprise"', 'plan == "enterprise"'),
        ("user_id:enterprise", "(erased)"),
    ],
)
def test_what_is_found(typed: str, left: str) -> None:
    if '"4711"' in typed:
        left = left.replace('"4711"', MARK)
    assert ADA.without(typed)[0] == left


@pytest.mark.parametrize(
    "other",
    [
        "nada@buyer.example",
        "not-ada@buyer.example",
        "ada@buyer.example.org",
        "ada@buyer.examples",
        "u-10420",
        "xu-1042",
        "+493012345678",
        "030 12345678",
    ],
)
def test_the_names_of_others_stay(other: str) -> None:
    assert ADA.without(f"Write to {other} today") == (f"Write to {other} today", 0)


def test_words_of_the_configuration_stay() -> None:
    hostile = TypedNames(frozenset({"user_id:home.hero", "user_id:summer-2026"}), {"home.hero"})
    assert hostile.without("home.hero and summer-2026") == ("home.hero and (erased)", 1)
    assert hostile.surely().without("home.hero and summer-2026 user_id:home.hero") == (
        "home.hero and summer-2026 (erased)",
        1,
    )


def test_json_is_gone_through_with_the_names_of_its_fields() -> None:
    told = {"ada@buyer.example": ["u-1042", {"note": "call u-1042"}], "n": 4711, "ok": True}
    assert ADA.without_in(told) == (
        {"(erased)": ["(erased)", {"note": "call (erased)"}], "n": 4711, "ok": True},
        3,
    )


@given(st.lists(st.sampled_from(["ada@buyer.example", "bob@buyer.example", "u-1042"]), min_size=1))
def test_a_rule_stays_one_and_names_nobody_erased(listed: list[str]) -> None:
    when = f"p.traits.email in {listed!r}".replace("'", '"')
    left, count = ADA.without(when)
    assert count == sum(one != "bob@buyer.example" for one in listed)
    compile_rule(left, SCHEMAS["person"])
    assert ADA.without(left) == (left, 0)


@given(st.text(max_size=60))
def test_what_is_without_names_stays_without(text: str) -> None:
    left, _ = ADA.without(text)
    assert ADA.without(left)[0] == left


def test_many_names_are_found_as_few_are() -> None:
    names = frozenset(f"email:person{number}@buyer.example" for number in range(500))
    many = TypedNames(names)
    assert many.without("person7@buyer.example, person700@buyer.example") == (
        "(erased), person700@buyer.example",
        1,
    )
    assert many.may_hold(b'{"to": "x\\nperson7@buyer.example"}')
    assert not many.may_hold(b'{"to": "nobody@buyer.org"}')


def test_stored_json_is_looked_through_quickly() -> None:
    assert ADA.may_hold(b'{"note": "line\\n030 1234567"}')
    assert ADA.may_hold(b'{"note": "ADA@buyer.example"}')
    assert not ADA.may_hold(b'{"note": "+49 30 7654321, bob"}')
    assert not TypedNames(frozenset()).may_hold(b"{}")
