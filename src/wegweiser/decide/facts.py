"""What is known of the subject of one decision, as the flow has read it."""

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from wegweiser.decide.standing import Standing
from wegweiser.terms.json import JsonObject
from wegweiser.terms.profile import Contact

WithheldPart = Literal["", "sensitive_traits", "other_devices"]
_NUMBER = (int, float)


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """The subject's profile as rules read it, consent by purpose, and the contacts so far.

    `person` and `account` leave out what is unknown, never null. `consent` maps a purpose to
    "granted" or anything else; empty means that nothing may be said. The message of a contact
    is the key of a Message. `unit_id` is what the arms randomise; empty gives the main arm.
    `arm_unit` is the unit whose arm it has where another one was triggered first and then merged.
    `contacts_lately` counts contacts of the 30 days before, on all channels. `lists_cut` names
    lists of which rules read the first hundred items only. `unsubscribed` are topics of which
    the person wants no mails, "" those without a topic. `role` is the confirmed one in the account
    of `group_id`, else in another. `withheld` tells what of the person is left out, as its device
    only claims to be theirs: traits that are sensitive, or everything that other devices told.
    Where `directed`, a cap of one direction counts and holds back that direction alone, also of
    what one decision chooses; in records of before it held back the other as well. Where `priced`,
    figures know of the price of attention with every factor set to 1; before they forgot it.
    """

    person: JsonObject = {}
    account: JsonObject = {}
    context: JsonObject = {}
    consent: Mapping[str, str] = {}
    contacts: Sequence[Contact] = ()
    account_contacts: Sequence[Contact] = ()
    unit_id: str = ""
    unit_kind: Literal["person", "account"] = "person"
    person_id: str = ""
    leaf: str = ""
    group_id: str = ""
    role: str = ""
    known: bool = False
    standing: Standing = Standing()
    arm_unit: str = ""
    contacts_lately: int = 0
    lists_cut: Sequence[str] = ()
    unsubscribed: Sequence[str] = ()
    withheld: WithheldPart = ""
    directed: bool = True
    priced: bool = True

    def interests(self) -> dict[str, float]:
        """Give the affinity to each topic as a weight from 0 to 1; one fresh interest is 0.5.

        >>> Facts(person={"interests": {"security": 1.0, "pricing": 0}}).interests()
        {'security': 0.5}
        """
        sums = self.person.get("interests")
        if not isinstance(sums, dict):
            return {}
        return {
            topic: amount / (1.0 + amount)
            for topic, amount in sums.items()
            if isinstance(amount, _NUMBER) and 0 < amount < 1e300
        }
