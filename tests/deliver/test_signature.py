"""Signatures verify with the public library, and with nothing changed."""

import base64
import time

import pytest
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from wegweiser.deliver.parcel import body_of
from wegweiser.deliver.signature import key_of, new_secret, signed_request
from wegweiser.ports.channel import Parcel
from wegweiser.terms.errors import InputRefused

OLD, NEW = new_secret(bytes(range(24))), new_secret(bytes(range(1, 33)))
PARCEL = Parcel("msg_1", "message.send", 1_800_000_000_000, {"text": "Grüße", "n": 1.5})


def request(seconds_ago=0, secrets=(OLD,)):
    return signed_request(PARCEL, int((time.time() - seconds_ago) * 1000), secrets)


def test_the_public_library_verifies():
    headers, body = request()
    assert Webhook(OLD).verify(body, headers)["data"] == PARCEL.data
    assert headers["webhook-id"] == "msg_1"


def test_while_rotating_both_secrets_verify():
    headers, body = request(secrets=(NEW, OLD))
    assert Webhook(OLD).verify(body, headers) == Webhook(NEW).verify(body, headers)
    assert headers["webhook-signature"].count("v1,") == 2


def test_a_changed_byte_does_not_verify():
    headers, body = request()
    for changed in (body.replace(b"1.5", b"1.6"), body + b" "):
        with pytest.raises(WebhookVerificationError):
            Webhook(OLD).verify(changed, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(NEW).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(OLD).verify(body, {**headers, "webhook-id": "msg_2"})


def test_a_try_that_is_six_minutes_old_does_not_verify():
    headers, body = request(seconds_ago=360)
    with pytest.raises(WebhookVerificationError):
        Webhook(OLD).verify(body, headers)


def test_id_and_body_are_equal_over_all_tries():
    early, late = signed_request(PARCEL, 0, (OLD,)), signed_request(PARCEL, 10**12, (OLD,))
    assert early[1] == late[1] == body_of(PARCEL)
    assert early[0]["webhook-id"] == late[0]["webhook-id"]
    assert early[0]["webhook-signature"] != late[0]["webhook-signature"]


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "whsec_",
        "whsec_!!!!",
        "plain",
        base64.b64encode(bytes(24)).decode(),
        "whsec_" + base64.b64encode(bytes(23)).decode(),
    ],
)
def test_weak_or_misspelt_secrets_are_refused_without_repeating_them(secret):
    with pytest.raises(InputRefused) as refused:
        key_of(secret)
    assert refused.value.code == "bad_secret"
    assert len(secret) < 8 or secret not in refused.value.message


def test_a_secret_needs_enough_bytes():
    with pytest.raises(ValueError, match="24"):
        new_secret(bytes(23))
