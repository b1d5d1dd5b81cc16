"""Requests of people about their data in the shape of OpenDSR 2.0: erasure, access, portability."""

import re
from collections.abc import Callable, Iterable, Set
from typing import Literal

import msgspec

from wegweiser.flow.hashed_identity import IDENTITY_TYPES, SubjectIdentity
from wegweiser.flow.tables import SUBJECT_REQUESTS
from wegweiser.ports.clock import Clock
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.instant import DAY_MS, format_instant, parse_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.ulid import ulid

API_VERSION = "2.0"
RequestType = Literal["erasure", "access", "portability"]
RequestStatus = Literal["pending", "in_progress", "completed", "cancelled"]
MOST_CALLBACKS = 10
MOST_IDENTITIES = 100
# Ours take minutes; the law gives a month, and Segment and others announce days.
_EXPECTED_MS = DAY_MS
_UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.I)


class _Body(msgspec.Struct):
    regulation: str
    subject_request_id: str
    subject_request_type: RequestType
    submitted_time: str
    subject_identities: list[SubjectIdentity]
    status_callback_urls: list[str] = []
    extensions: JsonObject = {}
    api_version: str = API_VERSION


class SubjectRequest(msgspec.Struct, frozen=True, omit_defaults=True):
    """One request; times in ms. Its identities go once it is over.

    `persons` are the ids of whom an access is about, `releases` what a second person than
    `asked_by` has to let out; `digest` is that of the body.
    """

    subject_request_id: str
    controller_id: str
    type: RequestType
    regulation: str
    received_at: int
    digest: str
    identities: tuple[SubjectIdentity, ...] = ()
    callbacks: tuple[str, ...] = ()
    status: RequestStatus = "pending"
    persons: tuple[str, ...] = ()
    erasures: tuple[str, ...] = ()
    releases: tuple[str, ...] = ()
    found: int = 0
    finished_at: int | None = None
    asked_by: str = ""

    @property
    def over(self) -> bool:
        """Whether nothing more will be done."""
        return self.status in ("completed", "cancelled")

    def without(self, gone: Set[str]) -> "SubjectRequest":
        """Give the request without persons who were erased, and without their releases."""
        left = [place for place, name in enumerate(self.persons) if name not in gone]
        released = [self.releases[place] for place in left] if self.releases else []
        return msgspec.structs.replace(
            self, persons=tuple(self.persons[place] for place in left), releases=tuple(released)
        )

    @property
    def expected_at(self) -> int:
        """When it is to be completed."""
        return self.received_at + _EXPECTED_MS


class SubjectRequests:
    """Keeps the requests by the id that their sender gave.

    `check_address` raises InputRefused for an address that no callback may go to; `digest` gives
    a keyed hash of a body, so that nobody can try out whom a request was about.
    """

    def __init__(
        self,
        store: OperationalStore,
        clock: Clock,
        check_address: Callable[[str], None],
        digest: Callable[[bytes], str],
    ):
        self._store = store
        self._clock = clock
        self._check_address = check_address
        self._digest = digest
        self._waiting = [one.subject_request_id for one in self.all() if not one.over]

    def take(self, body: bytes, controller_id: str, asked_by: str = "") -> SubjectRequest:
        """Take a request; the same again gives the one that is there.

        Raises InputRefused for an unusable body, and for an id used with another body (409).
        """
        read = _read(body)
        digest = self._digest(body)
        key = read.subject_request_id.lower()
        stored = self._find(key)
        if stored is not None:
            if stored.digest != digest or stored.controller_id != controller_id:
                told = "This subject_request_id was used with another body. Choose a new one."
                raise InputRefused("subject_request_id_reused", told, 409, "subject_request_id")
            return stored
        for address in read.status_callback_urls:
            self._check_address(address)
        taken = SubjectRequest(
            key,
            controller_id,
            read.subject_request_type,
            read.regulation,
            self._clock.now_ms(),
            digest,
            tuple(read.subject_identities),
            tuple(read.status_callback_urls),
            asked_by=asked_by,
        )
        self.keep(taken)
        return taken

    def _find(self, subject_request_id: str) -> SubjectRequest | None:
        stored = self._store.get(SUBJECT_REQUESTS, [subject_request_id.lower().encode()])[0]
        return None if stored is None else msgspec.json.decode(stored, type=SubjectRequest)

    def get(self, subject_request_id: str) -> SubjectRequest:
        """Find a request; raises NotFound."""
        found = self._find(subject_request_id)
        if found is None:
            raise NotFound("There is no such request.")
        return found

    def all(self) -> list[SubjectRequest]:
        """Give all requests."""
        return [
            msgspec.json.decode(value, type=SubjectRequest)
            for _, value in self._store.scan(SUBJECT_REQUESTS)
        ]

    def keep(self, request: SubjectRequest) -> None:
        """Keep a request as it stands now."""
        key = request.subject_request_id.encode()
        self._store.commit([Change(SUBJECT_REQUESTS, key, msgspec.json.encode(request))])
        name = request.subject_request_id
        if request.over and name in self._waiting:
            self._waiting.remove(name)
        elif not request.over and name not in self._waiting:
            self._waiting.append(name)

    def waiting(self) -> list[SubjectRequest]:
        """Give what is still to be done, in the order in which it came."""
        return [self.get(name) for name in self._waiting]

    def cancel(self, subject_request_id: str) -> SubjectRequest:
        """Take back a request that is pending; raises InputRefused for any other."""
        found = self.get(subject_request_id)
        if found.status != "pending":
            told = f"Only a pending request can be cancelled; this one is {found.status}."
            raise InputRefused("not_pending", told, 400)
        cancelled = msgspec.structs.replace(
            found, status="cancelled", identities=(), finished_at=self._clock.now_ms()
        )
        self.keep(cancelled)
        return cancelled

    def erased(self, person_ids: Iterable[str], accounts: Iterable[str]) -> list[Change]:
        """Take erased persons off what was asked for; gives what is to be committed at once."""
        gone, changes = set(person_ids), []
        for one in self.all():
            left = one.without(gone)
            if left != one:
                value = msgspec.json.encode(left)
                changes.append(Change(SUBJECT_REQUESTS, one.subject_request_id.encode(), value))
        return changes

    def drain(self) -> list[Change]:
        """Everything is committed as it comes."""
        return []

    def evict(self) -> None:
        """Nothing is held."""

    def new_name(self) -> str:
        """Name a callback."""
        return "msg_" + ulid(self._clock.now_ms(), self._clock.random_bytes(10))


def _read(body: bytes) -> _Body:
    try:
        read = msgspec.json.decode(body, type=_Body)
    except msgspec.DecodeError as error:
        raise InputRefused("bad_request", f"The request cannot be used: {error}.", 400) from error
    if not _UUID4.fullmatch(read.subject_request_id):
        raise _wrong("subject_request_id", "a UUID of version 4")
    if parse_instant(read.submitted_time) is None:
        raise _wrong("submitted_time", "a time such as 2026-11-03T10:00:00Z")
    if not 1 <= len(read.subject_identities) <= MOST_IDENTITIES:
        raise _wrong("subject_identities", f"a list of 1 to {MOST_IDENTITIES} identities")
    if len(read.status_callback_urls) > MOST_CALLBACKS:
        raise _wrong("status_callback_urls", f"a list of at most {MOST_CALLBACKS} addresses")
    unknown = [one.identity_type for one in read.subject_identities if not one.kind]
    if len(unknown) == len(read.subject_identities):
        raise _wrong("identity_type", f"one of {', '.join(IDENTITY_TYPES)}")
    return read


def _wrong(field: str, wanted: str) -> InputRefused:
    return InputRefused("bad_request", f"{field} must be {wanted}.", 400, field)


def status_of(request: SubjectRequest, results_url: str = "") -> JsonObject:
    """Write how far a request is."""
    told: JsonObject = {
        "controller_id": request.controller_id,
        "expected_completion_time": format_instant(request.expected_at),
        "subject_request_id": request.subject_request_id,
        "request_status": request.status,
        "api_version": API_VERSION,
    }
    if results_url and request.status == "completed" and request.type != "erasure":
        told["results_url"] = results_url
    return told


def discovery(certificate_url: str) -> JsonObject:
    """Write what may be asked for, and how."""
    formats: list[Json] = ["raw", "sha1", "md5", "sha256"]
    identities: list[Json] = [
        {"identity_type": kind, "identity_format": format}
        for kind in IDENTITY_TYPES
        for format in formats
    ]
    return {
        "api_version": API_VERSION,
        "supported_identities": identities,
        "supported_subject_request_types": ["erasure", "access", "portability"],
        "processor_certificate": certificate_url,
    }
