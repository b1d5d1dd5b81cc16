"""Reports put together for the doors: declared, composed by the worker, sent as mails."""

from typing import TYPE_CHECKING

import msgspec

from wegweiser.deliver.report_document import Report
from wegweiser.deliver.report_due import days_of
from wegweiser.deliver.report_part import Composed
from wegweiser.flow.clockwork import Job
from wegweiser.flow.report_book import ReportBook
from wegweiser.flow.reports import ReportDesk
from wegweiser.ports.channel import Channel
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.policy import Endpoint
from wegweiser.terms.wrong import wrong
from wegweiser.workspace.channels import open_report_channel

if TYPE_CHECKING:
    from wegweiser.workspace.site import Site


class ReportRoom:
    """`book` holds the declared reports, `desk` sends them, `compose` shows one."""

    def __init__(self, site: "Site"):
        self._site = site
        store, clock = site.engines.store, site.clock
        self.book = ReportBook(store, clock)
        self.desk = ReportDesk(self.book, store, clock, self.compose, self._open, self._sees_all)

    @property
    def jobs(self) -> list[Job]:
        """What runs again and again: reports that are due are sent."""
        return [Job("reports", self._site.settings.send_seconds, self.desk.run)]

    async def compose(self, report: Report, due: int, only_counts: bool = False) -> Composed:
        """Answer the measures of a report over the days before a due moment (ms).

        With `only_counts` whatever counts fewer than ten people is kept back.
        """
        days = days_of(report.schedule, due)
        wishes = [
            await self._site.questions.wish(
                shown.name,
                {**days, **{name: str(value) for name, value in shown.options.items()}},
                language=report.language,
            )
            for shown in report.measures
        ]
        wishes = [msgspec.structs.replace(one, only_counts=only_counts) for one in wishes]
        return await self._site.analyst.compose(report, days, wishes)

    def _sees_all(self, address: str) -> bool:
        """Tell whether an address is that of somebody whose role sees more than counts.

        Nothing is known of other readers of an address, so that they see counts only.
        """
        readers = [
            one for one in self._site.people.all() if one.email.casefold() == address.casefold()
        ]
        return bool(readers) and all(
            one.may("take_figures") and one.sight != "counts" for one in readers
        )

    def endpoint(self, report: Report) -> Endpoint:
        """Find the mail server of a report; raises InputRefused when it is not certain which."""
        known = [one for one in self._endpoints() if one.via == "smtp"]
        if report.endpoint:
            known = [one for one in known if one.key == report.endpoint]
        if len(known) == 1:
            return known[0]
        told = wrong("mail_server_of_report")
        raise InputRefused("no_endpoint", told, 422, "endpoint")

    def _endpoints(self) -> tuple[Endpoint, ...]:
        return self._site.unifier.policies.bundle.endpoints

    def _open(self, report: Report, composed: Composed) -> Channel:
        endpoint = self.endpoint(report)
        return open_report_channel(endpoint, self._site.engines, self._site.settings, composed)
