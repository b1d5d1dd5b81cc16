"""Signs parcels as Standard Webhooks 1.0 asks: https://www.standardwebhooks.com."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence

from wegweiser.deliver.parcel import body_of
from wegweiser.ports.channel import Parcel
from wegweiser.terms.errors import InputRefused

PREFIX = "whsec_"
SECRET_BYTES = 24


def new_secret(random_bytes: bytes) -> str:
    """Write at least 24 unpredictable bytes as a secret.

    >>> new_secret(bytes(24))
    'whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
    """
    if len(random_bytes) < SECRET_BYTES:
        raise ValueError(f"A secret needs {SECRET_BYTES} random bytes, got {len(random_bytes)}.")
    return PREFIX + base64.b64encode(random_bytes).decode()


def key_of(secret: str) -> bytes:
    """Read the key in a secret; raises InputRefused, which never repeats the secret."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not secret.startswith(PREFIX) or len(key) < SECRET_BYTES:
        raise InputRefused(
            "bad_secret",
            f"A webhook secret is {PREFIX} followed by base64 of at least {SECRET_BYTES} bytes.",
            422,
            "secret",
        )
    return key


def sign(parcel_id: str, timestamp_s: int, body: bytes, secrets: Sequence[str]) -> str:
    """Give one signature per secret, so that receivers may change over at their own time."""
    signed = f"{parcel_id}.{timestamp_s}.".encode() + body
    digests = (hmac.new(key_of(secret), signed, hashlib.sha256).digest() for secret in secrets)
    return " ".join("v1," + base64.b64encode(digest).decode() for digest in digests)


def signed_request(
    parcel: Parcel, at_ms: int, secrets: Sequence[str]
) -> tuple[dict[str, str], bytes]:
    """Give headers and body of one try at `at_ms`; id and body are equal over all tries."""
    body = body_of(parcel)
    timestamp_s = at_ms // 1000
    headers = {
        "content-type": "application/json",
        "webhook-id": parcel.parcel_id,
        "webhook-timestamp": str(timestamp_s),
        "webhook-signature": sign(parcel.parcel_id, timestamp_s, body, secrets),
    }
    return headers, body
