"""Raises an alarm when a person reaches a cap or a component is frozen, once until it is over."""

import hashlib
from collections.abc import Iterable

import msgspec

from wegweiser.flow.alarm_book import WatchBook
from wegweiser.flow.alarm_log import AlarmLog, alarm_row
from wegweiser.flow.alarm_parcels import alarm_parcels
from wegweiser.flow.alarm_post import AlarmPost
from wegweiser.flow.identity_alarm_words import sentence_of
from wegweiser.flow.identity_statements import waiting_names
from wegweiser.flow.lineage import LineageBook
from wegweiser.flow.unify import Unifier
from wegweiser.ports.clock import Clock
from wegweiser.ports.operational_store import Change
from wegweiser.terms.alarm import KeptAlarm
from wegweiser.terms.errors import NotFound
from wegweiser.terms.identity import Identifier
from wegweiser.terms.instant import format_instant
from wegweiser.terms.lineage import Lineage

SERIES = "identity"
FROZEN = "frozen"
# More at a time tell nobody more; whoever is refused is listed in the queue all the same.
MOST_OPEN = 200
KINDS = ("cap_identifiers", "cap_merges", FROZEN)
# The kind of an alarm, and whom it is about: "" where a component has nobody with events.
About = tuple[str, str]


class IdentityAlarms:
    """Listens to what happens to persons; its alarms are committed with the lineage that tells it.

    Lineage is told once and for all, also over a rebuild, and so are alarms.

    Evidence that is refused at the same cap later raises no second alarm until `look` has seen
    that the cap refuses nothing more.
    """

    def __init__(
        self,
        unifier: Unifier,
        lineage: LineageBook,
        log: AlarmLog,
        book: WatchBook,
        post: AlarmPost,
        clock: Clock,
    ):
        self._unifier = unifier
        self._log = log
        self._book = book
        self._post = post
        self._clock = clock
        self._noted: list[Lineage] = []
        self._drained: set[str] = set()
        # What the answer rests on, so that nobody is looked at twice for nothing.
        self._looked: dict[str, tuple[object, ...]] = {}
        self._open = {_about(one): one.alarm_id for one in log.all() if _is_ours(one)}
        lineage.listeners.append(self._note)
        # After the lineage, which is collected when it drains.
        unifier.beside.append(self)

    def _note(self, one: Lineage) -> None:
        if one.reason in KINDS and one.evidence:
            self._noted.append(one)

    def drain(self) -> list[Change]:
        """Hand over the new alarms and what tells of them."""
        noted, self._noted = self._noted, []
        fresh = [alarm for one in noted if (alarm := self._raised(one)) is not None]
        self._drained.update(one.alarm_id for one in fresh)
        told = [one for one in fresh if not one.silent]
        changes = [alarm_row(one) for one in fresh]
        for watch in self._book.all() if told else ():
            if not watch.series:
                changes += alarm_parcels(self._post, watch, told)
        return changes

    def _raised(self, one: Lineage) -> KeptAlarm | None:
        person_id = self._person_of(one)
        about = (one.reason, person_id)
        is_of_somebody = person_id or one.reason == FROZEN
        if about in self._open or len(self._open) >= MOST_OPEN or not is_of_somebody:
            return None
        named = hashlib.sha256("\0".join((*about, one.message_id)).encode()).hexdigest()
        alarm_id = f"alm_{named[:16]}"
        self._open[about] = alarm_id
        now = self._clock.now_ms()
        alarm = KeptAlarm(
            alarm_id=alarm_id,
            watch="",
            raised_at=now,
            known=format_instant(now)[: len("2026-11-22")],
            since=format_instant(one.at)[: len("2026-11-22")],
            series=SERIES,
            kind=one.reason,
            sentence=sentence_of(one.reason, self._unifier.directory.rules),
            dimension="person",
            member=person_id,
        )
        return msgspec.structs.replace(alarm, silent=self._log.is_snoozed(alarm.about))

    def _person_of(self, one: Lineage) -> str:
        """Name the larger of the two that evidence would have joined."""
        directory = self._unifier.directory
        ids = {one.person_id, *(directory.find(name) or "" for name in one.evidence[0].pair)}
        return max(sorted(ids), key=lambda found: len(self._members(found)))

    def _members(self, person_id: str) -> tuple[Identifier, ...]:
        try:
            return self._unifier.directory.members(person_id)
        except NotFound:
            return ()

    async def look(self) -> None:
        """Settle the alarms whose cause is over; only after everything drained is committed."""
        directory = self._unifier.directory
        if directory.settling:
            return
        said = directory.rules.version, len(directory.judgements()), len(directory.frozen())
        for about, alarm_id in list(self._open.items()):
            seen = (*said, len(self._members(about[1])))
            if alarm_id in self._drained or self._looked.get(alarm_id) == seen:
                continue
            self._looked[alarm_id] = seen
            if not self._lasts(*about):
                self._log.settle(alarm_id)
                self._forget(about)

    def _lasts(self, kind: str, person_id: str) -> bool:
        directory, members = self._unifier.directory, self._members(person_id)
        if kind == FROZEN:
            waiting = waiting_names(directory)
            return not waiting.isdisjoint(members) if members else bool(waiting)
        return bool(members) and any(one.reason == kind for one in directory.graph_of(person_id))

    def _forget(self, about: About) -> None:
        self._looked.pop(self._open.pop(about), None)

    def erased(self, person_ids: Iterable[str], accounts: Iterable[str]) -> list[Change]:
        """Forget alarms about persons; gives what is to be committed at once."""
        gone = set(person_ids) - {""}
        for about in [one for one in self._open if one[1] in gone]:
            self._forget(about)
        found = [one for one in self._log.all() if not one.watch and one.member in gone]
        return [msgspec.structs.replace(alarm_row(one), value=None) for one in found]

    def evict(self) -> None:
        """Give memory back; only after everything drained is committed."""
        self._drained = set()


def _is_ours(alarm: KeptAlarm) -> bool:
    return not alarm.watch and not alarm.settled_at


def _about(alarm: KeptAlarm) -> About:
    return alarm.kind, alarm.member
