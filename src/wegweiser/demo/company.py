"""Who exists in the demo: accounts, their buyers with roles and devices, and strangers."""

from random import Random
from typing import Literal

import msgspec

from wegweiser.demo import names
from wegweiser.demo.chance import (
    between,
    count_from_one,
    log_between,
    mixed_id,
    pick,
    pick_weighted,
    stream,
)
from wegweiser.terms.instant import DAY_MS

Role = Literal["economic", "technical", "security", "user", "champion"]
Consent = Literal["all", "measured_only", "none"]

ROLES: tuple[Role, ...] = ("economic", "technical", "security", "user", "champion")
CONSENT_SHARES: dict[Consent, float] = {"all": 0.85, "measured_only": 0.09, "none": 0.06}
WITHDRAWAL_SHARE = 0.05
NEWSLETTER_SHARE = 0.8
SHARED_DEVICE_SHARE = 0.2
STRANGERS_PER_ACCOUNT = 0.75

TOPICS_OF_ROLE: dict[Role, tuple[str, ...]] = {
    "economic": ("pricing", "analytics"),
    "technical": ("integration", "sso"),
    "security": ("security", "sso"),
    "user": ("analytics", "onboarding"),
    "champion": ("analytics", "integration"),
}


class Account(msgspec.Struct, frozen=True):
    """One organisation; `pace` multiplies the speed of its journeys."""

    group_id: str
    name: str
    domain: str
    industry: str
    employees: int
    plan: str
    country: str
    city: str
    competitor: str
    pace: float


class Device(msgspec.Struct, frozen=True):
    """One browser or app with its own anonymous id; `shared` where several people use it.

    This buyer uses it from `since` until before `until`, both in ms.
    """

    anonymous_id: str
    kind: str
    user_agent: str
    shared: bool = False
    since: int = 0
    until: int | None = None

    def in_use(self, at: int) -> bool:
        """Tell whether the buyer has it at a moment (ms)."""
        return self.since <= at and (self.until is None or at < self.until)


class Buyer(msgspec.Struct, frozen=True, kw_only=True):
    """One person; a stranger has no account and never says who they are.

    `mistypes` is what they write into forms instead of their address, "" if they never err.
    """

    user_id: str
    account: Account | None
    role: Role
    first_name: str
    last_name: str
    email: str
    locale: str
    interests: tuple[str, ...]
    devices: tuple[Device, ...]
    consent: Consent
    newsletter: bool
    withdraws_at: int | None
    in_crm: bool
    journey_pace: float
    mistypes: str = ""

    @property
    def group_id(self) -> str:
        """The account's id, or empty text for a stranger."""
        return self.account.group_id if self.account else ""


class Company(msgspec.Struct, frozen=True):
    """Everybody who can ever appear in one world."""

    accounts: tuple[Account, ...]
    buyers: tuple[Buyer, ...]
    strangers: tuple[Buyer, ...]


def found(seed: int, accounts: int, start: int, days: int) -> Company:
    """Draw the whole company; account n is the same however many others there are."""
    organisations = tuple(_account(seed, number) for number in range(accounts))
    buyers: list[Buyer] = []
    for number, account in enumerate(organisations):
        buyers.extend(_group(seed, number, account, start, days))
    strangers = tuple(
        _stranger(seed, number, start) for number in range(int(accounts * STRANGERS_PER_ACCOUNT))
    )
    return Company(organisations, tuple(buyers), strangers)


def _account(seed: int, number: int) -> Account:
    luck = stream(seed, "account", number)
    name, slug = names.organisation(number)
    country, city = pick(luck, names.PLACES)
    employees = int(log_between(luck, 15, 6000))
    return Account(
        group_id=slug,
        name=name,
        domain=f"{slug}.example",
        industry=names.industry(number),
        employees=employees,
        plan=_plan(luck, employees),
        country=country,
        city=city,
        competitor=pick(luck, ("", "", *names.COMPETITORS)),
        pace=log_between(luck, 0.5, 2.0),
    )


def _plan(luck: Random, employees: int) -> str:
    if employees > 1500:
        return "enterprise"
    return pick_weighted(luck, {"free": 0.55, "team": 0.3, "business": 0.15})


def _group(seed: int, number: int, account: Account, start: int, days: int) -> list[Buyer]:
    luck = stream(seed, "group", number)
    size = 2 + int(luck.random() * 5)
    shares = luck.random() < SHARED_DEVICE_SHARE
    group = [_buyer(seed, number, place, account, start, days) for place in range(size)]
    if shares:
        room = _device(luck, "meeting room", shared=True)
        for place in (0, 1):
            group[place] = msgspec.structs.replace(
                group[place], devices=(*group[place].devices[:2], room)
            )
    return group


def _buyer(seed: int, number: int, place: int, account: Account, start: int, days: int) -> Buyer:
    luck = stream(seed, "buyer", number, place)
    first, last = names.person(luck, number, place)
    role = ROLES[place] if place < len(ROLES) else "user"
    consent = pick_weighted(luck, CONSENT_SHARES)
    withdraws = luck.random() < WITHDRAWAL_SHARE and consent != "none"
    leaves_at = start + int(between(luck, 0.3, 0.95) * days * DAY_MS)
    return Buyer(
        user_id=f"u-{number + 1:04d}-{place + 1}",
        account=account,
        role=role,
        first_name=first,
        last_name=last,
        email=f"{names.ascii_lower(first)}.{names.ascii_lower(last)}@{account.domain}",
        locale="de-DE" if account.country in names.GERMAN_SPEAKING else "en-GB",
        interests=TOPICS_OF_ROLE[role],
        devices=_devices(luck),
        consent=consent,
        newsletter=consent == "all" and luck.random() < NEWSLETTER_SHARE,
        withdraws_at=leaves_at if withdraws else None,
        in_crm=place == 0 or luck.random() < 0.25,
        journey_pace=account.pace,
    )


def _stranger(seed: int, number: int, start: int) -> Buyer:
    luck = stream(seed, "stranger", number)
    role = pick(luck, ROLES)
    return Buyer(
        user_id=f"stranger-{number + 1:04d}",
        account=None,
        role=role,
        first_name="",
        last_name="",
        email="",
        locale=pick(luck, ("de-DE", "en-GB")),
        interests=TOPICS_OF_ROLE[role],
        devices=_devices(luck)[:1],
        consent=pick_weighted(luck, CONSENT_SHARES),
        newsletter=False,
        withdraws_at=None,
        in_crm=False,
        journey_pace=1.0,
    )


def _devices(luck: Random) -> tuple[Device, ...]:
    kinds = ("desktop", "phone", "tablet")
    return tuple(_device(luck, kind) for kind in kinds[: count_from_one(luck, 0.45, 3)])


def _device(luck: Random, kind: str, shared: bool = False) -> Device:
    return Device(mixed_id(luck), kind, names.USER_AGENTS[kind], shared)
