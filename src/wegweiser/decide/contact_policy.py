"""Everything that keeps candidates from a contact, in eight levels: all must pass.

1 law, 2 do not contact and legal hold, 3 what the person stated, 4 sales owns outbound, 5 pacing of
the account, 6 pacing and sequence of the buying group, 7 caps of the person, 8 of messages.
Consent belongs to level 1 and is checked for itself. Only 4 to 6 can be lifted.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal

import msgspec

from wegweiser.decide.block import Block
from wegweiser.decide.contact import Room, Rows, blocks, rooms, rows_of
from wegweiser.decide.facts import Facts
from wegweiser.decide.policy import Policy
from wegweiser.decide.quiet_hours import quiet
from wegweiser.decide.suppression import goals_done, suppressed
from wegweiser.terms.contact_order import LIFTABLE, ContactOrder, Lifted
from wegweiser.terms.profile import Contact


class ContactPolicy:
    """What holds a subject's contacts back at one moment; ledgers are looked through once."""

    def __init__(self, policy: Policy, facts: Facts, as_of: int) -> None:
        self._policy = policy
        self._facts = facts
        self._as_of = as_of
        # Records say it only where it matters, and so it matters only there.
        self._directed = facts.directed and any(cap.direction for cap in policy.bundle.caps)
        self._rows: dict[str, list[tuple[str, Rows]]] | None = None

    def blocks(
        self,
        channel: str,
        outbound: bool,
        said: Sequence[Contact] = (),
        caps_only: bool = False,
    ) -> Iterator[Block]:
        """Yield what keeps candidates from a channel; `said` counts as contacts of just now.

        `caps_only` asks for used-up caps alone: nothing else is taken away by another decision;
        `said` are then entries of the ledger, else what this decision has chosen already.
        """
        standing = self._facts.standing
        if standing.down and (outbound or self._policy.bundle.contact_rules.ledger_down != "open"):
            yield Block("ledger_down", 2)
            return
        if said or caps_only:
            more = rows_of(said, self._as_of) if caps_only else self._chosen(said)
            yield from self._used_up(channel, outbound, self._with(more))
            return
        if outbound:
            yield from self._outbound(channel)
        yield from self._refused(channel)
        rows = self._ledgers()
        yield from self._used_up(channel, outbound, rows)
        suppressions = self._policy.bundle.suppressions
        yield from suppressed(suppressions, channel, rows["person"][0][1], self._as_of)
        reached, by_account = standing.reached, standing.account_reached
        yield from goals_done(self._policy, reached, by_account, self._as_of)

    def rooms(self, channel: str) -> dict[str, Room]:
        """Give what caps of accounts and groups that nobody has lifted leave, by cap and owner."""
        standing = self._facts.standing
        if standing.down:
            return {}
        caps, zone = self._policy.bundle.caps, standing.zone
        return {
            f"{room.cap} {room.detail}": room
            for block, room in rooms(caps, channel, self._ledgers(), self._as_of, zone)
            if lift(block, standing.orders, self._as_of) is None
        }

    def _used_up(
        self, channel: str, outbound: bool, ledgers: Mapping[str, Sequence[tuple[str, Rows]]]
    ) -> Iterator[Block]:
        asked: Literal["pull", "push"] = "push" if outbound else "pull"
        direction = asked if self._directed else ""
        caps, zone = self._policy.bundle.caps, self._facts.standing.zone
        yield from blocks(caps, channel, ledgers, self._as_of, zone, direction)

    def _outbound(self, channel: str) -> Iterator[Block]:
        standing, bundle = self._facts.standing, self._policy.bundle
        rules = bundle.quiet_hours
        held = quiet(rules, channel, standing.zone, standing.country, self._as_of)
        if held is not None:
            yield held
        for bar in standing.bars:
            yield Block(bar, 2, spares="required")
        if standing.certain and channel not in bundle.contact_rules.handover:
            for account, trait in standing.owned.items():
                yield Block("ownership", 4, exempt=("service",), detail=trait, account=account)
        for rule in bundle.sequences if standing.certain else ():
            waits_for = _waits_for(rule.order, rule.topic, standing.roles, standing.told)
            if waits_for:
                reason = f"sequence:{rule.key}"
                yield Block(
                    reason,
                    6,
                    topics=(rule.topic,),
                    exempt=("service",),
                    detail=waits_for,
                    account=self._facts.group_id,
                )

    def _refused(self, channel: str) -> Iterator[Block]:
        for name in self._facts.standing.refused:
            kind, _, value = name.partition(":")
            if kind == "topic":
                yield Block(f"preference:{value}", 3, topics=(value,), spares="required")
            elif kind == "channel" and value == channel:
                yield Block(f"preference:{value}", 3, spares="required")

    def _ledgers(self) -> dict[str, list[tuple[str, Rows]]]:
        if self._rows is None:
            self._rows = self._read()
        return self._rows

    def _chosen(self, said: Sequence[Contact]) -> Rows:
        """Count what was chosen at once, though a pull has to be seen yet.

        Where directions are not kept apart, as in old records, it counts in both.
        """
        if not self._directed:
            said = [msgspec.structs.replace(entry, direction="") for entry in said]
        return [(entry.at, entry) for entry in said]

    def _with(self, more: Rows) -> dict[str, list[tuple[str, Rows]]]:
        return {
            scope: [(name, [*rows, *more]) for name, rows in named]
            for scope, named in self._ledgers().items()
        }

    def _read(self) -> dict[str, list[tuple[str, Rows]]]:
        facts, standing, as_of = self._facts, self._facts.standing, self._as_of
        found: dict[str, list[tuple[str, Rows]]] = {
            "person": [("", rows_of(facts.contacts, as_of))]
        }
        scopes = {cap.scope for cap in self._policy.bundle.caps}
        if "account" in scopes and standing.certain:
            of_accounts = {facts.group_id: facts.account_contacts} if facts.group_id else {}
            of_accounts |= standing.others
            found["account"] = [
                (name, rows_of(entries, as_of)) for name, entries in of_accounts.items()
            ]
        if "group" in scopes and standing.certain:
            found["group"] = [
                (name, rows_of(entries, as_of)) for name, entries in standing.groups.items()
            ]
        if "tenant" in scopes:
            found["tenant"] = [("", rows_of(standing.tenant, as_of))]
        return found


def _waits_for(
    order: Sequence[str],
    topic: str,
    roles: Iterable[str],
    told: Mapping[str, Sequence[str]],
) -> str:
    """Name the role that has to hear of a topic before a person of some roles; "" where none has.

    >>> _waits_for(("security", "finance"), "price", ("finance",), {"security": ("price",)})
    ''
    >>> _waits_for(("security", "finance"), "price", ("finance",), {})
    'security'
    """
    mine = [order.index(role) for role in roles if role in order]
    if not mine:
        return ""
    earlier = order[: min(mine)]
    return next((role for role in earlier if topic not in told.get(role, ())), "")


def lift(block: Block, orders: Iterable[ContactOrder], as_of: int) -> Lifted | None:
    """Give the override that lets a block pass at a moment (ms), None without one."""
    if block.level not in LIFTABLE:
        return None
    for order in orders:
        fits = order.kind == "override" and order.level == block.level and order.holds(as_of)
        if fits and order.account == block.account:
            return Lifted(
                order.order_id, order.level, block.reason, order.by, order.reason, order.until
            )
    return None
