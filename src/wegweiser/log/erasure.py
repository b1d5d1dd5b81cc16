"""Takes a person out of log records: the place in the log and what figures need stay, no more."""

from collections.abc import Callable, Iterable, Mapping

import msgspec

from wegweiser.terms.contact_order import ContactOrder, Lifted
from wegweiser.terms.decision import Decision, Drop, Shared, Subject
from wegweiser.terms.event import Event, Refused
from wegweiser.terms.outcome import Outcome
from wegweiser.terms.record import Arrived, Collected, Erased

CODE = "erased"
# Details of outcomes that figures need; any other is free text.
_NAMELESS = ("hard", "soft")
_WHY = "The element was erased together with the person or account that it was about."
_TOO_MUCH = "The request named more than can be compared with the suppression list."
# Gives for the id of something a random one, the same whenever it is asked during one erasure.
Rename = Callable[[str], str]


def blank_event(event: Event, rename: Rename) -> Event:
    """Empty an event; its time stays.

    >>> left = blank_event(Event(type="page", message_id="m-1", at=5, user_id="u"), lambda _: "r")
    >>> left.message_id, left.at, left.user_id
    ('erased-r', 5, '')
    """
    return Event(type="track", message_id=f"{CODE}-{rename(event.message_id)}", at=event.at)


def blank_refused(index: int, mapping: str = "") -> Refused:
    """Give what is left of an element that was set aside: that there was one.

    >>> blank_refused(3).element is None
    True
    """
    return Refused(index, CODE, _WHY, None, mapping=mapping)


def unsearchable(refused: Refused) -> Refused:
    """Give what is kept of an element that names too much to be looked through.

    >>> unsearchable(Refused(3, "unknown_type", "No such type.", {"type": "x"})).element is None
    True
    """
    return Refused(refused.index, refused.code, _TOO_MUCH, None)


def blank_arrived(record: Arrived) -> Arrived:
    """Empty what a webhook brought."""
    return Arrived(received_at=record.received_at, hook=record.hook)


def blank_outcome(outcome: Outcome, leaf: str, rename: Rename) -> Outcome:
    """Take the names out of an outcome, so that it counts as before; `leaf` stands for its own."""
    return msgspec.structs.replace(
        outcome,
        outcome_id=f"{CODE}-{rename(outcome.outcome_id)}",
        leaf=leaf if outcome.leaf else "",
        detail=outcome.detail if outcome.detail in _NAMELESS else "",
    )


def blank_order(order: ContactOrder) -> ContactOrder:
    """Take out of an order whom it was about, who gave it and why; that there was one stays."""
    return msgspec.structs.replace(order, account="", by="", reason="")


def blank_decision(decision: Decision, leaf: str, rename: Rename) -> Decision:
    """Take ids and features out of a decision; what was chosen, and how likely, stays.

    `leaf` stands for the person, so that its decisions are still one unit of an experiment.
    """
    by_person = decision.unit_kind == "person"
    return msgspec.structs.replace(
        decision,
        request_id=f"{CODE}-{rename(decision.request_id)}",
        body_digest="",
        subject=Subject(),
        person_id=leaf if decision.person_id else "",
        leaf=leaf,
        unit_id=leaf if by_person else decision.unit_id,
        features={},
        facts={},
        drops=_without_names(decision.drops),
        shared=_without_owner(decision.shared),
        overrides=_without_reasons(decision.overrides),
    )


def without_account(decision: Decision, name: str, rename: Rename) -> Decision:
    """Take the account out of a decision about a person; `name` stands for it."""
    by_account = decision.unit_kind == "account"
    return msgspec.structs.replace(
        decision,
        request_id=f"{CODE}-{rename(decision.request_id)}",
        body_digest="",
        subject=msgspec.structs.replace(decision.subject, account=""),
        group_id="",
        unit_id=name if by_account else decision.unit_id,
        features={},
        facts={},
        drops=_without_names(decision.drops),
        shared=_without_owner(decision.shared),
        overrides=_without_reasons(decision.overrides),
    )


def _without_names(drops: Iterable[Drop]) -> tuple[Drop, ...]:
    """Take from reasons of contact policy whose they were: an account, a role, a time zone."""
    return tuple(
        msgspec.structs.replace(one, detail="") if one.step == "contact" and one.detail else one
        for one in drops
    )


def _without_owner(shared: Shared | None) -> Shared | None:
    return None if shared is None else msgspec.structs.replace(shared, detail="")


def _without_reasons(overrides: Iterable[Lifted]) -> tuple[Lifted, ...]:
    return tuple(msgspec.structs.replace(one, by="", reason="") for one in overrides)


def with_remnants(
    record: Collected,
    events: Mapping[int, Event],
    refused: Iterable[int],
    remnants: Iterable[Erased],
) -> Collected:
    """Put other events in their places and empty refused elements, by index.

    `remnants` say what is left of those that are empty now; older ones of other places stay.
    """
    empty = set(refused)
    left = {one.index: one for one in (*record.erased, *remnants)}
    return msgspec.structs.replace(
        record,
        events=tuple(events.get(index, event) for index, event in enumerate(record.events)),
        refused=tuple(
            blank_refused(one.index, one.mapping) if one.index in empty else one
            for one in record.refused
        ),
        erased=tuple(left[index] for index in sorted(left)),
    )
