"""Messages by plain forms: written, checked, previewed, published, taken up again, and reviewed."""

import re
from collections.abc import Iterator

import httpx
import msgspec
import pytest

from tests.browser.tagged import CONFIGURATION
from tests.web.roles import browser_of
from tests.web.serving import HOSTILE, Running, empty_site, settled
from tests.web.test_pages import Reading
from wegweiser.terms.message import Message
from wegweiser.terms.policy import Cap
from wegweiser.web.caps import cap_names
from wegweiser.web.pages.decisions.explanation import Reason
from wegweiser.web.pages.decisions.reasons import why
from wegweiser.web.text import Reader
from wegweiser.workspace import operations

GRANTED = {"consent": {"categoryPreferences": {"personalisation": True}}}
PEOPLE = 12
RULE = 'person.traits.plan == "team"'


def form(**changed: str) -> dict[str, str]:
    """Fields of a message with two variants for the web."""
    told = {
        "key": "spring",
        "goal": "demo-booked",
        "topic": "sso",
        "value": "5",
        "rule-0": RULE,
        "variant-0": "short",
        "channel-0": "web",
        "text-0-title": "Hello {{ person.traits.firstName }}",
        "text-0-url": "https://www.example.com/a",
        "variant-1": "long",
        "channel-1": "web",
        "text-1-title": "Spring is here",
        "text-1-text": HOSTILE,
    }
    return told | changed


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    """A server with twelve people: nine in a team, of whom six have agreed."""
    running = Running(empty_site)
    elements: list[dict[str, object]] = [
        {
            "type": "identify",
            "userId": f"u-{number}",
            "messageId": f"m-{number}",
            "traits": {"plan": "team" if number < 9 else "solo", "firstName": f"Ada{number}"},
            "context": GRANTED if number < 6 else {},
        }
        for number in range(PEOPLE)
    ]

    async def filled() -> None:
        await running.site.loader.take("crm", elements)
        await running.site.applier.apply([("config.yaml", CONFIGURATION)])

    running.wait(filled())
    yield running
    running.close()


def published(server: Running, key: str) -> Message | None:
    messages = server.site.unifier.policies.bundle.messages
    return next((one for one in messages if one.key == key), None)


def version(page: str) -> str:
    # A notice above may carry the version of a draft that was discarded.
    return re.findall(r'name="version" value="(\w*)"', page)[-1]


def taken_out(server: Running, key: str) -> None:
    """Leave nothing of a message behind, so that tests do not hang together."""
    gone = [("gone.yaml", f"{{kind: message, key: {key}, deleted: true}}")]
    if published(server, key) is not None:
        server.wait(server.site.applier.apply(gone))


def made(server: Running, client: httpx.Client, **changed: str) -> str:
    answer = client.post("/messages/new?lang=en", data=form(do="publish", **changed))
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def test_the_effect_counts_in_three_numbers_and_shows_it_on_people(server: Running) -> None:
    page = server.client.post("/messages/new?lang=en", data=form(do="look")).text
    rows = dict(re.findall(r'id="reach-(\w+)".*?class="number">(\d+)', page))
    assert rows == {"matches": "9", "consented": "6", "free": "6"}
    assert "Does not get it:" in page
    assert re.search(r"https://www.example.com/a</span>.*?<span>fine</span>", page, re.DOTALL)
    frames = [one["srcdoc"] for one in Reading(page).all("iframe")]
    assert any("Hello Ada" in frame for frame in frames)
    assert all("<script>" not in frame for frame in frames)
    assert all("sandbox" in one for one in Reading(page).all("iframe"))
    assert published(server, "spring") is None


def test_the_audience_agrees_with_whom_decisions_reach(server: Running) -> None:
    made(server, server.client)
    told = server.wait(operations.run(server.site, "message_reach", {"key": "spring"}))
    assert isinstance(told, dict)
    assert told["free"] == {"people": 6, "low": 6, "high": 6, "accounts": 0}
    reached = 0
    for number in range(PEOPLE):
        body = {
            "subject": {"person": f"user_id:u-{number}"},
            "placements": [{"key": "home.hero", "max": 2}],
            "mode": "explain",
        }
        answer = server.wait(operations.run(server.site, "decide", body))
        assert isinstance(answer, dict)
        explained = msgspec.json.encode(answer["explain"]).decode()
        lost = re.search(r'"candidate":"spring/long","reasons":\[\{"step":"(\w+)"', explained)
        reached += lost is None or lost[1] not in ("eligibility", "consent", "contact")
    assert reached == 6
    taken_out(server, "spring")


def test_a_person_who_is_left_out_is_told_the_rule(server: Running) -> None:
    page = server.client.post("/messages/new?lang=en", data=form(do="look", person="u-11")).text
    assert "Whom you looked for" in page
    assert "a rule says no" in page
    unknown = server.client.post("/messages/new?lang=en", data=form(do="look", person="nobody"))
    assert unknown.status_code == 422
    assert "Nobody is known as nobody." in unknown.text


def test_publishing_changing_and_taking_up_an_earlier_version(server: Running) -> None:
    client = server.client
    assert made(server, client) == "/messages/spring"
    page = client.get("/messages/spring?lang=en").text
    assert "spring is published and decides from now on." in page
    first = server.site.unifier.policies.bundle.number
    edit = client.get("/messages/spring/edit").text
    changed = form(do="publish", version=version(edit), **{"text-0-title": "Good morning"})
    assert client.post("/messages/spring/edit", data=changed).status_code == 303
    message = published(server, "spring")
    assert message is not None
    # What was shown under a key stays what it was: other content has a key of its own.
    assert {one.key for one in message.variants} == {"short-v2", "long"}
    history = client.get("/messages/spring?lang=en").text
    assert f'name="number" value="{first}"' in history
    back = client.post("/messages/spring/restore", data={"number": str(first)})
    assert back.headers["location"] == "/messages/spring"
    message = published(server, "spring")
    assert message is not None
    assert {one.key for one in message.variants} == {"short", "long"}
    assert published(server, "whitepaper") is not None
    taken_out(server, "spring")


def test_a_message_pauses_and_goes_on_and_its_first_undo_takes_it_out(server: Running) -> None:
    client, before = server.client, server.site.unifier.policies.bundle.number
    made(server, client)
    assert client.post("/messages/spring/pause").status_code == 303
    message = published(server, "spring")
    assert message is not None
    assert message.stopped
    assert "paused" in client.get("/messages?lang=en").text
    client.post("/messages/spring/pause")
    message = published(server, "spring")
    assert message is not None
    assert not message.stopped
    gone = client.post("/messages/spring/restore", data={"number": str(before)})
    assert gone.headers["location"] == "/messages"
    assert published(server, "spring") is None


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("rule-0", "person.knwon", "Did you mean"),
        ("value", "many", "many is no number"),
        ("value", "-1", "must be above 0"),
        ("first_day", "soon", "soon is no day"),
        ("text-0-url", "javascript:alert(1)", "is no link"),
        ("variant-1", "short", "given twice"),
        ("key", "", "short name"),
        ("key", "whitepaper", "already"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_the_input_is_kept(
    server: Running, field: str, value: str, told: str
) -> None:
    answer = server.client.post("/messages/new?lang=en", data=form(do="look", **{field: value}))
    assert answer.status_code == 422
    reading = Reading(answer.text)
    marked = [one["href"] for one in reading.all("a") if one["href"] == f"#{field}"]
    assert marked
    assert told in answer.text
    assert any(one["value"] == "sso" for one in reading.all("input") if one.get("id") == "topic")
    assert "<script>alert" not in answer.text


def test_a_draft_waits_unfinished_and_can_be_discarded_and_brought_back(server: Running) -> None:
    client = server.client
    assert client.post("/messages/new", data=form(do="save")).status_code == 303
    assert "spring" in client.get("/messages?lang=en&filter=state:draft").text
    page = client.get("/messages/spring/edit?lang=en").text
    assert "This draft: draft" in page
    assert published(server, "spring") is None
    client.post("/messages/spring/edit", data={"do": "discard"})
    page = client.get("/messages?lang=en").text
    undo = dict(re.findall(r'name="([\w-]+)" value="([^"]*)"', page.split("is discarded.")[1]))
    undo.pop("form_token")
    assert client.get("/messages/spring/edit").status_code == 404
    again = {name: value.replace("&#34;", '"') for name, value in undo.items()}
    assert client.post("/messages/new", data=again).status_code == 303
    kept = client.get("/messages/spring/edit").text
    assert "Hello {{ person.traits.firstName }}" in kept
    client.post("/messages/spring/edit", data={"do": "discard"})


def test_who_saves_over_somebody_else_sees_both_versions(server: Running) -> None:
    client = server.client
    client.post("/messages/new", data=form(do="save"))
    old = version(client.get("/messages/spring/edit").text)
    first = form(do="save", version=old, topic="first")
    assert client.post("/messages/spring/edit", data=first).status_code == 303
    second = client.post(
        "/messages/spring/edit?lang=en", data=form(do="save", version=old, topic="second")
    )
    assert second.status_code == 422
    assert "Their version" in second.text
    assert '"topic": "first"' in second.text.replace("&#34;", '"')
    assert 'value="second"' in second.text
    now = form(do="save", version=version(second.text), topic="second")
    assert client.post("/messages/spring/edit", data=now).status_code == 303
    client.post("/messages/spring/edit", data={"do": "discard"})


def test_a_second_person_approves_where_the_workspace_asks_for_it(server: Running) -> None:
    server.site.applier.needs_review = True
    try:
        writer, other = browser_of(server, "marketer"), server.client
        assert writer.post("/messages/new", data=form(do="submit")).status_code == 303
        own = writer.post("/messages/spring/edit", data={"do": "approve"})
        assert own.status_code == 422
        assert published(server, "spring") is None
        assert other.post("/messages/spring/edit", data={"do": "approve"}).status_code == 303
        done = other.post("/messages/spring/edit", data={"do": "publish_draft"})
        assert done.headers["location"] == "/messages/spring"
        assert published(server, "spring") is not None
    finally:
        server.site.applier.needs_review = False
        taken_out(server, "spring")


def test_a_marketer_sees_no_name_in_a_preview(server: Running) -> None:
    page = browser_of(server, "marketer").post("/messages/new?lang=en", data=form(do="look")).text
    frames = [one["srcdoc"] for one in Reading(page).all("iframe")]
    assert any("Hello A…" in frame for frame in frames)
    assert not re.search(r"Ada\d", page)


@pytest.mark.parametrize("path", ["/messages", "/messages/whitepaper", "/messages/whitepaper/edit"])
def test_the_pages_are_whole_in_german(server: Running, path: str) -> None:
    page = server.client.get(f"{path}?lang=de").text
    reading = Reading(page)
    assert len(reading.all("h1")) == 1
    ids = [one["id"] for _, one in reading.tags if "id" in one]
    assert len(ids) == len(set(ids))
    assert 'aria-current="page">Botschaften' in page


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "At most 3 contacts per person in 7 days, on all channels together."),
        ("de", "Höchstens 3 Kontakte je Person in 7 Tagen, auf allen Kanälen zusammen."),
    ],
)
def test_each_policy_is_a_sentence(server: Running, language: str, told: str) -> None:
    cap = "{kind: cap, key: weekly, limit: 3, window_hours: 168}"
    server.wait(server.site.applier.apply([("cap.yaml", cap)]))
    page = server.client.get(f"/policies?lang={language}").text
    assert told in page
    assert 'href="/messages" data-go="m" aria-current="page"' in page


def test_a_cap_is_told_by_what_it_allows_and_one_that_is_gone_by_its_key() -> None:
    reader = Reader("de", "UTC", 0)
    caps = cap_names(reader, [Cap("weekly", 3, 168), Cap("daily", 1, calendar="day")])
    told = [why(reader, Reason("contact", f"cap:{key}"), caps) for key in ("weekly", "daily", "x")]
    assert told == [
        "Kontaktobergrenze 3 je Person in 7 Tagen, über alle Kanäle",
        "Kontaktobergrenze 1 je Person am Kalendertag, über alle Kanäle",
        "Kontaktobergrenze x",
    ]


def test_the_library_says_why_a_figure_is_not_there(server: Running) -> None:
    page = settled(server.client, "/messages?lang=en")
    table = page[page.index("<tbody>") : page.index("</tbody>")]
    assert "not seen in this period" in table
    assert "not compared yet" in table
    assert "<span></span>" not in table
    # Who sees counts only is not told that nobody saw it: it may have been a few.
    page = settled(browser_of(server, "analyst"), "/messages?lang=en")
    table = page[page.index("<tbody>") : page.index("</tbody>")]
    assert "not seen in this period" not in table
    assert "too little data" in table
    draft = form(key="later", do="save")
    assert server.client.post("/messages/new", data=draft).status_code == 303
    page = settled(server.client, "/messages?lang=de")
    row = page[page.index(">later</a>") :].partition("</tr>")[0]
    assert row.count("noch nicht gesendet") == 3
    server.client.post("/messages/later/edit", data={"do": "discard"})
