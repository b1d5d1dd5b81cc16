"""No route answers with a fault of ours, or with anything that openapi.json does not tell."""

from base64 import b64encode
from collections.abc import Iterator

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.road.server import Server, answer, new_source, serving
from wegweiser.web.reference import FAMILIES
from wegweiser.web.reference.openapi import openapi
from wegweiser.workspace.presence import read_presence

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES = 8
SCHEMA = schemathesis.openapi.from_dict(openapi(FAMILIES))
calmly = settings(
    deadline=None,
    derandomize=True,
    database=None,
    max_examples=EXAMPLES,
    suppress_health_check=list(HealthCheck),
)


class Door:
    """A server, and what to send in the header `authorization` of each route."""

    def __init__(self, server: Server):
        presence = read_presence(server.folder)
        assert presence is not None
        secret_key = new_source(server.folder)["secret_key"]
        self.address = server.address
        self._key = f"Basic {b64encode(f'{secret_key}:'.encode()).decode()}"
        write_key = new_source(server.folder, "pages")["write_key"]
        self._public = f"Bearer {write_key}"
        self._token = f"Bearer {presence.token}"
        scopes = ("--scope", "profile:read", "--scope", "identity")
        judging = answer("key", "create", "site", *scopes, "--data", str(server.folder))
        self._judge = f"Bearer {judging['key']}"

    def headers(self, path: str) -> dict[str, str]:
        """Give the token to the routes of the command line, a secret key to all others.

        Streams, which would not end for whoever may listen, get a key that may not.
        """
        if path in ("/v1/stream", "/ofrep/v1/events"):
            return {"authorization": self._public}
        if path.startswith("/v1/spaces/default/identity/") or path.endswith("external_ids/delete"):
            return {"authorization": self._judge}
        return {"authorization": self._token if "/admin/" in path else self._key}


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """Serve a new folder with a person and an account that the routes can find."""
    folder = tmp_path_factory.mktemp("openapi")
    with serving(folder) as server:
        door = Door(server)
        known = [
            {"type": "identify", "userId": "0", "traits": {"plan": "team"}},
            {"type": "group", "userId": "u-42", "groupId": "acme", "traits": {"name": "Acme"}},
        ]
        stored = httpx.post(
            f"{server.address}/v1/batch", json={"batch": known}, headers=door.headers("/v1/batch")
        )
        assert stored.status_code == 200
        yield door
        assert answer("doctor", "--data", str(folder))["healthy"] is True


def ask(case: schemathesis.Case, door: Door) -> None:
    """Send what was made up, and hold the answer against the document."""
    headers = door.headers(case.path)
    response = case.call(base_url=door.address, headers=headers, timeout=60)
    case.validate_response(response, checks=CHECKS)


@SCHEMA.parametrize()
@calmly
def test_every_route_keeps_to_its_document(case: schemathesis.Case, door: Door) -> None:
    ask(case, door)
