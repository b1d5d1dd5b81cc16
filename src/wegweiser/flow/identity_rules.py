"""Rules of identity: a draft from configuration, tried dry, published, and taken back."""

import asyncio
from collections.abc import Iterable

import msgspec

from wegweiser.decide.document import Documents, Loose
from wegweiser.flow.identity_document import read_rules
from wegweiser.flow.identity_trial import Trial, TrialRun
from wegweiser.flow.intake import Intake
from wegweiser.flow.journeys import JourneyBook
from wegweiser.flow.mappings import DocumentBook, Put
from wegweiser.flow.segments import Segments
from wegweiser.flow.tables import IDENTITY_DRAFTS, IDENTITY_TRIALS, RULINGS
from wegweiser.flow.unify import Unifier
from wegweiser.flow.views import Views
from wegweiser.flow.whole_persons import whole_persons
from wegweiser.log.record import decode
from wegweiser.ports.clock import Clock
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.resolve.classes import is_custom
from wegweiser.terms.errors import DocumentRefused, InputRefused, NotFound
from wegweiser.terms.identity_rules import IdentityRules, TypeRule
from wegweiser.terms.instant import DAY_MS, format_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.record import Ruled
from wegweiser.terms.wrong import wrong

KIND = "identity_rules"
BUILT_IN = IdentityRules()
TOUCHED_DAYS = 30
# What an administrator may say of a type that senders made up.
CHOICES = ("strong", "weak", "unique", "refused")


class Tried(msgspec.Struct, frozen=True):
    """That a version was tried, over which version it then counted, and with what result."""

    version: str
    over: str
    at: int
    by: str
    trial: Trial


class RuleDesk:
    """Keeps one draft; what counts is what was published last, as the log says."""

    def __init__(
        self,
        unifier: Unifier,
        intake: Intake,
        views: Views,
        segments: Segments,
        journeys: JourneyBook,
        store: OperationalStore,
        clock: Clock,
    ):
        self._unifier = unifier
        self._intake = intake
        self._views = views
        self._segments = segments
        self._journeys = journeys
        self._store = store
        self._clock = clock
        self._drafts = DocumentBook(store, IDENTITY_DRAFTS)
        self._working = asyncio.Lock()

    def check(self, documents: Documents) -> None:
        """Raise DocumentRefused for the first fault, before anything is kept."""
        found = documents.of_kind(KIND)
        held = next((str(one["key"]) for one in self._drafts.all()), "")
        for one in found:
            if one.key != (held or found[0].key):
                fault = wrong("one_draft", kind=KIND, key=repr(held or found[0].key))
                raise DocumentRefused(one.file, one.line, fault)
            _check(one)

    def put(self, documents: Documents) -> Put:
        """Keep what was checked as the draft; nothing counts before it is published."""
        return self._drafts.put([one.fields for one in documents.of_kind(KIND)])

    @property
    def draft(self) -> IdentityRules | None:
        """The rules that were applied last, None where there never were any."""
        return next((read_rules(one) for one in self._drafts.all()), None)

    @property
    def rules(self) -> IdentityRules:
        """The rules that count now."""
        return self._unifier.directory.rules

    async def shown(self) -> JsonObject:
        """Give the rules that count, the draft, what was tried, and all that was published."""
        await self._intake.settle()
        draft = self.draft
        tried: list[Json] = [
            {
                "version": one.version,
                "over": one.over,
                "at": format_instant(one.at),
                "by": one.by,
                **one.trial.counts(),
            }
            for one in self._tried()
        ]
        return {
            "version": self.rules.version,
            "rules": written(self.rules),
            "draft": None if draft is None else {"version": draft.version, "rules": written(draft)},
            "tried": tried,
            "published": [*self._history()],
        }

    def _history(self) -> list[JsonObject]:
        found: list[JsonObject] = [{"version": BUILT_IN.version, "at": None, "by": "built in"}]
        for ruled in self._published():
            row: JsonObject = {
                "version": ruled.rules.version,
                "at": format_instant(ruled.at),
                "by": ruled.by,
                "reason": ruled.reason,
            }
            found.append(row)
        return found[::-1]

    def _published(self) -> list[Ruled]:
        records = (decode(value) for _, value in self._store.scan(RULINGS))
        return [record for record in records if isinstance(record, Ruled)]

    def of_version(self, version: str) -> IdentityRules:
        """Find rules by their version: the draft, what was ever published, or what is built in."""
        draft = self.draft
        held = [BUILT_IN, *(one.rules for one in self._published()), *([draft] if draft else [])]
        found = next((rules for rules in held if rules.version == version), None)
        if found is None:
            raise NotFound(wrong("no_rules_of", version=repr(version[:40])))
        return found

    def wanted(self, version: str = "", stated: JsonObject | None = None) -> IdentityRules:
        """Give the rules that are meant: as stated, by version, or else the draft."""
        if stated is not None:
            return read_rules(stated)
        if version:
            return self.of_version(version)
        draft = self.draft
        if draft is None:
            raise NotFound(wrong("no_rules_draft"))
        return draft

    async def dry_run(
        self, rules: IdentityRules, by: str, days: int | None = TOUCHED_DAYS
    ) -> JsonObject:
        """Tell what rules would change among those touched in the last days (None: all)."""
        async with self._working:
            await self._intake.settle()
            await whole_persons(self._unifier)
            now = self._clock.now_ms()
            since = None if days is None else now - days * DAY_MS
            run = TrialRun(
                self._unifier, self._views, self._segments, self._journeys, self._clock, rules
            )
            trial = await run.result(since)
            kept = msgspec.structs.replace(trial, examples={})
            tried = Tried(rules.version, self.rules.version, now, by, kept)
            row = Change(IDENTITY_TRIALS, rules.version.encode(), msgspec.json.encode(tried))
            self._store.commit([row])
            return {
                "version": rules.version,
                "over": self.rules.version,
                "days": days,
                **trial.counts(),
                "examples": {name: [*found] for name, found in trial.examples.items()},
            }

    async def publish(self, rules: IdentityRules, by: str, reason: str = "") -> JsonObject:
        """Let rules count from now on; those that count already are left as they are.

        Raises InputRefused where they were not tried dry over the rules that count now.
        """
        async with self._working:
            await self._intake.settle()
            before = self.rules.version
            if rules.version == before:
                return {"version": before, "before": before, "position": None}
            self._require_tried(rules.version, before)
            ruled = Ruled(at=self._clock.now_ms(), by=by, rules=rules, reason=reason)
            landed = await self._intake.append(ruled)
            await whole_persons(self._unifier)
            return {
                "version": self.rules.version,
                "before": before,
                "position": landed.position,
            }

    def classifying(self, kind: str, chosen: str) -> IdentityRules:
        """Give the rules that count, with a custom type of a class or "refused"."""
        if not is_custom(kind):
            fault = wrong("only_custom", name=repr(kind[:100]))
            raise InputRefused("bad_input", fault, 422, "type")
        if chosen not in CHOICES:
            told = wrong("one_from", name="class", known=", ".join(CHOICES))
            raise InputRefused("bad_input", told, 422, "class")
        types = self.rules.types
        rule = types.get(kind, TypeRule())
        if chosen == "refused":
            rule = msgspec.structs.replace(rule, refused=True)
        else:
            rule = msgspec.structs.replace(rule, refused=False, identifier_class=chosen)
        return msgspec.structs.replace(self.rules, types={**types, kind: rule})

    async def refuse(self, kinds: Iterable[str], by: str, reason: str) -> tuple[str, ...]:
        """Refuse types as identifiers from now on, untried; gives those nobody had classified."""
        async with self._working:
            await self._intake.settle()
            types = self.rules.types
            fresh = [kind for kind in kinds if not is_reviewed(self.rules, kind)]
            if not fresh:
                return ()
            more = {
                kind: msgspec.structs.replace(types.get(kind, TypeRule()), refused=True)
                for kind in fresh
            }
            rules = msgspec.structs.replace(self.rules, types={**types, **more})
            ruled = Ruled(at=self._clock.now_ms(), by=by, rules=rules, reason=reason)
            await self._intake.append(ruled)
            await whole_persons(self._unifier)
            return tuple(fresh)

    def _require_tried(self, version: str, over: str) -> None:
        tried = next((one for one in self._tried() if one.version == version), None)
        if tried is None or tried.over != over:
            raise InputRefused(
                "not_tried",
                wrong("not_tried", version=version, over=over),
                409,
            )

    def _tried(self) -> list[Tried]:
        rows = (value for _, value in self._store.scan(IDENTITY_TRIALS))
        found = [msgspec.json.decode(value, type=Tried) for value in rows]
        return sorted(found, key=lambda one: (one.at, one.version))


def is_reviewed(rules: IdentityRules, kind: str) -> bool:
    """Tell whether rules give a type a class or refuse it, so that nobody need look at it."""
    rule = rules.types.get(kind, TypeRule())
    return rule.refused or rule.identifier_class is not None


def _check(found: Loose) -> None:
    try:
        read_rules(found.fields)
    except InputRefused as error:
        fault = wrong("at_start", name=KIND, reason=error)
        raise DocumentRefused(found.file, found.line, fault) from None


def written(rules: IdentityRules) -> JsonObject:
    """Write rules as a document that `apply` takes, without its kind and key."""
    document: JsonObject = msgspec.to_builtins(rules)
    return document
