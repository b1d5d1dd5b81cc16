"""One decision from request to answer: facts, choice, durable record, answer."""

import asyncio
import hashlib
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

import msgspec

from wegweiser.collect.ask import read_situation
from wegweiser.decide.again import recorded_facts
from wegweiser.decide.answer import answer
from wegweiser.decide.deferral import put_off, without_room
from wegweiser.decide.explain import explain
from wegweiser.decide.facts import Facts
from wegweiser.decide.facts_record import record_of
from wegweiser.decide.naming import Naming, by_key
from wegweiser.decide.pipeline import UNLOGGED, decide, fall_back, no_time
from wegweiser.decide.policy import Policy
from wegweiser.decide.shared_out import Draft
from wegweiser.decide.verify import verify
from wegweiser.flow.arm_units import ArmUnits
from wegweiser.flow.asking_rights import require_asked, require_own
from wegweiser.flow.intake import Intake
from wegweiser.flow.tables import SETTINGS
from wegweiser.flow.tracks import Track
from wegweiser.flow.train import Trainer
from wegweiser.flow.under_way import Key, UnderWay, error_of
from wegweiser.flow.unfolded import Landing, Unfolded
from wegweiser.flow.unify import Unifier
from wegweiser.flow.views import Views
from wegweiser.ports.clock import Clock
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.terms.decision import LEAF_ONLY, Decision, Situation, Subject
from wegweiser.terms.errors import ComeAgain, InputRefused
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.model import Snapshot
from wegweiser.terms.policy import ContactRules
from wegweiser.terms.record import Decided
from wegweiser.terms.source import Caller
from wegweiser.terms.ulid import ulid

STREAM_KEY = b"stream_key"
_log = logging.getLogger(__name__)
# So long the same request id gives the same answer.
REMEMBERED_MS = 30 * DAY_MS
ALARM_EVERY_MS = 60_000.0
# A reservation that was lost twice leaves the question waiting so long.
WITHOUT_ROOM_MS = 60_000

Pinned = tuple[Policy, Snapshot]


class Chooser:
    """Decides, logs, then answers; the same request id gives the same answer for 30 days.

    `unfolded` knows of answered decisions that the fold has not reached yet.
    `fallbacks` counts since the start the answers that were fallbacks only, by their reason.
    """

    def __init__(
        self,
        unifier: Unifier,
        intake: Intake,
        views: Views,
        trainer: Trainer,
        store: OperationalStore,
        clock: Clock,
        is_kept_out: Callable[[Subject, int], bool] = lambda subject, at: False,
    ):
        """`is_kept_out` tells of whom nothing may be known, decided or stored."""
        self._is_kept_out = is_kept_out
        self._unifier = unifier
        self._intake = intake
        self._views = views
        self._trainer = trainer
        self._clock = clock
        self._stream_key = _kept_key(store, clock)
        self._under_way = UnderWay()
        self.unfolded = Unfolded(unifier.person_of)
        self._arm_units = ArmUnits(unifier.directory, unifier.decisions, views.leaves_of)
        self.fallbacks: Counter[str] = Counter(deadline=0, unlogged=0)
        self._alarmed_at = float("-inf")
        # Whoever keeps the contact ledger takes room in it here, and gives it back.
        self.reserve: Callable[[Decision], Awaitable[bool]] = _without_ledger
        self.release: Callable[[Decision], None] = lambda decision: None
        # How outcomes of a decision are told without a key.
        self.tracks: Callable[[Decision], Sequence[Track]] = lambda decision: ()

    @property
    def pinned(self) -> Pinned:
        """The policy and the model of now, to be used to the end of what begins now."""
        return self._unifier.policy, self._trainer.snapshot

    @property
    def stream_key(self) -> bytes:
        """The secret of the draws; who computes a decision again needs it."""
        return self._stream_key

    async def decide(
        self,
        body: Json,
        caller: Caller,
        digest: str = "",
        lease_hours: int = 0,
        early: bool = False,
        ready: Decision | None = None,
    ) -> JsonObject:
        """Answer the body of POST /v1/decide; what is reserved is held for `lease_hours`.

        The decision is on disk then, and folded; with `early` it may yet have to be. `ready` is
        one that was drafted for the same body, taken as it is while there is room for it. Raises
        InputRefused for a bad body, an unknown placement, or a request id that was used with
        another body (409); KeyRefused for another's profile with a public key.
        """
        started = self._clock.steady_ms()
        if not self._intake.failed:
            # Where the log has failed for good, whoever waits still gets the fallback.
            self._intake.require_open()
        if isinstance(body, dict) and not body.get("request_id"):
            body = body | {"request_id": "req-" + self._name()}
        situation = msgspec.structs.replace(read_situation(body), lease_hours=lease_hours)
        digest = digest or _digest_of(body)
        require_own(situation, caller)
        await self.unfolded.about(situation.subject)
        if self._is_kept_out(situation.subject, self._clock.now_ms()):
            return self._answer(self._for_nobody(situation, caller, digest), situation, caller)
        if situation.mode == "simulate":
            return self._answer(self._choose(situation, caller, digest), situation, caller)
        key = (caller.source_id, situation.request_id)
        previous = self._unifier.decisions.of_request(*key)
        if previous is not None and previous.at <= self._clock.now_ms() - REMEMBERED_MS:
            previous = None
        if previous is None:
            previous = await self._under_way.of(key)
        decision = previous or await self._new(key, situation, caller, digest, started, ready)
        if previous is not None:
            _require_same(previous, digest)
        if not early:
            await self.unfolded.about(decision.subject)
        return self._answer(decision, situation, caller)

    async def draft(
        self, body: JsonObject, caller: Caller, lease_hours: int, pinned: Pinned
    ) -> Draft | None:
        """Choose for a body without taking room or writing anything, so that others may be heard.

        None where its request has an answer, or nothing may be known. Raises as `decide` does.
        """
        situation = msgspec.structs.replace(read_situation(body), lease_hours=lease_hours)
        require_own(situation, caller)
        await self.unfolded.about(situation.subject)
        key = (caller.source_id, situation.request_id)
        asked = key in self._under_way or self._unifier.decisions.of_request(*key) is not None
        if asked or self._is_kept_out(situation.subject, self._clock.now_ms()):
            return None
        decision, facts = self._chosen(situation, caller, _digest_of(body), no_time, pinned)
        return Draft(situation, decision, facts)

    async def decide_again(
        self, situation: Situation, caller: Caller, digest: str
    ) -> Decision | None:
        """Take a decision that was put off anew; None of whom nothing may be known any more."""
        await self.unfolded.about(situation.subject)
        if self._is_kept_out(situation.subject, self._clock.now_ms()):
            return None
        key = (caller.source_id, situation.request_id)
        previous = self._unifier.decisions.of_request(*key)
        if previous is not None or key in self._under_way:
            return previous
        decision = await self._new(key, situation, caller, digest, self._clock.steady_ms())
        await self.unfolded.about(situation.subject)
        return decision

    async def _new(
        self,
        key: Key,
        situation: Situation,
        caller: Caller,
        digest: str,
        started: float,
        ready: Decision | None = None,
    ) -> Decision:
        self._under_way.begin(key)
        try:
            decision = await self._reserved(
                situation, caller, digest, lambda: self._clock.steady_ms() - started, ready
            )
            decision, landing = await self._logged(key, decision, situation, caller)
        except BaseException as error:
            self._under_way.failed(key, error)
            raise
        self._under_way.decided(key, decision, landing)
        return decision

    async def _logged(
        self, key: Key, decision: Decision, situation: Situation, caller: Caller
    ) -> tuple[Decision, Landing | None]:
        """Log a decision; where nothing can be logged only the fallback is shown."""
        try:
            synced, landing = self._intake.log(Decided(decision=decision))
        except ComeAgain as why:
            return self._unlogged(decision, situation, caller, why), None
        try:
            await synced
        except ComeAgain as why:
            return self._unlogged(decision, situation, caller, why), None
        except asyncio.CancelledError:
            # Nobody waits any more, and yet it is on its way to the disk.
            self._under_way.left_alone(key, decision, landing)
            self.unfolded.note(situation.subject, landing)
            landing.add_done_callback(partial(self._landed_alone, decision))
            raise
        self._note(decision)
        self.unfolded.note(situation.subject, landing)
        return decision, landing

    def _landed_alone(self, decision: Decision, landing: Landing) -> None:
        if error_of(landing) is None:
            self._note(decision)
        else:
            self.release(decision)

    def _note(self, decision: Decision) -> None:
        self._trainer.note(decision)
        if decision.reason in self.fallbacks:
            self.fallbacks[decision.reason] += 1

    async def _reserved(
        self,
        situation: Situation,
        caller: Caller,
        digest: str,
        elapsed: Callable[[], float],
        ready: Decision | None,
    ) -> Decision:
        """Choose and take room for it; who loses the room chooses once more, then waits."""
        # What is published while room is awaited is for later requests.
        pinned = self.pinned
        decision = ready or self._choose(situation, caller, digest, elapsed, pinned)
        if not decision.items or await self.reserve(decision):
            return decision
        again = msgspec.structs.replace(situation, attempt=1)
        decision = self._choose(again, caller, digest, elapsed, pinned)
        if not decision.items or await self.reserve(decision):
            return decision
        return _without_room(decision, situation, pinned[0].bundle.contact_rules)

    def _unlogged(
        self, decision: Decision, situation: Situation, caller: Caller, why: ComeAgain
    ) -> Decision:
        """Answer without a record: nothing that is personal, nothing that is sent."""
        self.release(decision)
        self.fallbacks[UNLOGGED] += 1
        now = self._clock.steady_ms()
        if now - self._alarmed_at >= ALARM_EVERY_MS:
            self._alarmed_at = now
            _log.error("decisions cannot be logged (%s): only fallbacks are shown", why.reason)
        policy = self._unifier.policies.of(decision.bundle)
        return fall_back(
            policy,
            self._trainer.numbered(decision.model),
            situation,
            self._facts(situation, decision.at, policy),
            decision.at,
            "",
            UNLOGGED,
            decision.body_digest,
            caller.source_id,
        )

    def _for_nobody(self, situation: Situation, caller: Caller, digest: str) -> Decision:
        """Answer for somebody erased as for nobody at all; nothing of it is logged."""
        policy, now = self._unifier.policy, self._clock.now_ms()
        require_asked(situation, policy, caller)
        return fall_back(
            policy,
            self._trainer.snapshot,
            situation,
            Facts(context=situation.context),
            now,
            "",
            "",
            digest,
            caller.source_id,
        )

    def _choose(
        self,
        situation: Situation,
        caller: Caller,
        digest: str,
        elapsed: Callable[[], float] = no_time,
        pinned: Pinned | None = None,
    ) -> Decision:
        return self._chosen(situation, caller, digest, elapsed, pinned or self.pinned)[0]

    def _chosen(
        self,
        situation: Situation,
        caller: Caller,
        digest: str,
        elapsed: Callable[[], float],
        pinned: Pinned,
    ) -> tuple[Decision, Facts]:
        now = self._clock.now_ms() if situation.as_of is None else situation.as_of
        policy, snapshot = pinned
        require_asked(situation, policy, caller)
        facts = self._facts(situation, now, policy)
        decision = decide(
            policy,
            snapshot,
            situation,
            facts,
            now,
            "dec_" + self._name(),
            self._stream_key,
            digest,
            caller.source_id,
            elapsed,
        )
        whole = msgspec.structs.replace(
            decision,
            facts=record_of(facts, policy, now),
            profile_version=self._unifier.position,
            flags=(*decision.flags, *self._resolved(decision.person_id)),
        )
        return whole, facts

    def _resolved(self, person_id: str) -> tuple[str, ...]:
        """Give the flag of somebody in a large component that is still being computed."""
        directory = self._unifier.directory
        is_settling = directory.settling and person_id and directory.is_settling(person_id)
        return (LEAF_ONLY,) if is_settling else ()

    def _facts(self, situation: Situation, at: int, policy: Policy) -> Facts:
        facts = self._views.facts(situation, policy)
        first = self._arm_units.of(facts, policy.bundle.arms, at)
        return msgspec.structs.replace(facts, arm_unit=first) if first else facts

    def _answer(self, decision: Decision, situation: Situation, caller: Caller) -> JsonObject:
        policy = self._unifier.policies.of(decision.bundle)
        # Of a simulation nothing is kept, so that nothing can be told of it.
        tracks = () if situation.mode == "simulate" else self.tracks(decision)
        body = answer(decision, policy, caller.public, [*map(msgspec.to_builtins, tracks)])
        if not decision.decision_id:
            return body | {"decision_id": None}
        if situation.mode == "explain" and not caller.public:
            return body | {"explain": self.explain(decision)}
        return body

    def explain(self, decision: Decision, naming: Naming = by_key) -> JsonObject:
        """Explain a decision from its own record; `naming` is for its sentences."""
        facts = recorded_facts(decision)
        policy = self._unifier.policies.of(decision.bundle)
        model = self._trainer.numbered(decision.model)
        told = explain(policy, decision, facts, model, naming)
        return told | {"verified": verify(decision)}

    def _name(self) -> str:
        return ulid(self._clock.now_ms(), self._clock.random_bytes(10))


def _digest_of(body: Json) -> str:
    return hashlib.sha256(msgspec.json.encode(body, order="sorted")).hexdigest()


async def _without_ledger(decision: Decision) -> bool:
    return True


def _require_same(previous: Decision, digest: str) -> None:
    if previous.body_digest != digest:
        told = "This request_id was used with another body. Choose a new one."
        raise InputRefused("request_id_reused", told, 409, "request_id")


def _without_room(decision: Decision, situation: Situation, rules: ContactRules) -> Decision:
    """Say nothing now, since others took all room meanwhile; what is sent is asked again soon."""
    again_at = decision.at + WITHOUT_ROOM_MS
    status, not_before = put_off(again_at, situation, decision.at, rules)
    return without_room(decision, status, not_before)


def _kept_key(store: OperationalStore, clock: Clock) -> bytes:
    """Read the secret of the draws, made on first use."""
    kept = store.get(SETTINGS, [STREAM_KEY])[0]
    if kept is None:
        kept = clock.random_bytes(32)
        store.commit([Change(SETTINGS, STREAM_KEY, kept)])
    return kept
