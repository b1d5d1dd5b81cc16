"""Normalisation of identifiers: one spelling for one thing, nothing for what is none."""

import pytest

from wegweiser.resolve import mention
from wegweiser.resolve.leaf import claim_leaf, parts_of_claim
from wegweiser.resolve.normalise import normalise


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        ("user_id", "  U-1\u2003", "U-1"),
        ("user_id", 42, "42"),
        ("user_id", 42.0, "42"),
        ("user_id", "e\u0301", "\u00e9"),
        ("email", " Ada.L+news@BUYER.example ", "ada.l+news@buyer.example"),
        ("email", "ada@m\u00fcller.de", "ada@xn--mller-kva.de"),
        ("phone", "0049 30 123456", "+4930123456"),
        ("ios.id", "AEBE52E7-03EE-455A-B3C4-E57283966239", "aebe52e7-03ee-455a-b3c4-e57283966239"),
        ("anonymous_id", "AEBE52E7-03EE-455A", "AEBE52E7-03EE-455A"),
    ],
)
def test_one_spelling(kind: str, raw: object, value: str) -> None:
    assert normalise(kind, raw) == value
    assert normalise(kind, value) == value


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ("user_id", ""),
        ("user_id", "   "),
        ("user_id", "a\x00b"),
        ("user_id", "a\x1bb"),
        ("user_id", "x" * 256),
        ("user_id", True),
        ("user_id", ["u"]),
        ("user_id", {"id": "u"}),
        ("user_id", None),
        ("user_id", "NULL"),
        ("user_id", "'guest'"),
        ("user_id", "{{ user.id }}"),
        ("email", "nobody"),
        ("email", "a@b@c.de"),
        ("email", "a b@c.de"),
        ("email", "somebody@example.com"),
        ("phone", "030 123456"),
        ("phone", "ring me"),
    ],
)
def test_no_identifier(kind: str, raw: object) -> None:
    assert normalise(kind, raw) is None


@pytest.mark.parametrize("user", ["u", "u/1", "a%2Fb", "x:y", "%"])
@pytest.mark.parametrize("device", [None, "anonymous_id:a/b:c%", "ios.id:x/y"])
def test_a_claim_leaf_can_be_read_back(user: str, device: str | None) -> None:
    assert parts_of_claim(claim_leaf(f"user_id:{user}", device)) == (f"user_id:{user}", device)


def test_long_texts_of_strangers_are_not_kept_in_memory():
    before = mention._name_of_text.cache_info().currsize
    for number in range(50):
        assert mention.name_of("email", f"{number}{'x' * 600}@buyer.example") is None
    assert mention._name_of_text.cache_info().currsize == before
