"""The second factor: six digits that change every 30 seconds (RFC 6238)."""

import base64
import hmac
from hashlib import sha1
from urllib.parse import quote

STEP_MS = 30_000
DIGITS = 6
# Clocks of phones are a little off: one step to either side counts.
DRIFT_STEPS = 1
KEY_BYTES = 20


def key_of(secret: bytes, seed: str) -> bytes:
    """Derive the key of a seed; without the secret nobody can, so the store holds no key."""
    return hmac.new(secret, f"second-factor:{seed}".encode(), "sha256").digest()[:KEY_BYTES]


def code_at(key: bytes, step: int, digits: int = DIGITS) -> str:
    """Give the code of a time step, as RFC 4226 cuts it.

    >>> code_at(b"12345678901234567890", 59 // 30, 8)
    '94287082'
    """
    digest = hmac.new(key, step.to_bytes(8, "big"), sha1).digest()
    start = digest[-1] & 15
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return str(number % 10**digits).zfill(digits)


def step_of(key: bytes, code: str, now: int, used: int) -> int | None:
    """Find the step whose code was typed, None for a wrong one; none counts twice.

    `used` is the newest step that was let in before.
    """
    typed, middle = "".join(code.split()), now // STEP_MS
    for step in range(middle - DRIFT_STEPS, middle + DRIFT_STEPS + 1):
        if step > used and hmac.compare_digest(code_at(key, step).encode(), typed.encode()):
            return step
    return None


def shown_key(key: bytes) -> str:
    """Write a key as people type it into an app.

    >>> shown_key(b"12345678901234567890")
    'GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ'
    """
    text = base64.b32encode(key).decode().rstrip("=")
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def address_of(key: bytes, name: str) -> str:
    """Give the address with which an app takes the key over."""
    secret = shown_key(key).replace(" ", "")
    return f"otpauth://totp/Wegweiser:{quote(name, safe='')}?secret={secret}&issuer=Wegweiser"
