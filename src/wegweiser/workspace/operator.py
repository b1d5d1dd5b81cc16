"""Who may sign in, and one sign-in of theirs: the values that the store keeps."""

import msgspec

from wegweiser.terms.instant import HOUR_MS, MINUTE_MS
from wegweiser.terms.role import Right, Sight, may, sight_of

SESSION_MS = 12 * HOUR_MS
IDLE_MS = 30 * MINUTE_MS


class ProviderLink(msgspec.Struct, frozen=True):
    """Who somebody is at the identity provider; `gives_role`: their role comes from there too."""

    issuer: str
    subject: str
    gives_role: bool


class Operator(msgspec.Struct, frozen=True):
    """Somebody who may sign in; the password is kept as an argon2id hash.

    `password_hash` is empty until a one-time link was used. `factor` names the seed of the second
    factor, whose key lies outside the store; it counts from `factor_since` (ms UTC) on.
    `preferences` are choices such as language and the figures on Today.
    """

    name: str
    password_hash: str
    role: str
    created_at: int
    email: str = ""
    factor: str = ""
    factor_since: int = 0
    factor_step: int = 0
    preferences: dict[str, str] = {}
    provider: ProviderLink | None = None

    def may(self, right: Right) -> bool:
        """Tell whether the role has a right."""
        return may(self.role, right)

    @property
    def sight(self) -> Sight:
        """How much of a person the role sees."""
        return sight_of(self.role)


class Session(msgspec.Struct, frozen=True):
    """One sign-in; it ends 12 hours after it started, or after 30 minutes without a page.

    `by_provider`: it began at the identity provider, where a session of its own goes on.
    """

    name: str
    started_at: int
    seen_at: int
    by_provider: bool = False

    def alive(self, now: int) -> bool:
        """True as long as neither limit has passed.

        >>> Session("admin", 0, 0).alive(30 * 60_000), Session("admin", 0, 0).alive(30 * 60_001)
        (True, False)
        """
        return now - self.started_at <= SESSION_MS and now - self.seen_at <= IDLE_MS


class Invitation(msgspec.Struct, frozen=True):
    """A one-time link: whose password it sets, and until when (ms UTC)."""

    name: str
    until: int
