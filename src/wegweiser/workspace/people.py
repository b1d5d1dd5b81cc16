"""The people who work with the pages: their passwords, roles, and the sessions they are in."""

from collections.abc import Callable, Collection
from functools import cached_property

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from wegweiser.ports.clock import Clock
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.role import STRONG_ROLES
from wegweiser.terms.wrong import wrong
from wegweiser.workspace.called import is_name, role_called
from wegweiser.workspace.operator import Invitation, Operator, Session
from wegweiser.workspace.passwords import LONGEST_PASSWORD, require_good
from wegweiser.workspace.second_factor import key_of, step_of
from wegweiser.workspace.sessions import Sessions, digest_of, random_text
from wegweiser.workspace.wrong_codes import WrongCodes
from wegweiser.workspace.wrong_passwords import WrongPasswords

PEOPLE = "people"
INVITATIONS = "people_links"
ADMIN = "admin"
LINK_MS = 3 * DAY_MS
_PASSWORD_BYTES = 15
_SEED_BYTES = 16
_SEED_LENGTH = 32


class People:
    """All operators and their sessions; tokens are kept only as SHA-256.

    `secret` reads what keys of second factors are derived from; it lies outside the store.
    `factor_roles` gives the roles that need one.
    """

    def __init__(
        self,
        store: OperationalStore,
        clock: Clock,
        secret: Callable[[], bytes] | None = None,
        factor_roles: Callable[[], Collection[str]] = tuple,
    ):
        self._factor_roles = factor_roles
        self._store = store
        self._clock = clock
        self._secret = secret
        self._hasher = PasswordHasher()
        self._nobodys_password = random_text(clock.random_bytes(_PASSWORD_BYTES))
        self._operators: dict[str, Operator] = {}
        self.sessions = Sessions(store, clock)
        self._invitations: dict[bytes, Invitation] = {}
        self._wrong_codes = WrongCodes()
        self.wrong_passwords = WrongPasswords()
        self._load()

    def _load(self) -> None:
        for _, value in self._store.scan(PEOPLE):
            operator = msgspec.json.decode(value, type=Operator)
            self._operators[operator.name] = operator
        for key, value in self._store.scan(INVITATIONS):
            self._invitations[key] = msgspec.json.decode(value, type=Invitation)
        first = self._operators.get(ADMIN)
        # Folders from before there were roles: their only operator owns them.
        if first is not None and not self._owners():
            self._put(msgspec.structs.replace(first, role="owner"))

    def all(self) -> list[Operator]:
        """List everybody by name."""
        return sorted(self._operators.values(), key=lambda one: one.name)

    def find(self, name: str) -> Operator | None:
        """Find somebody by name."""
        return self._operators.get(name)

    def get(self, name: str) -> Operator:
        """Give somebody by name; raises NotFound."""
        operator = self._operators.get(name)
        if operator is None:
            raise NotFound(wrong("nobody_called", name=repr(name)))
        return operator

    def ensure_admin(self) -> str | None:
        """Make the first operator; gives the password this once, None when there is one."""
        if self._operators:
            return None
        return self._give_password(Operator(ADMIN, "", "owner", self._clock.now_ms()))

    def add(self, name: str, role: str, email: str = "") -> str:
        """Let somebody in; gives the one-time link token with which they set their password."""
        if not is_name(name):
            told = wrong("name_of_person")
            raise InputRefused("bad_name", told, 422, "name")
        if name in self._operators:
            raise InputRefused("taken", wrong("name_in_use", name=repr(name)), 409, "name")
        self._put(Operator(name, "", role_called(role), self._clock.now_ms(), email.strip()[:200]))
        return self.invite(name)

    def set_role(self, name: str, role: str) -> Operator:
        """Give somebody another role; sessions go on with the new rights.

        A role that is given by hand stays, whatever the identity provider says of groups.
        """
        operator = self.get(name)
        link = operator.provider and msgspec.structs.replace(operator.provider, gives_role=False)
        return self.keep(msgspec.structs.replace(operator, role=role_called(role), provider=link))

    def keep(self, operator: Operator) -> Operator:
        """Store somebody as given, known before or new; raises InputRefused without an owner."""
        before = self._operators.get(operator.name)
        if before is not None and operator.role != "owner":
            self._keep_an_owner(before)
        self._put(operator)
        return operator

    def remove(self, name: str) -> None:
        """Let somebody in no more; their sessions and links end at once."""
        operator = self.get(name)
        self._keep_an_owner(operator)
        self._end_all(name)
        self._store.commit([Change(PEOPLE, name.encode(), None)])
        del self._operators[name]

    def prefer(self, name: str, choices: dict[str, str]) -> None:
        """Keep choices of somebody, such as language; an empty one is forgotten."""
        operator = self.get(name)
        merged = {**operator.preferences, **choices}
        kept = {choice: text for choice, text in merged.items() if text}
        if kept != operator.preferences:
            self._put(msgspec.structs.replace(operator, preferences=kept))

    def _owners(self) -> list[Operator]:
        return [one for one in self._operators.values() if one.role == "owner"]

    def _keep_an_owner(self, operator: Operator) -> None:
        if self._owners() == [operator]:
            told = wrong("last_owner")
            raise InputRefused("last_owner", told, 409, "name")

    def _put(self, operator: Operator) -> None:
        key = operator.name.encode()
        self._store.commit([Change(PEOPLE, key, msgspec.json.encode(operator))])
        self._operators[operator.name] = operator

    def new_password(self, name: str) -> str:
        """Replace a password and end all sessions of this name; raises NotFound."""
        operator = self.get(name)
        self._end_all(name)
        return self._give_password(operator)

    def _give_password(self, operator: Operator) -> str:
        password = random_text(self._clock.random_bytes(_PASSWORD_BYTES))
        self._put(msgspec.structs.replace(operator, password_hash=self._hasher.hash(password)))
        return password

    def hashed(self, name: str, password: str) -> str:
        """Hash a password that somebody chose; takes tens of ms, run it in a thread.

        Raises InputRefused for one that is short or easily guessed.
        """
        require_good(name, password)
        return self._hasher.hash(password)

    def put_password(self, name: str, hashed: str) -> None:
        """Replace a password by one that was hashed; ends sessions and links of this name."""
        operator = self.get(name)
        self._end_all(name)
        self._put(msgspec.structs.replace(operator, password_hash=hashed))

    def invite(self, name: str) -> str:
        """Give the token of a link with which somebody sets their password, once, in three days.

        A link that was given out before ends.
        """
        self.get(name)
        self._end_invitations(name)
        self.wrong_passwords.open(name)
        token = random_text(self._clock.random_bytes(32))
        invitation = Invitation(name, self._clock.now_ms() + LINK_MS)
        key = digest_of(token)
        self._store.commit([Change(INVITATIONS, key, msgspec.json.encode(invitation))])
        self._invitations[key] = invitation
        return token

    def invited(self, token: str) -> Operator | None:
        """Tell who was given a link; None for one that was used, has ended or never was."""
        invitation = self._invitations.get(digest_of(token))
        if invitation is None or self._clock.now_ms() > invitation.until:
            return None
        return self._operators.get(invitation.name)

    def take_link(self, token: str, hashed: str) -> bool:
        """Use a link up for a password that was hashed; False where it was used meanwhile."""
        operator = self.invited(token)
        if operator is None:
            return False
        self.put_password(operator.name, hashed)
        self.wrong_passwords.open(operator.name)
        return True

    def waits(self, name: str) -> bool:
        """Tell whether somebody has a link that still works."""
        now = self._clock.now_ms()
        return any(one.name == name and now <= one.until for one in self._invitations.values())

    def _end_invitations(self, name: str) -> None:
        ended = [key for key, one in self._invitations.items() if one.name == name]
        for key in ended:
            del self._invitations[key]
        if ended:
            self._store.commit([Change(INVITATIONS, key, None) for key in ended])

    @cached_property
    def _nobody(self) -> str:
        """A hash that is checked for unknown names, so that they take as long as known ones."""
        return self._hasher.hash(self._nobodys_password)

    def check(self, name: str, password: str) -> bool:
        """Tell whether name and password belong together; takes tens of ms, run it in a thread."""
        # Made before anything is asked of the name: the first attempt of all takes longer for all.
        nobody = self._nobody
        operator = self._operators.get(name)
        known = nobody if operator is None else operator.password_hash or nobody
        try:
            right = self._hasher.verify(known, password[:LONGEST_PASSWORD])
        except (VerificationError, InvalidHashError):
            return False
        return right and operator is not None and bool(operator.password_hash)

    def may_have_factor(self, name: str) -> bool:
        """Tell whether somebody can use a second factor here: with much power, or in need."""
        able = {*STRONG_ROLES, *self._factor_roles()}
        return self._secret is not None and self.get(name).role in able

    def lacks_factor(self, name: str) -> bool:
        """Tell whether somebody needs a second factor and has none yet."""
        operator = self.get(name)
        needed = operator.role in self._factor_roles() and not operator.factor
        return needed and self._secret is not None

    def new_seed(self) -> str:
        """Make the seed of a second factor, before it is confirmed by a first code."""
        return random_text(self._clock.random_bytes(_SEED_BYTES))

    def factor_key(self, seed: str) -> bytes:
        """Give the key of a seed."""
        if self._secret is None:
            raise InputRefused("no_factor", wrong("no_factor_secret"), 409)
        return key_of(self._secret(), seed)

    def take_factor(self, name: str, seed: str, code: str) -> bool:
        """Begin to ask somebody for a second factor, where a first code is right."""
        now = self._clock.now_ms()
        step = step_of(self.factor_key(seed), code, now, 0) if len(seed) <= _SEED_LENGTH else None
        if step is None:
            return False
        fresh = msgspec.structs.replace(
            self.get(name), factor=seed, factor_since=now, factor_step=step
        )
        self._put(fresh)
        return True

    def drop_factor(self, name: str) -> None:
        """Ask somebody for no second factor any more."""
        without = msgspec.structs.replace(self.get(name), factor="", factor_since=0, factor_step=0)
        self._put(without)

    def check_factor(self, name: str, code: str) -> bool:
        """Tell whether a code is right; none is let in twice.

        Raises InputRefused after many wrong ones, however somebody came to type them.
        """
        operator, now = self.get(name), self._clock.now_ms()
        if self._wrong_codes.too_many(name, now):
            told = wrong("many_wrong_codes")
            raise InputRefused("too_many_codes", told, 429, "code")
        key = self.factor_key(operator.factor)
        step = step_of(key, code, now, operator.factor_step)
        if step is None:
            self._wrong_codes.wrong(name, now)
            return False
        self._wrong_codes.right(name)
        self._put(msgspec.structs.replace(operator, factor_step=step))
        return True

    def sign_in(self, name: str, by_provider: bool = False) -> str:
        """Start a session of somebody who has shown who they are; gives its token.

        A one-time link that still waits ends: it is not needed any more.
        """
        self._end_invitations(name)
        return self.sessions.start(name, by_provider)

    def session_of(self, token: str, in_use: bool = True) -> Session | None:
        """Find the session of a token, noting its use; None when it has ended."""
        return self.sessions.of(token, in_use)

    def sign_out(self, token: str) -> None:
        """End the session of a token."""
        self.sessions.end(token)

    def _end_all(self, name: str) -> None:
        """End everything by which somebody is or comes in."""
        self._end_invitations(name)
        self.sessions.end_all(name)
