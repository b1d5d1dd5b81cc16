"""Operators and sessions: shown once, kept as hashes, ended in time."""

import msgspec
import pytest
from argon2 import extract_parameters
from argon2.profiles import RFC_9106_LOW_MEMORY

from wegweiser.adapters.memory import MemoryClock, MemoryStore
from wegweiser.ports.operational_store import Change
from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.instant import HOUR_MS, MINUTE_MS
from wegweiser.workspace.operator import Operator
from wegweiser.workspace.people import INVITATIONS, LINK_MS, PEOPLE, People
from wegweiser.workspace.second_factor import STEP_MS, code_at
from wegweiser.workspace.sessions import SESSIONS


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def clock() -> MemoryClock:
    return MemoryClock()


@pytest.fixture
def people(store: MemoryStore, clock: MemoryClock) -> People:
    return People(store, clock)


def test_the_first_password_is_given_once(people: People) -> None:
    password = people.ensure_admin()
    assert password is not None
    assert people.ensure_admin() is None
    assert people.check("admin", password)
    assert not people.check("admin", password + "x")
    assert not people.check("nobody", password)


def test_neither_password_nor_token_is_stored(people: People, store: MemoryStore) -> None:
    password = people.ensure_admin() or ""
    token = people.sign_in("admin")
    for table in (PEOPLE, SESSIONS):
        for key, value in store.scan(table):
            assert password.encode() not in key + value
            assert token.encode() not in key + value
    assert any(b"argon2id" in value for _, value in store.scan(PEOPLE))


def test_a_password_is_hashed_as_strongly_as_rfc_9106_asks(people: People) -> None:
    used = extract_parameters(people.hashed("ada", "a good long sentence"))
    asked = RFC_9106_LOW_MEMORY
    assert used.type is asked.type
    assert used.memory_cost >= asked.memory_cost
    assert used.time_cost >= asked.time_cost
    assert used.salt_len >= asked.salt_len
    assert used.hash_len >= asked.hash_len


def test_sessions_survive_a_restart_of_the_server(
    people: People, store: MemoryStore, clock: MemoryClock
) -> None:
    password = people.ensure_admin() or ""
    token = people.sign_in("admin")
    again = People(store, clock)
    found = again.session_of(token)
    assert found is not None
    assert found.name == "admin"
    assert again.check("admin", password)


def test_a_session_ends_when_it_is_not_used(people: People, clock: MemoryClock) -> None:
    token = people.sign_in("admin")
    clock.advance(29 * MINUTE_MS)
    assert people.session_of(token) is not None
    clock.advance(29 * MINUTE_MS)
    assert people.session_of(token) is not None
    clock.advance(31 * MINUTE_MS)
    assert people.session_of(token) is None


def test_a_session_ends_after_twelve_hours_of_use(people: People, clock: MemoryClock) -> None:
    token = people.sign_in("admin")
    for _ in range(36):
        clock.advance(20 * MINUTE_MS)
        assert people.session_of(token) is not None
    clock.advance(20 * MINUTE_MS)
    assert people.session_of(token) is None


def test_signing_out_ends_the_session_in_the_store_too(
    people: People, store: MemoryStore, clock: MemoryClock
) -> None:
    token = people.sign_in("admin")
    people.sign_out(token)
    assert people.session_of(token) is None
    assert list(store.scan(SESSIONS)) == []
    assert People(store, clock).session_of(token) is None


def test_a_new_password_ends_all_sessions(people: People) -> None:
    old = people.ensure_admin() or ""
    token = people.sign_in("admin")
    new = people.new_password("admin")
    assert people.session_of(token) is None
    assert people.check("admin", new)
    assert not people.check("admin", old)
    with pytest.raises(NotFound):
        people.new_password("nobody")


def test_ended_sessions_are_forgotten(
    people: People, store: MemoryStore, clock: MemoryClock
) -> None:
    people.sign_in("admin")
    clock.advance(13 * HOUR_MS)
    people.sign_in("admin")
    assert len(list(store.scan(SESSIONS))) == 1


@pytest.fixture
def guarded(store: MemoryStore, clock: MemoryClock) -> People:
    people = People(store, clock, lambda: b"a secret outside the store, 32 b")
    people.ensure_admin()
    return people


# RFC 6238, appendix B, SHA-1: seconds since 1970 and the code of eight digits.
VECTORS = [
    (59, "94287082"),
    (1111111109, "07081804"),
    (1111111111, "14050471"),
    (1234567890, "89005924"),
    (2000000000, "69279037"),
    (20000000000, "65353130"),
]


@pytest.mark.parametrize(("seconds", "code"), VECTORS)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    assert code_at(b"12345678901234567890", seconds // 30, 8) == code


def test_a_code_opens_once_and_only_around_its_time(
    guarded: People, store: MemoryStore, clock: MemoryClock
) -> None:
    seed = guarded.new_seed()
    key = guarded.factor_key(seed)
    assert not guarded.take_factor("admin", seed, "000000")
    assert guarded.take_factor("admin", seed, code_at(key, clock.now_ms() // STEP_MS))
    assert not guarded.check_factor("admin", code_at(key, clock.now_ms() // STEP_MS))
    clock.advance(STEP_MS)
    code = code_at(key, clock.now_ms() // STEP_MS)
    assert not guarded.check_factor("admin", code_at(key, clock.now_ms() // STEP_MS + 2))
    assert guarded.check_factor("admin", f" {code[:3]} {code[3:]} ")
    assert not guarded.check_factor("admin", code)
    for _, value in store.scan(PEOPLE):
        assert key not in value


def test_a_link_sets_a_password_once(guarded: People, clock: MemoryClock) -> None:
    token = guarded.add("ada", "analyst", "ada@example.com")
    assert not guarded.check("ada", "")
    invited = guarded.invited(token)
    assert invited is not None
    assert invited.role == "analyst"
    guarded.put_password("ada", guarded.hashed("ada", "a good long sentence"))
    assert guarded.check("ada", "a good long sentence")
    assert guarded.invited(token) is None
    later = guarded.invite("ada")
    clock.advance(LINK_MS + 1)
    assert guarded.invited(later) is None


def test_a_new_link_ends_the_one_before_and_none_is_stored(
    guarded: People, store: MemoryStore
) -> None:
    first = guarded.add("ada", "viewer")
    second = guarded.invite("ada")
    assert guarded.invited(first) is None
    assert guarded.invited(second) is not None
    for key, value in store.scan(INVITATIONS):
        assert second.encode() not in key + value


@pytest.mark.parametrize(
    ("password", "code"),
    [("short", "too_short"), ("aaaaaaaaaaaaaaaa", "guessed"), ("my name is grace", "guessed")],
)
def test_weak_passwords_are_refused(guarded: People, password: str, code: str) -> None:
    guarded.add("grace", "viewer")
    with pytest.raises(InputRefused) as refused:
        guarded.hashed("grace", password)
    assert refused.value.code == code


def test_somebody_always_owns_the_workspace(guarded: People) -> None:
    with pytest.raises(InputRefused):
        guarded.set_role("admin", "viewer")
    with pytest.raises(InputRefused):
        guarded.remove("admin")
    guarded.add("ada", "owner")
    guarded.set_role("admin", "viewer")
    assert guarded.get("admin").role == "viewer"


def test_the_only_operator_of_an_older_folder_owns_it(
    store: MemoryStore, clock: MemoryClock
) -> None:
    old = Operator("admin", "$argon2id$", "admin", 0)
    store.commit([Change(PEOPLE, b"admin", msgspec.json.encode(old))])
    assert People(store, clock).get("admin").role == "owner"


def test_who_was_removed_is_out_everywhere(guarded: People, store: MemoryStore) -> None:
    guarded.add("ada", "viewer")
    token = guarded.sign_in("ada")
    guarded.remove("ada")
    assert guarded.session_of(token) is None
    assert [key for key, _ in store.scan(PEOPLE)] == [b"admin"]
    with pytest.raises(NotFound):
        guarded.get("ada")


def test_choices_are_kept_and_forgotten(
    guarded: People, store: MemoryStore, clock: MemoryClock
) -> None:
    guarded.prefer("admin", {"language": "de", "keys": "off"})
    guarded.prefer("admin", {"keys": ""})
    assert People(store, clock).get("admin").preferences == {"language": "de"}
