"""Decides again what was put off: at its time, with everything as it is then."""

from collections.abc import Awaitable, Callable

import msgspec

from wegweiser.decide.deferral import following, is_too_late
from wegweiser.flow.intake import Intake
from wegweiser.flow.unify import Unifier
from wegweiser.ports.clock import Clock
from wegweiser.terms.decision import Ask, Decision, Situation, Subject
from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.record import Decided
from wegweiser.terms.source import SECRET_SCOPES, Caller, Trust
from wegweiser.terms.ulid import ulid

DecideAgain = Callable[[Situation, Caller, str], Awaitable[Decision | None]]
MOST_PER_RUN = 200


class Deferrals:
    """A durable timer: what is due follows from the log, so that no restart forgets it."""

    def __init__(
        self, unifier: Unifier, intake: Intake, clock: Clock, decide_again: DecideAgain
    ) -> None:
        self._unifier = unifier
        self._intake = intake
        self._clock = clock
        self._decide_again = decide_again

    async def run(self) -> None:
        """Take every decision again that is due; nothing of the old one is used but the question.

        What has waited too long is recorded as expired.
        """
        contacts, now = self._unifier.contacts, self._clock.now_ms()
        if not contacts.has_news and not contacts.due(now):
            return
        # What was answered meanwhile must be gone from the store before it is asked.
        await self._intake.checkpoint()
        for decision_id in contacts.due(now)[:MOST_PER_RUN]:
            before = self._unifier.decisions.get(decision_id)
            if before is not None:
                await self._again(before)

    async def _again(self, before: Decision) -> None:
        situation = situation_of(before)
        rules = self._unifier.policies.of(before.bundle).bundle.contact_rules
        caller = Caller(before.source_id, "live", Trust.SERVER, SECRET_SCOPES)
        if is_too_late(before, rules):
            await self._expire(before, situation, "waited too long")
            return
        try:
            after = await self._decide_again(situation, caller, before.body_digest)
        except (InputRefused, NotFound) as error:
            await self._expire(before, situation, error.message)
            return
        if after is None:
            await self._give_up(before, situation)
        elif after.deferral is None or after.deferral.decision_id != before.decision_id:
            # Somebody used the request id of the question before it was asked again.
            own = msgspec.structs.replace(situation, request_id=_own_name(before))
            await self._expire(before, own, "its request id was used by another request")

    async def _give_up(self, before: Decision, situation: Situation) -> None:
        """Write that a question is given up about somebody of whom nothing may be known."""
        nobody = msgspec.structs.replace(
            before,
            subject=Subject(),
            person_id="",
            leaf="",
            group_id="",
            unit_id="",
            body_digest="",
        )
        own = msgspec.structs.replace(situation, request_id=_own_name(before))
        await self._expire(nobody, own, "kept out")

    async def _expire(self, before: Decision, situation: Situation, reason: str) -> None:
        """Write that a question is given up, so that nobody wonders what became of it."""
        now = self._clock.now_ms()
        given_up = Decision(
            decision_id="dec_" + ulid(now, self._clock.random_bytes(10)),
            request_id=situation.request_id,
            body_digest=before.body_digest,
            at=now,
            subject=before.subject,
            person_id=before.person_id,
            leaf=before.leaf,
            group_id=before.group_id,
            unit_id=before.unit_id,
            unit_kind=before.unit_kind,
            channel=before.channel,
            bundle=self._unifier.policy.bundle_id,
            arm=before.arm,
            status="expired",
            reason=reason,
            source_id=before.source_id,
            locale=before.locale,
            asked=before.asked,
            slots=before.slots,
            deferral=situation.deferral,
        )
        await self._intake.append(Decided(decision=given_up))


def _own_name(before: Decision) -> str:
    """Name a record that ends a question by what nobody outside could have named theirs."""
    return f"{before.decision_id}/given-up"


def situation_of(before: Decision) -> Situation:
    """Ask the question of a deferred decision anew, as `request_id/n`."""
    deferral = following(before.decision_id, before.deferral, before.at)
    root = before.request_id
    if before.deferral is not None:
        root = root.removesuffix(f"/{before.deferral.number}")
    sizes = before.slots or tuple(1 for _ in before.asked)
    context = before.facts.get("context", {})
    return Situation(
        request_id=f"{root}/{deferral.number}",
        subject=before.subject,
        placements=tuple(Ask(key, most) for key, most in zip(before.asked, sizes, strict=False)),
        locale=before.locale,
        context=context if isinstance(context, dict) else {},
        deferral=deferral,
        lease_hours=before.lease_hours,
    )
