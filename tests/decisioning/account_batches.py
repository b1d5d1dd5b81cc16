"""Batches for people of accounts that have few contacts left, and what their records say."""

from collections.abc import Sequence
from typing import NamedTuple

from tests.decisioning.doors import GRANTED, Body, Door
from tests.decisioning.test_batches import begun, ended, results
from wegweiser.decide.recompute import recompute
from wegweiser.decide.verify import verify
from wegweiser.terms.decision import Decision, Shared

HOUR = 3_600_000
WEEK = 7 * 24 * HOUR
NO_ARMS = "{kind: arms, nothing: 0, random: 0, no_levers: 0, rules_only: 0, eligible_only: 0}"
MESSAGES = """
{kind: placement, key: news, channel: email, slots: 1, direction: push, allow_nothing: false}
---
{kind: message, key: whitepaper, topic: security, value: 40,
 variants: [{key: mail, channel: email, content: {subject: News, text: Hello}}]}
---
{kind: message, key: webinar, topic: pricing, value: 35,
 variants: [{key: mail, channel: email, content: {subject: Come, text: Hello}}]}
---
"""
FIVE = "{kind: cap, key: five, scope: account, limit: 5, window_hours: 168, direction: push}\n---\n"
INVOICE = """
{kind: message, key: invoice, class: service, value: 1, rules: [
 {label: eligible, when: 'person.traits.owes == true'}],
 variants: [{key: mail, channel: email, content: {subject: Invoice, text: Pay}}]}
---
"""


def configuration(*parts: str, arms: str = NO_ARMS) -> str:
    return MESSAGES + "".join(parts) + arms


async def met(
    door: Door, account: str, users: Sequence[str], role: str = "", **traits: object
) -> None:
    """Let people of an account grant everything; a server says what role they have."""
    events: list[Body] = []
    for user in users:
        known = {"email": f"{user}@example.com", **traits}
        events.append({"type": "identify", "userId": user, "context": GRANTED, "traits": known})
        stated = {"membership": {"role": role, "status": "confirmed"}} if role else {}
        joined = {"type": "group", "userId": user, "groupId": account}
        events.append({**joined, "context": {**GRANTED, **stated}})
    answer = await door.secret.post("/v1/batch", json={"batch": events})
    assert answer.json()["success"] is True


class Told(NamedTuple):
    """Decisions of a batch in the order of its subjects."""

    decisions: list[Decision]
    counts: dict[str, int]

    @property
    def drawn(self) -> list[str]:
        """The users who were told something."""
        return [one.subject.person.removeprefix("user_id:") for one in self.decisions if one.items]


async def decided(door: Door, users: Sequence[str], **asked: object) -> Told:
    subjects = [f"user_id:{user}" for user in users]
    batch_id = await begun(door, subjects=subjects, **asked)
    told = await ended(door, batch_id)
    assert told["done"] == len(users)
    rows = await results(door, batch_id)
    await door.site.intake.settle()
    get = door.site.unifier.decisions.get
    found = [get(str(row["decision_id"])) for row in rows]
    return Told([one for one in found if one is not None], told["counts"])  # type: ignore[arg-type]


def shared(decision: Decision) -> Shared:
    assert decision.shared is not None
    return decision.shared


def names(first: str, count: int) -> list[str]:
    return [f"{first}-{number}" for number in range(count)]


def check_records(door: Door, told: Told) -> None:
    """Every record follows from its integers, and computed again it comes out the same."""
    policies, trainer = door.site.unifier.policies, door.site.deciding.trainer
    key = door.site.deciding.chooser.stream_key
    for decision in told.decisions:
        assert verify(decision)
        model = trainer.numbered(decision.model)
        assert recompute(policies.of(decision.bundle), decision, model, key).equal
