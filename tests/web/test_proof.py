"""Sensitive changes ask once more who somebody is, and go on with what was filled in."""

from collections.abc import Iterator

import pytest

from tests.web.roles import browser_of
from tests.web.serving import Running
from wegweiser.adapters.memory import MemoryClock
from wegweiser.settings import Settings
from wegweiser.terms.instant import MINUTE_MS
from wegweiser.web.pages.form import form_token
from wegweiser.workspace.engines import in_memory
from wegweiser.workspace.second_factor import STEP_MS, code_at
from wegweiser.workspace.site import Site

CLOCK = MemoryClock(1_800_000_000_000)


@pytest.fixture(scope="module")
def house() -> Iterator[Running]:
    async def make() -> Site:
        site = Site(in_memory(CLOCK), Settings())
        await site.start(background=False)
        return site

    server = Running(make)
    yield server
    server.close()


def test_a_second_factor_goes_only_with_the_password(house: Running) -> None:
    people = house.site.people
    seed = people.new_seed()
    key = people.factor_key(seed)
    assert people.take_factor("admin", seed, code_at(key, CLOCK.now_ms() // STEP_MS))
    client, form = house.client, {"do": "drop"}
    asked = client.post("/settings/me", data=form)
    assert asked.status_code == 422
    assert "Is it you?" in asked.text
    wrong = client.post("/settings/me", data={**form, "proof": "not the password"})
    assert "This is not your present password." in wrong.text
    assert people.get("admin").factor
    done = client.post("/settings/me", data={**form, "proof": house.password})
    assert done.status_code == 303
    assert not people.get("admin").factor


def test_a_role_is_changed_by_who_has_just_signed_in_or_shows_it_once_more(
    house: Running,
) -> None:
    house.site.people.add("grace", "viewer")
    client = house.visitor()
    signed = client.post("/sign-in", data={"name": "admin", "password": house.password})
    assert signed.status_code == 303
    client.headers["x-form-token"] = form_token(client.cookies["wegweiser"])
    form = {"do": "role", "name": "grace", "role": "analyst"}
    assert client.post("/settings/people", data=form).status_code == 303
    CLOCK.advance(11 * MINUTE_MS)
    form["role"] = "admin"
    asked = client.post("/settings/people", data=form)
    assert asked.status_code == 422
    assert 'name="role" value="admin"' in asked.text
    assert 'name="name" value="grace"' in asked.text
    assert house.password not in asked.text
    assert house.site.people.get("grace").role == "analyst"
    assert (
        client.post("/settings/people", data={**form, "proof": house.password}).status_code == 303
    )
    assert house.site.people.get("grace").role == "admin"
    again = client.post("/settings/people", data={**form, "role": "viewer"})
    assert again.status_code == 303


def test_without_password_and_factor_only_a_new_sign_in_is_a_proof(house: Running) -> None:
    client = browser_of(house, "owner")
    form = {"do": "role", "name": "grace", "role": "analyst"}
    CLOCK.advance(11 * MINUTE_MS)
    asked = client.post("/settings/people", data={**form, "proof": "anything"})
    assert asked.status_code == 422
    assert "Sign out and in again first." in asked.text
