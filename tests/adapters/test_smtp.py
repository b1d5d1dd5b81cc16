"""Mails are handed to a real mail server: once, encrypted, and only where it was allowed to."""

import asyncio
import ssl
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.contracts.channel import ChannelContract
from tests.decisioning.mail_server import HOST, MailServer, free_port
from wegweiser.adapters.machine import MachineClock
from wegweiser.adapters.smtp import Server, SmtpChannel
from wegweiser.deliver.address import AddressRules
from wegweiser.ports.channel import Parcel

NAME = "mail.example.org"
RULES = AddressRules(frozenset({f"{HOST}/32", NAME}))
PARCEL = Parcel("msg_1", "message.send", 0, {"message": "welcome"})


class Mail(msgspec.Struct, frozen=True):
    """A mail as the channel takes it."""

    sender: str
    recipient: str
    content: bytes


def pack(parcel, at):
    """Write a parcel as a mail whose text is its JSON, dots and all."""
    body = msgspec.json.encode({"id": parcel.parcel_id, "data": parcel.data})
    lines = b"Subject: x\r\n\r\n.leading dot\r\n..\r\n" + body + b"\r\n"
    return Mail("news@example.org", "ada@people.example", lines)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate of the server's name that signs itself; its contexts for both sides."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("certificate")
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (folder / "key.pem").write_bytes(private)
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    trusting = ssl.create_default_context(cafile=str(folder / "cert.pem"))
    return served, trusting


@contextmanager
def serving(plan=lambda recipient: "take", **options):
    """Run a mail server; gives what it got, and its port."""
    handler, port = MailServer(plan), free_port()
    controller = Controller(handler, hostname=HOST, port=port, **options)
    controller.start()
    try:
        yield handler, port
    finally:
        controller.stop()


async def leads_here(host, port):
    """Resolve every name to the server of the test."""
    return [HOST]


def channel_to(port, security="none", tls=None, user="", password="", rules=RULES):
    server = Server(NAME, port, security, user, password)
    return SmtpChannel(server, rules, pack, MachineClock(), leads_here, tls)


def hand_over(channel):
    """Hand one parcel over; gives the receipt and how often an attempt was noted."""
    noted = []

    async def run():
        receipt = await channel.hand_over_once(PARCEL, lambda: noted.append(1))
        # A loop that ends at once would leave the end of TLS half said.
        await asyncio.sleep(0.02)
        return receipt

    return asyncio.run(run()), len(noted)


class TestSmtpChannel(ChannelContract):
    @pytest.fixture
    def server(self):
        with serving() as found:
            yield found

    @pytest.fixture
    def channel(self, server):
        return channel_to(server[1])

    @pytest.fixture
    def arrived(self, server):
        def documents():
            lines = (mail.rstrip().rpartition(b"\r\n")[2] for mail in server[0].mails)
            return [msgspec.json.decode(line) for line in lines]

        return documents

    def test_lines_that_begin_with_a_dot_arrive(self, channel, server):
        assert hand_over(channel)[0].state == "delivered"
        assert b"\r\n.leading dot\r\n..\r\n" in server[0].mails[0]


@pytest.mark.parametrize(
    ("plan", "state", "noted"),
    [
        ("take", "delivered", 1),
        ("drop_after_dot", "unknown", 1),
        ("drop_before_dot", "failed", 0),
        ("busy_rcpt", "failed", 0),
        ("busy_data", "failed", 1),
        ("refuse_rcpt", "refused", 0),
    ],
)
def test_what_a_server_does_is_told_as_what_may_have_arrived(plan, state, noted):
    with serving(lambda recipient: plan) as (server, port):
        receipt, attempts = hand_over(channel_to(port))
        assert (receipt.state, attempts) == (state, noted)
        assert len(server.mails) == (plan in ("take", "drop_after_dot"))


def test_nobody_there_is_a_failure_before_any_attempt():
    receipt, noted = hand_over(channel_to(free_port()))
    assert (receipt.state, receipt.status, noted) == ("failed", 0, 0)


def test_an_attempt_may_be_forbidden_at_the_last_moment():
    class Forbidden(Exception):
        pass

    def forbid():
        raise Forbidden

    with serving() as (server, port):
        with pytest.raises(Forbidden):
            asyncio.run(channel_to(port).hand_over_once(PARCEL, forbid))
        assert server.mails == []


def test_starttls_is_asked_for_or_no_mail_leaves(certificate):
    served, trusting = certificate
    with serving(tls_context=served, require_starttls=True) as (server, port):
        assert hand_over(channel_to(port, "starttls", trusting))[0].state == "delivered"
    with serving() as (server, port):
        receipt, noted = hand_over(channel_to(port, "starttls", trusting))
        assert (receipt.state, noted, server.mails) == ("failed", 0, [])


# The server's side of a handshake that we break off ends in an exception of its thread.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_certificate_of_nobody_is_not_trusted(certificate):
    with serving(tls_context=certificate[0]) as (server, port):
        receipt, noted = hand_over(channel_to(port, "starttls"))
        assert (receipt.state, noted, server.mails) == ("failed", 0, [])
        assert "certificate" in receipt.detail


def test_tls_from_the_start_is_verified(certificate):
    served, trusting = certificate
    with serving(ssl_context=served, server_hostname=HOST) as (_, port):
        assert hand_over(channel_to(port, "implicit_tls", trusting))[0].state == "delivered"
        assert hand_over(channel_to(port, "implicit_tls"))[0].state == "failed"


def test_signing_in(certificate):
    served, trusting = certificate

    def check(server, session, envelope, mechanism, data):
        right = (data.login, data.password) == (b"post", b"secret")
        return AuthResult(success=right, handled=right)

    options = {"authenticator": check, "auth_required": True, "tls_context": served}
    with serving(**options) as (_, port):
        right = channel_to(port, "starttls", trusting, "post", "secret")
        wrong = channel_to(port, "starttls", trusting, "post", "guess")
        assert hand_over(right)[0].state == "delivered"
        refused, noted = hand_over(wrong)
        assert (refused.state, refused.status, noted) == ("failed", 535, 0)
        assert "guess" not in refused.detail


@pytest.mark.parametrize(
    ("rules", "security"),
    [
        (AddressRules(), "starttls"),
        (AddressRules(frozenset({f"{NAME}:1"})), "starttls"),
        (AddressRules(frozenset({f"{HOST}/32"})), "none"),
    ],
)
def test_a_server_that_was_not_opened_is_never_called(rules, security):
    with serving() as (server, port):
        receipt, noted = hand_over(channel_to(port, security, rules=rules))
        assert (receipt.state, noted, server.mails) == ("blocked", 0, [])


def test_a_public_name_that_leads_inside_is_never_called():
    rules = AddressRules()
    receipt, _ = hand_over(channel_to(587, "starttls", rules=rules))
    assert receipt.state == "blocked"
    assert "not public" in receipt.detail
