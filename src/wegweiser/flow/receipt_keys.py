"""The key that signs receipts and answers: Ed25519, so that anybody can verify them."""

import base64
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)
from cryptography.x509.oid import NameOID

from wegweiser.terms.errors import InputRefused

_SHOWN_DIGITS = 16
# A certificate says between which days it holds; the key is changed by hand, not by the calendar.
_VALID = datetime(2020, 1, 1, tzinfo=UTC), datetime(2099, 12, 31, tzinfo=UTC)


class ReceiptKeys:
    """Signs with the workspace's key; `read_seed` gives its 32 bytes, made on first use."""

    def __init__(self, read_seed: Callable[[bool], bytes | None]):
        self._read_seed = read_seed
        self._held: Ed25519PrivateKey | None = None

    def _key(self) -> Ed25519PrivateKey:
        if self._held is None:
            seed = self._read_seed(True)
            assert seed is not None
            self._held = Ed25519PrivateKey.from_private_bytes(seed)
        return self._held

    def sign(self, text: bytes) -> str:
        """Give the signature in base64."""
        return base64.b64encode(self._key().sign(text)).decode()

    @property
    def key_id(self) -> str:
        """The beginning of the SHA-256 of the public key, to tell keys apart."""
        return key_id_of(self._key().public_key())

    @property
    def public_pem(self) -> str:
        """The public key as PEM."""
        return (
            self._key()
            .public_key()
            .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
            .decode()
        )

    def certificate_pem(self, domain: str) -> str:
        """Give a certificate of the key for a domain, signed by itself, as PEM."""
        key, name = self._key(), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, domain[:64])])
        built = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(int(self.key_id, 16) + 1)
            .not_valid_before(_VALID[0])
            .not_valid_after(_VALID[1])
            .sign(key, None)
        )
        return built.public_bytes(Encoding.PEM).decode()


def key_id_of(key: Ed25519PublicKey) -> str:
    """Give the beginning of the SHA-256 of the 32 bytes of a public key, as hex."""
    raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return hashlib.sha256(raw).hexdigest()[:_SHOWN_DIGITS]


def verifies(pem: bytes, text: bytes, signature: str) -> bool:
    """Tell whether a base64 signature of a text was made with the key of a PEM or certificate.

    Raises InputRefused for what is no Ed25519 key.

    >>> keys = ReceiptKeys(lambda make: b"s" * 32)
    >>> signature = keys.sign(b"done")
    >>> [verifies(keys.public_pem.encode(), text, signature) for text in (b"done", b"gone")]
    [True, False]
    """
    key = _read_public(pem)
    try:
        key.verify(base64.b64decode(signature, validate=True), text)
    except (InvalidSignature, ValueError):
        return False
    return True


def _read_public(pem: bytes) -> Ed25519PublicKey:
    key: object
    try:
        if b"BEGIN CERTIFICATE" in pem:
            key = x509.load_pem_x509_certificate(pem).public_key()
        else:
            key = load_pem_public_key(pem)
    except ValueError as error:
        raise _no_key() from error
    if not isinstance(key, Ed25519PublicKey):
        raise _no_key()
    return key


def _no_key() -> InputRefused:
    return InputRefused("bad_key", "This is no Ed25519 public key in PEM.", 422, "public_key")
