"""What makes identity hard: kiosks, handed-on browsers, and addresses that are typed wrongly."""

from collections.abc import Iterator
from random import Random

import msgspec

from wegweiser.demo.chance import between, mixed_id, stream
from wegweiser.demo.company import Buyer, Company, Device
from wegweiser.demo.names import USER_AGENTS
from wegweiser.terms.instant import DAY_MS

# One kiosk, at a fair or in a lobby, for every 16 accounts; nobody resets it between visitors.
ACCOUNTS_PER_KIOSK = 16
KIOSK_VISITORS = (1, 5, 9)
# In so many accounts somebody's second browser goes to a colleague, cookies and all.
HANDED_ON_SHARE = 0.08
# So many buyers type their address wrongly into a form; a few get a colleague's filled in.
MISSPELT_SHARE, FILLED_IN_SHARE = 0.12, 0.05


def untidied(seed: int, company: Company, start: int, days: int) -> Company:
    """Give the same company with its untidy habits, drawn from streams of their own."""
    groups: dict[str, list[Buyer]] = {}
    for buyer in company.buyers:
        groups.setdefault(buyer.group_id, []).append(buyer)
    ordered = [groups[account.group_id] for account in company.accounts]
    for number, group in enumerate(ordered):
        _hand_on(stream(seed, "handed on", number), group, start, days)
        for place in range(len(group)):
            group[place] = _typing(stream(seed, "typing", number, place), group, place)
    for number, visitors in enumerate(_kiosks(len(ordered))):
        luck = stream(seed, "kiosk", number)
        kiosk = Device(mixed_id(luck), "kiosk", USER_AGENTS["tablet"], shared=True)
        for account in visitors:
            ordered[account][-1] = _with(ordered[account][-1], kiosk)
    buyers = tuple(buyer for group in ordered for buyer in group)
    return msgspec.structs.replace(company, buyers=buyers)


def _kiosks(accounts: int) -> Iterator[tuple[int, ...]]:
    for first in range(0, accounts - KIOSK_VISITORS[-1], ACCOUNTS_PER_KIOSK):
        yield tuple(first + place for place in KIOSK_VISITORS)


def _with(buyer: Buyer, device: Device) -> Buyer:
    return msgspec.structs.replace(buyer, devices=(*buyer.devices[:2], device))


def _hand_on(luck: Random, group: list[Buyer], start: int, days: int) -> None:
    """Let the second browser of the first buyer be the second buyer's from some day on."""
    hands_on, at = luck.random() < HANDED_ON_SHARE, between(luck, 0.3, 0.7)
    giver = group[0]
    if not hands_on or len(giver.devices) < 2 or giver.devices[1].shared:
        return
    day = start + int(at * days) * DAY_MS
    device = msgspec.structs.replace(giver.devices[1], shared=True)
    given = msgspec.structs.replace(device, until=day)
    group[0] = msgspec.structs.replace(giver, devices=(giver.devices[0], given, *giver.devices[2:]))
    group[1] = _with(group[1], msgspec.structs.replace(device, since=day))


def _typing(luck: Random, group: list[Buyer], place: int) -> Buyer:
    buyer, chance = group[place], luck.random()
    if chance < FILLED_IN_SHARE:
        return msgspec.structs.replace(buyer, mistypes=group[place - 1].email)
    if chance < FILLED_IN_SHARE + MISSPELT_SHARE:
        return msgspec.structs.replace(buyer, mistypes=misspelt(luck, buyer.email))
    return buyer


def misspelt(luck: Random, email: str) -> str:
    """Leave out one letter of the name in an address.

    >>> misspelt(stream(1), "ada.berg@falke.example")
    'ada.erg@falke.example'
    """
    name, _, domain = email.partition("@")
    letters = [place for place, letter in enumerate(name) if letter.isalpha()]
    gone = letters[int(luck.random() * len(letters))]
    return f"{name[:gone]}{name[gone + 1 :]}@{domain}"
