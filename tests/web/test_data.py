"""Data on a real server: sources, live events, quarantine and its way out, schema, tag."""

import json
import re
from collections.abc import Iterator

import httpx
import pytest

from tests.web.roles import browser_of
from tests.web.serving import Running, empty_site, settled, until
from wegweiser.workspace.work_kinds import PLACES_AT_ONCE

PAGES = ("", "/live", "/quarantine", "/schema", "/identity", "/tag", "/start")
PAGE = {"page": {"url": "https://www.example.com/pricing"}}
MINUTE_MS = 60_000


class Shop:
    """A source with its keys, and a way to send for it."""

    def __init__(self, server: Running, name: str):
        self.server, self.name = server, name
        self.keys = server.site.callers.create(name)

    def send(self, *elements: dict[str, object]) -> None:
        answer = httpx.post(
            f"{self.server.address}/v1/batch",
            auth=(self.keys.secret_key, ""),
            json={"batch": [*elements]},
        )
        assert answer.status_code == 200, answer.text


def paid(number: int, **changed: object) -> dict[str, object]:
    event = {"type": "track", "event": "Paid", "userId": f"u-{number}", "context": PAGE}
    return event | {"messageId": f"m-{number}", "properties": {"amount": number}} | changed


def nameless(number: int) -> dict[str, object]:
    return {"type": "track", "userId": f"u-{number}", "messageId": f"bad-{number}"}


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    made = Running(empty_site)
    yield made
    made.close()


@pytest.fixture(scope="module")
def shop(server: Running) -> Shop:
    made = Shop(server, "shop")
    made.send(*(paid(number) for number in range(30)), paid(1), nameless(1))
    return made


def link_to(page: str, beginning: str) -> str:
    found = re.search(rf'href="({beginning}[^"]+)"', page)
    assert found is not None, page
    return found[1]


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("page", PAGES)
def test_every_page_answers_in_a_sentence(
    server: Running, shop: Shop, page: str, language: str
) -> None:
    text = settled(server.client, f"/data{page}?lang={language}")
    assert re.search(r'<p class="answer">[^<]{10,}', text), text
    assert text.count("<h1>") == 1


def test_a_source_tells_its_share_of_refusals_and_who_is_known(server: Running, shop: Shop) -> None:
    page = server.client.get("/data").text
    row = re.search(r'<th scope="row">[^/]*<a[^>]*>shop</a>.*?</tr>', page, re.DOTALL)
    assert row is not None, page
    assert "3.1%" in row[0]
    assert "100.0%" in row[0]
    viewer = browser_of(server, "viewer").get("/data").text
    assert "Send test event" not in viewer
    assert "/data/live" not in viewer


def test_a_silent_source_is_late_and_ended_keys_are_told(fresh: Running) -> None:
    clock, website = fresh.site.clock, Shop(fresh, "website")
    for number in range(8):
        website.send(paid(number))
        clock.advance(2 * MINUTE_MS)  # type: ignore[attr-defined]
    assert "none is late" in fresh.client.get("/data").text
    clock.advance(38 * MINUTE_MS)  # type: ignore[attr-defined]
    client = fresh.sign_in()
    for key in fresh.site.callers.keys(""):
        revoke = {"do": "key_revoke", "key": key.key_id, "again": key.key_id}
        client.post("/settings/keys", data=revoke)
    page = client.get("/data").text
    assert "usually every 2 minutes, silent for 40 minutes" in page
    assert "No key works any more" in page


def test_a_test_event_arrives_and_its_notice_leads_to_it(server: Running) -> None:
    Shop(server, "website test")
    done = server.client.post("/data", data={"source": "website test"})
    assert done.status_code == 303
    page = server.client.get("/data").text
    assert "The test event of website test was stored." in page
    live = server.client.get(link_to(page, r"/data/live\?filter=source").replace("&amp;", "&"))
    assert "Test Event" in live.text
    assert server.client.post("/data", data={"source": "nobody"}).status_code == 422


def test_live_events_show_verdict_body_and_one_person(server: Running, shop: Shop) -> None:
    page = server.client.get("/data/live?filter=source:shop;event:Paid").text
    assert "came before" in page
    assert "&#34;amount&#34;: 29" in page
    assert "set aside" not in page
    assert "set aside" in server.client.get("/data/live?filter=source:shop").text
    one = server.client.post("/data/live", data={"person": "user_id:u-7"})
    assert "&#34;m-7&#34;" in one.text
    assert "&#34;m-8&#34;" not in one.text
    none = server.client.post("/data/live", data={"person": "user_id:nobody"})
    assert none.status_code == 422
    assert "Nothing is known of user_id:nobody." in none.text


def test_a_bad_event_is_shown_with_its_place_mended_and_stored(server: Running) -> None:
    kiosk = Shop(server, "kiosk")
    kiosk.send(paid(500, messageId="kiosk-1", event=["no", "text"]))
    groups = server.client.get("/data/quarantine").text
    row = re.search(r"<tr>(?:(?!</tr>).)*kiosk.*?</tr>", groups, re.DOTALL)
    assert row is not None, groups
    path = link_to(row[0], "/data/quarantine/q-")
    page = server.client.get(path).text
    assert re.search(r"<strong>→ +&#34;event&#34;", page), page
    wrong = server.client.post(path, data={"do": "fix", "element": "{"})
    assert wrong.status_code == 422
    assert "This is not JSON" in wrong.text
    still = server.client.post(path, data={"do": "again"})
    assert still.status_code == 422
    fix = {"do": "fix", "element": json.dumps(paid(500, messageId="kiosk-1"))}
    assert server.client.post(path, data=fix).status_code == 303
    assert "taken in at the time" in server.client.get("/data/quarantine").text
    assert server.client.get(path).status_code == 404
    assert server.site.views.find_person("user_id:u-500") is not None


def test_giving_up_asks_for_the_number(server: Running) -> None:
    Shop(server, "scales").send(nameless(9))
    groups = server.client.get("/data/quarantine").text
    row = re.search(r"<tr>(?:(?!</tr>).)*scales.*?</tr>", groups, re.DOTALL)
    assert row is not None
    path = link_to(row[0], "/data/quarantine/q-")
    assert server.client.post(path, data={"do": "discard", "again": "x"}).status_code == 422
    number = path.rpartition("/")[2]
    assert server.client.post(path, data={"do": "discard", "again": number}).status_code == 303
    assert "scales" not in server.client.get("/data/quarantine").text


SCHEMA = """
kind: event_schema
key: booked
event: Booked
mode: quarantine
properties: {type: object, properties: {seats: {type: {TYPE}}}}
"""


def test_a_group_is_let_in_once_its_schema_was_widened(server: Running) -> None:
    theatre, many = Shop(server, "theatre"), PLACES_AT_ONCE + 20

    def declare(kind: str) -> None:
        server.wait(server.site.applier.apply([("plan.yaml", SCHEMA.replace("{TYPE}", kind))]))

    declare("integer")
    booked = {"type": "track", "event": "Booked", "properties": {"seats": "two"}}
    theatre.send(*(booked | {"userId": f"u-{number}"} for number in range(many)))
    client, group = server.client, {"code": "schema_violation", "source": "theatre"}
    first = client.post("/data/quarantine", data=group).headers["location"]
    until(lambda: "<progress" not in work_on(client, first))
    assert f"Of {many} events 0 were stored; {many} stay" in client.get(first).text
    declare("string")
    second = client.post("/data/quarantine", data=group).headers["location"]
    until(lambda: "<progress" not in work_on(client, second))
    assert f"Of {many} events {many} were stored; 0 stay" in client.get(second).text
    assert "theatre" not in client.get("/data/quarantine").text
    assert any(row.who == "admin" for row in server.site.audit.found("quarantine.replay"))
    assert client.post(second).status_code == 303
    assert client.get("/progress/gone").status_code == 404


def work_on(client: httpx.Client, path: str) -> str:
    found = re.search(r'<section class="card work".*?</section>', client.get(path).text, re.DOTALL)
    assert found is not None
    return found[0]


def test_an_event_is_declared_as_it_arrives(server: Running, shop: Shop) -> None:
    page = settled(server.client, "/data/schema")
    assert "not declared" in page
    form = {"source": "shop", "call": "track", "event": "Paid"}
    assert server.client.post("/data/schema", data=form).status_code == 303
    declared = {str(one.get("event")): one for one in server.site.schemas.declared()}
    assert declared["Paid"]["properties"] == {
        "type": "object",
        "properties": {"amount": {"type": "number"}},
        "required": ["amount"],
    }
    assert "is declared and observed" in server.client.get("/data/schema").text
    assert "What changed" in server.client.get("/data/schema?look=drift").text
    assert browser_of(server, "analyst").post("/data/schema", data=form).status_code == 403


def test_links_and_refusals_are_counted(fresh: Running) -> None:
    desk = Shop(fresh, "desk")
    join = {"type": "identify", "userId": "u-1", "anonymousId": "a-1"}
    desk.send(
        {"type": "track", "event": "Seen", "anonymousId": "a-1"},
        {"type": "track", "event": "Seen", "userId": "u-1"},
        join,
    )
    page = fresh.client.get("/data/identity").text
    assert "1 link was made" in page
    assert "No link was refused" in page
    assert "No sender made up a type of identifier." in page


def test_types_for_review_are_listed_and_small_counts_are_hidden(fresh: Running) -> None:
    card = {"id": "7", "type": "loyalty_card", "collection": "users", "encoding": "none"}
    seen = {"type": "track", "event": "Seen", "userId": "u-1"}
    Shop(fresh, "desk").send(seen | {"context": {"externalIds": [card]}})
    page = fresh.client.get("/data/identity").text
    assert "1 type that senders made up is for review. From 10 values per person" in page
    row = page[page.index("<code>loyalty_card") :].split("</tr>")[0]
    assert "for review: counts as weak" in row
    assert "1.00" in row
    german = fresh.client.get("/data/identity?lang=de").text
    assert "1 von Absendern erfundener Typ ist zu prüfen." in german
    wish = {"type": "loyalty_card", "class": "strong"}
    seen_first = fresh.client.post("/data/identity", data=wish).text
    assert "What if loyalty_card is: strong: personal, joins by trusted evidence?" in seen_first
    version = re.search(r'name="seen" value="(\w+)"', seen_first)
    assert version is not None
    assert fresh.site.identity.rules.rules.types == {}
    assert browser_of(fresh, "analyst").post("/data/identity", data=wish).status_code == 403
    done = fresh.client.post("/data/identity", data={**wish, "seen": version[1]})
    assert done.status_code == 303
    told = fresh.client.get("/data/identity").text
    assert "From now on loyalty_card is: strong" in told
    assert fresh.site.identity.rules.rules.version == version[1]
    assert fresh.client.post("/data/identity", data={"type": "email"}).status_code == 422
    unseen = fresh.client.post("/data/identity", data={**wish, "class": "weak", "seen": "0"}).text
    assert "The rules changed meanwhile." in unseen
    hidden = browser_of(fresh, "viewer").get("/data/identity").text
    assert "Classify a type" not in hidden
    row = hidden[hidden.index("<code>loyalty_card") :].split("</tr>")[0]
    assert "under 10" in row
    assert "1.00" not in row


def test_the_tag_listens_until_the_first_event(fresh: Running) -> None:
    Shop(fresh, "website")
    client, path = fresh.client, "/data/tag?source=website"
    assert "Listening … Open a page" in client.get(path).text
    assert 'http-equiv="refresh" content="3"' in client.get(path).text
    made = client.post(path, data={"consent": "count"}).text
    line = re.search(r"data-write-key=&#34;(wgw_pk_[\w-]+)&#34; data-consent=&#34;count", made)
    assert line is not None, made
    page = httpx.post(
        f"{fresh.address}/v1/batch",
        auth=(line[1], ""),
        json={"batch": [{"type": "page", "context": PAGE}]},
    )
    assert page.status_code == 200
    refused = client.get(path).text
    assert "Listening … Open a page" in refused
    assert "The event does not say of whom it tells." in refused
    httpx.post(
        f"{fresh.address}/v1/page",
        auth=(line[1], ""),
        json={"anonymousId": "a-1", "context": PAGE},
    )
    fresh.site.clock.advance(4_000)  # type: ignore[attr-defined]
    assert "First event 4 seconds ago from www.example.com." in client.get(path).text
    assert line[1] not in client.get(path).text


@pytest.mark.parametrize(("purpose", "told"), [("server", "curl"), ("files", "wegweiser load")])
def test_own_data_begins_with_a_name(fresh: Running, purpose: str, told: str) -> None:
    client, form = fresh.client, {"name": "crm", "purpose": purpose}
    made = client.post("/data/start", data=form).text
    assert told in made
    assert "wgw_pk_" in made
    again = client.post("/data/start", data=form)
    assert again.status_code == 422
    assert 'value="crm"' in again.text


def test_the_stream_says_when_something_arrives(server: Running) -> None:
    bell = Shop(server, "bell")
    with server.client.stream("GET", "/data/stream") as answer:
        lines = answer.iter_lines()
        assert next(lines).startswith("retry")
        shown = server.client.get("/data/live").text
        first = next(line for line in lines if line.startswith("data: "))
        assert f'data-told="{first.removeprefix("data: ")}"' in shown
        bell.send(paid(900, messageId="bell-1"))
        assert any(line.startswith("data: ") and line != first for line in lines)


def test_the_newest_events_stand_on_several_pages(server: Running) -> None:
    sender = Shop(server, "busy")
    sender.send(*({"type": "track", "userId": "u-9", "event": f"No {at}"} for at in range(120)))
    server.wait(server.site.intake.settle())
    seen: list[str] = []
    for page in (1, 2, 3):
        shown = server.client.get(f"/data/live?filter=source:busy&lang=en&page={page}").text
        assert f"Page {page} of 3" in shown
        assert "120 events, the newest first." in shown
        rows = re.findall(r'<th scope="row"><span>(No [0-9]+)</span>', shown)
        # What was sent stands below the rows that it belongs to.
        assert all(f"{one} ·" in shown for one in rows)
        seen += rows
    assert sorted(seen) == sorted(f"No {at}" for at in range(120))
