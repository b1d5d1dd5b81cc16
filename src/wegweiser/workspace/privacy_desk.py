"""The rights of persons as work to be done: regulations, requests, releases, retention."""

import asyncio
import hashlib
import logging
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from wegweiser.flow.access import Disclosure
from wegweiser.flow.access_releases import AccessReleases
from wegweiser.flow.erased_ids import erased_at
from wegweiser.flow.erasure_restore import stale_deliveries
from wegweiser.flow.erasure_subject import erasable_together
from wegweiser.flow.forget import Eraser
from wegweiser.flow.hashed_identity import names_of
from wegweiser.flow.opendsr import SubjectRequest, SubjectRequests
from wegweiser.flow.opendsr_callbacks import Callbacks
from wegweiser.flow.regulation_work import RegulationWork
from wegweiser.flow.regulations import Regulations
from wegweiser.flow.tables import SETTINGS
from wegweiser.ports.operational_store import Change
from wegweiser.terms.identity import Identifier
from wegweiser.terms.instant import day_of
from wegweiser.terms.json import JsonObject
from wegweiser.workspace.channels import judge_of_callbacks, open_callback

if TYPE_CHECKING:
    from wegweiser.workspace.site import Site

OPENDSR = "/opendsr/v1"
_log = logging.getLogger(__name__)
_NAMES_PER_SLICE = 2_000
_RETAINED_AT = b"retained_at"


class PrivacyDesk:
    """Takes what people and systems ask about data of people, and does it in its turn."""

    def __init__(self, site: "Site"):
        store, clock = site.engines.store, site.clock
        self._site = site
        self.regulations = Regulations(
            store, clock, site.unifier.directory, site.suppressions, site.erasure_notices
        )
        self.requests = SubjectRequests(
            store, clock, judge_of_callbacks(site.settings), self._digest
        )
        self._leaves_traces = False
        self.releases = AccessReleases(store, clock)
        site.unifier.beside += [self.releases, self.requests]
        self.callbacks = Callbacks(
            store,
            clock,
            lambda url: open_callback(
                url, site.engines, site.settings, site.receipt_keys, self.domain
            ),
        )

    def _digest(self, body: bytes) -> str:
        return self._site.suppressions.mask(f"body:{hashlib.sha256(body).hexdigest()}").hex()

    async def erase_restored(self) -> None:
        """Erase whom an older copy of the store or the log brought back, before anybody asks."""
        site = self._site
        async with site.erasing() as eraser:
            names = await eraser.erase_again()
        if not names:
            site.suppressions.found_again()
            return
        _log.warning("restored from an older copy: %d erased identifiers erased again", names)
        await site.rebuild()
        store = site.engines.store
        store.commit(stale_deliveries(store, site.unifier.decisions))
        await asyncio.to_thread(store.scrub)
        site.suppressions.found_again()
        site.erased_again = names
        site.audit.note("erasure.restored", "wegweiser", detail={"identifiers": names})

    def erased_at(self, person_id: str) -> int | None:
        """Tell when the person of an id was erased (ms); None where that is not known."""
        return erased_at(self._site.engines.store, self._site.suppressions, person_id)

    @property
    def domain(self) -> str:
        """The name under which this workspace processes data."""
        return urlsplit(self._site.address).hostname or "localhost"

    async def run_due(self) -> None:
        """Carry out what waits, one request after the other, and tell who asked."""
        site = self._site
        for waiting in self.regulations.waiting():
            async with site.erasing() as eraser:
                # It may have been taken back while the one before it was carried out.
                if not (regulation := self.regulations.still_waiting(waiting.regulate_id)):
                    continue
                work = RegulationWork(self.regulations, site.suppressions, eraser, site.clock)
                await work.run(regulation)
            self._leaves_traces = True
        for asked in self.requests.waiting():
            if not (request := self.requests.get(asked.subject_request_id)).over:
                await self.carry_out(request)
                self._leaves_traces = True
        if self._leaves_traces:
            # The names that were asked for stood in the store until now.
            await asyncio.to_thread(site.engines.store.scrub)
            self._leaves_traces = False
        await self.callbacks.run()

    async def carry_out(self, request: SubjectRequest) -> SubjectRequest:
        """Do what a request of a person asks for."""
        if request.status == "pending":
            request = self.changed(msgspec.structs.replace(request, status="in_progress"))
        await self._site.intake.settle()
        names = await self._named_in(request)
        if request.type == "erasure":
            async with self._site.erasing() as eraser:
                request = await self._erased(request, names, eraser)
        else:
            request = self._gathered(request, await self._meant(names))
        done = msgspec.structs.replace(
            request,
            status="completed",
            identities=(),
            finished_at=self._site.clock.now_ms(),
        )
        return self.changed(done)

    async def _meant(self, names: list[Identifier]) -> list[str]:
        """Give the persons whom names stand for; whom claims alone join to them is not told."""
        directory, find = self._site.unifier.directory, self._site.views.find_person
        async with self._site.erasing() as eraser:
            erasable = erasable_together(directory, find, names)
            claimed = await eraser.claimed_beside(names, erasable)
        found = {person_id for name in names if (person_id := find(name))}
        return sorted(found - claimed.keys())

    def _gathered(self, request: SubjectRequest, persons: list[str]) -> SubjectRequest:
        needed = persons if self._site.settings.access_release == "second_person" else []
        by = request.asked_by or request.controller_id
        asked = [self.releases.ask(one, by).request_id for one in needed]
        return msgspec.structs.replace(
            request, persons=tuple(persons), found=len(persons), releases=tuple(asked)
        )

    async def _erased(
        self, request: SubjectRequest, names: list[Identifier], eraser: Eraser
    ) -> SubjectRequest:
        if not names:
            return request
        done = await eraser.forget_all(names)
        persons = done["persons"]
        return msgspec.structs.replace(
            request,
            erasures=(*request.erasures, str(done["request_id"])),
            found=persons if isinstance(persons, int) else 0,
        )

    async def _named_in(self, request: SubjectRequest) -> list[Identifier]:
        """Give the identifiers that a request is about; hashes are looked for, some at a time."""
        found = set(names_of(request.identities, ()))
        if any(one.identity_format != "raw" for one in request.identities):
            known = list(self._site.unifier.directory.names())
            for start in range(0, len(known), _NAMES_PER_SLICE):
                part = known[start : start + _NAMES_PER_SLICE]
                found.update(names_of(request.identities, part))
                await asyncio.sleep(0)
        return sorted(found)

    def changed(self, request: SubjectRequest) -> SubjectRequest:
        """Keep a request as it stands now, and tell its callbacks.

        Once it is over nobody is called any more, so that their addresses go with the identities.
        """
        self.callbacks.note(request, self.requests.new_name(), self.results_url(request))
        kept = msgspec.structs.replace(request, callbacks=()) if request.over else request
        self.requests.keep(kept)
        return kept

    def results_url(self, request: SubjectRequest) -> str:
        """Give where the document of an access lies."""
        return f"{self._site.address}{OPENDSR}/requests/{request.subject_request_id}/results"

    @property
    def retained_at(self) -> int | None:
        """When retention was carried out last (ms)."""
        stored = self._site.engines.store.get(SETTINGS, [_RETAINED_AT])[0]
        return None if stored is None else int(stored)

    async def retain_nightly(self) -> None:
        """Carry out retention once a UTC day, where there are rules."""
        self.releases.expire()
        last, now = self.retained_at, self._site.clock.now_ms()
        if self._site.retention.rules() and (last is None or day_of(last) < day_of(now)):
            await self.retain()

    async def retain(self, dry_run: bool = False) -> JsonObject:
        """Take away what is over now, or only count it."""
        site = self._site
        expired = site.retention.expired(site.clock.now_ms())
        async with site.erasing() as eraser:
            counts = await eraser.retain(expired, dry_run)
        if not dry_run:
            now = str(site.clock.now_ms()).encode()
            site.engines.store.commit([Change(SETTINGS, _RETAINED_AT, now)])
            site.audit.note("retention.done", "wegweiser", detail=counts)
        return counts

    async def document(self, person_id: str) -> JsonObject:
        """Gather everything that is kept of a person."""
        site = self._site
        disclosure = Disclosure(
            site.engines.log,
            site.engines.store,
            site.unifier,
            site.views,
            site.callers,
            site.clock,
            site.deciding.chooser.explain,
            site.settings.retention_days,
            site.unread,
            site.retention.rules(),
        )
        return {"language": site.settings.language, **await disclosure.document(person_id)}
