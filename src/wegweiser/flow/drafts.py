"""Drafts: documents kept under a name until somebody publishes them; they survive a rebuild."""

import re
from typing import Literal

import msgspec

from wegweiser.flow.apply import Applied, Applier, Checked
from wegweiser.flow.tables import DRAFTS
from wegweiser.flow.unify import Unifier
from wegweiser.ports.clock import Clock
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.instant import format_instant
from wegweiser.terms.json import JsonObject
from wegweiser.terms.wrong import wrong

Status = Literal["draft", "submitted", "approved"]
Files = tuple[tuple[str, str], ...]
MOST_DRAFTS = 200
MOST_CHARACTERS = 8_000_000
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


class Draft(msgspec.Struct, frozen=True, omit_defaults=True):
    """Documents that wait: `authors` wrote them, `base` is the bundle that they were begun upon.

    Times in ms. Whoever changes a draft begins its review anew.
    """

    name: str
    files: Files
    authors: tuple[str, ...]
    base: int
    created_at: int
    changed_at: int
    status: Status = "draft"
    reason: str = ""
    prune: bool = False
    submitted_by: str = ""
    approved_by: str = ""
    approved_at: int | None = None


class DraftDesk:
    """Keeps drafts in a table of their own and publishes them through the applier."""

    def __init__(self, applier: Applier, unifier: Unifier, store: OperationalStore, clock: Clock):
        self._applier = applier
        self._unifier = unifier
        self._store = store
        self._clock = clock

    def all(self) -> list[Draft]:
        """List the drafts by name."""
        return [msgspec.json.decode(value, type=Draft) for _, value in self._store.scan(DRAFTS)]

    def get(self, name: str) -> Draft:
        """Find a draft; raises NotFound."""
        stored = self._store.get(DRAFTS, [name.encode()])[0]
        if stored is None:
            raise NotFound(wrong("no_draft", key=repr(name[:100])))
        return msgspec.json.decode(stored, type=Draft)

    def save(
        self, name: str, files: Files, by: str, reason: str = "", prune: bool = False
    ) -> Draft:
        """Keep documents under a name, also unfinished ones; raises InputRefused."""
        _require_name(name)
        if not files or sum(len(text) for _, text in files) > MOST_CHARACTERS:
            told = wrong("draft_size", most=MOST_CHARACTERS)
            raise InputRefused("bad_draft", told, 422, "files")
        now = self._clock.now_ms()
        old = self._store.get(DRAFTS, [name.encode()])[0]
        before = None if old is None else msgspec.json.decode(old, type=Draft)
        if before is None and len(self.all()) >= MOST_DRAFTS:
            raise InputRefused("too_many", wrong("many_drafts", most=MOST_DRAFTS), 409)
        return self._keep(
            Draft(
                name,
                files,
                tuple(dict.fromkeys((*(before.authors if before else ()), by))),
                self._unifier.policies.bundle.number,
                before.created_at if before else now,
                now,
                reason=reason or (before.reason if before else ""),
                prune=prune,
            )
        )

    def checked(self, draft: Draft) -> Checked:
        """Check a draft against what is published now."""
        return self._applier.check(draft.files, draft.prune)

    def submit(self, name: str, by: str) -> Draft:
        """Ask for a review; raises DocumentRefused where the draft could not be published."""
        draft = self.get(name)
        self.checked(draft).require_good()
        submitted = msgspec.structs.replace(draft, status="submitted", submitted_by=by)
        return self._keep(submitted)

    def approve(self, name: str, by: str) -> Draft:
        """Approve what was submitted; raises InputRefused where another person has to."""
        draft = self.get(name)
        if draft.status == "approved" and draft.approved_by == by:
            return draft
        if draft.status != "submitted":
            raise InputRefused("not_submitted", wrong("not_submitted", name=name), 409)
        if self._applier.needs_review and by in (*draft.authors, draft.submitted_by):
            told = wrong("second_person", by=by, name=name)
            raise InputRefused("needs_second_person", told, 403)
        now = self._clock.now_ms()
        approved = msgspec.structs.replace(
            draft, status="approved", approved_by=by, approved_at=now
        )
        return self._keep(approved)

    async def publish(self, name: str, by: str, reason: str = "") -> Applied:
        """Apply a draft and discard it, unless it was changed meanwhile.

        Raises what `apply` raises, and InputRefused where it has to be approved first.
        """
        draft = self.get(name)
        if self._applier.needs_review and draft.status != "approved":
            raise InputRefused("not_approved", wrong("not_approved", name=name), 409)
        reason = reason or draft.reason
        approved = draft.status == "approved"
        applied = await self._applier.apply(draft.files, by, reason, draft.prune, approved)
        # Meanwhile somebody may have discarded it, or written on.
        if self._store.get(DRAFTS, [name.encode()])[0] == msgspec.json.encode(draft):
            self.discard(name)
        return applied

    def discard(self, name: str) -> Draft:
        """Forget a draft; raises NotFound."""
        draft = self.get(name)
        self._store.commit([Change(DRAFTS, name.encode(), None)])
        return draft

    def _keep(self, draft: Draft) -> Draft:
        self._store.commit([Change(DRAFTS, draft.name.encode(), msgspec.json.encode(draft))])
        return draft


def told(draft: Draft) -> JsonObject:
    """Write a draft for people and machines, without its documents."""
    plain: JsonObject = {
        "name": draft.name,
        "status": draft.status,
        "authors": [*draft.authors],
        "base": draft.base,
        "reason": draft.reason,
        "prune": draft.prune,
        "files": [name for name, _ in draft.files],
        "created_at": format_instant(draft.created_at),
        "changed_at": format_instant(draft.changed_at),
    }
    if draft.submitted_by:
        plain["submitted_by"] = draft.submitted_by
    if draft.approved_at is not None:
        plain |= {
            "approved_by": draft.approved_by,
            "approved_at": format_instant(draft.approved_at),
        }
    return plain


def _require_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise InputRefused("bad_draft", wrong("draft_name"), 422, "name")
