"""How a subject stands towards contacts: what was said around it, and what holds us back."""

from collections.abc import Mapping, Sequence

import msgspec

from wegweiser.terms.contact_order import ContactOrder
from wegweiser.terms.profile import Contact


class Standing(msgspec.Struct, frozen=True, omit_defaults=True):
    """What contact policy needs besides the contacts of the person and its first account.

    `others` are the contacts of the person's further accounts, `groups` those of its buying
    groups (named "account/group"), `tenant` all of them. `reached` are goals of the person,
    `account_reached` of its colleagues, with the moment (ms). `bars` says what forbids every
    contact, `refused` what the person does not want ("topic:security", "channel:email"); `owned`
    names the trait of each account by which sales owns outbound; `orders` are the overrides in
    force. `told` maps a role of the account to the topics it has heard of, `prices` a channel to
    the price of attention (workspace currency). Without `certain` no rule of an account applies.
    `down` says that the ledger cannot be read.
    """

    others: Mapping[str, Sequence[Contact]] = {}
    groups: Mapping[str, Sequence[Contact]] = {}
    tenant: Sequence[Contact] = ()
    reached: Mapping[str, int] = {}
    account_reached: Mapping[str, int] = {}
    zone: str = ""
    country: str = ""
    bars: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    owned: Mapping[str, str] = {}
    orders: tuple[ContactOrder, ...] = ()
    roles: tuple[str, ...] = ()
    told: Mapping[str, tuple[str, ...]] = {}
    prices: Mapping[str, float] = {}
    certain: bool = True
    down: bool = False
