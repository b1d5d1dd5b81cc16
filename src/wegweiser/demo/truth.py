"""What would have happened, and what did: the truth that measures are checked against."""

from collections.abc import Collection, Iterator, Mapping

import msgspec

from wegweiser.demo.booking import WINDOW_DAYS, unmoved
from wegweiser.demo.calendar import visits
from wegweiser.demo.journey import Move
from wegweiser.demo.world import World
from wegweiser.terms.instant import DAY_MS


class Fate(msgspec.Struct, frozen=True):
    """One account: whether it reached the goal in time as things were, and without messages."""

    group_id: str
    triggered_at: int
    with_messages: bool
    without_messages: bool


class Truth(msgspec.Struct, frozen=True, kw_only=True):
    """The truth about one played world; moments in ms, by account.

    `with_messages` holds the bookings that happened, `without_messages` those of the same
    buyers with the same luck to whom nothing is ever shown.
    """

    end: int
    first_questions: dict[str, int]
    with_messages: dict[str, tuple[int, ...]]
    without_messages: dict[str, tuple[int, ...]]
    journeys: dict[str, tuple[Move, ...]]

    def fates(
        self,
        accounts: Collection[str],
        first_triggers: Mapping[str, int] | None = None,
        window_days: int = WINDOW_DAYS,
    ) -> Iterator[Fate]:
        """Give the fate of each account whose window (t, t + window] is closed.

        `first_triggers` are the moments of the first decision as an engine counts them;
        without them the first question of the account counts.
        """
        triggers = self.first_questions if first_triggers is None else first_triggers
        for group_id in sorted(set(accounts) & set(triggers)):
            opens = triggers[group_id]
            closes = opens + window_days * DAY_MS
            if closes <= self.end:
                yield Fate(
                    group_id,
                    opens,
                    _within(self.with_messages.get(group_id, ()), opens, closes),
                    _within(self.without_messages.get(group_id, ()), opens, closes),
                )

    def effect_on_treated(
        self,
        treated: Collection[str],
        first_triggers: Mapping[str, int] | None = None,
        window_days: int = WINDOW_DAYS,
    ) -> float:
        """Give the mean of y1 - y0 over treated accounts with a closed window.

        y1 and y0 say whether the account books a demo within the window after its first
        trigger, with the messages that were shown and without any. Raises ValueError
        when there is no such account.
        """
        fates = list(self.fates(treated, first_triggers, window_days))
        if not fates:
            raise ValueError("no treated account was triggered early enough to be counted")
        changed = sum(fate.with_messages - fate.without_messages for fate in fates)
        return changed / len(fates)


def _within(moments: tuple[int, ...], opens: int, closes: int) -> bool:
    return any(opens < moment <= closes for moment in moments)


def owners(world: World) -> dict[str, frozenset[str]]:
    """Tell who is behind each identifier ("type:value"), as the names of buyers and strangers.

    A browser is of all who said on it who they are; where nobody did, of whoever came with it.
    An address is its holder's, whoever typed it; one that nobody holds, because it was misspelt,
    stands for whoever misspelt it.
    """
    came: dict[str, set[str]] = {}
    found: dict[str, set[str]] = {}
    for buyer in (*world.company.buyers, *world.company.strangers):
        for visit in visits(world.seed, buyer, world.journeys[buyer.user_id], world.end):
            if visit.kind != "talk":
                name = f"anonymous_id:{visit.device.anonymous_id}"
                came.setdefault(name, set()).add(buyer.user_id)
                if visit.known or visit.step != "none":
                    found.setdefault(name, set()).add(buyer.user_id)
    found = {**came, **found}
    for buyer in world.company.buyers:
        for name in (f"user_id:{buyer.user_id}", f"email:{buyer.email}"):
            found.setdefault(name, set()).add(buyer.user_id)
    held = {buyer.email for buyer in world.company.buyers}
    for buyer in world.company.buyers:
        if buyer.mistypes and buyer.mistypes not in held:
            found.setdefault(f"email:{buyer.mistypes}", set()).add(buyer.user_id)
    return {name: frozenset(people) for name, people in found.items()}


def truth(world: World) -> Truth:
    """Tell the truth about the latest play of a world, from its ledger and its luck."""
    happened: dict[str, list[int]] = {}
    unshown: dict[str, list[int]] = {}
    for buyer in world.company.buyers:
        booked = world.run.bookings.get(buyer.user_id, [])
        happened.setdefault(buyer.group_id, []).extend(each.at for each in booked)
        without = unmoved(world.candidates[buyer.user_id])
        unshown.setdefault(buyer.group_id, []).extend(each.at for each in without)
    return Truth(
        end=world.end,
        first_questions=dict(world.run.first_questions),
        with_messages={group: tuple(sorted(moments)) for group, moments in happened.items()},
        without_messages={group: tuple(sorted(moments)) for group, moments in unshown.items()},
        journeys=world.journeys,
    )
