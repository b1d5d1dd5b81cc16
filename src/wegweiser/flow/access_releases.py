"""The release of access exports by a second person: asked for by one, let out by another."""

from collections.abc import Iterable

import msgspec

from wegweiser.flow.tables import ACCESS_REQUESTS
from wegweiser.ports.clock import Clock
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.instant import DAY_MS, format_instant
from wegweiser.terms.json import JsonObject
from wegweiser.terms.ulid import ulid
from wegweiser.terms.wrong import wrong

# A release that nobody used is asked for anew.
LASTS_DAYS = 30


class AccessRequest(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who asked for the document of whom, and who released it; times in ms."""

    request_id: str
    person_id: str
    asked_by: str
    asked_at: int
    released_by: str = ""
    released_at: int | None = None


class AccessReleases:
    """Keeps the requests; a document goes out only for one that was released."""

    def __init__(self, store: OperationalStore, clock: Clock):
        self._store = store
        self._clock = clock

    def ask(self, person_id: str, by: str) -> AccessRequest:
        """Ask for the document of a person."""
        now = self._clock.now_ms()
        name = "acc_" + ulid(now, self._clock.random_bytes(10))
        request = AccessRequest(name, person_id, by, now)
        self._keep(request)
        return request

    def release(self, request_id: str, by: str) -> AccessRequest:
        """Let a document out; raises InputRefused for whoever asked for it himself."""
        request = self.get(request_id)
        if not by.strip() or by.strip().casefold() == request.asked_by.strip().casefold():
            told = wrong("other_releases", by=request.asked_by)
            raise InputRefused("second_person_needed", told, 403, "by")
        if request.released_at is not None:
            return request
        released = msgspec.structs.replace(
            request, released_by=by, released_at=self._clock.now_ms()
        )
        self._keep(released)
        return released

    def get(self, request_id: str) -> AccessRequest:
        """Find a request; raises NotFound, also for one that has lapsed."""
        stored = self._store.get(ACCESS_REQUESTS, [request_id.encode()])[0]
        request = None if stored is None else msgspec.json.decode(stored, type=AccessRequest)
        if request is None or self._has_lapsed(request):
            raise NotFound(wrong("no_access_request"))
        return request

    def released(self, request_id: str) -> AccessRequest:
        """Find a request that was released; raises InputRefused for one that was not."""
        request = self.get(request_id)
        if request.released_at is None:
            told = wrong("waits_for_release")
            raise InputRefused("not_released", told, 403, "request_id")
        return request

    def all(self) -> list[AccessRequest]:
        """Give the requests that have not lapsed, oldest first."""
        found = (
            msgspec.json.decode(value, type=AccessRequest)
            for _, value in self._store.scan(ACCESS_REQUESTS)
        )
        return [one for one in found if not self._has_lapsed(one)]

    def expire(self) -> int:
        """Forget what has lapsed; gives how many."""
        rows = [
            Change(ACCESS_REQUESTS, key, None)
            for key, value in self._store.scan(ACCESS_REQUESTS)
            if self._has_lapsed(msgspec.json.decode(value, type=AccessRequest))
        ]
        if rows:
            self._store.commit(rows)
        return len(rows)

    def erased(self, person_ids: Iterable[str], accounts: Iterable[str]) -> list[Change]:
        """Forget requests about people who are erased; gives what is to be committed at once."""
        gone = set(person_ids)
        found = self._store.scan(ACCESS_REQUESTS)
        read = ((key, msgspec.json.decode(value, type=AccessRequest)) for key, value in found)
        return [Change(ACCESS_REQUESTS, key, None) for key, one in read if one.person_id in gone]

    def drain(self) -> list[Change]:
        """Everything is committed as it comes."""
        return []

    def evict(self) -> None:
        """Nothing is held."""

    def _has_lapsed(self, request: AccessRequest) -> bool:
        return request.asked_at < self._clock.now_ms() - LASTS_DAYS * DAY_MS

    def _keep(self, request: AccessRequest) -> None:
        key = request.request_id.encode()
        self._store.commit([Change(ACCESS_REQUESTS, key, msgspec.json.encode(request))])


def told(request: AccessRequest) -> JsonObject:
    """Write a request."""
    released = request.released_at
    return {
        "request_id": request.request_id,
        "person_id": request.person_id,
        "asked_by": request.asked_by,
        "asked_at": format_instant(request.asked_at),
        "status": "waiting" if released is None else "released",
        "released_by": request.released_by,
        "released_at": None if released is None else format_instant(released),
    }
