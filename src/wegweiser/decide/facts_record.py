"""What of the facts goes into the record of a decision: what its policy can read, and no more."""

from collections.abc import Iterator, Sequence
from heapq import nlargest

import msgspec

from wegweiser.decide.facts import Facts
from wegweiser.decide.policy import Policy
from wegweiser.decide.standing import Standing
from wegweiser.decide.wanted import read
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.profile import Contact

MOST_BYTES = 32_000
MOST_INTERESTS = 50
MOST_CONTACTS = 100
CUT = "facts_cut"
# What says no more than its field left out.
_NOTHING: tuple[Json, ...] = ({}, [], "", 0, {"tenant": []})


def record_of(facts: Facts, policy: Policy, as_of: int) -> JsonObject:
    """Write what `explain` needs of the facts, at most 32 kB; `as_of` in milliseconds.

    Kept are the fields that rules read, interests, the consent that channels need, the newest
    contacts inside the longest window of a cap, and ids. Of more than fits the largest traits
    go first, and `facts_cut` says so.

    >>> from wegweiser.terms.policy import Bundle
    >>> record_of(Facts(person={"traits": {"plan": "team"}}, known=True), Policy(Bundle()), 0)
    {'unit_kind': 'person', 'known': True}
    """
    kept = msgspec.structs.replace(
        facts,
        person=read(facts.person, policy.wanted.get("person")) | _interests(facts.person, policy),
        account=read(facts.account, policy.wanted.get("account")),
        context=read(facts.context, policy.wanted.get("context")),
        consent={
            purpose: facts.consent[purpose]
            for purpose in sorted(set(policy.purposes.values()))
            if purpose in facts.consent
        },
        contacts=_inside(facts.contacts, policy, as_of),
        account_contacts=_inside(facts.account_contacts, policy, as_of),
        standing=_standing(facts.standing, policy, as_of),
        lists_cut=[*facts.lists_cut],
        unsubscribed=[*facts.unsubscribed],
        role=facts.role if policy.learned.reads_role else "",
    )
    plain: JsonObject = msgspec.to_builtins(kept)
    return _fitted({name: value for name, value in plain.items() if value not in _NOTHING})


def _interests(person: JsonObject, policy: Policy) -> JsonObject:
    """Keep the topics that messages or rules speak of, and the strongest others up to a number."""
    sums = person.get("interests")
    if not isinstance(sums, dict) or not sums:
        return {}
    asked = policy.wanted.get("person", {}).get("interests")
    if asked == {}:
        return {"interests": sums}
    named = policy.topics.union(asked or ())
    spoken = [topic for topic in sums if topic in named]
    others = [
        (amount, topic)
        for topic, amount in sums.items()
        if topic not in named and isinstance(amount, int | float)
    ]
    # The strongest of all is always kept, as the others are measured by it.
    strongest = nlargest(max(MOST_INTERESTS - len(spoken), 1), others)
    return {"interests": {key: sums[key] for key in [*spoken, *(topic for _, topic in strongest)]}}


def _inside(contacts: Sequence[Contact], policy: Policy, as_of: int) -> list[Contact]:
    start = as_of - policy.longest_window_ms
    since = as_of - policy.longest_rest_ms
    inside = [one for one in contacts if _matters(one, start, since, policy.resting_states)]
    return sorted(inside)[-MOST_CONTACTS:]


def _matters(contact: Contact, start: int, since: int, resting: frozenset[str]) -> bool:
    """Tell whether a cap or a suppression may look at an entry."""
    if contact.at > start or any(at > start for _, at in contact.states):
        return True
    return any(at > since for state, at in contact.states if state in resting)


def _standing(standing: Standing, policy: Policy, as_of: int) -> Standing:
    suppressing = {key for key, goal in policy.goals.items() if goal.suppress_on_reach}
    return msgspec.structs.replace(
        standing,
        others={name: _inside(held, policy, as_of) for name, held in standing.others.items()},
        groups={name: _inside(held, policy, as_of) for name, held in standing.groups.items()},
        tenant=_inside(standing.tenant, policy, as_of),
        reached={key: at for key, at in standing.reached.items() if key in suppressing},
        account_reached={
            key: at for key, at in standing.account_reached.items() if key in suppressing
        },
    )


def _fitted(record: JsonObject) -> JsonObject:
    size = _size(record)
    if size <= MOST_BYTES:
        return record
    record[CUT] = True
    entries = [(_size(owner[key]), key, owner) for owner, key in _entries(record)]
    for taken, key, owner in sorted(entries, key=lambda entry: (-entry[0], entry[1])):
        if size <= MOST_BYTES:
            break
        del owner[key]
        size -= taken + _size(key)
    if size > MOST_BYTES:
        for name in ("contacts", "account_contacts"):
            record.pop(name, None)
    return record


def _entries(record: JsonObject) -> Iterator[tuple[JsonObject, str]]:
    """Give all that can be left out, one by one: the entries of maps, else the fields."""
    for name in ("person", "account", "context"):
        owner = record.get(name)
        if not isinstance(owner, dict):
            continue
        for key, value in owner.items():
            if isinstance(value, dict) and name != "context":
                for below in value:
                    yield value, below
            else:
                yield owner, key


def _size(value: Json) -> int:
    return len(msgspec.json.encode(value))
