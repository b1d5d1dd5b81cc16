"""The declared webhooks: their documents, their addresses, and apart from both their secrets."""

import base64
from collections.abc import Iterable, Sequence

import msgspec

from wegweiser.collect.hook import Hook, compile_hook, secret_of
from wegweiser.collect.proof_of_hook import usable_secret
from wegweiser.flow.mappings import Put
from wegweiser.flow.tables import HOOK_SECRETS, HOOKS
from wegweiser.ports.clock import Clock
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.json import JsonObject

TOKEN_BYTES = 18
SECRETS_AT_ONCE = 2
WAY_IN = "/v1/inbound/"


class KeptHook(msgspec.Struct, frozen=True):
    """A hook as it was declared, without its secret; `token` makes its address unguessable."""

    document: JsonObject
    token: str
    created_at: int

    @property
    def key(self) -> str:
        """The key of the hook."""
        return str(self.document["key"])

    @property
    def path(self) -> str:
        """The path to post to."""
        return f"{WAY_IN}{self.key}-{self.token}"


class HookBook:
    """All hooks; a change counts from the next delivery on."""

    def __init__(self, store: OperationalStore, clock: Clock):
        self._store = store
        self._clock = clock
        self._kept: dict[str, KeptHook] = {}
        self._compiled: dict[str, Hook] = {}
        self._secrets: dict[str, tuple[str, ...]] = {}
        for _, value in store.scan(HOOKS):
            self._hold(msgspec.json.decode(value, type=KeptHook))
        for key, value in store.scan(HOOK_SECRETS):
            self._secrets[key.decode()] = msgspec.json.decode(value, type=tuple[str, ...])

    def _hold(self, kept: KeptHook) -> None:
        self._kept[kept.key] = kept
        self._compiled[kept.key] = compile_hook(kept.document)

    def all(self) -> list[KeptHook]:
        """List all hooks by key."""
        return [self._kept[key] for key in sorted(self._kept)]

    def get(self, key: str) -> Hook:
        """Give a hook by its key; raises NotFound."""
        found = self._compiled.get(key)
        if found is None:
            raise NotFound(f"There is no hook {key!r}.")
        return found

    def at(self, path: str) -> Hook:
        """Give the hook of an address; raises NotFound."""
        plain = path.rstrip("/")
        found = next((kept for kept in self._kept.values() if kept.path == plain), None)
        if found is None:
            raise NotFound("There is no webhook at this address.")
        return self._compiled[found.key]

    def secrets(self, key: str) -> tuple[str, ...]:
        """Give the secrets that count for a hook, the newest first."""
        return self._secrets.get(key, ())

    def is_ready(self, key: str) -> bool:
        """Tell whether deliveries of a hook can pass: it needs no secret, or has one it can use."""
        verification = self.get(key).verification
        usable = any(usable_secret(verification, one) for one in self.secrets(key))
        return usable or not verification.needs_secret

    def put(self, documents: Iterable[JsonObject]) -> Put:
        """Keep declared hooks; a new one gets its address. The same again changes nothing."""
        return sum((self._put(document) for document in documents), Put())

    def _put(self, document: JsonObject) -> Put:
        key, secret = str(document["key"]), secret_of(document)
        plain = {name: value for name, value in document.items() if name != "secret"}
        before = self._kept.get(key)
        same_secret = not secret or self.secrets(key)[:1] == (secret,)
        if before is not None and before.document == plain and same_secret:
            return Put(unchanged=1)
        if before is None:
            token = base64.b32encode(self._clock.random_bytes(TOKEN_BYTES)).decode()
            kept = KeptHook(plain, token.rstrip("=").lower(), self._clock.now_ms())
        else:
            kept = msgspec.structs.replace(before, document=plain)
        self._store.commit([Change(HOOKS, key.encode(), msgspec.json.encode(kept))])
        self._hold(kept)
        if secret and not same_secret:
            self.set_secret(key, secret)
        return Put(created=1) if before is None else Put(changed=1)

    def set_secret(self, key: str, secret: str, only: bool = False) -> None:
        """Let a hook count a new secret; the one before counts beside it unless `only`.

        Raises NotFound, or InputRefused, which never repeats the secret.
        """
        hook = self.get(key)
        if not usable_secret(hook.verification, secret):
            raise InputRefused(
                "bad_secret",
                "The secret is not written as this hook's verification needs it.",
                422,
                "secret",
            )
        older: Sequence[str] = () if only else self.secrets(key)
        usable = (one for one in older if usable_secret(hook.verification, one))
        kept = tuple(dict.fromkeys((secret, *usable)))[:SECRETS_AT_ONCE]
        self._store.commit([Change(HOOK_SECRETS, key.encode(), msgspec.json.encode(kept))])
        self._secrets[key] = kept

    def remove(self, key: str) -> None:
        """Take a hook and its secrets away; what came through it stays. Raises NotFound."""
        self.get(key)
        name = key.encode()
        self._store.commit([Change(HOOKS, name, None), Change(HOOK_SECRETS, name, None)])
        del self._kept[key], self._compiled[key]
        self._secrets.pop(key, None)
