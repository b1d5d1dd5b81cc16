"""The rules by which identifiers become persons: one value with a version."""

from collections.abc import Set
from hashlib import sha256
from typing import Literal

import msgspec

from wegweiser.terms.identity import Identifier

IdentifierClass = Literal["unique", "strong", "weak", "account", "household", "reserved"]
SharedDevices = Literal["keep_before", "detach_all", "session_owner"]
ClaimedDevices = Literal["open_sources", "whole_person", "own_events"]


class TypeRule(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What identifiers of one type may do; None leaves what is built in.

    `most` values of a strong or weak type within any `window_days` belong to one person. What is
    `refused` is nobody's identifier, whatever its value.
    """

    identifier_class: IdentifierClass | None = msgspec.field(name="class", default=None)
    priority: int | None = None
    most: int | None = None
    window_days: int | None = None
    refused: bool = False


class IdentityRules(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """Everything about resolution that an administrator may change; the defaults are built in.

    `blocked` and `blocked_patterns` map a type, or "*", to values or patterns that are no
    identifiers. `pinned` says of a value that it is never hot ("allowed") or always ("denied").
    Counts are numbers of distinct values, times are whole days. A decision for a device that
    only claims to be a person's never uses `sensitive_traits`; `claimed_devices` says whether it
    uses the rest of the person, which it does by default where all claims are taken.
    """

    types: dict[str, TypeRule] = {}
    blocked: dict[str, tuple[str, ...]] = {}
    blocked_patterns: dict[str, tuple[str, ...]] = {}
    pinned: dict[Identifier, Literal["allowed", "denied"]] = {}
    strong_most: int = 5
    strong_window_days: int = 365
    weak_most: int = 5
    weak_window_days: int = 7
    most_identifiers: int = 1_000
    most_merges: int = 100
    hot_unique: int = 5
    hot_neighbours: int = 50
    hot_window_days: int = 7
    shared_devices: SharedDevices = "keep_before"
    keep_before_days: int = 30
    standing_days: int = 30
    freeze_identifiers: int = 5_000
    freeze_evidence: int = 50_000
    sensitive_traits: tuple[str, ...] = ()
    claimed_devices: ClaimedDevices = "open_sources"

    def without(self, gone: Set[Identifier]) -> "IdentityRules":
        """Give the rules without what they say of identifiers that are erased.

        >>> pinned = IdentityRules(pinned={"email:a@b.example": "denied"})
        >>> pinned.without({"email:a@b.example"}) == IdentityRules()
        True
        """
        pinned = {name: said for name, said in self.pinned.items() if name not in gone}
        blocked = {
            kind: tuple(value for value in values if f"{kind}:{value}" not in gone)
            for kind, values in self.blocked.items()
        }
        if (pinned, blocked) == (self.pinned, self.blocked):
            return self
        return msgspec.structs.replace(self, pinned=pinned, blocked=blocked)

    @property
    def version(self) -> str:
        """A name that equal rules share and other rules do not.

        >>> IdentityRules().version == IdentityRules(strong_most=5).version
        True
        >>> IdentityRules().version == IdentityRules(strong_most=6).version
        False
        """
        return sha256(msgspec.json.encode(self, order="sorted")).hexdigest()[:12]
