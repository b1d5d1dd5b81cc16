"""A second factor that a role needs: nothing else opens before it is set up."""

from collections.abc import Iterator

import msgspec
import pytest

from tests.web.security.test_sign_in import choose, code_now, invited
from tests.web.serving import Running
from wegweiser.terms.errors import InputRefused
from wegweiser.workspace.operations import run


@pytest.fixture
def strict(attacked: Running) -> Iterator[Running]:
    """The server while viewers need a second factor."""
    before = attacked.site.settings
    wish = {"factor_roles": ["viewer"]}
    attacked.wait(run(attacked.site, "company_set", wish))  # type: ignore[arg-type]
    yield attacked
    attacked.site.settings = before


def test_whoever_lacks_one_sets_it_up_before_anything_else(strict: Running) -> None:
    client, people = strict.visitor(), strict.site.people
    assert choose(client, invited(strict, "lacking")).status_code == 303
    for path in ("/", "/profiles", "/settings/company"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, "/settings/me")
    page = client.get("/settings/me")
    assert page.status_code == 200
    assert "Your role needs a second factor." in page.text
    seed = people.new_seed()
    assert people.take_factor("lacking", seed, code_now(strict, seed))
    assert client.get("/").status_code == 200
    people.drop_factor("lacking")
    assert client.get("/").status_code == 303


def test_another_role_is_not_asked(strict: Running) -> None:
    client = strict.visitor()
    assert choose(client, invited(strict, "free", "analyst")).status_code == 303
    assert client.get("/").status_code == 200
    assert not strict.site.people.may_have_factor("free")


def test_a_role_that_does_not_exist_is_refused(attacked: Running) -> None:
    before = msgspec.to_builtins(attacked.site.settings)
    with pytest.raises(InputRefused):
        attacked.wait(run(attacked.site, "company_set", {"factor_roles": ["king"]}))
    assert msgspec.to_builtins(attacked.site.settings) == before


def test_the_page_of_the_company_offers_it(attacked: Running) -> None:
    assert "Who needs a second factor" in attacked.client.get("/settings/company").text
