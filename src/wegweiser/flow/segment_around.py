"""Who else may move when somebody changes, and what rules of persons read of accounts."""

from collections.abc import Iterable, Iterator

import msgspec

from wegweiser.flow.read_aside import read_alike
from wegweiser.flow.segment_rules import Segment
from wegweiser.flow.stages import MOST_COLLEAGUES
from wegweiser.flow.unify import Unifier
from wegweiser.flow.views import Views
from wegweiser.profile import reading
from wegweiser.profile.reading import CellAt
from wegweiser.profile.trait import read_traits
from wegweiser.terms.identity import identifier
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.profile import AccountLink, AccountProfile

PERSON, GROUP = "person_id", "group_id"
_MOST_KEPT = 50_000


class Reads(msgspec.Struct, frozen=True):
    """What all rules together read beyond the person or the account that they are about."""

    of_accounts: bool
    stage: bool
    traits: bool
    completeness: bool


def reads_of(persons: Iterable[Segment], accounts: Iterable[Segment]) -> Reads:
    """Give what rules read beyond their own subject."""
    held = tuple(persons)
    return Reads(
        of_accounts=any(True for _ in accounts),
        stage=any(one.with_stage for one in held),
        traits=any("traits" in one.of_accounts for one in held),
        completeness=any("completeness" in one.of_accounts for one in held),
    )


class Around:
    """Remembers how each account was when its people were looked at last."""

    def __init__(self, unifier: Unifier, views: Views):
        self._unifier = unifier
        self._views = views
        self._seen: dict[str, bytes] = {}
        self.reads = reads_of((), ())

    def take_up(self, reads: Reads) -> None:
        """Follow other rules from now on."""
        self.reads = reads
        self._seen.clear()

    def of_person(self, person_id: str) -> Iterator[str]:
        """Yield accounts and colleagues that may move because a person changed."""
        reads = self.reads
        if not (reads.of_accounts or reads.stage or reads.traits or reads.completeness):
            return
        directory = self._unifier.directory
        for group_id in sorted(directory.accounts_named_by(person_id)):
            if reads.of_accounts:
                yield identifier(GROUP, group_id)
            every = (reads.traits or reads.completeness) and self._has_changed(group_id)
            if reads.stage or every:
                members = {one.person_id for one in directory.members_of(group_id)}
                if every or len(members) <= MOST_COLLEAGUES:
                    yield from self._colleagues(members, anew=every)

    def _colleagues(self, members: Iterable[str], anew: bool) -> Iterator[str]:
        for name in members:
            subject = identifier(PERSON, name)
            if anew:
                self._views.renew(subject)
            yield subject

    def _has_changed(self, group_id: str) -> bool:
        """Tell whether an account is not what its people were last judged by."""
        told: list[object] = [self._traits(group_id)] if self.reads.traits else []
        if self.reads.completeness:
            members = self._unifier.directory.members_of(group_id)
            told += [(one.person_id, one.role, one.status, one.until) for one in members]
        now = msgspec.json.encode(told, order="sorted")
        if len(self._seen) > _MOST_KEPT:
            self._seen.clear()
        before, self._seen[group_id] = self._seen.get(group_id), now
        return before != now

    def _traits(self, group_id: str) -> JsonObject:
        leaf = identifier(GROUP, group_id)
        cells = [CellAt(leaf, *place) for place in self._unifier.shelf.cells(leaf)]
        return read_traits(*reading.registers(cells), "account")

    def lend(self, aside: Views) -> None:
        """Let other views read everybody as the live ones do."""
        read_alike(aside, self._views)

    def accounts(self, links: Iterable[AccountLink], wanted: frozenset[str]) -> list[Json]:
        """Write the accounts of a person as rules read them, with what is `wanted` of them."""
        return [self._account(link, wanted) for link in links]

    def _account(self, link: AccountLink, wanted: frozenset[str]) -> JsonObject:
        told: JsonObject = {"group_id": link.group_id, "role": link.role, "status": link.status}
        if "traits" in wanted:
            told["traits"] = self._traits(link.group_id)
        if "completeness" in wanted:
            share = completeness_of(self._views.account(link.group_id))
            if share is not None:
                told["completeness"] = share
        return told


def completeness_of(profile: AccountProfile) -> float | None:
    """Give how complete the buying group of an account is, 0 to 1; None without a template."""
    told: Json = profile.completeness
    if isinstance(told, dict):
        told = told.get("completeness")
    return float(told) if isinstance(told, int | float) and not isinstance(told, bool) else None
