"""The families as one OpenAPI 3.1 document."""

import re
from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Any

import msgspec

from wegweiser import __version__
from wegweiser.terms.json import Json, JsonObject
from wegweiser.web.reference.documented import (
    ANY_KEY,
    ERASE_KEY,
    FEED_KEY,
    JSON,
    NO_KEY,
    READ_KEY,
    TOKEN,
    Documented,
    Family,
)
from wegweiser.web.reference.shapes import Refusal

_REF = "#/components/schemas/{name}"
_IN_PATH = re.compile(r"\{(\w+)\}")
_TICKS = re.compile("`")
_KEYS: JsonObject = {
    "key": {
        "type": "http",
        "scheme": "basic",
        "description": "A write key as the user name, no password.",
    },
    "keyBearer": {"type": "http", "scheme": "bearer", "description": "A write key."},
    "keyHeader": {"type": "apiKey", "in": "header", "name": "X-Write-Key"},
    "token": {"type": "http", "scheme": "bearer", "description": "The token of server.json."},
}
_WRITE_KEY: list[Json] = [{"key": []}, {"keyBearer": []}, {"keyHeader": []}]
_SECURITY: dict[str, list[Json]] = {
    ANY_KEY: _WRITE_KEY,
    READ_KEY: _WRITE_KEY,
    ERASE_KEY: _WRITE_KEY,
    FEED_KEY: _WRITE_KEY,
    TOKEN: [{"token": []}],
    NO_KEY: [],
}


def openapi(families: Sequence[Family]) -> JsonObject:
    """Write the document; every path of a route is a path item of its own.

    >>> openapi(())["openapi"]
    '3.1.0'
    """
    routes = [route for family in families for route in family.routes]
    (refusal, *described), components = _described(routes)
    paths: dict[str, JsonObject] = {}
    titles = [family.title for family in families for _ in family.routes]
    for title, route, takes, gives, refuses in zip(
        titles, routes, described[::3], described[1::3], described[2::3], strict=True
    ):
        told = refusal if route.refuses is None else refuses
        for path in route.paths:
            item = paths.setdefault(path, {})
            item[route.method.lower()] = _operation(title, route, path, takes, gives, told)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Wegweiser", "version": __version__},
        "tags": [{"name": family.title, "description": family.text} for family in families],
        "paths": dict(paths),
        "components": {"schemas": components, "securitySchemes": _KEYS},
    }


def _described(routes: Iterable[Documented]) -> tuple[tuple[JsonObject, ...], JsonObject]:
    """Give the schema of the refusal, three of each route (takes, gives, refuses), and parts."""
    sides = ((route.takes, route.gives, route.refuses) for route in routes)
    shapes = [Refusal, *(shape for three in sides for shape in three)]
    schemas, components = msgspec.json.schema_components(
        [Any if shape is None else shape for shape in shapes], ref_template=_REF
    )
    return schemas, dict(components)


def written(families: Sequence[Family]) -> bytes:
    """Write the document as text for people and machines, with a line feed at its end."""
    return msgspec.json.format(msgspec.json.encode(openapi(families)), indent=1) + b"\n"


def _operation(
    tag: str, route: Documented, path: str, takes: Json, gives: Json, refusal: Json
) -> JsonObject:
    operation: JsonObject = {
        "tags": [tag],
        "operationId": _name(route.method, path),
        "summary": _TICKS.sub("", route.does),
        "security": _SECURITY.get(route.key, []),
        "parameters": [*_in_path(route, path), *_in_query(route)],
        "responses": {
            str(status): _response(status, route, gives, refusal) for status in route.statuses
        },
    }
    if route.body:
        told: JsonObject = {"schema": takes, "example": msgspec.json.decode(route.body)}
        content: JsonObject = {JSON: told}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _name(method: str, path: str) -> str:
    """Name an operation after its path.

    >>> _name("GET", "/v1/spaces/{type}:{value}/traits")
    'get_v1_spaces_type_value_traits'
    """
    return "_".join([method.lower(), *re.findall(r"\w+", path)])


def _in_path(route: Documented, path: str) -> Iterable[JsonObject]:
    for name in _IN_PATH.findall(path):
        text: JsonObject = {"type": "string", "minLength": 1}
        choices = route.choices.get(name)
        schema: JsonObject = {"enum": list(choices)} if choices else text
        yield {"name": name, "in": "path", "required": True, "schema": schema}


def _in_query(route: Documented) -> Iterable[JsonObject]:
    for one in route.query:
        yield {"name": one.name, "in": "query", "description": one.does, "schema": one.schema}


def _response(status: int, route: Documented, gives: Json, refusal: Json) -> JsonObject:
    told: JsonObject = {"description": HTTPStatus(status).phrase}
    if status == route.status and route.media != JSON:
        return told | {"content": {route.media: {}}}
    if status != route.status and route.refusal_media != JSON:
        return told | {"content": {route.refusal_media: {}, JSON: {"schema": refusal}}}
    ill = status == HTTPStatus.SERVICE_UNAVAILABLE and route.gives and route.refuses is None
    good = status == route.status or ill
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        wait: JsonObject = {"type": "integer", "minimum": 1, "maximum": 60}
        told["headers"] = {"Retry-After": {"schema": wait}}
    return told | {"content": {JSON: {"schema": gives if good else refusal}}}
