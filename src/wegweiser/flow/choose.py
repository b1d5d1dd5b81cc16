"""One decision from request to answer: facts, choice, durable record, answer."""

import asyncio
import hashlib
from collections.abc import Callable

import msgspec

from wegweiser.collect.ask import read_situation
from wegweiser.decide.answer import answer
from wegweiser.decide.explain import explain
from wegweiser.decide.facts import Facts
from wegweiser.decide.facts_record import record_of
from wegweiser.decide.pipeline import decide, fall_back
from wegweiser.decide.policy import Policy
from wegweiser.decide.verify import verify
from wegweiser.flow.intake import Intake
from wegweiser.flow.tables import SETTINGS
from wegweiser.flow.train import Trainer
from wegweiser.flow.unify import Unifier
from wegweiser.flow.views import Views
from wegweiser.ports.clock import Clock
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.terms.decision import Decision, Situation, Subject
from wegweiser.terms.errors import ComeAgain, InputRefused, KeyRefused
from wegweiser.terms.identity import kind_of
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.record import Decided
from wegweiser.terms.source import Caller
from wegweiser.terms.ulid import ulid

_STREAM_KEY = b"stream_key"
# What a browser or app knows of itself; anything else would name somebody by guess.
_OWN_KINDS = frozenset({"anonymous_id", "ios.id", "android.id"})


class Chooser:
    """Decides, logs, then answers; the same request id gives the same answer for ever."""

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
        self._running: dict[tuple[str, str], asyncio.Future[Decision]] = {}

    async def decide(self, body: Json, caller: Caller, digest: str = "") -> JsonObject:
        """Answer the body of POST /v1/decide.

        Raises InputRefused for a bad body, an unknown placement, or a request id that was
        used with another body (409); KeyRefused for another's profile with a public key.
        """
        self._intake.require_open()
        if isinstance(body, dict) and not body.get("request_id"):
            body = body | {"request_id": "req-" + self._name()}
        situation = read_situation(body)
        digest = digest or hashlib.sha256(msgspec.json.encode(body, order="sorted")).hexdigest()
        _check_rights(situation, caller)
        if self._is_kept_out(situation.subject, self._clock.now_ms()):
            return self._answer(self._for_nobody(situation, caller, digest), situation, caller)
        if situation.mode == "simulate":
            return self._answer(self._choose(situation, caller, digest), situation, caller)
        key = (caller.source_id, situation.request_id)
        previous = self._unifier.decisions.of_request(*key)
        if previous is None and key in self._running:
            previous = await asyncio.shield(self._running[key])
        if previous is not None:
            return self._repeat(previous, digest, situation, caller)
        return self._answer(await self._new(key, situation, caller, digest), situation, caller)

    async def _new(
        self, key: tuple[str, str], situation: Situation, caller: Caller, digest: str
    ) -> Decision:
        running = asyncio.get_running_loop().create_future()
        self._running[key] = running
        try:
            decision = await self._logged(situation, caller, digest)
            running.set_result(decision)
            return decision
        except BaseException as error:
            running.set_exception(error)
            running.exception()
            raise
        finally:
            del self._running[key]

    async def _logged(self, situation: Situation, caller: Caller, digest: str) -> Decision:
        """Decide and log; where nothing can be logged only the fallback is shown."""
        decision = self._choose(situation, caller, digest)
        try:
            await self._intake.append(Decided(decision=decision))
            self._trainer.note(decision)
        except ComeAgain:
            return fall_back(
                self._unifier.policy,
                self._trainer.snapshot,
                situation,
                self._facts(situation),
                decision.at,
                "",
                "unlogged",
                digest,
                caller.source_id,
            )
        return decision

    def _for_nobody(self, situation: Situation, caller: Caller, digest: str) -> Decision:
        """Answer for somebody erased as for nobody at all; nothing of it is logged."""
        policy, now = self._unifier.policy, self._clock.now_ms()
        _check_direction(situation, policy, caller)
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

    def _choose(self, situation: Situation, caller: Caller, digest: str) -> Decision:
        now = self._clock.now_ms()
        policy = self._unifier.policy
        _check_direction(situation, policy, caller)
        facts = self._facts(situation)
        decision = decide(
            policy,
            self._trainer.snapshot,
            situation,
            facts,
            now,
            "dec_" + self._name(),
            self._stream_key,
            digest,
            caller.source_id,
        )
        return msgspec.structs.replace(decision, facts=record_of(facts, policy, now))

    def _facts(self, situation: Situation) -> Facts:
        return self._views.facts(situation, self._unifier.policy)

    def _repeat(
        self, previous: Decision, digest: str, situation: Situation, caller: Caller
    ) -> JsonObject:
        if previous.body_digest != digest:
            raise InputRefused(
                "request_id_reused",
                "This request_id was used with another body. Choose a new one.",
                409,
                "request_id",
            )
        return self._answer(previous, situation, caller)

    def _answer(self, decision: Decision, situation: Situation, caller: Caller) -> JsonObject:
        policy = self._unifier.policies.of(decision.bundle)
        body = answer(decision, policy, caller.public)
        if not decision.decision_id:
            return body | {"decision_id": None}
        if situation.mode == "explain" and not caller.public:
            return body | {"explain": self.explain(decision)}
        return body

    def explain(self, decision: Decision) -> JsonObject:
        """Explain a decision from its own record."""
        facts = msgspec.convert(decision.facts, Facts)
        policy = self._unifier.policies.of(decision.bundle)
        told = explain(policy, decision, facts, self._trainer.numbered(decision.model))
        return told | {"verified": verify(decision)}

    def _name(self) -> str:
        return ulid(self._clock.now_ms(), self._clock.random_bytes(10))


def _check_rights(situation: Situation, caller: Caller) -> None:
    if not caller.public:
        return
    subject = situation.subject
    if subject.person or subject.account or not subject.device:
        raise KeyRefused(
            "forbidden",
            "A public key may ask for its own visitor only: send subject.device alone.",
            403,
        )
    if kind_of(subject.device) not in _OWN_KINDS:
        raise KeyRefused(
            "forbidden",
            f"A public key may name its visitor by {', '.join(sorted(_OWN_KINDS))} only.",
            403,
        )
    if situation.mode != "serve":
        raise KeyRefused("forbidden", "A public key may only ask with mode serve.", 403)


def _check_direction(situation: Situation, policy: Policy, caller: Caller) -> None:
    for ask in situation.placements if caller.public else ():
        placement = policy.placements.get(ask.key)
        if placement is not None and placement.direction == "push":
            raise KeyRefused(
                "forbidden", "A public key may not ask for a placement that sends messages.", 403
            )


def _kept_key(store: OperationalStore, clock: Clock) -> bytes:
    """Read the secret of the draws, made on first use."""
    kept = store.get(SETTINGS, [_STREAM_KEY])[0]
    if kept is None:
        kept = clock.random_bytes(32)
        store.commit([Change(SETTINGS, _STREAM_KEY, kept)])
    return kept
