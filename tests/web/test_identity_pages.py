"""The page of a person says why it is one, takes it apart after a preview, and takes that back."""

import re
from collections.abc import Iterator

import httpx
import pytest

from tests.flow.sites import CONFIGURATION
from tests.web.serving import Running
from wegweiser.adapters.memory import MemoryClock
from wegweiser.flow.identity_statements import Wish
from wegweiser.settings import Settings
from wegweiser.terms.json import JsonObject
from wegweiser.workspace import operations
from wegweiser.workspace.engines import in_memory
from wegweiser.workspace.site import Site

VISITOR, USER = "anonymous_id:a-1", "user_id:u-1"
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')


async def joined_site() -> Site:
    """Start a site in which a visitor and a user are one."""
    site = Site(in_memory(MemoryClock()), Settings())
    await site.start(background=False)
    await site.loader.take(
        "shop",
        [
            {"type": "page", "messageId": "m-1", "anonymousId": "a-1"},
            {"type": "identify", "messageId": "m-2", "userId": "u-1", "anonymousId": "a-1"},
            {"type": "identify", "messageId": "m-3", "userId": "u-2", "anonymousId": "a-2"},
        ],
    )
    await site.intake.checkpoint()
    return site


@pytest.fixture
def joined() -> Iterator[Running]:
    server = Running(joined_site)
    yield server
    server.close()


def person_of(server: Running, name: str) -> str:
    found = server.site.views.find_person(name)
    assert found is not None
    return found


def press(server: Running, page: httpx.Response, kind: str, **more: str) -> httpx.Response:
    """Press the button of the first form of a kind."""
    forms = re.findall(r'<form[^>]*action="([^"]*)"[^>]*>(.*?)</form>', page.text, re.S)
    for action, inside in forms:
        fields = dict(HIDDEN.findall(inside))
        if fields.get("kind") == kind:
            return server.client.post(action, data=fields | more)
    raise AssertionError(f"no form says {kind}")


def test_a_pair_is_taken_apart_after_a_preview_and_put_back(joined: Running) -> None:
    path = f"/people/{person_of(joined, USER)}"
    page = joined.client.get(path)
    assert "Take apart" in page.text
    assert "Trennen" in joined.client.get(path + "?lang=de").text
    preview = press(joined, page, "cut")
    assert preview.status_code == 200
    assert "Nothing is changed yet" in preview.text
    assert person_of(joined, VISITOR) == person_of(joined, USER)
    done = press(joined, preview, "cut", reason="A family tablet")
    assert done.status_code == 303
    assert person_of(joined, VISITOR) != person_of(joined, USER)
    told = joined.client.get(f"/people/{person_of(joined, USER)}")
    assert "A family tablet" in told.text
    assert "an operator took this evidence out" in told.text
    # The notice above takes it back at once; the list, here without it, shows what would change.
    told = joined.client.get(f"/people/{person_of(joined, USER)}")
    undone = press(joined, press(joined, told, "undo"), "undo")
    assert undone.status_code == 303
    assert person_of(joined, VISITOR) == person_of(joined, USER)
    assert "taken back" in joined.client.get(path).text


def test_a_decision_made_under_a_join_that_is_undone_says_so(joined: Running) -> None:
    site = joined.site
    joined.wait(site.applier.apply([("test.yaml", CONFIGURATION)]))
    asked: JsonObject = {"subject": {"person": USER}, "placements": [{"key": "home.hero"}]}
    told = joined.wait(operations.run(site, "decide", asked))
    path = f"/decisions/{told['decision_id']}"
    note = "that join is undone today"
    assert note not in joined.client.get(path).text
    wish = Wish(kind="cut", pairs=((VISITOR, USER),))
    done = joined.wait(site.identity.desk.say(wish, "ada"))
    assert note in joined.client.get(path).text
    undo = Wish(kind="undo", undoes=str(done["operation_id"]))
    joined.wait(site.identity.desk.say(undo, "ada"))
    assert note not in joined.client.get(path).text


def test_only_own_pages_and_who_is_signed_in_with_the_role_may(joined: Running) -> None:
    path = f"/people/{person_of(joined, USER)}"
    form = {"kind": "cut", "a": VISITOR, "b": USER, "confirm": "1"}
    elsewhere = {"origin": "https://elsewhere.example", "sec-fetch-site": "cross-site"}
    assert joined.client.post(f"{path}/identity", data=form, headers=elsewhere).status_code == 403
    with joined.visitor() as stranger:
        assert stranger.post(f"{path}/identity", data=form).status_code == 303
    people = joined.site.people
    operator = people._operators["admin"]
    people._operators["admin"] = type(operator)(
        operator.name, operator.password_hash, "reader", operator.created_at
    )
    assert "Take apart" not in joined.client.get(path).text
    assert joined.client.post(f"{path}/identity", data=form).status_code == 403
    assert joined.site.identity.desk.said() == []
    assert person_of(joined, VISITOR) == person_of(joined, USER)


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"kind": "cut", "a": VISITOR},
        {"kind": "cut", "a": VISITOR, "b": "user_id:<script>"},
        {"kind": "undo", "operation_id": "op_none"},
    ],
)
def test_a_form_that_cannot_be_read_is_refused(joined: Running, form: dict[str, str]) -> None:
    path = f"/people/{person_of(joined, USER)}/identity"
    answer = joined.client.post(path, data=form)
    assert 400 <= answer.status_code < 500
    assert "<script>" not in answer.text
