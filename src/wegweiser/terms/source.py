"""Sources, their keys, and who is calling."""

from enum import IntEnum
from typing import Literal

import msgspec

SourceKind = Literal["live", "bulk"]
Scope = Literal["ingest", "ingest:trusted", "profile:read", "decide", "admin"]

PUBLIC_SCOPES: tuple[Scope, ...] = ("ingest",)
SECRET_SCOPES: tuple[Scope, ...] = ("ingest:trusted", "profile:read", "decide")


class Trust(IntEnum):
    """How much a statement about identity or traits is believed."""

    INFERRED = 0
    PUBLIC = 1
    SERVER = 2
    VERIFIED = 3
    OPERATOR = 4


class Key(msgspec.Struct, frozen=True):
    """A key of a source, kept only as the SHA-256 of its text (hex)."""

    digest: str
    source_id: str
    public: bool
    scopes: tuple[Scope, ...]
    created_at: int
    revoked_at: int | None = None


class Source(msgspec.Struct, frozen=True):
    """One sender: a website, an app, a CRM import."""

    source_id: str
    name: str
    kind: SourceKind
    created_at: int


class Caller(msgspec.Struct, frozen=True):
    """Who sent a request, as its key says."""

    source_id: str
    kind: SourceKind
    trust: Trust
    scopes: tuple[Scope, ...]

    @property
    def public(self) -> bool:
        """True for a key that anybody can read off a web page."""
        return self.trust <= Trust.PUBLIC
