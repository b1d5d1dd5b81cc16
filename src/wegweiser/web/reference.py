"""The HTTP API as a table of routes with examples, and as the page docs/http-api.md."""

import json
from collections.abc import Iterator

import msgspec

from wegweiser.web.examples import (
    ACCOUNT_PROFILE,
    ADMIN_ANSWER,
    BATCH,
    DECIDE,
    DECIDED,
    EVENTS_PAGE,
    EXTERNAL_IDS,
    IDENTIFY,
    METADATA,
    OUTCOMES,
    PERSON_PROFILE,
    REPORTED,
    STORED,
    TRACK,
    TRAITS,
)
from wegweiser.workspace.operations import OPERATIONS

USERS = "/v1/spaces/default/collections/users/profiles"
ACCOUNTS = "/v1/spaces/default/collections/accounts/profiles"
ANY_KEY = "public or secret key"
READ_KEY = "secret key"
TOKEN = "the token in `server.json`"
NO_KEY = "none"
_OPERATIONS = ", ".join(f"`{name}`" for name in OPERATIONS)


class Documented(msgspec.Struct, frozen=True):
    """One route as readers see it; every path means the same. `body` and `answer` are JSON.

    The first of `tries` is asked in the test, so that what the page says is what happens.
    """

    method: str
    paths: tuple[str, ...]
    does: str
    key: str
    body: str = ""
    answer: str = ""
    status: int = 200
    tries: tuple[str, ...] = ()

    @property
    def asked(self) -> tuple[str, ...]:
        """The addresses under which a request gets the status of this route."""
        return self.tries or self.paths


class Family(msgspec.Struct, frozen=True):
    """Routes that belong together, with what holds for all of them."""

    title: str
    text: str
    routes: tuple[Documented, ...]


def _call(name: str, does: str, body: str) -> Documented:
    return Documented("POST", (f"/v1/{name}", f"/v1/{name[0]}"), does, ANY_KEY, body, STORED)


def _body(**fields: object) -> str:
    return json.dumps(fields)


COLLECT = Family(
    "Sending events",
    "The elements are those of the Segment libraries, unchanged. Success is status 200 and an\n"
    'object that begins `{"success": true`; it comes after the events are on disk and in the\n'
    "profiles. The answer's header `Wegweiser-Position` names the place in the log. An element\n"
    "that cannot be read does not harm its neighbours: it is set aside and listed under\n"
    "`quarantined`. The same `messageId` of the same source is stored once; `duplicates` counts\n"
    "the others. A body may be gzipped; the content type is not looked at.",
    (
        _call("identify", "States what is known of a person.", IDENTIFY),
        _call("track", "States that somebody did something.", TRACK),
        _call("page", "States that a page was viewed.", _body(userId="u-42", name="Security")),
        _call(
            "screen", "States that a view of an app was seen.", _body(userId="u-42", name="Home")
        ),
        _call(
            "group",
            "States that a person belongs to an account, and what is known of the account.",
            _body(userId="u-42", groupId="acme", traits={"name": "Acme"}),
        ),
        _call(
            "alias",
            "States that two user ids are one person; believed with a secret key only.",
            _body(previousId="u-41", userId="u-42"),
        ),
        Documented(
            "POST",
            ("/v1/batch", "/v1/b", "/v1/import", "/beacon/v1/batch"),
            "Takes up to 5,000 events of all kinds. 512,000 bytes with a public key, 4 MiB with a"
            " secret key in a header. The beacon also takes its key as `?writeKey=`.",
            ANY_KEY,
            BATCH,
            STORED,
        ),
    ),
)

CHOOSE = Family(
    "Decisions and outcomes",
    "A public key may ask for its own visitor (`subject.device`) with mode `serve` only, and does\n"
    "not see `pi`, `how`, `arm` and `model`. The same `request_id` with the same body gives the\n"
    "same answer for ever; with another body 409.",
    (
        Documented(
            "POST",
            ("/v1/decide",),
            "Chooses what to show in one or more placements. `mode` is `serve`, `explain` (adds"
            " the reasons for every candidate) or `simulate` (nothing is kept). A body has up to"
            ' 64 KiB. "Nothing" is a decision as well: `items` is empty then.',
            ANY_KEY,
            DECIDE,
            DECIDED,
        ),
        Documented(
            "POST",
            ("/v1/outcomes",),
            "Takes up to 1,000 outcomes, of kind `seen`, `click`, `dwell`, `declined`,"
            " `delivered`, `bounced`, `done` or `goal`. Each gets a status of its own: `stored`,"
            " `known`, `waiting` (its decision is not known yet) or `refused`.",
            ANY_KEY,
            OUTCOMES,
            REPORTED,
            207,
        ),
    ),
)


def _profile_routes(users: str, subject: str, whole: str) -> tuple[Documented, ...]:
    def route(part: str, does: str, answer: str) -> Documented:
        path = f"{users}/{{type}}:{{value}}/{part}"
        return Documented(
            "GET", (path,), does, READ_KEY, "", answer, 200, (f"{users}/{subject}/{part}",)
        )

    return (
        route("profile", "Gives everything in one object.", whole),
        route("traits", "Gives the traits; `?limit=` from 1 to 200, 10 if absent.", TRAITS),
        route("external_ids", "Gives the identifiers, with `?limit=`.", EXTERNAL_IDS),
        route("metadata", "Gives when the profile was made and last changed.", METADATA),
    )


_PERSON = _profile_routes(USERS, "user_id%3Au-42", PERSON_PROFILE)
_ACCOUNT = _profile_routes(ACCOUNTS, "group_id%3Aacme", ACCOUNT_PROFILE)[:1]

READ = Family(
    "Reading profiles",
    "The shape of Segment's Profile API. Any identifier of a person finds it. The secret key is\n"
    'the user name of Basic authorization. Errors are `{"error": {"code", "message"}}`. The same\n'
    "parts but `events` exist below `/collections/accounts/profiles/group_id:...`.",
    (
        *_PERSON,
        Documented(
            "GET",
            (f"{USERS}/{{type}}:{{value}}/events",),
            "Gives the newest events that the profile still holds, newest first, with `?limit=`.",
            READ_KEY,
            "",
            EVENTS_PAGE,
            200,
            (f"{USERS}/user_id%3Au-42/events",),
        ),
        *_ACCOUNT,
    ),
)

OPERATE = Family(
    "Operation",
    "For machines that watch over the server, and for the command line.",
    (
        Documented(
            "GET", ("/healthz",), "Says that the process turns.", NO_KEY, "", '{"status":"ok"}'
        ),
        Documented(
            "GET",
            ("/readyz",),
            "Says whether something can be stored now; 503 with the reason when not.",
            NO_KEY,
            "",
            '{"status":"ok"}',
        ),
        Documented(
            "GET",
            ("/metrics",),
            "Gives counts as Prometheus text, to callers on this machine.",
            NO_KEY,
        ),
        Documented(
            "POST",
            ("/v1/admin/{operation}",),
            f"Runs an operation of the command line: {_OPERATIONS}. For commands of the user who"
            " runs the server; their arguments may change.",
            TOKEN,
            "{}",
            ADMIN_ANSWER,
            200,
            ("/v1/admin/doctor",),
        ),
        Documented(
            "GET",
            ("/v1/admin/export/{kind}",),
            "Streams `events`, `persons`, `accounts`, `decisions`, `outcomes` or `quarantine` as"
            " NDJSON.",
            TOKEN,
            tries=("/v1/admin/export/events",),
        ),
    ),
)

FAMILIES = (COLLECT, CHOOSE, READ, OPERATE)

HEAD = """\
# HTTP API

<!-- Written by `make docs` from src/wegweiser/web/reference.py; change it there. -->

Each path also works with a slash at its end; nothing is ever redirected. Bodies and answers are
JSON in UTF-8. The pages for people have their own addresses and are not described here.

## Keys

`wegweiser source create NAME` prints a **public** write key (`wgw_pk_...`), which may stand in a
web page, and a **secret** one (`wgw_sk_...`), which must not: a request with a secret key and an
`Origin` is refused. Send a key as the user name of Basic authorization (`curl -u KEY:`), as
`Authorization: Bearer KEY`, as `X-Write-Key` or `X-API-Key`, or, for events, as `writeKey` in the
body. Two keys that differ: 403. Only what a secret key says about e-mail addresses, aliases and
accounts is believed without further signs.

## Errors

Every error outside the profile routes is one object:

```json
{"success": false, "code": "bad_json", "message": "The body is not JSON.",
 "error": {"code": "bad_json", "message": "The body is not JSON.", "field": null}}
```

| status | code | what to do |
|---|---|---|
| 400 | `bad_json`, `bad_shape`, `bad_value` and other `bad_...` | correct what `field` names |
| 401 | `unknown_key` | send a key of this workspace |
| 403 | `key_mismatch`, `forbidden`, `secret_in_browser` | send one key, with the right to do this |
| 404 | `not_found` | look at path or name |
| 405 | `method_not_allowed` | use the method of this page |
| 409 | `request_id_reused` | choose a new `request_id` |
| 413 | `too_large`, `event_too_large` | send less at once |
| 415 | `unsupported` | send plain or gzip |
| 429 | `come_again` | wait as long as `Retry-After` says, then send the same again |
| 500 | `internal` | our fault; quote the number in `message` |

429 means overload, a full disk, or a server that is stopping; nothing of that request was kept.
"""


def markdown() -> str:
    """Write the page.

    >>> markdown().splitlines()[0]
    '# HTTP API'
    """
    return "\n".join([HEAD, *_index(), *(line for family in FAMILIES for line in _family(family))])


def _index() -> Iterator[str]:
    yield "## All routes\n"
    yield "| method | path | key |"
    yield "|---|---|---|"
    for family in FAMILIES:
        for route in family.routes:
            paths = ", ".join(f"`{path}`" for path in route.paths)
            yield f"| {route.method} | {paths} | {route.key} |"
    yield ""


def _family(family: Family) -> Iterator[str]:
    yield f"## {family.title}\n\n{family.text}\n"
    for route in family.routes:
        yield f"### {route.method} {route.paths[0]}\n"
        also = ", ".join(f"`{path}`" for path in route.paths[1:])
        yield route.does + (f" Also: {also}." if also else "") + "\n"
        if route.body:
            yield f"```json\n{route.body}\n```\n"
        if route.answer:
            yield f"Answer, status {route.status}:\n\n```json\n{route.answer}\n```\n"


def main() -> None:
    """Print the page."""
    print(markdown(), end="")


if __name__ == "__main__":
    main()
