"""Deliveries are believed only with the right proof, made by the providers' own recipes."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from wegweiser.collect.proof_of_hook import Verification, usable_secret, verify
from wegweiser.terms.errors import KeyRefused
from wegweiser.terms.wire import WireRequest

NOW = 1_795_000_000_000
STAMP = str(NOW // 1000)
BODY = b'{"id": 1}'
STANDARD = "whsec_" + base64.b64encode(bytes(range(32))).decode()


def request(headers: dict[str, str], body: bytes = BODY, method: str = "POST") -> WireRequest:
    return WireRequest(method, "/v1/inbound/h-1", "a=1", headers, body)


def passes(
    verification: Verification, secrets: list[str], asked: WireRequest, url: str = ""
) -> bool:
    try:
        verify(verification, secrets, asked, NOW, url)
    except KeyRefused as refused:
        return (refused.status, refused.code) != (401, "bad_signature")
    return True


def standard_headers(secret: str, at: int = NOW, body: bytes = BODY) -> dict[str, str]:
    moment = datetime.fromtimestamp(at / 1000, UTC)
    signature = Webhook(secret).sign("msg_1", moment, body.decode())
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(at // 1000),
        "webhook-signature": signature,
    }


def test_standard_webhooks_as_the_public_library_signs_them() -> None:
    rule = Verification(by="standard_webhooks")
    good = standard_headers(STANDARD)
    assert passes(rule, [STANDARD], request(good))
    assert passes(rule, ["whsec_" + base64.b64encode(bytes(32)).decode(), STANDARD], request(good))
    both = good | {"webhook-signature": "v1,AAAA v2,x " + good["webhook-signature"]}
    assert passes(rule, [STANDARD], request(both))
    by_svix = {name.replace("webhook", "svix"): value for name, value in good.items()}
    assert passes(rule, [STANDARD], request(by_svix))
    assert not passes(rule, [STANDARD], request(good, BODY + b" "))
    assert not passes(rule, [STANDARD], request(good | {"webhook-id": "msg_2"}))
    assert not passes(rule, [], request(good))
    for late in (-301_000, 301_000):
        assert not passes(rule, [STANDARD], request(standard_headers(STANDARD, NOW + late)))


def test_an_hmac_in_hex_with_a_prefix_as_code_hosts_send_it() -> None:
    rule = Verification(by="hmac", header="X-Hub-Signature-256", prefix="sha256=")
    digest = hmac.new(b"hush", BODY, hashlib.sha256).hexdigest()
    assert passes(rule, ["hush"], request({"x-hub-signature-256": f"sha256={digest}"}))
    assert not passes(rule, ["hush"], request({"x-hub-signature-256": digest}))
    assert not passes(rule, ["other"], request({"x-hub-signature-256": f"sha256={digest}"}))
    assert not passes(rule, ["hush"], request({}))


def test_an_hmac_in_base64_as_shops_send_it() -> None:
    rule = Verification(by="hmac", header="X-Shop-Hmac", encoding="base64", algorithm="sha1")
    digest = base64.b64encode(hmac.digest(b"hush", BODY, "sha1")).decode()
    assert passes(rule, ["hush"], request({"x-shop-hmac": digest}))
    assert not passes(rule, ["hush"], request({"x-shop-hmac": digest[:-4]}))


def test_parts_of_one_header_with_a_time_as_payment_providers_send_it() -> None:
    rule = Verification(
        by="hmac",
        header="Pay-Signature",
        part="v1",
        timestamp_part="t",
        signed="{timestamp}.{body}",
    )
    digest = hmac.new(b"hush", f"{STAMP}.".encode() + BODY, hashlib.sha256).hexdigest()
    assert passes(rule, ["hush"], request({"pay-signature": f"t={STAMP},v1=00,v1={digest}"}))
    assert not passes(rule, ["hush"], request({"pay-signature": f"t=1,v1={digest}"}))
    assert not passes(rule, ["hush"], request({"pay-signature": f"v1={digest}"}))


def test_method_address_body_and_time_in_milliseconds_as_crm_systems_sign_them() -> None:
    rule = Verification(
        by="hmac",
        header="X-Crm-Signature-V3",
        encoding="base64",
        signed="{method}{url}{body}{timestamp}",
        timestamp="X-Crm-Timestamp",
    )
    url = "https://data.example.com/v1/inbound/h-1?a=1"
    signed = b"POST" + url.encode() + BODY + str(NOW).encode()
    digest = base64.b64encode(hmac.digest(b"hush", signed, "sha256")).decode()
    headers = {"x-crm-signature-v3": digest, "x-crm-timestamp": str(NOW)}
    assert passes(rule, ["hush"], request(headers), url)
    assert not passes(rule, ["hush"], request(headers), url.replace("a=1", "a=2"))
    assert not passes(rule, ["hush"], request(headers | {"x-crm-timestamp": ""}), url)


def test_a_fixed_token_in_a_header() -> None:
    rule = Verification(by="header", header="Authorization", prefix="Bearer ")
    assert passes(rule, ["t-1"], request({"authorization": "Bearer t-1"}))
    assert not passes(rule, ["t-1"], request({"authorization": "t-1"}))
    assert not passes(rule, ["t-1"], request({"authorization": "Bearer "}))
    assert not passes(rule, [], request({"authorization": "Bearer t-1"}))


@given(st.text(max_size=60), st.binary(max_size=60))
def test_nothing_passes_without_the_secret_and_nothing_breaks(header: str, body: bytes) -> None:
    parts = Verification(by="hmac", header="s", part="v1", timestamp_part="t")
    rules = (
        Verification(by="standard_webhooks"),
        parts,
        Verification(by="hmac", header="s", encoding="base64"),
        Verification(by="header", header="s"),
    )
    headers = {
        "s": header,
        "webhook-id": header,
        "webhook-timestamp": STAMP,
        "webhook-signature": header,
    }
    secret = STANDARD
    for rule in rules:
        if header != secret:
            assert not passes(rule, [secret], request(headers, body))
        assert not passes(rule, [], request(headers, body))


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        (Verification(by="hmac", header="X", signed="{timestamp}"), "must contain"),
        (Verification(by="hmac", header="X", signed="{timestamp}{body}"), "name its header"),
        (Verification(by="hmac", header="X", signed="{body}{secret}"), "knows"),
        (Verification(by="hmac", header="X", timestamp="X-Ts"), "the time is not signed"),
        (Verification(by="hmac", header="X", part="v1", timestamp_part="t"), "is not signed"),
        (Verification(by="hmac", header="X Y"), "needs header"),
        (Verification(by="hmac", header="X", tolerance_seconds=0), "tolerance"),
    ],
)
def test_a_declaration_that_proves_nothing_is_told(rule: Verification, told: str) -> None:
    assert rule.fault is not None
    assert told in rule.fault.said()


def test_a_time_may_be_signed_as_the_header_that_it_is() -> None:
    signed = "{header:x-ts}{body}"
    rule = Verification(by="hmac", header="X", timestamp="X-Ts", signed=signed)
    assert rule.fault is None


@pytest.mark.parametrize(
    ("rule", "secret"),
    [
        (Verification(by="hmac", header="s", secret_encoding="hex"), "s3cret-text"),
        (Verification(by="hmac", header="s", secret_encoding="base64"), "abc"),
        (Verification(by="hmac", header="s"), ""),
        (Verification(by="standard_webhooks"), "whsec_%%%"),
    ],
)
def test_a_secret_that_cannot_be_used_proves_nothing_and_breaks_nothing(
    rule: Verification, secret: str
) -> None:
    headers = standard_headers(STANDARD) | {"s": hmac.new(b"", BODY, "sha256").hexdigest()}
    assert not passes(rule, [secret], request(headers))
    if rule.by == "standard_webhooks":
        assert passes(rule, [secret, STANDARD], request(headers))


def test_secrets_must_be_written_as_they_are_used() -> None:
    assert usable_secret(Verification(by="hmac", header="X"), "anything")
    assert not usable_secret(Verification(by="hmac", header="X"), "")
    assert not usable_secret(Verification(by="hmac", header="X", secret_encoding="hex"), "xyz")
    assert not usable_secret(Verification(by="standard_webhooks"), "whsec_%%%")
