"""Everything about decisions, put together for the doors: choosing, outcomes, learning, sending."""

from typing import TYPE_CHECKING

from wegweiser.flow.choose import Chooser
from wegweiser.flow.clockwork import Job
from wegweiser.flow.report_outcomes import OutcomeDesk
from wegweiser.flow.send import Sender
from wegweiser.flow.train import Trainer

if TYPE_CHECKING:
    from wegweiser.workspace.site import Site


class DecidingRoom:
    """`chooser` answers requests, `desk` takes outcomes, `trainer` learns, `sender` hands over."""

    def __init__(self, site: "Site"):
        unifier, intake, views = site.unifier, site.intake, site.views
        store, clock = site.engines.store, site.clock
        self._site = site
        self.trainer = Trainer(unifier, store, clock)
        self.chooser = Chooser(
            unifier,
            intake,
            views,
            self.trainer,
            store,
            clock,
            site.suppressions.keeps_out_subject,
        )
        self.desk = OutcomeDesk(unifier, intake, clock, site.suppressions.keeps_out_leaf)
        self.sender = Sender(unifier, intake, views, store, clock, site.open_channel)

    def open(self) -> None:
        """Read from the store what only a commit tells; once, after the log was folded."""
        self.trainer.open()

    @property
    def jobs(self) -> list[Job]:
        """What runs again and again."""
        settings = self._site.settings
        return [
            Job("learn", settings.learn_seconds, self.learn),
            Job("send", settings.send_seconds, self.sender.send_due),
        ]

    async def learn(self) -> None:
        """Learn from every label whose window has closed."""
        await self._site.intake.checkpoint()
        self.trainer.learn()
