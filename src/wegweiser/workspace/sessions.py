"""Sessions of the people who are signed in: started, found by their token, listed, ended."""

import base64
import hashlib

import msgspec

from wegweiser.ports.clock import Clock
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.terms.errors import NotFound
from wegweiser.terms.instant import MINUTE_MS
from wegweiser.terms.wrong import wrong
from wegweiser.workspace.operator import Session

SESSIONS = "sessions"
TOKEN_BYTES = 32
_NOTED_EVERY_MS = MINUTE_MS


class Sessions:
    """All sessions; tokens are kept only as SHA-256."""

    def __init__(self, store: OperationalStore, clock: Clock):
        self._store = store
        self._clock = clock
        self._held: dict[bytes, Session] = {}
        self._noted: dict[bytes, int] = {}
        for key, value in store.scan(SESSIONS):
            session = msgspec.json.decode(value, type=Session)
            self._held[key] = session
            self._noted[key] = session.seen_at

    def start(self, name: str, by_provider: bool = False) -> str:
        """Start a session; gives its token. What has ended is forgotten."""
        token = random_text(self._clock.random_bytes(TOKEN_BYTES))
        now = self._clock.now_ms()
        for key, session in list(self._held.items()):
            if not session.alive(now):
                self._end(key)
        self._keep(digest_of(token), Session(name, now, now, by_provider))
        return token

    def of(self, token: str, in_use: bool = True) -> Session | None:
        """Find the session of a token, noting its use; None when it has ended."""
        key, now = digest_of(token), self._clock.now_ms()
        session = self._held.get(key)
        if session is None:
            return None
        if not session.alive(now):
            self._end(key)
            return None
        if not in_use:
            return session
        seen = msgspec.structs.replace(session, seen_at=max(now, session.seen_at))
        self._held[key] = seen
        if now - self._noted[key] >= _NOTED_EVERY_MS:
            self._keep(key, seen)
        return seen

    def alive(self, name: str = "") -> list[tuple[str, Session]]:
        """List the sessions that have not ended, with the id of each; of one name, or of all."""
        now = self._clock.now_ms()
        return [
            (_id(key), session)
            for key, session in self._held.items()
            if session.alive(now) and name in ("", session.name)
        ]

    def end_by_id(self, wanted: str) -> Session:
        """End a session by its id; raises NotFound."""
        for key, session in self._held.items():
            if _id(key) == wanted:
                self._end(key)
                return session
        raise NotFound(wrong("no_session"))

    def end(self, token: str) -> None:
        """End the session of a token."""
        self._end(digest_of(token))

    def end_all(self, name: str) -> None:
        """End all sessions of somebody."""
        for key in [key for key, session in self._held.items() if session.name == name]:
            self._end(key)

    def _keep(self, key: bytes, session: Session) -> None:
        self._store.commit([Change(SESSIONS, key, msgspec.json.encode(session))])
        self._held[key] = session
        self._noted[key] = session.seen_at

    def _end(self, key: bytes) -> None:
        if self._held.pop(key, None) is not None:
            self._noted.pop(key, None)
            self._store.commit([Change(SESSIONS, key, None)])


def session_id_of(token: str) -> str:
    """Give the id of the session of a token, which gives away nothing of it."""
    return _id(digest_of(token))


def digest_of(token: str) -> bytes:
    """Give what is kept of a token."""
    return hashlib.sha256(token.encode()).digest()


def random_text(secret: bytes) -> str:
    """Write random bytes as letters, digits, - and _."""
    return base64.urlsafe_b64encode(secret).decode().rstrip("=")


def _id(key: bytes) -> str:
    return f"ses_{key.hex()[:16]}"
