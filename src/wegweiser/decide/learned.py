"""Which fields of a profile the learner reads: its own, and those that a workspace declares."""

import msgspec

from wegweiser.decide.attributes import touches
from wegweiser.terms.policy import Bundle

INTERESTS = "person.interests"
# What says that nobody may look at a role, as a trait or in an account.
ROLES_OF_PEOPLE = ("person.traits.role", "person.accounts")
# What the learner reads wherever there is a message to choose.
OWN_PATHS = (
    "person.stage",
    "person.last_seen",
    "person.traits.persona",
    "person.traits.industry",
    "account.traits.industry",
    "context.query",
    "context.dwell_seconds",
)
# How a workspace says that a field of its own may be learned from.
LEARNING = "learning"
DECIDING = "decisions"


class Learned(msgspec.Struct, frozen=True):
    """`attributes` are declared paths, `withheld` those that may not be used for decisions.

    What is a part of something withheld, or holds it, is not read either.
    """

    attributes: tuple[str, ...] = ()
    withheld: frozenset[str] = frozenset()
    any_topic: bool = False

    def allows(self, path: str) -> bool:
        """Tell whether one of its own paths may be read."""
        if not self.withheld:
            return True
        keys = tuple(path.split("."))
        return not any(touches(keys, tuple(held.split("."))) for held in self.withheld)

    @property
    def reads_role(self) -> bool:
        """Tell whether the role may be read: who may not look at one of the two has neither."""
        return all(map(self.allows, ROLES_OF_PEOPLE))

    @property
    def reads_account(self) -> bool:
        """Tell whether anything of the account matters: its industry is crossed with topics."""
        industry = self.any_topic and self.allows("account.traits.industry")
        return industry or any(path.startswith("account.") for path in self.attributes)

    @property
    def paths(self) -> list[tuple[str, ...]]:
        """All that is read, as paths."""
        own = [path for path in OWN_PATHS if self.allows(path)]
        return [tuple(path.split(".")) for path in [*own, *self.attributes]]


def learned_of(bundle: Bundle) -> Learned:
    """Read off a bundle what the learner may look at.

    >>> learned_of(Bundle()).paths[0]
    ('person', 'stage')
    """
    declared = {one.key: one.purposes for one in bundle.attributes}
    withheld = frozenset(key for key, purposes in declared.items() if DECIDING not in purposes)
    found = Learned(withheld=withheld, any_topic=any(one.topic for one in bundle.messages))
    wanted = sorted(
        key
        for key, purposes in declared.items()
        if LEARNING in purposes and DECIDING in purposes and found.allows(key)
    )
    return msgspec.structs.replace(found, attributes=tuple(wanted))
