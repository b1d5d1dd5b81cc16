"""Purposes as a workspace declares them: other names, proof, what silence means, how long."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Literal

import msgspec

from wegweiser.terms.instant import DAY_MS

# What an unproven sender cannot open, whoever is meant: speaking to people outside the site.
_NEEDS_PROOF = frozenset({"email", "sms", "phone"})
# Nobody is asked for these, unless a workspace declares that it does.
_NEEDED_TO_SERVE = ("functional", "security")
_SPEAKS_OF_THEM = ("marketing", "email", "e-mail", "newsletter", "sms", "phone", "telefon")


class Purpose(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One purpose; `aliases` are names that consent managers give to it.

    `destinations` are endpoints that get data of a person only with it, `jurisdictions` say where
    it holds ("EU", empty: everywhere). A grant lasts for `valid_days` (0: for ever).
    """

    key: str
    aliases: tuple[str, ...] = ()
    when_unset: Literal["opt_in", "opt_out"] = "opt_in"
    needs_proof: bool | None = None
    valid_days: int = 0
    destinations: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    jurisdictions: tuple[str, ...] = ()
    description: str = ""


class Purposes(msgspec.Struct, frozen=True, dict=True):
    """All declared purposes; what is not declared has the defaults.

    >>> purposes = Purposes((Purpose("email", aliases=("C0004",), destinations=("crm",)),))
    >>> purposes.key_of("C0004"), purposes.needs_proof("email"), purposes.needs_proof("statistics")
    ('email', True, False)
    >>> purposes.permits("crm", {"email": "denied"}), purposes.permits("shop", {})
    (False, True)
    """

    declared: tuple[Purpose, ...] = ()

    @cached_property
    def by_key(self) -> Mapping[str, Purpose]:
        """All declared purposes by key."""
        return {one.key: one for one in self.declared}

    @cached_property
    def _keys(self) -> Mapping[str, str]:
        return {alias: one.key for one in self.declared for alias in one.aliases}

    @cached_property
    def opt_outs(self) -> tuple[str, ...]:
        """The purposes that silence grants: what the service itself needs, and what is declared."""
        declared = (one.key for one in self.declared if one.when_unset == "opt_out")
        return (*(key for key in _NEEDED_TO_SERVE if key not in self.by_key), *declared)

    @cached_property
    def may_lapse(self) -> bool:
        """Whether grants of any purpose last only for a while."""
        return any(one.valid_days for one in self.declared)

    def key_of(self, name: str) -> str:
        """Give the purpose that a category of a consent manager stands for."""
        return self._keys.get(name, name)

    def names_of(self, purpose: str) -> Iterator[str]:
        """Yield all names under which senders may speak of a purpose."""
        yield purpose
        declared = self.by_key.get(purpose)
        if declared is not None:
            yield from declared.aliases

    def needs_proof(self, purpose: str) -> bool:
        """Tell whether only a trusted or proven sender can grant a purpose."""
        declared = self.by_key.get(purpose)
        if declared is not None and declared.needs_proof is not None:
            return declared.needs_proof
        if purpose in _NEEDS_PROOF:
            return True
        plain = purpose.lower()
        return any(word in plain for word in _SPEAKS_OF_THEM)

    def lasts_until(self, purpose: str, at: int) -> int:
        """Give when a grant of a moment (ms) lapses; 0 for never."""
        declared = self.by_key.get(purpose)
        days = 0 if declared is None else declared.valid_days
        return at + days * DAY_MS if days else 0

    def needed_by(self, destination: str) -> Iterable[str]:
        """Give the purposes that must all be granted before a destination gets data."""
        return [one.key for one in self.declared if destination in one.destinations]

    def permits(self, destination: str, consent: Mapping[str, str]) -> bool:
        """Tell whether consent lets data of a person go to a destination."""
        return all(consent.get(purpose) == "granted" for purpose in self.needed_by(destination))


DEFAULT_PURPOSES = Purposes()
