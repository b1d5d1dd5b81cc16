"""A workspace in motion: everything a door may ask for, on one event loop."""

import asyncio
import logging
from collections.abc import Mapping

from wegweiser.flow.apply import Applier
from wegweiser.flow.callers import Callers
from wegweiser.flow.choose import Chooser
from wegweiser.flow.clockwork import Clockwork, Job
from wegweiser.flow.export import Exporter
from wegweiser.flow.intake import Intake
from wegweiser.flow.loader import Loader
from wegweiser.flow.reading import Reader, Screener
from wegweiser.flow.receive import Receiver
from wegweiser.flow.report_outcomes import OutcomeDesk
from wegweiser.flow.send import Sender
from wegweiser.flow.tables import DERIVED
from wegweiser.flow.train import Trainer
from wegweiser.flow.unify import Unifier
from wegweiser.flow.views import Views
from wegweiser.ports.channel import Channel
from wegweiser.settings import Settings
from wegweiser.terms.errors import ComeAgain, EngineBroken
from wegweiser.terms.json import JsonObject
from wegweiser.terms.policy import Endpoint
from wegweiser.terms.result import Answer
from wegweiser.workspace.analyst import Analyst, InlineAnalyst, WorkerAnalyst
from wegweiser.workspace.channels import open_channel
from wegweiser.workspace.engines import Engines
from wegweiser.workspace.metrics import metrics_text
from wegweiser.workspace.people import People

_log = logging.getLogger(__name__)


class Site:
    """Start it on the loop that will use it; all methods are for that loop."""

    def __init__(self, engines: Engines, settings: Settings):
        self.engines = engines
        self.settings = settings
        self.clock = engines.clock
        self.broken: asyncio.Event = asyncio.Event()
        self._rebuilding = asyncio.Lock()
        self.demo = settings.demo
        self.people = People(engines.store, engines.clock)
        self.callers = Callers(engines.store, engines.clock)
        self.analyst: Analyst = (
            InlineAnalyst(engines) if engines.folder is None else WorkerAnalyst(engines.folder)
        )
        self._assemble()

    def _assemble(self) -> None:
        log, store, clock = self.engines.log, self.engines.store, self.clock
        self.unifier = Unifier(store, self.settings.leaves_in_memory)
        on_disk = self.engines.folder is not None
        self.intake = Intake(log, store, self.unifier, self._on_broken, in_threads=on_disk)
        reader = Reader(self.callers, clock, self.settings.retention_days, self._screeners())
        self.receiver = Receiver(self.callers, reader, self.intake, clock)
        self.loader = Loader(self.callers, reader, self.intake)
        self.views = Views(self.unifier, clock)
        self.trainer = Trainer(self.unifier, store, clock)
        self.chooser = Chooser(self.unifier, self.intake, self.views, self.trainer, store, clock)
        self.desk = OutcomeDesk(self.unifier, self.intake, clock)
        self.applier = Applier(self.unifier, self.intake, store, clock)
        self.exporter = Exporter(log, store, self.unifier.directory)
        self.sender = Sender(
            self.unifier, self.intake, self.views, store, clock, self._open_channel
        )
        self.clockwork = Clockwork(
            [
                Job("checkpoint", self.settings.checkpoint_seconds, self._checkpoint),
                Job("archive", self.settings.archive_seconds, self._archive),
                Job("learn", self.settings.learn_seconds, self.learn),
                Job("send", self.settings.send_seconds, self.sender.send_due),
            ]
        )

    def _screeners(self) -> list[Screener]:
        """Give what every event is shown to before it goes into the log, in order."""
        return []

    async def start(self, background: bool = True) -> None:
        """Catch up with the log and open; `background` also starts the periodic jobs."""
        await self._open()
        if background:
            self.clockwork.start()

    async def stop(self) -> None:
        """Finish what was accepted, commit, release."""
        await self.clockwork.stop()
        try:
            await self.intake.stop()
        except ComeAgain:
            _log.warning("the disk is full; the next start folds the log again from its mark")
        self.analyst.close()
        self.engines.close()

    def _on_broken(self, error: EngineBroken) -> None:
        _log.critical("the event log failed: %s; stopping", error)
        self.broken.set()

    def _open_channel(self, endpoint: Endpoint) -> Channel:
        return open_channel(endpoint, self.engines, self.settings)

    async def _checkpoint(self) -> None:
        await self.intake.checkpoint()
        self.views.forget_changed()

    async def _archive(self) -> None:
        await self.analyst.catch_up(await self.intake.checkpoint())

    async def learn(self) -> None:
        """Learn from every label whose window has closed."""
        await self.intake.checkpoint()
        self.trainer.learn()

    async def measure(self, name: str, options: Mapping[str, str]) -> Answer:
        """Answer one measure over everything acknowledged before this call."""
        upto = await self.intake.settle()
        now = self.clock.now_ms()
        given = {**self._planned(name), **options}
        return await self.analyst.measure(name, given, now, upto)

    def _planned(self, name: str) -> dict[str, str]:
        """Give the shares of the arms to the measures that check the split against them."""
        if name not in ("lift", "experiment.split_check") or not self.unifier.position:
            return {}
        arms = self.unifier.policies.bundle.arms
        planned = {"nothing": arms.nothing, "random": arms.random}
        planned["main"] = 1 - sum(planned.values())
        return {"shares": ",".join(f"{arm}={share:.6g}" for arm, share in planned.items() if share)}

    async def rebuild(self) -> None:
        """Make everything derived anew from the log; what asks meanwhile is told to come again."""
        async with self._rebuilding:
            ticking = self.clockwork.running
            await self.clockwork.stop()
            await self.intake.stop()
            self.engines.store.clear([*DERIVED, *self.unifier.seen.tables])
            self._assemble()
            try:
                await self._open()
                await self.analyst.rebuild(await self.intake.settle())
            finally:
                if ticking:
                    self.clockwork.start()

    async def _open(self) -> None:
        """Fold the tail of the log, then read from the store what only a commit tells."""
        await self.intake.start()
        await self.intake.checkpoint()
        self.trainer.open()

    def explain(self, decision_id: str) -> JsonObject | None:
        """Explain a decision by its id; None when there is none."""
        decision = self.unifier.decisions.get(decision_id)
        return None if decision is None else self.chooser.explain(decision)

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
