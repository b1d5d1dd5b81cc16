"""Sources and their keys: who is calling, told from the text of a key."""

import base64
import hashlib
from collections.abc import Sequence

import msgspec

from wegweiser.flow.allowances import Allowances
from wegweiser.flow.tables import KEYS, SOURCES, USER_HASHES
from wegweiser.ports.clock import Clock
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.resolve.windows import Senders
from wegweiser.terms.errors import InputRefused, KeyRefused
from wegweiser.terms.source import (
    PUBLIC_SCOPES,
    SECRET_SCOPES,
    Caller,
    Key,
    Scope,
    Source,
    SourceKind,
    SourceOptions,
    Trust,
)
from wegweiser.terms.wrong import wrong


class NewSource(msgspec.Struct, frozen=True):
    """A source just made; its keys are shown this once."""

    source: str
    write_key: str
    secret_key: str


class Callers:
    """All sources and keys, kept as hashes; every change of one works at once."""

    def __init__(self, store: OperationalStore, clock: Clock):
        self._store = store
        self._clock = clock
        self.allowances = Allowances(store, clock)
        self._sources: dict[str, Source] = {}
        self._keys: dict[str, Key] = {}
        self._user_hashes: dict[str, tuple[str, ...]] = {}
        self._known: dict[str, Caller] = {}
        for _, value in store.scan(SOURCES):
            source = msgspec.json.decode(value, type=Source)
            self._sources[source.source_id] = source
        for _, value in store.scan(KEYS):
            key = msgspec.json.decode(value, type=Key)
            self._keys[key.digest] = key
        for source_id, value in store.scan(USER_HASHES):
            self._user_hashes[source_id.decode()] = tuple(value.decode().split())

    def sources(self) -> list[Source]:
        """List all sources by name."""
        return sorted(self._sources.values(), key=lambda source: source.name)

    def source(self, source_id: str) -> Source | None:
        """Find a source by its id."""
        return self._sources.get(source_id)

    def named(self, name: str) -> Source | None:
        """Find a source by its name."""
        return next((source for source in self._sources.values() if source.name == name), None)

    def keys(self, source_id: str = "") -> list[Key]:
        """List the keys of a source, or all, oldest first; those that are gone too."""
        found = (key for key in self._keys.values() if source_id in ("", key.source_id))
        return sorted(found, key=lambda key: (key.created_at, key.digest))

    def key_named(self, name: str) -> Key | None:
        """Find a key by its id or by its whole text; None when there is none."""
        key = self._keys.get(_digest(name))
        return key or next((key for key in self._keys.values() if key.key_id == name), None)

    def create(self, name: str, kind: SourceKind = "live") -> NewSource:
        """Make a source with one public and one secret key; refuses a name that exists."""
        self.require_new_name(name)
        now = self._clock.now_ms()
        source = Source("src_" + self._clock.random_bytes(6).hex(), name, kind, now)
        row = Change(SOURCES, source.source_id.encode(), msgspec.json.encode(source))
        return self.add_keys(source, (row,))

    def require_new_name(self, name: str) -> None:
        """Refuse a name that no source can get: none at all, or one that is taken."""
        if not name.strip():
            raise InputRefused("bad_name", wrong("nameless_source"), 422, "name")
        if self.named(name) is not None:
            raise InputRefused("exists", wrong("source_exists", name=repr(name)), 409, "name")

    def add_keys(self, source: Source, beside: Sequence[Change] = ()) -> NewSource:
        """Give a source one more public and one more secret key, committed with other changes."""
        (write_key, public), (secret_key, secret) = (
            self.new_key(source, PUBLIC_SCOPES),
            self.new_key(source, SECRET_SCOPES),
        )
        self._store.commit([*beside, *map(_row, (public, secret))])
        self._sources[source.source_id] = source
        self._keep([public, secret])
        return NewSource(source.name, write_key, secret_key)

    def new_key(self, source: Source, scopes: tuple[Scope, ...]) -> tuple[str, Key]:
        """Make a key that nobody holds yet: its text, and what is kept once it is `put`."""
        public = scopes == PUBLIC_SCOPES
        secret = base64.urlsafe_b64encode(self._clock.random_bytes(32)).decode().rstrip("=")
        text = f"wgw_{'pk' if public else 'sk'}_{secret}"
        return text, Key(_digest(text), source.source_id, public, scopes, self._clock.now_ms())

    def put(self, *keys: Key) -> None:
        """Keep keys, new or changed, in one commit."""
        self._store.commit([_row(key) for key in keys])
        self._keep(keys)

    def put_source(self, source: Source) -> None:
        """Keep a source that was changed."""
        row = Change(SOURCES, source.source_id.encode(), msgspec.json.encode(source))
        self._store.commit([row])
        self._sources[source.source_id] = source
        self._known.clear()

    def senders(self) -> Senders:
        """Tell which sources' words on memberships count otherwise than most."""
        bulk = (one.source_id for one in self._sources.values() if one.kind == "bulk")
        return Senders(frozenset(bulk), frozenset(self._user_hashes))

    def user_hash_secrets(
        self, source: Source, new: bool = False, retire: bool = False
    ) -> tuple[str, ...]:
        """Give the secrets that prove user ids of a source, the newest first.

        The first is made when first asked for. `new` makes another one, beside which the one
        before goes on proving until `retire`, or until there is a third.
        """
        kept = self._user_hashes.get(source.source_id, ())
        found = kept[:1] if retire else kept
        if new or not found:
            found = ("wgw_uh_" + self._clock.random_bytes(32).hex(), *found[:1])
        if found != kept:
            row = Change(USER_HASHES, source.source_id.encode(), "\n".join(found).encode())
            self._store.commit([row])
            self._user_hashes[source.source_id] = found
            self._known.clear()
        return found

    def of_key(self, text: str) -> Caller:
        """Tell who holds a key; raises KeyRefused for one that is unknown, gone or paused."""
        known = self._known.get(text)
        if known is not None:
            return known
        key = self._keys.get(_digest(text))
        if key is None or key.gone_at(self._clock.now_ms()):
            raise KeyRefused("unknown_key", "The write key is unknown. Copy it from the source.")
        if key.paused:
            raise KeyRefused("forbidden", "This key is switched off.", 403)
        source = self._sources[key.source_id]
        caller = Caller(
            key.source_id,
            source.kind,
            Trust.PUBLIC if key.public else Trust.SERVER,
            key.scopes,
            key,
            source.options,
            self._user_hashes.get(key.source_id, ()),
        )
        if key.expires_at is None:
            self._known[text] = caller
        return caller

    def standing_for(self, source_id: str, kind: SourceKind, trust: Trust) -> Caller:
        """Give a caller for what a source sent earlier, with the trust that it had then."""
        scopes = PUBLIC_SCOPES if trust <= Trust.PUBLIC else SECRET_SCOPES
        source = self._sources.get(source_id)
        return Caller(
            source_id,
            kind,
            trust,
            scopes,
            options=SourceOptions() if source is None else source.options,
            user_hash_secrets=self._user_hashes.get(source_id, ()),
        )

    def source_of_key(self, text: str) -> str | None:
        """Give the source of a key, None when it is unknown."""
        try:
            return self.of_key(text).source_id
        except KeyRefused:
            return None

    def _keep(self, keys: Sequence[Key]) -> None:
        self._keys |= {key.digest: key for key in keys}
        # Whoever held a key before holds it no longer, or with other rights.
        self._known.clear()


def _row(key: Key) -> Change:
    return Change(KEYS, key.digest.encode(), msgspec.json.encode(key))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
