"""Operators and sessions: shown once, kept as hashes, ended in time."""

import pytest

from wegweiser.adapters.memory import MemoryClock, MemoryStore
from wegweiser.terms.errors import NotFound
from wegweiser.terms.instant import HOUR_MS, MINUTE_MS
from wegweiser.workspace.people import PEOPLE, SESSIONS, People


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
