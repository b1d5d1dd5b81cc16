"""The client that talks to the provider: no redirects, nothing without end, keys for signing."""

import asyncio
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from wegweiser.adapters.form_client import FormClient
from wegweiser.deliver.address import AddressRules
from wegweiser.terms.errors import InputRefused
from wegweiser.workspace.openid.token import Header, key_of


class Odd(BaseHTTPRequestHandler):
    """Answers as a provider never should."""

    def do_GET(self) -> None:
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/good")
            self.end_headers()
            return
        self.send_response(200)
        self.end_headers()
        bodies = {"/endless": b"{" + b" " * 70_000 + b"}", "/list": b"[]", "/good": b"{}"}
        self.wfile.write(bodies.get(self.path, b"not JSON"))

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def odd() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Odd)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/moved", "answered 302"),
        ("/endless", "longer than 65,536 bytes"),
        ("/list", "JSON object"),
        ("/text", "JSON object"),
    ],
)
def test_an_odd_answer_is_no_answer(odd: str, path: str, told: str) -> None:
    client = FormClient(AddressRules(allow_private=frozenset({"127.0.0.1"})))
    assert asyncio.run(client.get(f"{odd}/good")) == {}
    with pytest.raises(InputRefused, match=told):
        asyncio.run(client.get(odd + path))


def test_an_address_that_was_not_opened_is_not_called(odd: str) -> None:
    with pytest.raises(InputRefused) as refused:
        asyncio.run(FormClient(AddressRules()).get(f"{odd}/good"))
    assert refused.value.code == "blocked_address"


def test_a_key_for_encryption_or_another_algorithm_signs_nothing() -> None:
    header = Header("RS256", "a")
    assert key_of(header, [{"kid": "a", "use": "enc"}]) is None
    assert key_of(header, [{"kid": "a", "alg": "PS256"}]) is None
    assert key_of(header, [{"kid": "a"}, {"kid": "a", "use": "sig"}]) is None
    assert key_of(header, [{"kid": "a", "use": "sig"}]) == {"kid": "a", "use": "sig"}
