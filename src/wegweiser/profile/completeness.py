"""Buying-group completeness: how much of the people whom a purchase needs is known."""

from collections.abc import Iterable, Mapping

import msgspec

from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.json import Json, JsonObject

ENGAGED_MS = 90 * DAY_MS


class RoleNeed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many people of a role a purchase needs, and how much the role matters."""

    min: int = 1
    weight: float = 1.0


class BuyingGroup(msgspec.Struct, frozen=True):
    """The people whom the purchase of one offer needs, by role."""

    key: str
    name: str
    roles: Mapping[str, RoleNeed]


class Participant(msgspec.Struct, frozen=True):
    """A confirmed member in a role, last active at a time (ms; None: never seen)."""

    person_id: str
    role: str
    last_active_at: int | None = None


class RoleCover(msgspec.Struct, frozen=True):
    """How far one role is filled: people there, and those of them who are engaged."""

    role: str
    need: RoleNeed
    people: int
    engaged: int

    @property
    def missing(self) -> int:
        """How many people are still to be found."""
        return max(0, self.need.min - self.people)


class Completeness(msgspec.Struct, frozen=True):
    """How complete a buying group is, from 0 to 1, by everybody and by those who are engaged."""

    offer: str
    name: str
    completeness: float
    engaged: float
    roles: tuple[RoleCover, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """The roles in which somebody is still to be found, those that matter most first."""
        short = [one for one in self.roles if one.missing]
        return tuple(
            one.role for one in sorted(short, key=lambda one: (-one.need.weight, one.role))
        )


def completeness_of(group: BuyingGroup, people: Iterable[Participant], as_of: int) -> Completeness:
    """Compute the sum of weight * min(1, n / min) over the sum of weights, at `as_of` (ms).

    n are the members in a role, each person once; engaged are those active in the 90 days
    before.

    >>> group = BuyingGroup("suite", "", {"buyer": RoleNeed(1, 3), "user": RoleNeed(2, 1)})
    >>> found = completeness_of(group, [Participant("p", "buyer"), Participant("q", "user")], 0)
    >>> found.completeness, found.engaged, found.missing
    (0.875, 0.0, ('user',))
    """
    held: dict[str, dict[str, bool]] = {role: {} for role in group.roles}
    for one in people:
        if one.role in held:
            at = one.last_active_at
            engaged = at is not None and as_of - ENGAGED_MS <= at
            held[one.role][one.person_id] = held[one.role].get(one.person_id, False) or engaged
    roles = tuple(
        RoleCover(role, need, len(held[role]), sum(held[role].values()))
        for role, need in group.roles.items()
    )
    return Completeness(
        group.key,
        group.name,
        _share([(one.need, one.people) for one in roles]),
        _share([(one.need, one.engaged) for one in roles]),
        roles,
    )


def _share(filled: list[tuple[RoleNeed, int]]) -> float:
    whole = sum(need.weight for need, _ in filled)
    found = sum(need.weight * min(1.0, people / need.min) for need, people in filled)
    return round(found / whole, 6) if whole else 0.0


def told(found: Iterable[Completeness]) -> JsonObject:
    """Write completeness by offer, with the highest of them for rules that name no offer."""
    offers: dict[str, Json] = {one.offer: written(one) for one in found}
    each = [one for one in offers.values() if isinstance(one, dict)]
    return {
        "completeness": _highest(each, "completeness"),
        "engaged": _highest(each, "engaged"),
        "offers": offers,
    }


def _highest(offers: list[JsonObject], name: str) -> float:
    numbers = (offer[name] for offer in offers)
    return max((number for number in numbers if isinstance(number, float)), default=0.0)


def written(one: Completeness) -> JsonObject:
    """Write the completeness for one offer."""
    roles: dict[str, Json] = {
        cover.role: {
            "min": cover.need.min,
            "weight": cover.need.weight,
            "people": cover.people,
            "engaged": cover.engaged,
        }
        for cover in one.roles
    }
    return {
        "name": one.name,
        "completeness": one.completeness,
        "engaged": one.engaged,
        "missing": [*one.missing],
        "roles": roles,
    }
