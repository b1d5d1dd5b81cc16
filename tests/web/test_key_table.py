"""Every route with every kind of key: who may call it is let in, everybody else is told 401 or 403.

The routes come from the API reference, so that a new one fails here until it is said whom it
lets in.
"""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import httpx
import msgspec
import pytest

from wegweiser.adapters.memory import MemoryClock
from wegweiser.flow.callers import Callers
from wegweiser.settings import Settings
from wegweiser.terms.instant import HOUR_MS
from wegweiser.terms.source import GRANTABLE_SCOPES, SECRET_SCOPES, Scope
from wegweiser.web.app import Application
from wegweiser.web.pages.app import pages_application
from wegweiser.web.reference import FAMILIES
from wegweiser.web.reference.documented import Documented
from wegweiser.web.reference.profiles import USERS
from wegweiser.workspace import operations
from wegweiser.workspace.engines import in_memory
from wegweiser.workspace.operations import OPERATIONS
from wegweiser.workspace.site import Site

ADDRESS = "http://127.0.0.1:8000"
TOKEN = "token"
ELSEWHERE = {"origin": "https://elsewhere.example"}
UNKNOWN = ("nobody", "unknown", "of another folder", "revoked", "expired")
BARRED = ("paused", "public elsewhere", "secret in a browser")
Table = dict[str, frozenset[str]]

APPEND = frozenset(("public", "ingest:trusted", "usual secret"))
DECIDE = frozenset(("public", "decide", "usual secret"))
EVERYBODY = frozenset((*UNKNOWN, *BARRED, "public", "usual secret", "token", *GRANTABLE_SCOPES))
# Whom a path lets in, by the way it begins; the first that fits counts.
RIGHTS: tuple[tuple[str, frozenset[str]], ...] = (
    *((start, EVERYBODY) for start in ("/opendsr/v1/discovery", "/opendsr/v1/status")),
    *((start, EVERYBODY) for start in ("/opendsr/v1/certificate", "/v1/receipts/public-key")),
    *((start, frozenset(("erase",))) for start in ("/regulations", "/suppressions", "/opendsr/")),
    *((start, EVERYBODY) for start in ("/healthz", "/readyz", "/metrics", "/v1/openapi.json")),
    # Before /v1/m, which is the way of the clients' own figures.
    *((start, frozenset(("export",))) for start in ("/v1/measures", "/v1/reports")),
    ("/v1/alarms/quality", frozenset(("export",))),
    ("/v1/alarms/", frozenset(("admin",))),
    ("/v1/alarms", frozenset(("export",))),
    *((start, EVERYBODY) for start in ("/v1/m", "/analytics", "/wegweiser.js", "/tag/")),
    *((start, EVERYBODY) for start in ("/v1/inbound/", "/u/")),
    ("/v1/decide/batch", frozenset(("decide", "usual secret"))),
    *((start, DECIDE) for start in ("/v1/decide", "/ofrep/v1/evaluate")),
    ("/v1/decisions", frozenset(("profile:read", "usual secret"))),
    ("/v1/spaces/default/identity/", frozenset(("identity",))),
    (f"{USERS}/user_id%3Au-42/external_ids/delete", frozenset(("identity",))),
    ("/v1/spaces/default/feed", frozenset(("feed",))),
    (
        "/v1/spaces/default/collections/accounts/profiles/group_id%3Aacme/members/",
        frozenset(("usual secret",)),
    ),
    ("/v1/spaces/", frozenset(("profile:read", "usual secret"))),
    ("/v1/conversations", frozenset(("ingest:trusted", "usual secret"))),
    ("/v1/simulations", frozenset(("export",))),
    *((f"/v1/{what}", frozenset(("admin",))) for what in ("bundles", "drafts", "rules")),
    *((start, APPEND) for start in ("/v1/outcomes", "/cloudevents", "/v1/cloudevents")),
    *((start, APPEND) for start in ("/beacon/", "/v1/count")),
    # It tells the holder of a key the name of its source, and no more.
    ("/sourceConfig", APPEND | {"public elsewhere", *GRANTABLE_SCOPES}),
    *((f"/v1/{call}", APPEND) for call in ("track", "identify", "page", "screen", "group")),
    *((f"/v1/{call}", APPEND) for call in ("alias", "batch", "import")),
    ("/v1/admin/export/", frozenset(("export", "token"))),
)
# What an operation needs; all others need `admin`. "token": only whoever runs the server.
OPERATION_RIGHTS = {
    **dict.fromkeys(("regulation_create", "regulation_list", "regulation_show"), "erase"),
    **dict.fromkeys(("regulation_delete", "suppression_add", "receipt_key"), "erase"),
    **dict.fromkeys(("access_request", "access_release"), "export"),
    **dict.fromkeys(("access_document", "access_requests"), "export"),
    **dict.fromkeys(("account_list", "account_show", "account_members"), "profile:read"),
    **dict.fromkeys(("account_rollup", "account_buying_groups"), "profile:read"),
    **dict.fromkeys(("account_suggestions", "account_activity"), "profile:read"),
    "profile_search": "profile:read",
    "segment_around": "export",
    "next_step": "decide",
    "next_step_show": "profile:read",
    "next_step_said": "ingest:trusted",
    **dict.fromkeys(("decision_show", "decision_verify", "decision_recompute"), "profile:read"),
    "decision_what_if": "profile:read",
    **dict.fromkeys((name for name in OPERATIONS if name.startswith("identity_")), "identity"),
    **dict.fromkeys(("identity_show", "identity_why", "message"), "profile:read"),
    **dict.fromkeys(("account_statements", "account_confirm", "account_reject"), "identity"),
    **dict.fromkeys(("account_remove", "account_undo"), "identity"),
    **dict.fromkeys((name for name in OPERATIONS if name.startswith("decide_batch")), "decide"),
    "decision_list": "profile:read",
    "profile": "profile:read",
    "account": "profile:read",
    "decide": "decide",
    **dict.fromkeys(("load", "outcome"), "ingest:trusted"),
    **dict.fromkeys(("access", "measure", "counts", "segment_members", "simulate"), "export"),
    **dict.fromkeys(("score_list", "score_show"), "export"),
    **dict.fromkeys(("measure_list", "measure_file", "verdict_list", "effort_list"), "export"),
    **dict.fromkeys(("report_list", "report_show", "report_preview"), "export"),
    "score_explain": "profile:read",
    **dict.fromkeys(("alarm_list", "alarm_show", "alarm_quality", "watch_list"), "export"),
    **dict.fromkeys(("topic_list", "maturity_list", "message_reach", "message_course"), "export"),
    "message_standing": "profile:read",
    **dict.fromkeys(("quarantine_list", "quarantine_show"), "export"),
    **dict.fromkeys(
        ("delivery_list", "delivery_counts", "delivery_show", "mail_returns"), "export"
    ),
    **dict.fromkeys(("bounce_load", "audience_acknowledge"), "ingest:trusted"),
    "subscription_show": "profile:read",
    "subscription_set": "ingest:trusted",
    "subscription_load": "ingest:trusted",
    "audience_list": "export",
    **dict.fromkeys(("forget", "erasure_list", "suppression_list", "suppression_lift"), "erase"),
    "profile_changes": "feed",
    "timeline": "profile:read",
    "customer_value": "profile:read",
    **dict.fromkeys(("contact_ledger", "contact_orders"), "profile:read"),
    **dict.fromkeys(("new_password", "source_user_hash"), "token"),
    **dict.fromkeys((name for name in OPERATIONS if name.startswith("people_")), "token"),
}
# Keys stand in the path, the answer is a picture whatever comes, or it matters which page asks:
# tests of their own, below.
APART = ("/v1/cookie", "/v1/projects/", "/projects/", "/v1/pixel/", "/pixel/")
OWN_VISITOR = msgspec.json.encode(
    {
        "request_id": "r-1",
        "subject": {"device": "anonymous_id:a-1"},
        "placements": [{"key": "home.hero"}],
    }
).decode()
# Tokens for one subject stand in the query; their tests are with the streams.
WITH_TOKENS = ("/v1/stream", "/ofrep/v1/events", "/v1/click", "/v1/impression")


def routes() -> list[Documented]:
    """Give every documented route once, the admin route once for each operation."""
    found: list[Documented] = []
    for route in (route for family in FAMILIES for route in family.routes):
        path = route.asked[0]
        if path.startswith((*APART, *WITH_TOKENS)):
            continue
        if path == "/v1/decide":
            found.append(msgspec.structs.replace(route, body=OWN_VISITOR))
        elif not path.startswith("/v1/admin/") or "/export/" in path:
            found.append(route)
        else:
            found += [
                msgspec.structs.replace(route, tries=(f"/v1/admin/{name}",), body="{}")
                for name in OPERATIONS
            ]
    return found


def let_in(path: str) -> frozenset[str]:
    """Give the kinds of callers whom a path lets in."""
    if path.startswith("/v1/admin/") and "/export/" not in path:
        needed = OPERATION_RIGHTS.get(path.rpartition("/")[2], "admin")
        usual = ("usual secret",) if needed in SECRET_SCOPES else ()
        return frozenset(("token", needed, *usual))
    for start, callers in RIGHTS:
        if path.startswith(start):
            return callers
    raise AssertionError(f"say in RIGHTS which keys may call {path}")


@asynccontextmanager
async def serving() -> AsyncIterator[tuple[Site, httpx.AsyncClient, Mapping[str, dict[str, str]]]]:
    """Give a site, a client of it, and the headers of every kind of caller."""
    clock = MemoryClock()
    site = Site(in_memory(clock), Settings())
    await site.start(background=False)
    headers = await callers(site)
    clock.advance(2 * HOUR_MS)
    pages = pages_application(site, ADDRESS)
    transport = httpx.ASGITransport(app=Application(site, pages, TOKEN))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as client:
        yield site, client, headers
    await site.stop()


async def callers(site: Site) -> dict[str, dict[str, str]]:
    made = site.callers.create("table")
    source = site.callers.named("table")
    assert source is not None
    strangers = Callers(in_memory().store, MemoryClock(seed=9)).create("table")

    async def key(scopes: tuple[Scope, ...] = (), **settings: object) -> str:
        told = await operations.run(
            site,
            "key_create",
            {
                "source": "table",
                "public": not scopes,
                "scopes": [*scopes],
                "settings": settings,  # type: ignore[dict-item]
            },
        )
        assert isinstance(told, dict)
        return str(told["key"])

    revoked, paused = await key(), await key()
    await operations.run(site, "key_revoke", {"key": revoked})
    await operations.run(site, "key_pause", {"key": paused})
    expired = await key(expires_at=site.clock.now_ms() + HOUR_MS)
    here = await key(allowed_origins="https://www.example.com")
    return {
        "nobody": {},
        "unknown": basic("wgw_pk_nobody"),
        "of another folder": basic(strangers.secret_key),
        "revoked": basic(revoked),
        "expired": basic(expired),
        "paused": basic(paused),
        "public elsewhere": basic(here) | ELSEWHERE,
        "secret in a browser": basic(made.secret_key) | ELSEWHERE,
        "public": basic(made.write_key),
        "usual secret": basic(made.secret_key),
        "token": {"authorization": f"Bearer {TOKEN}"},
        **{scope: basic(await key((scope,))) for scope in GRANTABLE_SCOPES},
    }


def basic(key: str) -> dict[str, str]:
    return {"authorization": "Basic " + b64encode(f"{key}:".encode()).decode()}


@pytest.mark.parametrize("route", routes(), ids=lambda route: f"{route.method} {route.asked[0]}")
def test_each_caller_may_do_what_the_table_says(route: Documented) -> None:
    path = route.asked[0]
    allowed = let_in(path)

    async def check() -> None:
        async with serving() as (site, client, headers):
            for kind, stated in headers.items():
                if kind in allowed and path.startswith("/v1/admin/"):
                    continue  # that its operation runs is shown elsewhere; here some would not end
                before = site.unifier.tally
                answer = await client.request(
                    route.method, path, headers=stated, content=route.body
                )
                if kind in allowed:
                    assert answer.status_code not in (401, 403), (kind, answer.text)
                    continue
                stranger = kind in UNKNOWN or kind == "token"
                # What reads and changes profiles tells a key that stands in pages nothing at all.
                stranger |= path.startswith("/v1/spaces/") and kind.startswith("public")
                expected = 401 if stranger else 403
                assert answer.status_code == expected, (kind, answer.text)
                assert answer.json()["success"] is False
                assert site.unifier.tally == before

    asyncio.run(check())


@pytest.mark.parametrize("kind", ["token", *GRANTABLE_SCOPES])
def test_an_operation_runs_for_whoever_may_run_it(kind: str) -> None:
    harmless = {
        "profile:read": "profile",
        "decide": "decide",
        "ingest:trusted": "outcome",
        "export": "counts",
        "erase": "erasure_list",
        "feed": "profile_changes",
        "identity": "identity_operations",
    }
    name = harmless.get(kind, "doctor")

    async def check() -> None:
        async with serving() as (_, client, headers):
            answer = await client.post(f"/v1/admin/{name}", headers=headers[kind], content=b"{}")
            assert answer.status_code not in (401, 403), answer.text
            rows = await client.get("/v1/admin/export/events", headers=headers[kind])
            assert (rows.status_code == 200) == (kind in ("token", "export"))
            head = await client.head("/v1/admin/export/events", headers=headers[kind])
            assert (head.status_code, head.content) == (rows.status_code, b"")

    asyncio.run(check())


def test_a_cookie_is_for_pages_of_this_origin_with_a_key() -> None:
    same = {"sec-fetch-site": "same-origin"}

    async def check() -> None:
        async with serving() as (_, client, headers):
            for kind, stated in headers.items():
                body = b'{"anonymousId":"a-1"}'
                answer = await client.post("/v1/cookie", headers=stated | same, content=body)
                if kind in APPEND:
                    assert (answer.status_code, "set-cookie" in answer.headers) == (200, True)
                else:
                    assert answer.status_code == (401 if kind in (*UNKNOWN, "token") else 403)
                elsewhere = await client.post("/v1/cookie", headers=stated, content=body)
                assert (elsewhere.status_code, "set-cookie" in elsewhere.headers) == (403, False)

    asyncio.run(check())


@pytest.mark.parametrize("path", ["/v1/pixel/track", "/pixel/v1/track"])
def test_a_pixel_is_a_picture_for_everybody_and_an_event_for_some(path: str) -> None:
    async def check() -> None:
        async with serving() as (site, client, headers):
            for kind, stated in headers.items():
                before = site.unifier.tally.stored
                query = {"event": "Seen", "userId": "u-1"}
                answer = await client.get(path, headers=stated, params=query)
                assert (answer.status_code, answer.headers["content-type"]) == (200, "image/gif")
                assert (site.unifier.tally.stored > before) == (kind in APPEND), kind

    asyncio.run(check())


@pytest.mark.parametrize("start", ["/v1/projects", "/projects"])
def test_settings_are_for_public_keys_that_work(start: str) -> None:
    async def check() -> None:
        async with serving() as (site, client, _):
            made = site.callers.create("settings")
            for key, status in ((made.write_key, 200), ("wgw_pk_nobody", 404)):
                assert (await client.get(f"{start}/{key}/settings")).status_code == status
            secret = await client.get(f"{start}/{made.secret_key}/settings")
            assert secret.status_code in (403, 404)
            for operation in ("key_pause", "key_revoke"):
                await operations.run(site, operation, {"key": made.write_key})
                answer = await client.get(f"{start}/{made.write_key}/settings")
                assert answer.status_code == 404

    asyncio.run(check())
