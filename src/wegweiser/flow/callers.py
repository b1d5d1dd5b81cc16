"""Sources and their keys: who is calling, told from the text of a key."""

import base64
import hashlib
from collections.abc import Sequence

import msgspec

from wegweiser.flow.tables import KEYS, SOURCES
from wegweiser.ports.clock import Clock
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.terms.errors import InputRefused, KeyRefused
from wegweiser.terms.source import (
    PUBLIC_SCOPES,
    SECRET_SCOPES,
    Caller,
    Key,
    Source,
    SourceKind,
    Trust,
)


class NewSource(msgspec.Struct, frozen=True):
    """A source just made; its keys are shown this once."""

    source: str
    write_key: str
    secret_key: str


class Callers:
    """All sources and keys, kept as hashes; a key made here works at once."""

    def __init__(self, store: OperationalStore, clock: Clock):
        self._store = store
        self._clock = clock
        self._sources: dict[str, Source] = {}
        self._keys: dict[str, Key] = {}
        self._known: dict[str, Caller] = {}
        for _, value in store.scan(SOURCES):
            source = msgspec.json.decode(value, type=Source)
            self._sources[source.source_id] = source
        for _, value in store.scan(KEYS):
            key = msgspec.json.decode(value, type=Key)
            self._keys[key.digest] = key

    def sources(self) -> list[Source]:
        """List all sources by name."""
        return sorted(self._sources.values(), key=lambda source: source.name)

    def named(self, name: str) -> Source | None:
        """Find a source by its name."""
        return next((source for source in self._sources.values() if source.name == name), None)

    def create(self, name: str, kind: SourceKind = "live") -> NewSource:
        """Make a source with one public and one secret key; refuses a name that exists."""
        if not name.strip():
            raise InputRefused("bad_name", "A source needs a name.", 422, "name")
        if self.named(name) is not None:
            raise InputRefused(
                "exists", f"There is a source {name!r} already; choose another name.", 409, "name"
            )
        now = self._clock.now_ms()
        source = Source("src_" + self._clock.random_bytes(6).hex(), name, kind, now)
        row = Change(SOURCES, source.source_id.encode(), msgspec.json.encode(source))
        return self.add_keys(source, (row,))

    def add_keys(self, source: Source, beside: Sequence[Change] = ()) -> NewSource:
        """Give a source one more public and one more secret key, committed with other changes."""
        now = self._clock.now_ms()
        write_key, secret_key = self._new_key("pk"), self._new_key("sk")
        made = [
            Key(_digest(write_key), source.source_id, True, PUBLIC_SCOPES, now),
            Key(_digest(secret_key), source.source_id, False, SECRET_SCOPES, now),
        ]
        keys = [Change(KEYS, key.digest.encode(), msgspec.json.encode(key)) for key in made]
        self._store.commit([*beside, *keys])
        self._sources[source.source_id] = source
        self._keys |= {key.digest: key for key in made}
        return NewSource(source.name, write_key, secret_key)

    def of_key(self, text: str) -> Caller:
        """Tell who holds a key; raises KeyRefused for one that is unknown or revoked."""
        known = self._known.get(text)
        if known is not None:
            return known
        key = self._keys.get(_digest(text))
        if key is None or key.revoked_at is not None:
            raise KeyRefused("unknown_key", "The write key is unknown. Copy it from the source.")
        trust = Trust.PUBLIC if key.public else Trust.SERVER
        caller = Caller(key.source_id, self._sources[key.source_id].kind, trust, key.scopes)
        self._known[text] = caller
        return caller

    def source_of_key(self, text: str) -> str | None:
        """Give the source of a key, None when it is unknown."""
        try:
            return self.of_key(text).source_id
        except KeyRefused:
            return None

    def _new_key(self, kind: str) -> str:
        secret = base64.urlsafe_b64encode(self._clock.random_bytes(32)).decode().rstrip("=")
        return f"wgw_{kind}_{secret}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
