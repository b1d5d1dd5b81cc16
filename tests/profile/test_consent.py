"""Consent of a person: order of registers, what a join does, what a claim can and cannot."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from wegweiser.profile.consent import EVERY_OTHER, Choice, Choices, LeafConsent, keep
from wegweiser.profile.consent import person_consent as told
from wegweiser.profile.purpose import Purpose, Purposes
from wegweiser.terms.identity import Leaf
from wegweiser.terms.instant import DAY_MS

PURPOSE = "personalisation"
NOT_GRANTED = ("denied", "withdrawn", "conflict", "")
LEAVES = ("user_id:u", "anonymous_id:a", "anonymous_id:b", "claim:user_id:u/a")

choices = st.builds(
    Choice,
    explicit=st.just(True),
    at=st.integers(0, 20),
    denied=st.booleans(),
    message_id=st.sampled_from("xyz"),
)


@st.composite
def leaves(draw: st.DrawFn) -> LeafConsent:
    said = draw(choices)
    register = {PURPOSE: said}
    trusted = draw(st.booleans())
    name = draw(st.sampled_from(LEAVES))
    return LeafConsent(name, register if trusted else {}, {} if trusted else register)


# Nobody is asked for what the service itself needs.
UNASKED = {"functional": "granted", "security": "granted"}


def joined(at: dict[frozenset[Leaf], int], default: int):
    """Give when leaves were joined: more leaves never earlier than fewer of them."""

    def joined_at(names: Sequence[Leaf]) -> int:
        within = [time for some, time in at.items() if some <= set(names)]
        return max(within, default=default)

    return joined_at


@given(st.lists(leaves(), min_size=2, max_size=4, unique_by=lambda one: one.leaf), st.data())
def test_p9_a_join_opens_nothing_without_a_newer_grant(
    held: list[LeafConsent], data: st.DataObject
) -> None:
    join = data.draw(st.integers(0, 20), label="join")
    whole = told(held, joined({}, join)).get(PURPOSE, "")
    split = data.draw(st.integers(1, len(held) - 1), label="split")
    parts = (held[:split], held[split:])
    apart = [told(part, joined({}, join)).get(PURPOSE, "") for part in parts]
    if any(status in ("denied", "conflict") for status in apart) and whole == "granted":
        assert _granted_since(held, join)


def _granted_since(held: list[LeafConsent], join: int) -> bool:
    said = [leaf.on(PURPOSE) for leaf in held]
    return any(one is not None and not one.denied and one.at > join for one in said)


@given(st.lists(leaves(), min_size=1, max_size=4, unique_by=lambda one: one.leaf), st.data())
def test_p9_a_denial_opens_nothing(held: list[LeafConsent], data: st.DataObject) -> None:
    join = data.draw(st.integers(0, 20), label="join")
    before = told(held, joined({}, join)).get(PURPOSE, "")
    index = data.draw(st.integers(0, len(held) - 1), label="leaf")
    at = data.draw(st.integers(0, 20), label="at")
    denial = Choice(True, at, True, "zz")
    after = told(_with(held, index, denial, data.draw(st.booleans())), joined({}, join))
    if before in NOT_GRANTED:
        assert after.get(PURPOSE, "") != "granted"


def _with(held: list[LeafConsent], index: int, said: Choice, trusted: bool) -> list[LeafConsent]:
    old = held[index]
    registers: list[Choices] = [dict(old.trusted), dict(old.public)]
    keep(registers[0 if trusted else 1], PURPOSE, said)
    return [*held[:index], LeafConsent(old.leaf, *registers), *held[index + 1 :]]


def public(leaf: str, purpose: str, denied: bool, at: int = 5) -> LeafConsent:
    return LeafConsent(leaf, {}, {purpose: Choice(True, at, denied, "m")})


def never(names: Sequence[Leaf]) -> None:
    return None


def test_a_claim_may_restrict_but_grants_nothing_that_needs_proof() -> None:
    for purpose in ("email", "marketing", "Newsletter", "sms_marketing"):
        claim = public("claim:user_id:u/a", purpose, denied=False)
        assert purpose not in told([claim], never)
        assert told([public("claim:user_id:u/a", purpose, denied=True)], never) == UNASKED | {
            purpose: "denied"
        }
    assert told([public("claim:user_id:u/a", "statistics", False)], never) == UNASKED | {
        "statistics": "granted"
    }


def test_what_needs_proof_is_declared() -> None:
    open_mail = Purposes((Purpose("marketing", needs_proof=False),))
    said = [public("anonymous_id:a", "marketing", denied=False)]
    assert told(said, never, open_mail) == UNASKED | {"marketing": "granted"}
    strict = Purposes((Purpose("statistics", needs_proof=True),))
    assert told([public("anonymous_id:a", "statistics", False)], never, strict) == UNASKED


def test_what_the_service_needs_is_granted_by_silence_until_declared_or_denied_otherwise() -> None:
    asking = Purposes((Purpose("security"),))
    assert told([], never, asking) == {"functional": "granted"}
    denied = [public("anonymous_id:a", "functional", denied=True)]
    assert told(denied, never) == UNASKED | {"functional": "denied"}


def test_a_category_is_the_purpose_that_it_stands_for() -> None:
    purposes = Purposes((Purpose("measurement", aliases=("C0002",)),))
    named: Choices = {
        "C0002": Choice(True, 5, False, "m"),
        EVERY_OTHER: Choice(True, 5, True, "m"),
    }
    found = told([LeafConsent("user_id:u", named, {})], never, purposes)
    assert (found["measurement"], found["email"]) == ("granted", "denied")
    assert "C0002" not in found


def test_a_grant_lapses_and_silence_means_what_is_declared() -> None:
    purposes = Purposes((Purpose("email", valid_days=10), Purpose("post", when_unset="opt_out")))
    said = [LeafConsent("user_id:u", {"email": Choice(True, 0, False, "m")}, {})]
    at = [told(said, never, purposes, as_of)["email"] for as_of in (9 * DAY_MS, 10 * DAY_MS)]
    assert at == ["granted", "expired"]
    assert told(said, never, purposes)["post"] == "granted"
    refused = [LeafConsent("user_id:u", {"post": Choice(True, 0, True, "m")}, {})]
    assert told(refused, never, purposes)["post"] == "denied"


def test_a_statement_may_say_itself_until_when_it_holds() -> None:
    said = [LeafConsent("user_id:u", {"email": Choice(True, 0, False, "m", 50)}, {})]
    assert [told(said, never, as_of=at)["email"] for at in (49, 50)] == ["granted", "expired"]
