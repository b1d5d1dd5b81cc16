"""Requests to erase or suppress people, in the shape of Segment's regulations."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from wegweiser.flow.erasure_notice import ErasureNotices
from wegweiser.flow.erasure_subject import spelled
from wegweiser.flow.suppression import Suppressions
from wegweiser.flow.tables import REGULATIONS
from wegweiser.ports.clock import Clock
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.resolve.directory import Directory
from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.identity import Identifier, identifier
from wegweiser.terms.ulid import ulid

RegulationType = Literal[
    "SUPPRESS_ONLY",
    "UNSUPPRESS",
    "SUPPRESS_WITH_DELETE",
    "SUPPRESS_WITH_DELETE_INTERNAL",
    "DELETE_INTERNAL",
    "DELETE_ONLY",
]
SubjectType = Literal["USER_ID", "OBJECT_ID", "IDENTIFIER"]
State = Literal[
    "INITIALIZED",
    "INVALID",
    "NOT_SUPPORTED",
    "RUNNING",
    "PARTIAL_SUCCESS",
    "FAILED",
    "FINISHED",
]
MOST_SUBJECTS = 5_000
# What Segment calls an object is a record of another system: an account, or a contact of a CRM.
_OBJECT_KINDS = ("group_id", "crm_contact_id", "crm_lead_id", "crm_account_id", "crm_id")
_DELETES = ("SUPPRESS_WITH_DELETE", "SUPPRESS_WITH_DELETE_INTERNAL", "DELETE_INTERNAL")


class Regulation(msgspec.Struct, frozen=True, omit_defaults=True):
    """One request; times in ms. The names of its subjects go once it is over.

    `source` is empty for the whole workspace; `erasures` are the requests of the eraser.
    """

    regulate_id: str
    type: RegulationType
    subject_type: SubjectType
    created_at: int
    subjects: tuple[str, ...] = ()
    count: int = 0
    source: str = ""
    state: State = "INITIALIZED"
    finished_at: int | None = None
    erasures: tuple[str, ...] = ()
    failed: int = 0
    persons: int = 0
    error: str = ""

    @property
    def deletes(self) -> bool:
        """Whether anything is erased."""
        return self.type in (*_DELETES, "DELETE_ONLY")

    @property
    def suppresses(self) -> bool:
        """Whether nothing comes in again afterwards."""
        return self.type.startswith("SUPPRESS")

    @property
    def tells(self) -> bool:
        """Whether the recipients of the data hear of it."""
        return not self.type.endswith("_INTERNAL")

    @property
    def over(self) -> bool:
        """Whether nothing more will be done here; recipients may still have to be told."""
        return self.state not in ("INITIALIZED", "RUNNING")


class Regulations:
    """Keeps the requests and carries them out one after the other."""

    def __init__(
        self,
        store: OperationalStore,
        clock: Clock,
        directory: Directory,
        suppressions: Suppressions,
        notices: ErasureNotices,
    ):
        self._store = store
        self._clock = clock
        self._directory = directory
        self._suppressions = suppressions
        self._notices = notices
        self._waiting = [one.regulate_id for one in self.all()[::-1] if not one.over]

    def create(
        self, kind: RegulationType, subject_type: SubjectType, subjects: Sequence[str], source: str
    ) -> Regulation:
        """Take a request; it waits until `run_due`. Raises InputRefused for unusable subjects."""
        if not 1 <= len(subjects) <= MOST_SUBJECTS:
            told = f"subjectIds holds 1 to {MOST_SUBJECTS:,} ids."
            raise InputRefused("bad_subjects", told, 400, "subjectIds")
        now = self._clock.now_ms()
        regulation = Regulation(
            "reg_" + ulid(now, self._clock.random_bytes(10)),
            kind,
            subject_type,
            now,
            tuple(dict.fromkeys(subjects)),
            len(subjects),
            source,
        )
        self.keep(self._judged(regulation))
        return self.get(regulation.regulate_id)

    def _judged(self, regulation: Regulation) -> Regulation:
        """Say at once what cannot be done, before anybody waits for it."""
        if regulation.source:
            told = "A person is erased from the whole workspace; send it without a source."
            return self._ended(regulation, "NOT_SUPPORTED", told)
        if not any(self.names_of(regulation, one) for one in regulation.subjects):
            return self._ended(regulation, "INVALID", "None of the subjects is a usable id.")
        return regulation

    def _ended(self, regulation: Regulation, state: State, error: str) -> Regulation:
        return msgspec.structs.replace(
            regulation,
            state=state,
            error=error,
            subjects=(),
            finished_at=self._clock.now_ms(),
        )

    def names_of(self, regulation: Regulation, subject: str) -> list[Identifier]:
        """Give the identifiers that a subject stands for; of an object those that are known."""
        if regulation.subject_type == "IDENTIFIER":
            found = [spelled(subject)] if ":" in subject else []
        elif regulation.subject_type == "USER_ID":
            found = [spelled(identifier("user_id", subject))]
        else:
            all_kinds = [spelled(identifier(kind, subject)) for kind in _OBJECT_KINDS]
            known = [name for name in all_kinds if name and self._directory.stored_at(name)]
            found = known or all_kinds[:1]
        return [name for name in found if name]

    def keep(self, regulation: Regulation) -> None:
        """Keep a request as it stands now."""
        key = regulation.regulate_id.encode()
        self._store.commit([Change(REGULATIONS, key, msgspec.json.encode(regulation))])
        waits = regulation.regulate_id in self._waiting
        if regulation.over and waits:
            self._waiting.remove(regulation.regulate_id)
        elif not (regulation.over or waits):
            self._waiting.append(regulation.regulate_id)

    def waiting(self) -> list[Regulation]:
        """Give what is still to be done, oldest first."""
        return [self.get(regulate_id) for regulate_id in self._waiting]

    def still_waiting(self, regulate_id: str) -> Regulation | None:
        """Find a request that is still to be done, None where it is over or was taken back."""
        return self.get(regulate_id) if regulate_id in self._waiting else None

    def get(self, regulate_id: str) -> Regulation:
        """Find a request; raises NotFound."""
        stored = self._store.get(REGULATIONS, [regulate_id.encode()])[0]
        if stored is None:
            raise NotFound("There is no such regulation.")
        return msgspec.json.decode(stored, type=Regulation)

    def all(self) -> list[Regulation]:
        """Give all requests, newest first."""
        found = [
            msgspec.json.decode(value, type=Regulation)
            for _, value in self._store.scan(REGULATIONS)
        ]
        return found[::-1]

    def delete(self, regulate_id: str) -> None:
        """Take back a request that was not begun; raises InputRefused for any other."""
        if self.get(regulate_id).state != "INITIALIZED":
            told = "Only a regulation that is INITIALIZED can be taken back."
            raise InputRefused("not_initialized", told, 409)
        self._store.commit([Change(REGULATIONS, regulate_id.encode(), None)])
        self._waiting.remove(regulate_id)

    def destinations(self, regulation: Regulation) -> dict[str, State]:
        """Give by recipient how far it was told; the worst word of several erasures counts."""
        found: dict[str, set[str]] = {}
        for request_id in regulation.erasures:
            for endpoint, state in self._notices.states(request_id).items():
                found.setdefault(endpoint, set()).add(state)
        return {endpoint: _worst(states) for endpoint, states in sorted(found.items())}

    def state_of(self, regulation: Regulation) -> State:
        """Give the state of the whole, recipients included."""
        if regulation.state != "FINISHED":
            return regulation.state
        told = set(self.destinations(regulation).values())
        if "RUNNING" in told:
            return "RUNNING"
        return "PARTIAL_SUCCESS" if "FAILED" in told else "FINISHED"


def _worst(states: set[str]) -> State:
    if "RUNNING" in states:
        return "RUNNING"
    return "FAILED" if "FAILED" in states else "FINISHED"
