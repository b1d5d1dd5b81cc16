"""Placements as OpenFeature flags (OFREP): one decision for one flag, or for all that there are."""

import asyncio
import hashlib
from collections.abc import Sequence

import msgspec

from wegweiser.collect.ask import read_situation
from wegweiser.decide.flag import evaluation, flags_of
from wegweiser.flow.choose import Chooser
from wegweiser.flow.subject_version import subject_version
from wegweiser.flow.tracks import STREAM_MS, Tracks
from wegweiser.flow.train import Trainer
from wegweiser.flow.unify import Unifier
from wegweiser.flow.views import Views
from wegweiser.ports.clock import Clock
from wegweiser.terms.contact import OF_FLAGS
from wegweiser.terms.decision import Decision
from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.source import Caller
from wegweiser.terms.wrong import wrong

EVENTS = "/ofrep/v1/events"
# After so many seconds out of sight a page may let go of its stream.
INACTIVITY_S = 120
# So many are answered at once, in the order of their keys.
MOST_FLAGS = 50
_LOCALE = "locale"
_IDS = ("userId", "anonymousId", "groupId")


class Bulk(msgspec.Struct, frozen=True):
    """All flags of a subject as a body, None where the asker holds them already; and their tag.

    `decisions` is how many it took.
    """

    etag: str
    body: JsonObject | None
    decisions: int = 1


class Flags:
    """Answers evaluations; none of them is an exposure, and none reserves anything."""

    def __init__(
        self,
        unifier: Unifier,
        views: Views,
        trainer: Trainer,
        chooser: Chooser,
        tracks: Tracks,
        clock: Clock,
    ):
        self._unifier = unifier
        self._views = views
        self._trainer = trainer
        self._chooser = chooser
        self._tracks = tracks
        self._clock = clock

    async def one(self, key: str, body: Json, caller: Caller) -> JsonObject:
        """Evaluate one flag; the same `context.request_id` gives the same answer.

        Raises InputRefused: `targeting_key_missing`, `not_found` and what a decision refuses.
        """
        asked = _asked(body, caller)
        if key not in flags_of(self._unifier.policy):
            raise NotFound(f"There is no placement {key[:100]!r} that can be asked for as a flag.")
        request_id = asked.pop("request_id", None)
        if request_id is not None:
            asked["request_id"] = f"{OF_FLAGS}{_short(f'{key} {request_id}')}"
        placements: list[Json] = [{"key": key, "max": 1}]
        told = await self._chooser.decide(asked | {"placements": placements}, caller)
        return self._evaluated(told, key, caller)

    async def all(self, body: Json, caller: Caller, held: str) -> Bulk:
        """Evaluate all flags, or find that the asker `held` the newest tag (If-None-Match).

        As long as the tag holds, so do the decisions and their ids.
        """
        asked = _asked(body, caller)
        asked.pop("request_id", None)
        keys = flags_of(self._unifier.policy)[:MOST_FLAGS]
        name = await self._version(asked, keys, caller)
        # The address of the stream is good for an hour; decisions and their ids go on.
        etag = f'"{name}.{self._clock.now_ms() // STREAM_MS:x}"'
        if etag in [one.strip().removeprefix("W/") for one in held.split(",")]:
            return Bulk(etag, None)
        # A flag each, as nobody knows which of them will be shown: none takes another's place.
        answers = await asyncio.gather(
            *(self._one_of_all(asked, name, key, caller) for key in keys)
        )
        flags: list[Json] = [
            self._evaluated(told, key, caller) for key, told in zip(keys, answers, strict=True)
        ]
        told_of: JsonObject = {"bundle": self._unifier.policy.bundle_id}
        told_all: JsonObject = {"flags": flags, "metadata": told_of, **self._streams(answers[:1])}
        return Bulk(etag, told_all, max(1, len(flags)))

    async def _one_of_all(
        self, asked: JsonObject, name: str, key: str, caller: Caller
    ) -> JsonObject:
        placements: list[Json] = [{"key": key, "max": 1}]
        request_id = f"{OF_FLAGS}{_short(f'{name} {key}')}"
        wish = asked | {"request_id": request_id, "placements": placements}
        return await self._chooser.decide(wish, caller)

    async def _version(self, asked: JsonObject, keys: list[str], caller: Caller) -> str:
        placements: list[Json] = [*keys[:1]] or ["-"]
        situation = read_situation(asked | {"request_id": "-", "placements": placements})
        await self._chooser.unfolded.about(situation.subject)
        policy = self._unifier.policy
        facts = self._views.facts(situation, policy)
        who: JsonObject = {"public": caller.public, "source": caller.source_id, "asked": asked}
        now = self._clock.now_ms()
        return subject_version(facts, policy, self._trainer.snapshot.number, who, now)

    def _evaluated(self, told: JsonObject, key: str, caller: Caller) -> JsonObject:
        """Write the flag of an answer; what could not be logged has only the answer to go by."""
        decision = self._decision(told)
        policy = self._unifier.policies.of(decision.bundle)
        token = next((track.token for track in self._tracks.tracks(decision)), "")
        return evaluation(decision, policy, key, caller.public, token)

    def _decision(self, told: JsonObject) -> Decision:
        name = told["decision_id"]
        decision = self._unifier.decisions.get(name) if isinstance(name, str) else None
        return decision or _unlogged(told)

    def _streams(self, answers: Sequence[JsonObject]) -> JsonObject:
        """Give where changes are told; nowhere while nobody knows our own address."""
        decisions = [self._decision(told) for told in answers]
        if not decisions or not decisions[0].decision_id or not self._tracks.has_address:
            return {}
        url = self._tracks.stream_url(decisions[0], EVENTS, self._clock.now_ms())
        stream: JsonObject = {"type": "sse", "url": url, "inactivityDelaySec": INACTIVITY_S}
        return {"eventStreams": [stream]}


def _asked(body: Json, caller: Caller) -> JsonObject:
    """Read whom an evaluation is for, as the body of a decision.

    With a public key the targeting key is the visitor's own device, and other ids are context.
    """
    context = body.get("context") if isinstance(body, dict) else None
    if context is not None and not isinstance(context, dict):
        raise InputRefused("bad_shape", "`context` is not an object.", field="context")
    stated = context or {}
    target = stated.get("targetingKey")
    if not isinstance(target, str) or not target.strip():
        raise InputRefused(
            "targeting_key_missing",
            wrong("argument_missing", name="`context.targetingKey`"),
            field="targetingKey",
        )
    asked: JsonObject = {"subject": _ids(target, stated, caller), "context": stated}
    if isinstance(stated.get(_LOCALE), str):
        asked[_LOCALE] = stated[_LOCALE]
    request_id = stated.get("request_id")
    if isinstance(request_id, str) and request_id.strip():
        asked["request_id"] = request_id
    return asked


def _ids(target: str, stated: JsonObject, caller: Caller) -> JsonObject:
    if caller.public:
        return {"anonymousId": target}
    ids: JsonObject = {name: stated[name] for name in _IDS if stated.get(name)}
    if ids.setdefault("userId", target) != target:
        # Who names the user beside it means the device by the targeting key.
        ids.setdefault("anonymousId", target)
    return ids


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:40]


def _unlogged(told: JsonObject) -> Decision:
    """Give what an answer without a record says, as far as a flag tells it."""
    told_of = ("bundle", "status", "model", "arm")
    named: JsonObject = {name: told[name] for name in told_of if name in told}
    items = told["items"]
    usual: JsonObject = {"pi": 1.0, "how": "fallback"}
    kept: list[Json] = [
        usual | item
        for item in (items if isinstance(items, list) else [])
        if isinstance(item, dict)
    ]
    blank: JsonObject = {"decision_id": "", "request_id": "", "body_digest": "", "at": 0}
    whole: JsonObject = blank | named | {"subject": {}, "items": kept}
    return msgspec.convert(whole, Decision)
