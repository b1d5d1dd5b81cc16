"""Every command in any order: events, joins, cuts, rules, erasures, restarts; what always holds."""

import asyncio
from collections import Counter

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.flow.erasing import derived_rows, differing, documents, run, traces
from tests.laws.test_erasure import CALLER, written
from tests.laws.test_identity import renamed
from tests.strategies import Sent, identifiers, judgements, rules_of_identity, streams
from wegweiser.adapters.memory import MemoryClock
from wegweiser.collect.screen import ElementSuppressed
from wegweiser.flow.tables import SEGMENT_STAYS
from wegweiser.settings import Settings
from wegweiser.terms.errors import NotFound
from wegweiser.terms.identity_rules import IdentityRules
from wegweiser.terms.judgement import Judgement
from wegweiser.terms.record import Collected, Judged, Ruled
from wegweiser.workspace.engines import in_memory
from wegweiser.workspace.site import Site

NOW = 1_795_000_000_000
SEGMENT = '{kind: segment, key: readers, when: \'count("Page Viewed", "30d") >= 1\'}'
UNIQUE = "user_id"
# What is blocked for every type is nobody's name, and stays although somebody had it as an id.
GOVERNING = rules_of_identity.filter(lambda rules: "*" not in rules.blocked)
# Who was in a segment when remembers the ids of then; the recount compares.
_TOLD_ELSEWHERE = (SEGMENT_STAYS,)


class Everything(RuleBasedStateMachine):
    """A workspace in memory, to which anything may happen."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.Runner()
        self.turn = 0
        self.erased: set[str] = set()

    @initialize()
    def begin(self) -> None:
        """Open the workspace, with a segment."""
        self.site = Site(in_memory(MemoryClock(NOW, 1)), Settings())
        self.loop.run(self.site.start(background=False))
        self.loop.run(self.site.applier.apply([("a.yaml", SEGMENT)]))

    @rule(sent=streams(most=4))
    def events_arrive(self, sent: list[Sent]) -> None:
        """Take events in, each twice; whoever is suppressed is kept out at the door."""
        self.turn += 1
        for number, one in enumerate(sent):
            self.loop.run(self._take(renamed(one, f"m-{self.turn}-{number}")))

    async def _take(self, one: Sent) -> None:
        screen = self.site.suppressions.screener(CALLER, one.received_at)
        try:
            event = one.event if screen is None else screen(one.event)
        except ElementSuppressed:
            return
        record = Collected(
            received_at=one.received_at,
            source_id="source",
            trust=one.trust,
            kind="live",
            events=(event, event) if event else (),
        )
        await self.site.intake.append(record)

    @rule(said=st.integers(0, 9).flatmap(lambda number: judgements(number=number)))
    def somebody_judges(self, said: Judgement) -> None:
        """Link, cut, separate, restore or undo; nobody may speak of the erased."""
        self.turn += 1
        own = msgspec.structs.replace(said, operation_id=f"op_{self.turn}")
        if self.erased.isdisjoint(own.named):
            self.loop.run(self.site.intake.append(Judged(judgement=own)))

    @rule(rules=GOVERNING)
    def rules_change(self, rules: IdentityRules) -> None:
        """Publish other rules."""
        self.loop.run(self.site.intake.append(Ruled(at=0, by="ada", rules=rules)))

    @rule(name=identifiers)
    def somebody_is_erased(self, name: str) -> None:
        """Erase whoever a name stands for."""
        self.loop.run(self._erase(name))

    async def _erase(self, name: str) -> None:
        try:
            told = await run(self.site, "forget", identifier=name, dry_run=True)
        except NotFound:
            return
        await run(self.site, "forget", identifier=name, confirm=True)
        would_go = told["would_go"]
        assert isinstance(would_go, dict)
        names = would_go["names"]
        assert isinstance(names, list)
        self.erased.update(map(str, names))

    @rule()
    def the_process_is_started_anew(self) -> None:
        """Stop, and open the same folder."""
        self.loop.run(self.site.intake.stop())
        self.site = Site(self.site.engines, self.site.settings)
        self.loop.run(self.site.start(background=False))

    @invariant()
    def nobody_is_two_and_no_erased_is_known(self) -> None:
        """Look at whole persons, and at the segment beside a recount."""
        if not hasattr(self, "site"):
            return
        self.loop.run(self.site.intake.settle())
        directory = self.site.unifier.directory
        for person_id in directory.persons():
            held = directory.identifiers_of(person_id)
            current = Counter(one.type for one in held if one.status == "member")
            assert current[UNIQUE] <= 1
        assert [name for name in self.erased if self.site.views.find_person(name)] == []
        self.loop.run(self.site.segments.settle())
        assert self.loop.run(self.site.segments.recount()) == 0

    def teardown(self) -> None:
        """Compare with a rebuild from the log, and look for the erased everywhere."""
        if hasattr(self, "site"):
            self.loop.run(self._ends())
        self.loop.close()

    async def _ends(self) -> None:
        site = self.site
        await site.intake.checkpoint()
        live, shown = _compared(derived_rows(site)), documents(site)
        assert traces(site, *written(site, self.erased)) == []
        await site.rebuild()
        assert documents(site) == shown
        found = differing(live, _compared(derived_rows(site)))
        await site.stop()
        assert found == []


def _compared(rows: dict[str, dict[bytes, object]]) -> dict[str, dict[bytes, object]]:
    """Leave out what is compared otherwise."""
    return {table: held for table, held in rows.items() if table not in _TOLD_ELSEWHERE}


TestEverything = Everything.TestCase
TestEverything.settings = settings(max_examples=25, stateful_step_count=8, deadline=None)
