"""Consent of whoever has one device: a device that never said anything changes nothing."""

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from wegweiser.profile.consent import EVERY_OTHER, GPC, Choice, Choices, LeafConsent, person_consent
from wegweiser.profile.purpose import Purpose, Purposes
from wegweiser.terms.identity import Leaf
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.policy import PURPOSES

# Some purposes of the house: by proof, by silence, by other names, and for a while only.
PURPOSES_HERE = Purposes(
    (
        Purpose("email", needs_proof=True, aliases=("C0004",)),
        Purpose("research", when_unset="opt_out"),
        Purpose("advertising", valid_days=2),
        Purpose("partner", needs_proof=True, when_unset="opt_out", valid_days=1),
    )
)
NAMED = (*PURPOSES, EVERY_OTHER, GPC, "email", "C0004", "research", "partner", "made-up")
LEAVES = (
    *("user_id:u", "anonymous_id:a", "claim:user_id:u/a", "claim:user_id:u/anonymous_id:a"),
    *("in_session:a/s", "email:a@house.de", "ios.id:7"),
)
SILENT = ("anonymous_id:z", "anonymous_id:a", "user_id:u", "claim:user_id:u/z", "in_session:z/s")


def moments() -> st.SearchStrategy[int]:
    """Some days, and moments that meet."""
    return st.sampled_from([day * DAY_MS + rest for day in range(5) for rest in (0, 1, 7)])


choices = st.builds(
    Choice,
    explicit=st.booleans(),
    at=moments(),
    denied=st.booleans(),
    message_id=st.sampled_from("xy"),
    expires_at=st.one_of(st.just(0), moments()),
    withdrawn=st.booleans(),
)
registers = st.dictionaries(st.sampled_from(NAMED), choices, max_size=5)
purposes = st.sampled_from([Purposes(), PURPOSES_HERE])


def alone(
    name: Leaf, trusted: Choices, public: Choices, purposes: Purposes, as_of: int | None
) -> tuple[dict[str, str], LeafConsent]:
    held = LeafConsent(name, trusted, public)
    return person_consent([held], lambda names: None, purposes, as_of), held


@settings(max_examples=400)
@given(
    st.sampled_from(LEAVES),
    registers,
    registers,
    purposes,
    st.one_of(st.none(), moments()),
    st.sets(st.sampled_from(SILENT), min_size=1),
    st.one_of(st.none(), moments()),
)
def test_devices_that_said_nothing_change_nothing(
    name: Leaf,
    trusted: Choices,
    public: Choices,
    purposes: Purposes,
    as_of: int | None,
    silent: set[Leaf],
    joined: int | None,
) -> None:
    """One device is read on a way of its own; beside silent ones it is weighed against them."""
    own, held = alone(name, trusted, public, purposes, as_of)
    others = [LeafConsent(other, {}, {}) for other in sorted(silent - {name})]
    for beside in (others, [LeafConsent("anonymous_id:nobody", {}, {}), *others]):
        if beside:
            assert person_consent([held, *beside], lambda names: joined, purposes, as_of) == own


@given(st.sampled_from(LEAVES), registers, registers, moments())
def test_alone_nothing_is_in_conflict_and_proof_is_asked_for(
    name: Leaf, trusted: Choices, public: Choices, as_of: int
) -> None:
    own, _ = alone(name, trusted, public, PURPOSES_HERE, as_of)
    assert "conflict" not in own.values()
    proven, _ = alone(name, trusted, {}, PURPOSES_HERE, as_of)
    for purpose in ("email", "partner"):
        if own.get(purpose) == "granted" and proven.get(purpose) != "granted":
            # What nobody proved is as if nothing had been said.
            assert purpose in PURPOSES_HERE.opt_outs
            assert not any(one.denied for one in public.values())


@given(st.sampled_from(LEAVES), registers, registers, purposes, moments())
def test_a_grant_holds_until_it_lapses_and_a_denial_for_ever(
    name: Leaf, trusted: Choices, public: Choices, purposes: Purposes, as_of: int
) -> None:
    then, _ = alone(name, trusted, public, purposes, as_of)
    ever, held = alone(name, trusted, public, purposes, None)
    assert then.keys() == ever.keys()
    for purpose, status in then.items():
        assert status in (ever[purpose], "expired")
        said = held.on(purpose, purposes)
        ends = () if said is None else (said.expires_at, purposes.lasts_until(purpose, said.at))
        lapsed = any(0 < end <= as_of for end in ends)
        assert (status == "expired") == (ever[purpose] == "granted" and lapsed)


@given(st.sampled_from(LEAVES), registers, registers, purposes, st.data())
def test_whoever_denies_last_has_denied(
    name: Leaf, trusted: Choices, public: Choices, purposes: Purposes, data: st.DataObject
) -> None:
    purpose = data.draw(st.sampled_from(PURPOSES), label="purpose")
    last = Choice(True, 9 * DAY_MS, True, "z", withdrawn=data.draw(st.booleans()))
    said = {**public, purpose: last}
    told, _ = alone(name, trusted, said, purposes, 10 * DAY_MS)
    assert told[purpose] == last.status
    assert msgspec.structs.replace(last, denied=False).status == "granted"
