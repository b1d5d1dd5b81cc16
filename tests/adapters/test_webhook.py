"""The guarded client calls a real receiver, and only where it was allowed to."""

import asyncio
import json
import shlex
import shutil
import ssl
import subprocess
import threading
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from standardwebhooks import Webhook

from tests.contracts.channel import ChannelContract
from wegweiser.adapters import webhook
from wegweiser.adapters.machine import MachineClock
from wegweiser.adapters.memory import MemoryClock
from wegweiser.adapters.webhook import WebhookChannel
from wegweiser.deliver.address import AddressRules
from wegweiser.deliver.signature import new_secret, signed_request
from wegweiser.ports.channel import Parcel

OPENED, CLOSED = "127.0.0.65", "127.0.0.1"
RULES = AddressRules(
    frozenset({"127.0.0.64/26"}), allow_http=True, ports=frozenset(range(1, 65536))
)
SECRET = new_secret(bytes(24))
PARCEL = Parcel("msg_1", "message.send", 1_800_000_000_000, {"text": "hello"})


class Receiver(BaseHTTPRequestHandler):
    """Keeps what comes and answers as the path asks."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.calls.append((self.path, dict(self.headers.items()), body))
        what = self.path.strip("/").partition("?")[0]
        answer = getattr(self, f"answer_{what}", None)
        answer() if answer else self.answer(int(what or 200), b"noted")

    def answer(self, status, body, **headers):
        self.send_response(status)
        for name, text in headers.items():
            self.send_header(name.replace("_", "-"), text)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def answer_redirect(self):
        self.answer(302, b"", Location=f"http://{CLOSED}:{self.server.closed_port}/200")

    def answer_later(self):
        self.answer(429, b"busy", Retry_After="120")

    def answer_on_a_day(self):
        self.answer(503, b"busy", Retry_After="Wed, 18 Nov 2026 00:02:00 GMT")

    def answer_someday(self):
        self.answer(503, b"busy", Retry_After="someday")

    def answer_bomb(self):
        self.answer(200, b"\x1f\x8b" + bytes(500), Content_Encoding="gzip")

    def answer_markup(self):
        self.answer(500, b"<b>\x00\x1b[31m" + "ü".encode() * 5000)

    def answer_huge(self):
        self.send_response(200)
        self.end_headers()
        try:
            while self.server.sent < 200 << 20:
                self.wfile.write(bytes(1 << 16))
                self.server.sent += 1 << 16
        except OSError:
            pass

    def answer_silence(self):
        self.server.ending.wait(30)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    """Takes as many connections at once as a real receiver would."""

    request_queue_size = 128


def serve(address):
    server = Server((address, 0), Receiver)
    server.calls, server.sent, server.ending = [], 0, threading.Event()
    server.thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    server.thread.start()
    return server


def end(server):
    server.ending.set()
    server.shutdown()
    server.thread.join()
    server.server_close()


@pytest.fixture
def closed():
    server = serve(CLOSED)
    yield server
    end(server)


@pytest.fixture
def receiver(closed):
    server = serve(OPENED)
    server.closed_port = closed.server_port
    yield server
    end(server)


def leads_to(*addresses):
    """A resolver of one name."""

    async def resolve(host, port):
        return addresses

    return resolve


def channel_to(url, resolve=None, rules=RULES, clock=None, tls=None):
    return WebhookChannel(
        url,
        rules,
        partial(signed_request, secrets=(SECRET,)),
        clock or MachineClock(),
        resolve or leads_to(OPENED),
        tls or ssl.create_default_context(),
    )


def call(receiver, path, **options):
    url = f"http://hooks.example.org:{receiver.server_port}/{path}"
    return asyncio.run(channel_to(url, **options).hand_over(PARCEL))


class TestWebhookChannel(ChannelContract):
    @pytest.fixture
    def channel(self, receiver):
        return channel_to(f"http://hooks.example.org:{receiver.server_port}/200")

    @pytest.fixture
    def arrived(self, receiver):
        def verified():
            for _, headers, body in receiver.calls:
                document = Webhook(SECRET).verify(body, headers)
                yield {"id": headers["webhook-id"], "data": document["data"]}

        return lambda: list(verified())


def test_the_call_is_plain_signed_and_by_name(receiver):
    receipt = call(receiver, "200?key=a%20b")
    assert (receipt.state, receipt.status, receipt.detail) == ("delivered", 200, "noted")
    path, headers, body = receiver.calls[0]
    headers = {name.lower(): text for name, text in headers.items()}
    assert path == "/200?key=a%20b"
    assert headers["host"] == f"hooks.example.org:{receiver.server_port}"
    assert headers["accept-encoding"] == "identity"
    assert json.loads(body)["type"] == "message.send"


@pytest.mark.parametrize(
    ("path", "state"),
    [
        *(("204", "delivered"), ("400", "failed"), ("404", "failed"), ("500", "failed")),
        *(("410", "disabled"), ("304", "failed")),
    ],
)
def test_the_status_says_what_became_of_it(receiver, path, state):
    receipt = call(receiver, path)
    assert (receipt.state, receipt.status) == (state, int(path))


def test_redirects_are_not_followed(receiver, closed):
    receipt = call(receiver, "redirect")
    assert (receipt.state, receipt.status) == ("failed", 302)
    assert len(receiver.calls) == 1
    assert closed.calls == []


def test_the_receivers_wish_is_read(receiver):
    clock = MemoryClock(now=1_794_960_000_000)  # 2026-11-18T00:00:00Z
    waits = [
        call(receiver, path, clock=clock).retry_after_s
        for path in ("later", "on_a_day", "someday", "500")
    ]
    assert waits == [120, 120, None, None]


def test_no_more_than_64_kilobytes_are_read(receiver):
    receipt = call(receiver, "huge")
    assert receipt.state == "delivered"
    assert len(receipt.detail) <= 1000
    # What lies in the sockets' buffers was sent too, but far from all of it.
    assert receiver.sent < 100 << 20


def test_nothing_is_inflated(receiver):
    assert call(receiver, "bomb").detail == "(compressed, not read)"


def test_the_detail_is_short_and_printable(receiver):
    detail = call(receiver, "markup").detail
    assert len(detail) == 1000
    assert detail.isprintable()


def test_a_silent_receiver_costs_a_bounded_time(receiver, monkeypatch):
    monkeypatch.setattr(webhook, "TOTAL_S", 0.3)
    receipt = call(receiver, "silence")
    assert (receipt.state, receipt.status) == ("failed", 0)


def test_proxies_of_the_environment_are_not_used(receiver, closed, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, f"http://{CLOSED}:{closed.server_port}")
    assert call(receiver, "200").state == "delivered"
    assert closed.calls == []


@pytest.mark.parametrize(
    "answers",
    [
        (CLOSED,),
        (OPENED, CLOSED),
        (CLOSED, OPENED),
        ("10.0.0.5", OPENED),
        ("::1",),
        ("::ffff:127.0.0.1",),
    ],
)
def test_one_answer_that_is_not_allowed_blocks_without_a_packet(receiver, closed, answers):
    receipt = call(receiver, "200", resolve=leads_to(*answers))
    assert (receipt.state, receipt.status) == ("blocked", 0)
    assert receipt.detail.startswith("blocked_address")
    assert receiver.calls == closed.calls == []


def test_a_name_that_changes_its_answer_is_asked_once_per_try(receiver, closed):
    asked = []

    async def rebind(host, port):
        asked.append(host)
        return [OPENED] if len(asked) == 1 else [CLOSED]

    channel = channel_to(f"http://rebind.example.org:{receiver.server_port}/200", rebind)
    first = asyncio.run(channel.hand_over(PARCEL))
    assert (first.state, asked) == ("delivered", ["rebind.example.org"])
    assert asyncio.run(channel.hand_over(PARCEL)).state == "blocked"
    assert closed.calls == []


def test_a_forbidden_url_is_not_even_resolved(receiver):
    async def resolve(host, port):
        raise AssertionError("must not be asked")

    for url in ("file:///etc/passwd", "http://localhost/", f"http://{CLOSED}/", "http://a@b.c/"):
        assert asyncio.run(channel_to(url, resolve).hand_over(PARCEL)).state == "blocked"
    plain = AddressRules(frozenset({"127.0.0.64/26"}))
    assert call(receiver, "200", rules=plain, resolve=resolve).state == "blocked"


def test_a_name_without_an_answer_or_a_listener_is_a_failed_try(receiver):
    async def unknown(host, port):
        raise OSError("no such name")

    assert call(receiver, "200", resolve=unknown).state == "failed"
    assert call(receiver, "200", resolve=leads_to()).state == "failed"
    assert call(receiver, "200", resolve=leads_to("127.0.0.66")).state == "failed"


def test_clear_text_is_never_a_fallback_for_tls(receiver):
    url = f"https://hooks.example.org:{receiver.server_port}/200"
    receipt = asyncio.run(channel_to(url).hand_over(PARCEL))
    assert (receipt.state, receipt.status) == ("failed", 0)
    assert receiver.calls == []


@pytest.fixture
def certificate(tmp_path):
    """A certificate for hooks.example.org that nobody vouches for."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not here: it makes the certificate of the receiver")
    made = tmp_path / "certificate.pem"
    options = shlex.split(
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 "
        "-subj /CN=hooks.example.org -addext subjectAltName=DNS:hooks.example.org"
    )
    files = ["-out", str(made), "-keyout", f"{made}.key"]
    subprocess.run(["openssl", *options, *files], check=True, capture_output=True)
    return made


def test_the_certificate_must_be_vouched_for_and_bear_the_name(receiver, certificate):
    own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    own.load_cert_chain(certificate, f"{certificate}.key")
    receiver.socket = own.wrap_socket(receiver.socket, server_side=True)
    trusting = ssl.create_default_context(cafile=certificate)

    def state(name, tls):
        url = f"https://{name}:{receiver.server_port}/200"
        return asyncio.run(channel_to(url, tls=tls).hand_over(PARCEL)).state

    assert state("hooks.example.org", trusting) == "delivered"
    assert state("other.example.org", trusting) == "failed"
    assert state("hooks.example.org", ssl.create_default_context()) == "failed"
    assert len(receiver.calls) == 1
