"""The families as the page docs/http-api.md."""

from collections.abc import Iterator

from wegweiser.web.reference.documented import Family

HEAD = """\
# HTTP API

<!-- Written by `make docs` from src/wegweiser/web/reference/; change it there. -->

Each path also works with a slash at its end; nothing is ever redirected. Bodies and answers are
JSON in UTF-8. The pages for people have their own addresses and are not described here. The same
as an OpenAPI document: `GET /v1/openapi.json` or [openapi.json](openapi.json).

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


def markdown(families: tuple[Family, ...]) -> str:
    """Write the page.

    >>> markdown(()).splitlines()[0]
    '# HTTP API'
    """
    return "\n".join(
        [HEAD, *_index(families), *(line for family in families for line in _family(family))]
    )


def _index(families: tuple[Family, ...]) -> Iterator[str]:
    yield "## All routes\n"
    yield "| method | path | key |"
    yield "|---|---|---|"
    for family in families:
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
