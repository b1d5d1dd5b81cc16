"""Measures over HTTP: the list, and one answered as JSON, a table or a drawing."""

from urllib.parse import parse_qsl, unquote

import msgspec

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.json import JsonObject
from wegweiser.terms.source import Caller
from wegweiser.terms.wire import WireRequest, WireResponse
from wegweiser.web.api.answer import json_answer
from wegweiser.workspace import measure_operations, operations
from wegweiser.workspace.site import Site

BEGINNING = "/v1/measures/"
BODY_BYTES = 64 * 1024
MOST_OPTIONS = 40
# What a client asks for by the header Accept, where `format` says nothing; the first named counts.
ACCEPTED = {
    "application/json": "json",
    "text/csv": "csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.apache.parquet": "parquet",
    "image/svg+xml": "svg",
    "image/png": "png",
}


class Asked(msgspec.Struct, forbid_unknown_fields=True):
    """The body of POST /v1/measures/{name}."""

    options: dict[str, str | int | float] = {}
    format: str = ""
    lang: str = ""


async def listed(site: Site, request: WireRequest) -> WireResponse:
    """Answer GET /v1/measures with all measures and their options."""
    if request.method not in ("GET", "HEAD"):
        raise InputRefused("method_not_allowed", "Use GET.", 405)
    caller = site.receiver.caller(request, "export")
    return json_answer(await operations.run(site, "measure_list", {}, caller))


async def one(site: Site, request: WireRequest) -> WireResponse:
    """Answer GET or POST /v1/measures/{name}; options in the query or the body."""
    name = unquote(request.path.removeprefix(BEGINNING)).strip("/")
    if request.method in ("GET", "HEAD"):
        caller = site.receiver.caller(request, "export")
        asked = _in_query(request.query)
    elif request.method == "POST":
        caller, asked = _in_body(site, request)
    else:
        raise InputRefused("method_not_allowed", "Use GET or POST.", 405)
    form = asked.format or _accepted(request.headers.get("accept", ""))
    arguments: JsonObject = {
        "name": name,
        "options": {option: str(value) for option, value in asked.options.items()},
        "format": form,
        "language": asked.lang or request.headers.get("accept-language", "")[:2].lower() or "en",
    }
    if form == "json":
        return json_answer(await operations.run(site, "measure", arguments, caller))
    written = await measure_operations.file_of(site, arguments)
    shown = (
        ("content-type", written.media_type),
        ("content-disposition", f'attachment; filename="{written.name}"'),
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
    )
    return WireResponse(200, written.content, shown)


def _in_query(query: str) -> Asked:
    try:
        given = dict(parse_qsl(query, max_num_fields=MOST_OPTIONS))
    except ValueError as error:
        raise InputRefused("bad_input", "The query cannot be read.", 422) from error
    form, language = given.pop("format", ""), given.pop("lang", "")
    return Asked({**given}, form, language)


def _in_body(site: Site, request: WireRequest) -> tuple[Caller, Asked]:
    body = site.receiver.value(request, BODY_BYTES)
    caller = site.receiver.caller(request, "export")
    try:
        return caller, msgspec.convert(body, Asked)
    except msgspec.ValidationError as error:
        raise InputRefused("bad_shape", f"The body cannot be used: {error}.", 400) from error


def _accepted(header: str) -> str:
    """Choose the format that a client accepts.

    >>> _accepted("text/csv; q=0.9, application/json"), _accepted("*/*")
    ('csv', 'json')
    """
    named = (part.partition(";")[0].strip().lower() for part in header.split(","))
    return next((ACCEPTED[kind] for kind in named if kind in ACCEPTED), "json")
