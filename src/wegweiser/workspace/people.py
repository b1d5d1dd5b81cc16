"""The people who work with the pages: their passwords, and the sessions they are signed in with."""

import base64
import hashlib
from functools import cached_property

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from wegweiser.ports.clock import Clock
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.terms.errors import NotFound
from wegweiser.terms.instant import HOUR_MS, MINUTE_MS

PEOPLE = "people"
SESSIONS = "sessions"
ADMIN = "admin"
IDENTITY_ROLES = ("admin", "identity")
SESSION_MS = 12 * HOUR_MS
IDLE_MS = 30 * MINUTE_MS
_NOTED_EVERY_MS = MINUTE_MS
_PASSWORD_BYTES = 15


class Operator(msgspec.Struct, frozen=True):
    """Somebody who may sign in; the password is kept as an argon2id hash."""

    name: str
    password_hash: str
    role: str
    created_at: int


class Session(msgspec.Struct, frozen=True):
    """One sign-in; it ends 12 hours after it started, or after 30 minutes without a page."""

    name: str
    started_at: int
    seen_at: int

    def alive(self, now: int) -> bool:
        """True as long as neither limit has passed.

        >>> Session("admin", 0, 0).alive(30 * 60_000), Session("admin", 0, 0).alive(30 * 60_001)
        (True, False)
        """
        return now - self.started_at <= SESSION_MS and now - self.seen_at <= IDLE_MS


class People:
    """All operators and their sessions; tokens are kept only as SHA-256."""

    def __init__(self, store: OperationalStore, clock: Clock):
        self._store = store
        self._clock = clock
        self._hasher = PasswordHasher()
        self._nobodys_password = _text(clock.random_bytes(_PASSWORD_BYTES))
        self._operators: dict[str, Operator] = {}
        self._sessions: dict[bytes, Session] = {}
        self._noted: dict[bytes, int] = {}
        self._load()

    def _load(self) -> None:
        for _, value in self._store.scan(PEOPLE):
            operator = msgspec.json.decode(value, type=Operator)
            self._operators[operator.name] = operator
        for key, value in self._store.scan(SESSIONS):
            session = msgspec.json.decode(value, type=Session)
            self._sessions[key] = session
            self._noted[key] = session.seen_at

    def ensure_admin(self) -> str | None:
        """Make the first operator; gives the password this once, None when there is one."""
        if ADMIN in self._operators:
            return None
        return self._give_password(ADMIN, "admin", self._clock.now_ms())

    def new_password(self, name: str) -> str:
        """Replace a password and end all sessions of this name; raises NotFound."""
        operator = self._operators.get(name)
        if operator is None:
            raise NotFound(f"There is nobody with the name {name!r}.")
        for key in [key for key, session in self._sessions.items() if session.name == name]:
            self._end(key)
        return self._give_password(name, operator.role, operator.created_at)

    def may_say_who_is_who(self, name: str) -> bool:
        """Tell whether somebody may join and separate persons."""
        operator = self._operators.get(name)
        return operator is not None and operator.role in IDENTITY_ROLES

    def _give_password(self, name: str, role: str, created_at: int) -> str:
        password = _text(self._clock.random_bytes(_PASSWORD_BYTES))
        operator = Operator(name, self._hasher.hash(password), role, created_at)
        self._store.commit([Change(PEOPLE, name.encode(), msgspec.json.encode(operator))])
        self._operators[name] = operator
        return password

    @cached_property
    def _nobody(self) -> str:
        """A hash that is checked for unknown names, so that they take as long as known ones."""
        return self._hasher.hash(self._nobodys_password)

    def check(self, name: str, password: str) -> bool:
        """Tell whether name and password belong together; takes tens of ms, run it in a thread."""
        # Made before anything is asked of the name: the first attempt of all takes longer for all.
        nobody = self._nobody
        operator = self._operators.get(name)
        known = nobody if operator is None else operator.password_hash
        try:
            return self._hasher.verify(known, password) and operator is not None
        except (VerificationError, InvalidHashError):
            return False

    def sign_in(self, name: str) -> str:
        """Start a session of somebody whose password was checked; gives its token."""
        token = _text(self._clock.random_bytes(32))
        now = self._clock.now_ms()
        for key, session in list(self._sessions.items()):
            if not session.alive(now):
                self._end(key)
        self._keep(_digest(token), Session(name, now, now))
        return token

    def session_of(self, token: str) -> Session | None:
        """Find the session of a token and note that it is in use; None when it has ended."""
        key, now = _digest(token), self._clock.now_ms()
        session = self._sessions.get(key)
        if session is None:
            return None
        if not session.alive(now):
            self._end(key)
            return None
        seen = msgspec.structs.replace(session, seen_at=max(now, session.seen_at))
        self._sessions[key] = seen
        if now - self._noted[key] >= _NOTED_EVERY_MS:
            self._keep(key, seen)
        return seen

    def sign_out(self, token: str) -> None:
        """End the session of a token."""
        self._end(_digest(token))

    def _keep(self, key: bytes, session: Session) -> None:
        self._store.commit([Change(SESSIONS, key, msgspec.json.encode(session))])
        self._sessions[key] = session
        self._noted[key] = session.seen_at

    def _end(self, key: bytes) -> None:
        if self._sessions.pop(key, None) is not None:
            self._noted.pop(key, None)
            self._store.commit([Change(SESSIONS, key, None)])


def _text(secret: bytes) -> str:
    return base64.urlsafe_b64encode(secret).decode().rstrip("=")


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
