"""Settings on a real server: people, keys, erasure, second factor, audit, all by plain forms."""

import ast
import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import httpx
import pytest

from tests.web.roles import browser_of
from tests.web.serving import Running
from wegweiser.flow.opendsr import RequestType
from wegweiser.terms.audit import REWORDED
from wegweiser.web.deeds import DEEDS
from wegweiser.web.pages.data.live import BODIES_READ
from wegweiser.web.pages.form import TOKEN_HEADER, form_token
from wegweiser.workspace import operations
from wegweiser.workspace.audited import AUDITED
from wegweiser.workspace.second_factor import STEP_MS, code_at

SOURCE = Path(__file__).parents[2] / "src" / "wegweiser"
CODE = re.compile(r"[a-z_]+(\.[a-z_]+)+")
GOOD = "a long sentence is best"
ROOMS = (
    "me",
    "people",
    "keys",
    "company",
    "stages",
    "demo",
    "channels",
    "consent",
    "requests",
    "reports",
)


def secret_on(page: str) -> str:
    found = re.search(r'class="secret".*?<pre[^>]*>(.*?)</pre>', page, re.DOTALL)
    assert found is not None, page
    return found[1]


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("room", [*ROOMS, "engines", "audit"])
def test_every_room_answers_in_a_sentence(running: Running, room: str, language: str) -> None:
    page = running.client.get(f"/settings/{room}?lang={language}")
    assert page.status_code == 200
    assert re.search(r'<p class="answer">[^<]{10,}', page.text)
    assert page.text.count("<h1>") == 1


def test_somebody_is_let_in_by_a_link_and_chooses_a_password(fresh: Running) -> None:
    form = {"do": "add", "name": "grace", "role": "analyst", "email": "grace@example.com"}
    link = secret_on(fresh.client.post("/settings/people", data=form).text)
    visitor = fresh.visitor()
    path = httpx.URL(link).path
    assert visitor.get(path).status_code == 200
    assert visitor.post(path, data={"password": "short", "again": "short"}).status_code == 422
    done = visitor.post(path, data={"password": GOOD, "again": GOOD})
    assert done.status_code == 303
    assert visitor.get("/settings/me").status_code == 200
    assert fresh.visitor().get(path).status_code == 404
    again = fresh.visitor()
    signed = again.post("/sign-in", data={"name": "grace", "password": GOOD, "next": "/"})
    assert signed.status_code == 303
    rows = {(row.who, row.what) for row in fresh.site.audit.rows()}
    assert {("admin", "people.add"), ("grace", "password.chosen")} <= rows


def test_a_change_of_role_can_be_undone(fresh: Running) -> None:
    fresh.site.people.add("grace", "viewer")
    changed = {"do": "role", "name": "grace", "role": "analyst"}
    assert fresh.client.post("/settings/people", data=changed).status_code == 303
    page = fresh.client.get("/settings/people").text
    assert "The role of grace is changed." in page
    undo = re.search(r'<div class="notice.*?</form>', page, re.DOTALL)
    assert undo is not None
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', undo[0]))
    fresh.client.post("/settings/people", data=fields)
    assert fresh.site.people.get("grace").role == "viewer"
    assert 'class="notice' in fresh.client.get("/settings/people").text
    assert 'class="notice' not in fresh.client.get("/settings/people").text


def test_removing_somebody_needs_the_name_twice(fresh: Running) -> None:
    fresh.site.people.add("grace", "viewer")
    wrong = fresh.client.post(
        "/settings/people", data={"do": "remove", "name": "grace", "again": "x"}
    )
    assert wrong.status_code == 422
    assert "Type the name exactly" in wrong.text
    right = {"do": "remove", "name": "grace", "again": "grace"}
    assert fresh.client.post("/settings/people", data=right).status_code == 303
    assert fresh.site.people.find("grace") is None


def test_an_admin_makes_no_owners(fresh: Running) -> None:
    client = browser_of(fresh, "admin")
    for form in (
        {"do": "add", "name": "mallory", "role": "owner"},
        {"do": "role", "name": "admin-1", "role": "owner"},
        {"do": "link", "name": "admin"},
        {"do": "remove", "name": "admin", "again": "admin"},
    ):
        refused = client.post("/settings/people", data=form)
        assert refused.status_code == 422, form
        assert "Only an owner" in refused.text
    assert fresh.site.people.find("mallory") is None
    assert fresh.site.people.get("admin-1").role == "admin"


def test_a_second_factor_is_asked_for_once_it_is_set_up(fresh: Running) -> None:
    page = fresh.client.post("/settings/me", data={"do": "seed"}).text
    seed = re.search(r'name="seed" value="([^"]+)"', page)
    assert seed is not None
    key = fresh.site.people.factor_key(seed[1])
    assert "otpauth://totp/" in secret_on(page)
    clock = fresh.site.clock
    form = {"do": "factor", "seed": seed[1]}
    wrong = fresh.client.post("/settings/me", data=form | {"code": "000000"})
    assert wrong.status_code == 422
    code = code_at(key, clock.now_ms() // STEP_MS)
    assert fresh.client.post("/settings/me", data=form | {"code": code}).status_code == 303
    visitor = fresh.visitor()
    name = {"name": "admin", "password": fresh.password, "next": "/settings/me"}
    asked = visitor.post("/sign-in", data=name)
    assert "wegweiser" not in visitor.cookies
    ticket = re.search(r'name="ticket" value="([^"]+)"', asked.text)
    assert ticket is not None
    step = {"ticket": ticket[1], "next": "/settings/me"}
    assert visitor.post("/sign-in", data=step | {"code": code}).status_code == 422
    clock.advance(STEP_MS)  # type: ignore[attr-defined]
    code = code_at(key, clock.now_ms() // STEP_MS)
    done = visitor.post("/sign-in", data=step | {"code": code})
    assert (done.status_code, done.headers["location"]) == (303, "/settings/me")
    assert visitor.get("/settings/me").status_code == 200


def test_my_password_changes_only_with_the_present_one(fresh: Running) -> None:
    form = {"do": "password", "now": "wrong", "password": GOOD, "again": GOOD}
    assert fresh.client.post("/settings/me", data=form).status_code == 422
    done = fresh.client.post("/settings/me", data=form | {"now": fresh.password})
    assert done.headers["location"] == "/sign-in"
    assert fresh.site.people.check("admin", GOOD)
    assert fresh.client.get("/settings/me").status_code == 303


def test_a_key_is_shown_once_paused_undone_and_revoked(fresh: Running) -> None:
    client = fresh.client
    made = client.post("/settings/keys", data={"do": "source_create", "name": "website"}).text
    secret = re.search(r"wgw_sk_[\w-]+", secret_on(made))
    assert secret is not None
    assert secret[0] not in client.get("/settings/keys").text
    key = fresh.site.callers.keys()[0].key_id
    client.post("/settings/keys", data={"do": "key_pause", "key": key})
    assert fresh.site.callers.keys()[0].paused
    page = client.get("/settings/keys").text
    assert "The key is paused." in page
    client.post("/settings/keys", data={"do": "key_resume", "key": key})
    assert not fresh.site.callers.keys()[0].paused
    revoke = {"do": "key_revoke", "key": key}
    assert client.post("/settings/keys", data=revoke).status_code == 422
    assert client.post("/settings/keys", data=revoke | {"again": key}).status_code == 303
    assert fresh.site.callers.keys()[0].revoked_at is not None


def test_an_erasure_shows_first_what_it_takes_and_leaves_a_receipt(fresh: Running) -> None:
    now = fresh.site.clock.now_ms()
    traits = {"email": "ada@example.com", "name": "Ada Muster"}
    event = {"type": "identify", "userId": "u-ada", "timestamp": now, "traits": traits}
    told = {"note": "Mrs. Muster, Ada (called Addi) rang"}
    other = {"type": "track", "event": "Sales Conversation Logged", "userId": "u-bob"}
    talk = other | {"timestamp": now, "messageId": "talk-1", "properties": told}
    fresh.wait(fresh.site.loader.take("files", [event, talk]))
    client, name = browser_of(fresh, "privacy"), "user_id:u-ada"
    ask = {"do": "preview", "identifier": name, "called": "Addi, "}
    page = client.post("/settings/requests?lang=en", data=ask).text
    assert "Before you erase" in page
    assert "Names that are looked for in texts" in page
    assert "Names in what others did or said" in page
    assert 'name="called" value="Addi' in page
    assert fresh.site.views.find_person(name) is not None
    erase = {"do": "erase", "identifier": name, "suppress": "true", "called": "Addi"}
    assert client.post("/settings/requests", data=erase).status_code == 422
    done = client.post("/settings/requests", data=erase | {"again": name})
    assert done.status_code == 303
    assert fresh.site.views.find_person(name) is None
    left = b"".join(payload for _, payload in fresh.site.engines.log.read(0))
    assert b"Mrs. (erased) (called (erased)) rang" in left
    told = client.get("/settings/requests").text
    assert "1 erasures are proven" in told or "1 erasure" in told
    assert any(row.who == "privacy-1" for row in fresh.site.audit.found("person.erase"))


def test_a_second_person_releases_an_access_document(fresh: Running) -> None:
    event = {"type": "identify", "userId": "u-1", "timestamp": fresh.site.clock.now_ms()}
    fresh.wait(fresh.site.loader.take("files", [event]))
    first, second = browser_of(fresh, "privacy"), fresh.client
    first.post("/settings/requests", data={"do": "access", "identifier": "user_id:u-1"})
    request_id = fresh.wait(operations.run(fresh.site, "access_requests", {}))[0]["request_id"]
    release = {"do": "release", "request_id": request_id}
    assert first.post("/settings/requests", data=release).status_code == 422
    assert second.post("/settings/requests", data=release).status_code == 303
    document = first.get(f"/settings/requests/{request_id}.json")
    assert document.status_code == 200
    assert "u-1" in document.text
    assert browser_of(fresh, "marketer").get(document.url.path).status_code == 403


def test_the_audit_trail_is_filtered_paged_and_taken_as_a_file(fresh: Running) -> None:
    for number in range(60):
        fresh.site.audit.note("key.create", f"=key-{number % 2}")
    client = browser_of(fresh, "auditor")
    page = client.get("/settings/audit").text
    assert "Page 1 of 2" in page
    assert "Page 2 of 2" in client.get("/settings/audit?page=2").text
    only = client.get("/settings/audit?filter=who:key-1").text
    assert "key-0" not in only.split("<table")[1]
    taken = client.get("/settings/audit?filter=who:key-1&form=csv")
    rows = list(csv.reader(io.StringIO(taken.text)))
    assert len(rows) == 31
    assert {row[2] for row in rows[1:]} == {"'=key-1"}
    assert "attachment" in taken.headers["content-disposition"]
    assert fresh.site.audit.found("data.export")[0].who == "auditor-1"
    german = client.get("/settings/audit?form=csv-de").content
    assert german.startswith(b"\xef\xbb\xbfnumber;at;")
    assert client.get("/settings/audit?form=parquet").content[:4] == b"PAR1"
    assert client.post("/settings/audit").status_code == 303
    assert "rows were verified: none was changed" in client.get("/settings/audit").text


def test_a_session_is_ended_from_the_list(fresh: Running) -> None:
    other = fresh.sign_in()
    assert other.headers[TOKEN_HEADER] == form_token(other.cookies["wegweiser"])
    sessions = fresh.site.people.sessions.alive("admin")
    newest = sessions[-1][0]
    fresh.client.post("/settings/people", data={"do": "end", "id": newest})
    assert other.get("/settings/me").status_code == 303
    assert fresh.client.get("/settings/me").status_code == 200


def test_the_audit_trail_says_in_words_what_was_done_and_keeps_the_code(fresh: Running) -> None:
    fresh.site.audit.note("key.revoke", "ada", detail={"key_id": "key_1", "role": "analyst"})
    fresh.site.audit.note("retention.done", "wegweiser", detail={"rows": 1200})
    fresh.site.audit.note("person.erase", "ada", detail={"dry_run": True})
    fresh.site.audit.note("of.a.later.version", "ada")
    client = browser_of(fresh, "auditor")
    page = client.get("/settings/audit?lang=de").text
    assert ">Schlüssel widerrufen</a>" in page
    assert "<code>key.revoke</code>" in page
    assert "Schlüssel: key_1, Rolle: Analyse" in page
    assert ">Wegweiser selbst</a>" in page
    assert "Zeilen: 1.200" in page
    assert ">Person gelöscht (nur gezählt, nichts wurde geändert)</a>" in page
    assert ">of.a.later.version</a>" in page
    # A filter takes the code and the words, and is shown in words.
    for written in ("key.revoke", "schlüssel widerrufen"):
        only = client.get("/settings/audit", params={"lang": "de", "filter": f"what:{written}"})
        assert "Schlüssel: key_1" in only.text
        assert "Zeilen: 1.200" not in only.text
    assert (
        "<strong>Schlüssel widerrufen</strong>"
        in client.get("/settings/audit?lang=de&filter=what:key.revoke").text
    )


def noted_codes() -> Iterator[str]:
    """Yield every word that the program writes into the audit, as it stands in the source."""
    yield from (what for what, _ in AUDITED.values())
    for path in SOURCE.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text())):
            if isinstance(call, ast.Call) and ast.unparse(call.func).endswith(("note", "_note")):
                texts = [one.value for one in call.args[:2] if isinstance(one, ast.Constant)]
                yield from (one for one in texts if isinstance(one, str) and CODE.fullmatch(one))


def test_everything_that_the_audit_notes_has_words() -> None:
    codes = {*noted_codes(), "sign_in", BODIES_READ, REWORDED}
    codes |= {f"request.{kind}" for kind in get_args(RequestType)}
    assert codes - DEEDS.keys() == set()
    assert DEEDS.keys() - codes == set()
