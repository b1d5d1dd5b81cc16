"""Everything about decisions, put together for the doors: choosing, outcomes, learning, sending."""

from typing import TYPE_CHECKING

from wegweiser.flow.choose import Chooser
from wegweiser.flow.clockwork import Job
from wegweiser.flow.report_outcomes import OutcomeDesk
from wegweiser.workspace.contact_room import ContactRoom
from wegweiser.workspace.decision_doors import DecisionDoors
from wegweiser.workspace.learning import LearningRoom
from wegweiser.workspace.sending import SendingRoom

if TYPE_CHECKING:
    from wegweiser.workspace.site import Site

AUDIENCE_FILES_SECONDS = 60.0


class DecidingRoom:
    """`chooser` answers requests, `desk` takes outcomes, `trainer` learns, `sender` hands over."""

    def __init__(self, site: "Site"):
        unifier, intake, views = site.unifier, site.intake, site.views
        store, clock = site.engines.store, site.clock
        self._site = site
        self.learning = LearningRoom(site)
        self.trainer = self.learning.trainer
        self.chooser = Chooser(
            unifier,
            intake,
            views,
            self.trainer,
            store,
            clock,
            site.suppressions.keeps_out_subject,
        )
        self.contacts = ContactRoom(site, self.chooser.decide_again)
        self.chooser.reserve = self.contacts.reservations.reserve
        self.chooser.release = self.contacts.reservations.release
        self.desk = OutcomeDesk(unifier, intake, clock, site.suppressions.keeps_out_leaf)
        self.sending = SendingRoom(site, self.chooser)
        self.sender = self.sending.sender
        self.sender.checks.append(self.contacts.checks.check)
        self.doors = DecisionDoors(site, self)
        self.tracks = self.doors.tracks

    def open(self) -> None:
        """Read from the store what only a commit tells; once, after the log was folded."""
        self.learning.open()
        self.sender.open()

    @property
    def jobs(self) -> list[Job]:
        """What runs again and again."""
        settings = self._site.settings
        return [
            *self.learning.jobs,
            Job("send", settings.send_seconds, self.sender.send_due),
            Job("audience files", AUDIENCE_FILES_SECONDS, self.sending.audiences.run),
            Job("batches", settings.send_seconds, self.doors.batches.run_due),
            *self.contacts.jobs,
        ]

    async def learn(self) -> None:
        """Learn from every label whose window has closed."""
        await self.learning.learn()
