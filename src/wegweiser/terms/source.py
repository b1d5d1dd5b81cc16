"""Sources, their keys, and who is calling."""

from enum import IntEnum
from typing import Literal, get_args

import msgspec

SourceKind = Literal["live", "bulk"]
Scope = Literal[
    "ingest",
    "ingest:trusted",
    "profile:read",
    "decide",
    "erase",
    "export",
    "feed",
    "identity",
    "admin",
]

PUBLIC_SCOPES: tuple[Scope, ...] = ("ingest",)
SECRET_SCOPES: tuple[Scope, ...] = ("ingest:trusted", "profile:read", "decide")
# What a secret key may be given; "ingest" is the right of public keys.
GRANTABLE_SCOPES: tuple[Scope, ...] = tuple(
    scope for scope in get_args(Scope) if scope not in PUBLIC_SCOPES
)


class Trust(IntEnum):
    """How much a statement about identity or traits is believed."""

    INFERRED = 0
    PUBLIC = 1
    SERVER = 2
    VERIFIED = 3
    OPERATOR = 4


class Allowance(msgspec.Struct, frozen=True):
    """How much may be sent with a key; None is without limit.

    Elements per second with a `burst` of elements at once (None: the rate of one second), per
    UTC day, and per second from one network (/24 of IPv4, /48 of IPv6).
    """

    rate_per_second: float | None = None
    burst: int | None = None
    daily_quota: int | None = None
    address_rate_per_second: float | None = None

    @property
    def limited(self) -> bool:
        """True where anything has to be counted.

        >>> Allowance().limited, Allowance(daily_quota=5).limited
        (False, True)
        """
        return (
            self.rate_per_second is not None
            or self.daily_quota is not None
            or self.address_rate_per_second is not None
        )


class Key(msgspec.Struct, frozen=True):
    """A key of a source, kept only as the SHA-256 of its text (hex); times in ms.

    `allowed_origins` and `allowed_events` allow all where they are empty. A `paused` key is
    switched off for a while; one that was revoked, or whose `expires_at` is over, is gone.
    """

    digest: str
    source_id: str
    public: bool
    scopes: tuple[Scope, ...]
    created_at: int
    revoked_at: int | None = None
    label: str = ""
    allowed_origins: tuple[str, ...] = ()
    allowed_events: tuple[str, ...] = ()
    allowance: Allowance = Allowance()
    expires_at: int | None = None
    paused: bool = False

    @property
    def key_id(self) -> str:
        """The name of a key in lists and commands, which gives away nothing of the key.

        >>> Key("0f3a" * 16, "src_1", True, PUBLIC_SCOPES, 0).key_id
        'key_0f3a0f3a0f3a'
        """
        return f"key_{self.digest[:12]}"

    def gone_at(self, now: int) -> bool:
        """Tell whether the key counts no longer at a moment."""
        ended = self.expires_at is not None and self.expires_at <= now
        return ended or self.revoked_at is not None


class SourceOptions(msgspec.Struct, frozen=True):
    """How a source's senders are treated.

    `browser_batching` tells analytics.js to send ten events at once; `max_body_bytes` is the
    largest body that comes with a public key in a header (None: 512,000).
    """

    browser_batching: bool = False
    max_body_bytes: int | None = None


class Source(msgspec.Struct, frozen=True):
    """One sender: a website, an app, a CRM import."""

    source_id: str
    name: str
    kind: SourceKind
    created_at: int
    options: SourceOptions = SourceOptions()


class Caller(msgspec.Struct, frozen=True):
    """Who sent a request, as its key says.

    `key` is None for whoever came in by another door; with `user_hash_secrets` a
    `context.userHash` proves the user id of a public event.
    """

    source_id: str
    kind: SourceKind
    trust: Trust
    scopes: tuple[Scope, ...]
    key: Key | None = None
    options: SourceOptions = SourceOptions()
    user_hash_secrets: tuple[str, ...] = ()

    @property
    def public(self) -> bool:
        """True for a key that anybody can read off a web page."""
        return self.trust <= Trust.PUBLIC
