"""No other spelling of an address, no other method, no old path opens what a role may not see."""

import re

import pytest

from tests.web.roles import browser_of
from tests.web.serving import Running
from wegweiser.terms.role import may
from wegweiser.web.pages.families import FAMILIES


def closed_to(role: str) -> list[str]:
    pages = [page for family in FAMILIES for page in family.pages if "GET" in page.methods]
    return [
        re.sub(r"\{[^}]*\}", "nobody", page.path)
        for page in pages
        if page.right is not None and not may(role, page.right) and page.path != "/"
    ]


@pytest.mark.parametrize("role", ["viewer", "auditor", "support"])
def test_the_head_of_a_closed_page_is_closed(attacked: Running, role: str) -> None:
    client = browser_of(attacked, role)
    paths = closed_to(role)
    assert len(paths) > 10
    for path in paths:
        assert client.head(path).status_code == 403, path


@pytest.mark.parametrize("role", ["viewer", "auditor"])
def test_no_spelling_of_an_address_opens_a_closed_page(attacked: Running, role: str) -> None:
    client = browser_of(attacked, role)
    for path in closed_to(role)[:12]:
        first = path.split("/")[1]
        spellings = (
            path + "/",
            path.replace(first, f"%{ord(first[0]):02x}{first[1:]}", 1),
            path.upper(),
            f"{path};x=1",
            f"/.{path}",
            f"/static/..{path}",
            f"/static/%2e%2e{path}",
            f"{path}?lang=de",
            f"{path}?form=json",
        )
        for spelling in spellings:
            answer = client.get(spelling)
            assert answer.status_code in (400, 403, 404), spelling
            assert len(answer.history) == 0


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "get"])
def test_other_methods_open_nothing(attacked: Running, method: str) -> None:
    client = browser_of(attacked, "viewer")
    for path in ("/settings/people", "/people/nobody", "/data/live", "/settings/audit"):
        answer = client.request(method, path)
        assert answer.status_code in (400, 403, 404, 405, 501), (method, path)


def test_a_method_cannot_be_overridden(attacked: Running) -> None:
    client = browser_of(attacked, "owner")
    headers = {"x-http-method-override": "POST", "x-method-override": "POST"}
    answer = client.get("/settings/keys?do=source_create&name=by-get", headers=headers)
    assert answer.status_code == 200
    assert attacked.site.callers.named("by-get") is None


def test_a_signed_in_browser_opens_no_route_of_the_api(attacked: Running) -> None:
    client = browser_of(attacked, "owner")
    for path in ("/v1/admin/people_list", "/v1/admin/new_password", "/v1/admin/export/persons"):
        asked = (
            client.post(path, json={"name": "admin"}) if "export" not in path else client.get(path)
        )
        assert asked.status_code == 401, path
