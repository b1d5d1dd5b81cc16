"""The API page: every route on it answers as shown, and every route that answers is on it."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import msgspec

from wegweiser.collect.route import route_of
from wegweiser.settings import Settings
from wegweiser.terms.alarm import KeptAlarm, Watching
from wegweiser.terms.errors import NotFound
from wegweiser.terms.event import CALL_TYPES
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.source import SECRET_SCOPES
from wegweiser.web.app import Application
from wegweiser.web.examples import IDENTIFY
from wegweiser.web.pages.app import pages_application
from wegweiser.web.reference import FAMILIES
from wegweiser.web.reference.documented import (
    ADMIN_KEY,
    ERASE_KEY,
    FEED_KEY,
    IDENTITY_KEY,
    TOKEN,
    Documented,
)
from wegweiser.web.reference.openapi import written
from wegweiser.web.reference.page import markdown
from wegweiser.web.reference.profiles import USERS
from wegweiser.web.routes import EXACT
from wegweiser.web.tag.script import tag_hash
from wegweiser.workspace import operations
from wegweiser.workspace.engines import in_memory
from wegweiser.workspace.site import Site

REPOSITORY = Path(__file__).resolve().parents[2]
ROUTES = [route for family in FAMILIES for route in family.routes]
PATHS = {path for route in ROUTES for path in route.paths}
# Fields whose members are named by what was sent, not by us.
OPEN_ENDED = (
    *(".traits", ".consent", ".interests", ".counters", ".content", ".intents", ".topics"),
)
SHOWN_DECISION = "dec_01M80WS6HYFSEXQ6WFGYW406RW"
MORE = """{kind: hook, key: anything}
---
{kind: report, key: weekly, title: {en: The week}, measures: [{name: web.searches}],
 schedule: {every: week}, to: [board@example.com]}
---
{kind: placement, key: newsletter, channel: email, direction: push}
---
{kind: message, key: news, variants: [{key: mail, channel: email, content: {subject: News}}]}"""
CONFIGURATION = (REPOSITORY / "examples" / "config.yaml").read_text(encoding="utf-8")


@asynccontextmanager
async def browser() -> AsyncIterator[tuple[httpx.AsyncClient, dict[str, str]]]:
    """Give a client of a new workspace in memory, and the headers of a secret key."""
    site = Site(in_memory(), Settings())
    await site.start(background=False)
    await site.applier.apply([("config.yaml", CONFIGURATION)])
    arms = "{kind: arms, nothing: 0, random: 0, no_levers: 0, rules_only: 0, eligible_only: 0}"
    await site.applier.apply([("arms.yaml", arms)])
    await site.applier.apply([("more.yaml", MORE)])
    everybody = "{kind: segment, key: security-minded, when: 'person.sessions >= 0'}"
    await site.applier.apply([("segment.yaml", everybody)])
    keys = site.callers.create("reference")
    erasing = await operations.run(site, "key_create", {"source": "reference", "scopes": ["erase"]})
    assert isinstance(erasing, dict)
    feeding = await operations.run(site, "key_create", {"source": "reference", "scopes": ["feed"]})
    assert isinstance(feeding, dict)
    ruling = await operations.run(site, "key_create", {"source": "reference", "scopes": ["admin"]})
    assert isinstance(ruling, dict)
    scopes: list[Json] = ["profile:read", "identity"]
    judging = await operations.run(site, "key_create", {"source": "reference", "scopes": scopes})
    assert isinstance(judging, dict)
    # Two who stand apart by what was said, so that there is something to undo.
    two = [{"type": "identify", "userId": f"u-{number}"} for number in (7, 8)]
    await site.loader.take("reference", two)
    site.alarms.log.raised("site", [ALARM], Watching(upto="2026-11-03"), [])
    said = await operations.run(site, "identity_separate", {"a": "user_id:u-7", "b": "user_id:u-8"})
    assert isinstance(said, dict)
    operation = str(said["operation_id"]).encode()
    site.address = "http://127.0.0.1:8000"
    pages = pages_application(site, site.address)
    transport = httpx.ASGITransport(app=Application(site, pages, "token"))  # type: ignore[arg-type]
    scopes: list[Json] = [*SECRET_SCOPES, "export"]
    wish: JsonObject = {"source": "reference", "scopes": scopes}
    made = await operations.run(site, "key_create", wish)
    assert isinstance(made, dict)
    basic = b64encode(f"{made['key']}:".encode()).decode()

    async def fill_in(request: httpx.Request) -> None:
        path = request.url.raw_path.replace(b"%7Bkey%7D", keys.write_key.encode())
        path = path.replace(b"/v1/inbound/%7Bhook%7D", site.hooks.book.all()[0].path.encode())
        path = path.replace(b"%7Boperation%7D", operation)
        path = path.replace(b"%7Bwayout%7D", way_out(site))
        path = path.replace(b"%7Bhash%7D", tag_hash().encode())
        request.url = request.url.copy_with(raw_path=path)

    hooks = {"request": [fill_in]}
    async with httpx.AsyncClient(
        transport=transport, base_url=site.address, event_hooks=hooks
    ) as client:
        yield (
            client,
            {
                "authorization": f"Basic {basic}",
                "x-erase": str(erasing["key"]),
                "x-feed": str(feeding["key"]),
                "x-admin": str(ruling["key"]),
                "x-judge": str(judging["key"]),
            },
        )
    await site.stop()


ALARM = KeptAlarm(
    alarm_id="alm_0f3a",
    watch="site",
    raised_at=0,
    known="2026-11-02",
    since="2026-11-02",
    series="visits",
    kind="point",
    sentence={"en": "Visits fell.", "de": "Besuche fielen."},
)


def way_out(site: Site) -> bytes:
    """Write the last part of a link as mails carry it."""
    taken = [one.decision_id for one in site.unifier.decisions.held() if one.leaf]
    name = taken[-1] if taken else "dec_1"
    link = site.deciding.sending.unsubscribe.link(name, 0, "email", site.clock.now_ms())
    return link.rpartition("/")[2].encode()


def shape(value: Json, path: str = "") -> Iterator[str]:
    """Yield the names of all fields; what is kept by name (traits, counters) is not looked into."""
    if isinstance(value, list):
        for item in value[:1]:
            yield from shape(item, f"{path}[]")
    elif isinstance(value, dict):
        open_ended = path.endswith(OPEN_ENDED)
        for name in () if open_ended else value:
            yield f"{path}.{name}"
            yield from shape(value[name], f"{path}.{name}")


async def ask_everything() -> dict[str, str]:
    """Send every documented request in the order of the page; give the faults."""
    faults: dict[str, str] = {}
    decision_id = SHOWN_DECISION
    token = batch_id = ""
    async with browser() as (client, keyed):
        for route in ROUTES:
            headers = {"authorization": keyed["authorization"]}
            if route.key == TOKEN:
                headers = {"authorization": "Bearer token"}
            elif route.key == ERASE_KEY:
                headers = {"authorization": f"Bearer {keyed['x-erase']}"}
            elif route.key == FEED_KEY:
                headers = {"authorization": f"Bearer {keyed['x-feed']}"}
            elif route.key == ADMIN_KEY:
                headers = {"authorization": f"Bearer {keyed['x-admin']}"}
            elif route.key == IDENTITY_KEY:
                headers = {"authorization": f"Bearer {keyed['x-judge']}"}
            body = route.body.replace(SHOWN_DECISION, decision_id)
            for shown in route.asked:
                address = shown.replace("{token}", token).replace("{batch}", batch_id)
                address = address.replace("{decision_id}", decision_id)
                for path in (
                    address,
                    address.replace("?", "/?") if "?" in address else f"{address}/",
                ):
                    answer = await client.request(
                        route.method, path, content=body.encode(), headers=headers
                    )
                    if fault := _fault(route, answer):
                        faults[f"{route.method} {path}"] = fault
                    if route.paths == ("/v1/decide",):
                        decision_id = answer.json()["decision_id"]
                        token = await token_of_another(client, headers)
                    if route.paths == ("/v1/decide/batch",):
                        batch_id = answer.json()["batch_id"]
    assert decision_id != SHOWN_DECISION
    return faults


async def token_of_another(client: httpx.AsyncClient, headers: dict[str, str]) -> str:
    """Have something decided for somebody of whom the page shows nothing else."""
    known = IDENTIFY.replace("u-42", "u-9").replace("ada@", "bob@").replace("m-1", "m-9")
    await client.post("/v1/identify", content=known, headers=headers)
    asked = {"subject": {"person": "user_id:u-9"}, "placements": ["home.hero"]}
    told = (await client.post("/v1/decide", json=asked, headers=headers)).json()
    return str(told["items"][0]["track"]["token"])


def _fault(route: Documented, answer: httpx.Response) -> str:
    if answer.status_code != route.status:
        return f"{answer.status_code}, not {route.status}: {answer.text}"
    if not route.answer:
        return ""
    shown, real = (set(shape(msgspec.json.decode(text))) for text in (route.answer, answer.content))
    # Sent under its second path an event is a repeat, and says so.
    return "" if shown == real - {".duplicates"} else f"fields differ: {sorted(shown ^ real)}"


def test_every_documented_route_answers_as_shown() -> None:
    faults = asyncio.run(ask_everything())
    assert faults == {}, "\n".join(map(str, faults.items()))


def test_every_route_of_the_router_is_documented() -> None:
    assert set(EXACT) <= PATHS
    letters = {path for call in CALL_TYPES for path in (f"/v1/{call}", f"/v1/{call[0]}")}
    assert letters <= PATHS


def test_paths_that_collect_knows_are_those_of_the_page() -> None:
    words = {path.removeprefix("/v1/") for path in PATHS}
    guesses = words | {"upload", "events", "bulk", "x", "sessions", "beacon", "pixel", "m", "count"}
    known = {f"/v1/{word}" for word in guesses if _collects(f"/v1/{word}")}
    assert known == {path for path in PATHS if _collects(path) and path.startswith("/v1/")}
    assert _collects("/beacon/v1/batch")


def _collects(path: str) -> bool:
    try:
        route_of("POST", path)
    except NotFound:
        return False
    return True


def test_parts_of_a_profile_answer_exactly_where_they_are_documented() -> None:
    parts = [
        *("profile", "traits", "external_ids", "metadata", "events", "stage", "segments", "links"),
        *("consent", "contacts", "interests", "sessions", "timeline", "identity"),
    ]
    # These want parameters, or are no reading; and this one is of accounts only.
    others, elsewhere = {"evidence", "delete", "profiles:lookup"}, "members"

    async def ask() -> dict[str, int]:
        async with browser() as (client, keyed):
            element = {"userId": "u-42", "traits": {"plan": "team"}}
            await client.post("/v1/identify", json=element, headers=keyed)
            return {
                part: (await client.get(f"{USERS}/user_id:u-42/{part}", headers=keyed)).status_code
                for part in (*parts, elsewhere)
            }

    documented = {path.rpartition("/")[2] for path in PATHS if path.startswith(USERS)}
    answered = {part for part, status in asyncio.run(ask()).items() if status == 200}
    assert answered == documented - others == set(parts)


def test_the_page_is_what_the_table_says() -> None:
    page = (REPOSITORY / "docs" / "http-api.md").read_text(encoding="utf-8")
    assert page == markdown(FAMILIES), "run `make docs`"


def test_the_openapi_document_is_what_the_table_says_and_what_is_served() -> None:
    kept = (REPOSITORY / "docs" / "openapi.json").read_bytes()

    async def ask() -> bytes:
        async with browser() as (client, _):
            return (await client.get("/v1/openapi.json")).content

    assert kept == asyncio.run(ask()) == written(FAMILIES), "run `make docs`"
    paths = msgspec.json.decode(kept)["paths"]
    assert set(paths) == PATHS


def test_every_shown_answer_fits_its_schema() -> None:
    shown = [(route.answer, route.gives) for route in ROUTES if route.answer and route.gives]
    assert len(shown) > 10
    for answer, gives in shown:
        msgspec.json.decode(answer, type=gives)
