"""Alarms put together for the doors: watches declared, looked at, kept, mailed and called."""

from contextlib import suppress
from typing import TYPE_CHECKING

from wegweiser.flow.alarm_book import WatchBook
from wegweiser.flow.alarm_desk import AlarmDesk
from wegweiser.flow.alarm_log import AlarmLog
from wegweiser.flow.alarm_mail import mail_of
from wegweiser.flow.alarm_post import AlarmPost
from wegweiser.flow.clockwork import Job
from wegweiser.flow.identity_alarms import IdentityAlarms
from wegweiser.ports.channel import Channel, Parcel
from wegweiser.terms.alarm import KeptAlarm
from wegweiser.terms.errors import ComeAgain, InputRefused
from wegweiser.terms.policy import Endpoint
from wegweiser.terms.wrong import wrong
from wegweiser.workspace.channels import open_report_channel

if TYPE_CHECKING:
    from wegweiser.workspace.site import Site

LOOK_EVERY_S = 60.0
_CALLED = ("webhook", "slack", "crm_task", "file")


class AlarmRoom:
    """`book` holds the declared watches, `log` the alarms, `desk` looks, `post` hands over;
    `identity` raises alarms about who is who."""

    def __init__(self, site: "Site"):
        self._site = site
        store, clock = site.engines.store, site.clock
        self.book = WatchBook(store)
        self.log = AlarmLog(store, clock)
        self.post = AlarmPost(store, clock, self._open)
        self.desk = AlarmDesk(
            self.book, self.log, self.post, clock, site.measure, lambda: site.address
        )
        self.identity = IdentityAlarms(
            site.unifier, site.lineage, self.log, self.book, self.post, clock
        )

    @property
    def jobs(self) -> list[Job]:
        """What runs again and again: watches that are due look, what waits is handed over."""
        return [
            Job("alarms", self._site.settings.send_seconds, self.desk.run),
            Job("identity_alarms", LOOK_EVERY_S, self.identity.look),
        ]

    async def settle(self) -> None:
        """Raise what follows from all that was acknowledged, and settle what is over."""
        # A full disk keeps nobody from reading the alarms that are kept.
        with suppress(ComeAgain):
            await self._site.intake.settle()
            await self.identity.look()

    def _open(self, parcel: Parcel, endpoint: str) -> Channel:
        if "to" not in parcel.data:
            return self._site.open_channel(self._endpoint(endpoint, _CALLED))
        ids = parcel.data.get("alarmIds")
        names = [str(name) for name in ids] if isinstance(ids, list) else []
        alarms: list[KeptAlarm] = [self.log.get(name) for name in names]
        composed = mail_of(parcel.data, alarms, self._site.address)
        site, server = self._site, self._endpoint(endpoint, ("smtp",))
        return open_report_channel(server, site.engines, site.settings, composed)

    def _endpoint(self, key: str, ways: tuple[str, ...]) -> Endpoint:
        """Find an endpoint by its key, or the only mail server; raises InputRefused."""
        endpoints = self._site.unifier.policies.bundle.endpoints
        known = [one for one in endpoints if one.via in ways and key in ("", one.key)]
        if len(known) == 1:
            return known[0]
        if not key:
            raise InputRefused("no_endpoint", wrong("name_mail_server"))
        told = wrong("no_endpoint_via", key=repr(key), ways=" or ".join(ways))
        raise InputRefused("no_endpoint", told)
