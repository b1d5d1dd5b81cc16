"""Proof that a webhook comes from whom it says: Standard Webhooks, HMAC, or a fixed token."""

import base64
import binascii
import hmac
import re
from collections.abc import Sequence
from typing import Literal

import msgspec

from wegweiser.terms.errors import KeyRefused
from wegweiser.terms.wire import WireRequest
from wegweiser.terms.wrong import Wrong, wrong

STANDARD_PREFIX = "whsec_"
_PLACE = re.compile(r"\{(body|timestamp|method|path|url|header:[A-Za-z0-9-]{1,60})\}")
_HEADER = re.compile(r"[A-Za-z0-9-]{1,60}")
_MILLISECONDS_FROM = 100_000_000_000


class Verification(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How deliveries of a hook are verified.

    `signed` is the text that was signed: `{body}`, `{timestamp}`, `{method}`, `{path}`, `{url}`
    and `{header:NAME}` stand for what came. `timestamp` names the header with the time of
    signing, in seconds or milliseconds. Where one header holds several parts (`t=1,v1=ab`),
    `part` and `timestamp_part` name them.
    """

    by: Literal["none", "standard_webhooks", "hmac", "header"] = "none"
    header: str = ""
    algorithm: Literal["sha1", "sha256", "sha512"] = "sha256"
    encoding: Literal["hex", "base64"] = "hex"
    prefix: str = ""
    signed: str = "{body}"
    part: str = ""
    timestamp: str = ""
    timestamp_part: str = ""
    tolerance_seconds: int = 300
    secret_encoding: Literal["text", "base64", "hex"] = "text"

    @property
    def needs_secret(self) -> bool:
        """True where nothing can be verified before a secret is known."""
        return self.by != "none"

    @property
    def private_headers(self) -> frozenset[str]:
        """The headers that prove something and are therefore never kept, in lower case."""
        return frozenset((self.header.lower(),)) if self.header else frozenset()

    @property
    def _time_is_free(self) -> bool:
        """True where anybody could send an old delivery again with a time of today."""
        own = "{header:" + self.timestamp.lower() + "}"
        is_signed = "{timestamp}" in self.signed or own in self.signed.lower()
        return bool(self.timestamp or self.timestamp_part) and not is_signed

    @property
    def fault(self) -> Wrong | None:
        """What is wrong with the declaration, None for nothing.

        >>> Verification(by="hmac").fault.said()
        'verify needs header, the name of the header with the signature or token'
        """
        if self.by in ("hmac", "header") and not _HEADER.fullmatch(self.header):
            return wrong("verify_header")
        if self.by == "hmac" and "{body}" not in self.signed:
            return wrong("verify_body")
        if "{timestamp}" in self.signed and not (self.timestamp or self.timestamp_part):
            return wrong("verify_timestamp")
        if self.by == "hmac" and self._time_is_free:
            return wrong("verify_unsigned")
        if "{" in _PLACE.sub("", self.signed):
            return wrong(
                "verify_parts", parts="{body} {timestamp} {method} {path} {url} {header:NAME}"
            )
        if not 1 <= self.tolerance_seconds <= 86_400:
            return wrong("verify_tolerance", most=86_400)
        return None


def usable_secret(verification: Verification, secret: str) -> bool:
    """Tell whether a secret is written as this verification needs it.

    >>> usable_secret(Verification(by="standard_webhooks"), "whsec_AAAA")
    True
    """
    return verification.needs_secret and bool(_keys(verification, (secret,)))


def verify(
    verification: Verification,
    secrets: Sequence[str],
    request: WireRequest,
    now_ms: int,
    url: str = "",
) -> None:
    """Check a delivery as it came; any of the secrets may have signed it.

    `url` is the public address under which it was asked for. Raises KeyRefused
    `bad_signature` (401), which says nothing of what was expected.

    >>> verify(Verification(), (), WireRequest("POST", "/"), now_ms=0)
    """
    proved = True
    match verification.by:
        case "hmac":
            proved = _by_hmac(verification, secrets, request, now_ms, url)
        case "header":
            proved = _by_header(verification, secrets, request)
        case "standard_webhooks":
            proved = _by_standard(verification, secrets, request, now_ms)
    if not proved:
        raise KeyRefused(
            "bad_signature", "The signature of this delivery is missing, wrong or too old."
        )


def _by_header(verification: Verification, secrets: Sequence[str], request: WireRequest) -> bool:
    stated = request.headers.get(verification.header.lower(), "")
    if not stated.startswith(verification.prefix):
        return False
    token = stated[len(verification.prefix) :].encode()
    usable = [secret for secret in secrets if usable_secret(verification, secret)]
    return _any_equal([secret.encode() for secret in usable], [token])


def _by_hmac(
    verification: Verification,
    secrets: Sequence[str],
    request: WireRequest,
    now_ms: int,
    url: str,
) -> bool:
    header = request.headers.get(verification.header.lower(), "")
    parts = _parts(header)
    timestamp = _timestamp(verification, request, parts)
    if timestamp is not None and not _is_fresh(timestamp, now_ms, verification.tolerance_seconds):
        return False
    stated = parts.get(verification.part, []) if verification.part else [header.strip()]
    texts = [
        one[len(verification.prefix) :] for one in stated if one.startswith(verification.prefix)
    ]
    signed = _signed(verification, request, timestamp or "", url)
    return _any_equal(
        [hmac.digest(key, signed, verification.algorithm) for key in _keys(verification, secrets)],
        [digest for text in texts if (digest := _digest(verification, text))],
    )


def _timestamp(
    verification: Verification, request: WireRequest, parts: dict[str, list[str]]
) -> str | None:
    """Give the stated time of signing, None where none is asked for."""
    if verification.timestamp_part:
        return parts.get(verification.timestamp_part, [""])[0]
    if verification.timestamp:
        return request.headers.get(verification.timestamp.lower(), "").strip()
    return None


def _signed(verification: Verification, request: WireRequest, timestamp: str, url: str) -> bytes:
    values = {
        "timestamp": timestamp,
        "method": request.method,
        "path": request.path,
        "url": url,
    }
    signed = b""
    # Every second piece is the name of a place.
    for index, piece in enumerate(_PLACE.split(verification.signed)):
        if index % 2 == 0:
            signed += piece.encode()
        elif piece == "body":
            signed += request.body
        elif piece.startswith("header:"):
            signed += request.headers.get(piece[7:].lower(), "").encode("latin-1", "replace")
        else:
            signed += values[piece].encode()
    return signed


def _by_standard(
    verification: Verification, secrets: Sequence[str], request: WireRequest, now_ms: int
) -> bool:
    stated = {
        name: request.headers.get(f"webhook-{name}") or request.headers.get(f"svix-{name}", "")
        for name in ("id", "timestamp", "signature")
    }
    if not stated["id"] or not _is_fresh(
        stated["timestamp"], now_ms, verification.tolerance_seconds
    ):
        return False
    signed = f"{stated['id']}.{stated['timestamp']}.".encode() + request.body
    texts = [
        text
        for version, _, text in map(_split_version, stated["signature"].split())
        if version == "v1"
    ]
    base64_of = Verification(encoding="base64")
    return _any_equal(
        [hmac.digest(key, signed, "sha256") for key in _keys(verification, secrets)],
        [digest for text in texts if (digest := _digest(base64_of, text))],
    )


def _split_version(text: str) -> tuple[str, str, str]:
    return text.partition(",")


def _parts(header: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for part in header.split(","):
        name, _, value = part.strip().partition("=")
        found.setdefault(name, []).append(value)
    return found


def _is_fresh(timestamp: str, now_ms: int, tolerance_s: int) -> bool:
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 16):
        return False
    stated = int(timestamp)
    at_ms = stated if stated >= _MILLISECONDS_FROM else stated * 1000
    return abs(now_ms - at_ms) <= tolerance_s * 1000


def _keys(verification: Verification, secrets: Sequence[str]) -> list[bytes]:
    """Give the keys of those secrets that are written as this verification needs them."""
    found: list[bytes] = []
    for secret in secrets:
        try:
            found.append(_key(verification, secret))
        except (binascii.Error, ValueError):
            continue
    return [key for key in found if key]


def _key(verification: Verification, secret: str) -> bytes:
    if verification.by == "standard_webhooks":
        return base64.b64decode(secret.removeprefix(STANDARD_PREFIX), validate=True)
    if verification.secret_encoding == "base64":
        return base64.b64decode(secret, validate=True)
    return bytes.fromhex(secret) if verification.secret_encoding == "hex" else secret.encode()


def _digest(verification: Verification, text: str) -> bytes:
    try:
        if verification.encoding == "base64":
            return base64.b64decode(text, validate=True)
        return bytes.fromhex(text)
    except (binascii.Error, ValueError):
        return b""


def _any_equal(expected: Sequence[bytes], stated: Sequence[bytes]) -> bool:
    found = False
    for one in expected:
        for other in stated[:10]:
            found |= hmac.compare_digest(one, other)
    return found
