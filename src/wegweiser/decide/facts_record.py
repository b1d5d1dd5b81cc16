"""What of the facts goes into the record of a decision: what its policy can read, and no more."""

from collections.abc import Iterator, Sequence
from heapq import nlargest

import msgspec

from wegweiser.decide.contacts_kept import kept
from wegweiser.decide.facts import Facts
from wegweiser.decide.policy import Policy
from wegweiser.decide.standing import Standing
from wegweiser.decide.wanted import read
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.policy import CapScope
from wegweiser.terms.profile import Contact

MOST_BYTES = 32_000
MOST_INTERESTS = 50
CUT = "facts_cut"
# What says no more than its field left out.
_NOTHING: tuple[Json, ...] = ({}, [], "", 0, {"tenant": []})


def record_of(facts: Facts, policy: Policy, as_of: int) -> JsonObject:
    """Write what `explain` needs of the facts, at most 32 kB; `as_of` in milliseconds.

    Kept are the fields that rules read, interests, the consent that channels need, the contacts
    that caps and rests hang on and the newest besides, and ids. Of more than fits the largest
    traits go first, and `facts_cut` says so.

    >>> from wegweiser.terms.policy import Bundle
    >>> record_of(Facts(person={"traits": {"plan": "team"}}, known=True), Policy(Bundle()), 0)
    {'unit_kind': 'person', 'known': True}
    """
    keeping = _Keeping(policy, as_of, facts.standing.zone)
    short = msgspec.structs.replace(
        facts,
        person=read(facts.person, policy.wanted.get("person")) | _interests(facts.person, policy),
        account=read(facts.account, policy.wanted.get("account")),
        context=read(facts.context, policy.wanted.get("context")),
        consent={
            purpose: facts.consent[purpose]
            for purpose in sorted(set(policy.purposes.values()))
            if purpose in facts.consent
        },
        contacts=keeping.of(facts.contacts, "person"),
        account_contacts=keeping.of(facts.account_contacts, "account"),
        standing=keeping.standing(facts.standing),
        lists_cut=[*facts.lists_cut],
        unsubscribed=[*facts.unsubscribed],
        role=facts.role if policy.learned.reads_role else "",
        directed=facts.directed and any(cap.direction for cap in policy.bundle.caps),
        priced=facts.priced and bool(facts.standing.prices),
    )
    plain: JsonObject = msgspec.to_builtins(short)
    record = {name: value for name, value in plain.items() if value not in _NOTHING}
    return _fitted(record | {CUT: True} if keeping.cut else record)


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


class _Keeping:
    """Keeps contacts of several ledgers; `cut` once one of them lacks some that count."""

    def __init__(self, policy: Policy, as_of: int, zone: str):
        self._policy = policy
        self._as_of = as_of
        self._zone = zone
        self.cut = False

    def of(self, contacts: Sequence[Contact], scope: CapScope) -> list[Contact]:
        """Give what is kept of a ledger of a scope."""
        found, cut = kept(contacts, self._policy, self._as_of, scope, self._zone)
        self.cut |= cut
        return found

    def standing(self, standing: Standing) -> Standing:
        """Give what is kept of how a subject stands towards contacts."""
        goals = self._policy.goals.items()
        suppressing = {key for key, goal in goals if goal.suppress_on_reach}
        return msgspec.structs.replace(
            standing,
            others={name: self.of(held, "account") for name, held in standing.others.items()},
            groups={name: self.of(held, "group") for name, held in standing.groups.items()},
            tenant=self.of(standing.tenant, "tenant"),
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
