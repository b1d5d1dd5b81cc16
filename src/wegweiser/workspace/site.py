"""A workspace in motion: everything a door may ask for, on one event loop."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from wegweiser.adapters.pull import DltRows, require_allowed
from wegweiser.collect.allowed_events import allowed_events_of
from wegweiser.collect.element import are_plain_ids
from wegweiser.decide.naming import Naming, by_key
from wegweiser.flow.anonymous_counts import AnonymousCounts
from wegweiser.flow.apply import Applier
from wegweiser.flow.arrivals import Arrivals
from wegweiser.flow.audit import Audit
from wegweiser.flow.callers import Callers
from wegweiser.flow.clockwork import Clockwork
from wegweiser.flow.cloudevents import CloudEvents
from wegweiser.flow.conversations import ConversationDesk
from wegweiser.flow.course_memory import CourseMemory
from wegweiser.flow.door_rules import DoorRules
from wegweiser.flow.erasure_notice import ErasureNotices
from wegweiser.flow.export import Exporter
from wegweiser.flow.forget import Eraser
from wegweiser.flow.hooks import HookDesk
from wegweiser.flow.intake import Intake
from wegweiser.flow.journeys import JourneyBook
from wegweiser.flow.lineage import LineageBook
from wegweiser.flow.loader import Loader
from wegweiser.flow.pixels import Pixels
from wegweiser.flow.pulls import PullDesk
from wegweiser.flow.purposes import PurposeBook
from wegweiser.flow.reading import Reader, Screener
from wegweiser.flow.receive import Receiver
from wegweiser.flow.retention import RetentionBook
from wegweiser.flow.schemas import SchemaBook
from wegweiser.flow.screening import Screening, warm
from wegweiser.flow.sdk_settings import SdkSettings
from wegweiser.flow.segment_feed import SegmentFeed
from wegweiser.flow.segments import Segments
from wegweiser.flow.session_marks import session_screener
from wegweiser.flow.stages import Stages
from wegweiser.flow.subscriptions import Subscriptions
from wegweiser.flow.suppression import Suppressions
from wegweiser.flow.tables import DERIVED
from wegweiser.flow.unify import Unifier
from wegweiser.flow.unread import Unread
from wegweiser.flow.views import Views
from wegweiser.flow.ways_in import WaysIn
from wegweiser.flow.whole_persons import whole_persons
from wegweiser.ports.channel import Channel
from wegweiser.settings import Settings
from wegweiser.terms.errors import ComeAgain, EngineBroken
from wegweiser.terms.json import JsonObject
from wegweiser.terms.policy import Endpoint
from wegweiser.terms.result import Answer
from wegweiser.terms.source import Trust
from wegweiser.workspace.account_room import AccountRoom
from wegweiser.workspace.alarm_room import AlarmRoom
from wegweiser.workspace.analyst import Analyst, InlineAnalyst, WorkerAnalyst
from wegweiser.workspace.archiving import Archiving
from wegweiser.workspace.channels import judge_of_targets, open_channel
from wegweiser.workspace.deciding import DecidingRoom
from wegweiser.workspace.engines import Engines
from wegweiser.workspace.erasing import (
    factor_secret,
    receipt_keys,
    secret_reader,
    surroundings,
    tombstones,
)
from wegweiser.workspace.identity_room import identity_room
from wegweiser.workspace.knowing import Knowing
from wegweiser.workspace.linking import link_desk
from wegweiser.workspace.metrics import metrics_text
from wegweiser.workspace.people import People
from wegweiser.workspace.privacy_desk import PrivacyDesk
from wegweiser.workspace.profile_room import ProfileRoom
from wegweiser.workspace.publishing import PublishingRoom
from wegweiser.workspace.quarantine_room import quarantine_desk
from wegweiser.workspace.questions import Questions
from wegweiser.workspace.regions import open_regions
from wegweiser.workspace.regular_jobs import regular_jobs
from wegweiser.workspace.report_room import ReportRoom
from wegweiser.workspace.scoring import ScoreRoom
from wegweiser.workspace.uploads import Uploads
from wegweiser.workspace.works import Works

_log = logging.getLogger(__name__)


class Site:
    """Start it on the loop that will use it; all methods are for that loop."""

    def __init__(self, engines: Engines, settings: Settings):
        self.engines = engines
        self.settings = settings
        # Where senders reach us; a server without a public address puts its own here.
        self.address = settings.public_url
        self.clock = engines.clock
        self.broken: asyncio.Event = asyncio.Event()
        self._rebuilding = asyncio.Lock()
        self.demo = settings.demo
        self.farewell = asyncio.Event()  # the demo company is to go, and its server with it
        self.people = People(
            engines.store,
            engines.clock,
            factor_secret(engines),
            lambda: self.settings.factor_roles,
        )
        self.callers = Callers(engines.store, engines.clock)
        self.suppressions = Suppressions(engines.store, secret_reader(engines), tombstones(engines))
        self.receipt_keys = receipt_keys(engines)
        self.erased_again = 0
        self.audit = Audit(engines.store, engines.clock, self.suppressions.mask)
        self.schemas = SchemaBook(engines.store)
        self.journeys = JourneyBook(engines.store)
        self.retention = RetentionBook(engines.store)
        self.purposes = PurposeBook(engines.store)
        self.counts = AnonymousCounts(engines.store, engines.clock)
        self.works = Works(self)
        self.uploads = Uploads(self)
        self.questions = Questions(self)
        self.analyst: Analyst = (
            InlineAnalyst(engines) if engines.folder is None else WorkerAnalyst(engines.folder)
        )
        self._assemble()

    def _assemble(self) -> None:
        log, store, clock = self.engines.log, self.engines.store, self.clock
        self.unifier = Unifier(store, self.settings.cells_in_memory)
        self.lineage = LineageBook(self.unifier, store, clock)
        on_disk = self.engines.folder is not None
        self.intake = Intake(
            log, store, self.unifier, self._on_broken, on_disk, self.suppressions.sifted
        )
        self.arrivals = Arrivals(log, store, self.unifier, self.intake)
        self.door_rules = DoorRules(store, clock)
        self.screening = Screening(
            self.door_rules,
            open_regions(self.settings.region_database),
            lambda leaf: self.views.consent(leaf),  # noqa: PLW0108 - made after this
            search_parameters=self.settings.search_parameters,
            keep_query=self.settings.keep_query,
            store_networks=self.settings.store_addresses == "network",
        )
        self.reader = reader = Reader(
            self.callers,
            clock,
            self.settings.retention_days,
            self._screeners(),
            self._quarantine_room,
            self.screening,
        )
        self.receiver = Receiver(self.callers, reader, self.intake, clock)
        self.pixels = Pixels(self.receiver)
        self.cloudevents = CloudEvents(self.receiver)
        self.sdk_settings = SdkSettings(self.callers)
        self.loader = Loader(self.callers, reader, self.intake)
        self.subscriptions = Subscriptions(store, self.suppressions.mask)
        self.views = Views(self.unifier, clock, Stages(self.journeys), self.subscriptions)
        self.views.forgotten += [self.arrivals.forget, are_plain_ids.cache_clear]
        self.purposes.govern(self.views)
        self.accounts = AccountRoom(self)
        self.segments = Segments(
            self.unifier,
            self.views,
            store,
            clock,
            self.intake.checkpoint,
            lambda: self.journeys.journey.version,
        )
        know = (self.engines, self.unifier, self.views, self.segments)
        self.knowing = Knowing(*know, self.measure, self.settings.currency)
        self.scoring = ScoreRoom(self)
        self.segment_feed = SegmentFeed(self.unifier, self.views, store, clock, self.open_channel)
        self.segments.copies.append(self.segment_feed.note)
        self.deciding = DecidingRoom(self)
        self.identity = identity_room(self)
        self.reports = ReportRoom(self)
        self.alarms = AlarmRoom(self)
        self._assemble_ways_in()
        self._assemble_ways_out()
        self.linking = link_desk(self)
        self.archiving = Archiving(
            self.intake, self.analyst, self.clock, self.settings.archive_seconds
        )
        self.clockwork = Clockwork(regular_jobs(self))

    def _assemble_ways_out(self) -> None:
        """Assemble what leaves the workspace, and what takes people out of it."""
        unifier, store, clock = self.unifier, self.engines.store, self.clock
        self.exporter = Exporter(self.engines.log, store, unifier.directory)
        self.profiles = ProfileRoom(self)
        self.courses = CourseMemory(self.unifier, self.views, Stages(self.journeys), store)
        self.erasure_notices = ErasureNotices(unifier, store, clock, self.open_channel)
        self._eraser = self._new_eraser()
        self.privacy = PrivacyDesk(self)

    def _new_eraser(self) -> Eraser:
        return Eraser(
            self.engines.log,
            self.engines.store,
            self.unifier,
            self.intake,
            self.views,
            self.deciding.sender,
            self.suppressions,
            self.clock,
            surroundings(self),
            self.unread,
            self.receipt_keys,
            self.erasure_notices,
        )

    def _assemble_ways_in(self) -> None:
        """Assemble what configuration may open besides the collect API, and what applies it."""
        log, store, clock = self.engines.log, self.engines.store, self.clock
        allowed = self.settings.pull_modules
        ways_in = WaysIn(store, clock, lambda function: require_allowed(function, allowed))
        mappings = ways_in.mappings
        self.unread = self.suppressions.unread = Unread(ways_in.hooks, mappings)
        self.hooks = HookDesk(
            ways_in.hooks,
            mappings,
            self.loader,
            self.intake,
            log,
            clock,
            lambda: self.address,
            self.settings.hook_bytes_per_day,
        )
        self.conversations = ConversationDesk(self.callers, self.loader, self.views, clock)
        self.pulls = PullDesk(store, mappings, self.loader, DltRows(allowed), clock)
        self.applier = Applier(
            self.unifier,
            self.intake,
            [
                *(ways_in, self.door_rules, self.schemas, self.journeys, self.segments),
                *(self.accounts.buying_groups, self.accounts.suggestions),
                self.identity.rules,
                self.knowing.insights,
                self.scoring,
                *(self.retention, self.purposes, self.reports.book, self.alarms.book),
            ],
            clock,
            judge_of_targets(self.settings),
            self.settings.publish_release == "second_person",
        )
        self.publishing = PublishingRoom(self)
        self.quarantine = quarantine_desk(self)

    def _screeners(self) -> list[Screener]:
        """Give what every event is shown to before it goes into the log, in order."""
        return [
            allowed_events_of,
            self.screening.screener,
            self.schemas.screener,
            self.suppressions.screener,
            session_screener(lambda: self.unifier.directory.rules),
        ]

    async def start(self, background: bool = True) -> None:
        """Catch up with the log and open; `background` also starts the periodic jobs."""
        await self._open()
        await self.privacy.erase_restored()
        if background:
            self.analyst.leave_room()
            await asyncio.to_thread(warm)
            self.clockwork.start()

    async def stop(self) -> None:
        """Finish what was accepted, commit, release."""
        # First what is long: it may make everything anew, and start the clockwork after that.
        await self.works.stop()
        await self.clockwork.stop()
        self.uploads.forget()
        self.profiles.search.forget()
        await self.deciding.sender.stop()
        await self.deciding.doors.batches.stop()
        try:
            await self.intake.stop()
            self.callers.allowances.save()
        except ComeAgain:
            _log.warning("the disk is full; the next start folds the log again from its mark")
        self.analyst.close()
        self.engines.close()

    def _on_broken(self, error: EngineBroken) -> None:
        _log.critical("the event log failed: %s; stopping", error)
        self.broken.set()

    def open_channel(self, endpoint: Endpoint) -> Channel:
        """Open the way to an endpoint."""
        return open_channel(endpoint, self.engines, self.settings)

    def _quarantine_room(self, source_id: str, trust: Trust) -> int:
        """Give the bytes that may still be set aside for a source and senders of a trust."""
        most_bytes = self.settings.quarantine_bytes_per_source
        return self.unifier.quarantine.room(source_id, trust, most_bytes)

    async def measure(self, name: str, options: Mapping[str, str]) -> Answer:
        """Answer one measure over everything acknowledged before this call."""
        return await self.questions.answer(name, options)

    async def rebuild(self) -> None:
        """Make everything derived anew from the log; what asks meanwhile is told to come again."""
        async with self._rebuilding:
            ticking = self.clockwork.running
            await self.clockwork.stop()
            await self.deciding.sender.stop()
            await self.intake.stop()
            self.engines.store.clear([*DERIVED, *self.unifier.seen.all_tables])
            self.engines.store.commit(self.unifier.taken_back.settled())
            self.profiles.readers.closing = True
            self.profiles.search.forget()
            self._assemble()
            try:
                await self._open()
                await self.analyst.rebuild(await self.settle())
            finally:
                if ticking:
                    self.clockwork.start()

    async def settle(self) -> int:
        """Bring everybody and all memberships up to what was acknowledged; gives its position.

        For what must leave nobody out. Others settle what they read: the intake, the segments.
        """
        position = await self.intake.settle()
        await whole_persons(self.unifier)
        await self.segments.settle()
        return position

    @asynccontextmanager
    async def erasing(self) -> AsyncIterator[Eraser]:
        """Give the eraser as long as nothing is rebuilt and nothing else is erased.

        Everybody is who the evidence says by then: nobody is erased by halves.
        """
        async with self._rebuilding:
            await whole_persons(self.unifier)
            yield self._eraser

    async def _open(self) -> None:
        """Fold the tail of the log, then read from the store what only a commit tells."""
        await self.intake.start()
        await self.intake.checkpoint()
        await self._eraser.resume()
        self.deciding.open()

    def explain(self, decision_id: str, naming: Naming = by_key) -> JsonObject | None:
        """Explain a decision by its id; None when there is none. `naming` is for its sentences."""
        decision = self.unifier.decisions.get(decision_id)
        return None if decision is None else self.deciding.chooser.explain(decision, naming)

    async def not_ready_because(self) -> str:
        """Say why nothing can be appended and synced now; empty when it can."""
        try:
            await self.intake.checkpoint()
        except ComeAgain as full:
            return full.reason
        except EngineBroken as error:
            return str(error)
        return self.intake.refusal

    def metrics_text(self) -> bytes:
        """Write the counts for Prometheus."""
        return metrics_text(self)
