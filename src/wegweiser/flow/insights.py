"""What is worked out of a profile's cells: computed traits, intents, purchases, use, scores."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from wegweiser.decide.document import Documents
from wegweiser.decide.policy import Policy
from wegweiser.flow.computed import ComputedBook
from wegweiser.flow.insight import P
from wegweiser.flow.intents import IntentBook
from wegweiser.flow.mappings import Put
from wegweiser.flow.profile_cache import ProfileCache
from wegweiser.flow.protected import ProtectedBook
from wegweiser.flow.rfm_cuts import RfmBook
from wegweiser.flow.score_serving import NoScores, Scores
from wegweiser.flow.segment_facts import end_of_today
from wegweiser.flow.segment_rules import Segment
from wegweiser.flow.stages import evidence_of
from wegweiser.flow.withheld import Withheld, withheld
from wegweiser.ports.clock import Clock
from wegweiser.profile import computed, reading
from wegweiser.profile.purchase import purchases
from wegweiser.profile.reading import CellAt
from wegweiser.profile.rfm import figures_of, scored
from wegweiser.profile.trait import keep_newer
from wegweiser.profile.used import product_use
from wegweiser.query.cel import Rule
from wegweiser.terms.computed import ComputedValue
from wegweiser.terms.identity import kind_of, value_of
from wegweiser.terms.instant import format_instant
from wegweiser.terms.json import JsonObject
from wegweiser.terms.profile import INSIGHTS, AccountProfile, Intent, PersonProfile
from wegweiser.terms.reserved_traits import Of

# The variables that rules write for each, or the short name of both.
_VARIABLES: Mapping[Of, tuple[str, ...]] = {"person": ("person", "p"), "account": ("account", "p")}


class Insights:
    """Everything is as at the end of the present UTC day, so that time changes it once a day."""

    def __init__(
        self,
        views: ProfileCache,
        computed: ComputedBook,
        intents: IntentBook,
        rfm: RfmBook,
        clock: Clock,
        protected: ProtectedBook,
        rules: Callable[[], tuple[Policy, Mapping[str, Segment]]],
    ):
        """`rules` gives the policy and the segments that count now, the same while unchanged."""
        self._views = views
        self._computed = computed
        self._intents = intents
        self._rfm = rfm
        self._protected = protected
        views.protected = protected.keys
        self._clock = clock
        self._rules = rules
        self._known: tuple[object, object] = (None, None)
        self._reads: dict[Of, frozenset[str]] = {}
        self._withheld_by: tuple[object, object, object] = (None, None, None)
        self._withheld = Withheld(frozenset())
        self._today = 0
        self.scores: Scores | NoScores = NoScores()
        views.insight = self

    def check(self, documents: Documents) -> None:
        """Raise DocumentRefused for the first fault, before anything is kept."""
        self._protected.check(documents)
        self._computed.check(documents)
        self._intents.check(documents)

    def put(self, documents: Documents) -> Put:
        """Keep what was checked; everybody is read anew, and looked at by the segments."""
        kept = self._computed.put(documents) + self._intents.put(documents)
        protected = self._protected.put(documents)
        if protected.created or protected.changed:
            self._views.protected = self._protected.keys
            self._views.segments.everything_changed("publish")
        kept += protected
        if kept.created or kept.changed:
            self._views.forget_views()
            if any(self._read_by_rules().values()):
                self._views.segments.everything_changed("publish")
        return kept

    def person(self, person_id: str) -> PersonProfile:
        """Give the profile of a person with everything that can be worked out."""
        profile = self._views.person(person_id)
        return self._with(profile, self._views.cells_of(person_id), INSIGHTS)

    def account(self, group_id: str) -> AccountProfile:
        """Give the profile of an account with everything that can be worked out."""
        profile = self._views.account(group_id)
        return self._with(profile, self._views.account_cells_of(group_id), INSIGHTS)

    def values_of(self, subject: str) -> list[ComputedValue]:
        """Give the computed traits of "person_id:..." or "group_id:...", by key."""
        name = value_of(subject)
        if kind_of(subject) == "person_id":
            return self._values(self._views.cells_of(name), "person", self.until)
        return self._values(self._views.account_cells_of(name), "account", self.until)

    def early(self, profile: P, cells: Sequence[CellAt]) -> P:
        """Give the profile with what any rule reads; without such a rule it costs nothing."""
        read = self._read_by_rules()[_of(profile)]
        return self._with(profile, cells, read) if read else profile

    def worked_out(
        self, profile: P, cells: Sequence[CellAt], names: Iterable[str], until: int
    ) -> P:
        """Give the profile with some of INSIGHTS, as at a moment (ms)."""
        return self._with(profile, cells, names, until)

    def resting_on(self, traits: tuple[str, ...]) -> Withheld:
        """Give what tells of some traits: themselves, intents and the segments of people."""
        intents, segments = self._intents.intents, self._rules()[1]
        by = (traits, intents, segments)
        if any(a is not b for a, b in zip(by, self._withheld_by, strict=True)):
            self._withheld_by = by
            self._withheld = withheld(traits, intents.signals, segments)
        return self._withheld

    def is_new_day(self) -> bool:
        """Tell, once, that what was worked out for rules is of yesterday."""
        if not any(self._read_by_rules().values()):
            return False
        before, self._today = self._today, self.until
        return before not in (0, self._today)

    def _read_by_rules(self) -> dict[Of, frozenset[str]]:
        policy, segments = self._rules()
        if self._known[0] is not policy or self._known[1] is not segments:
            everything = [*policy.rules, *(one.rule for one in segments.values())]
            self._known = (policy, segments)
            self._reads = {of: read_by(everything, of) for of in _VARIABLES}
        return self._reads

    @property
    def until(self) -> int:
        """The moment (ms) as at which everything is worked out: the end of the present UTC day."""
        return end_of_today(self._clock.now_ms())

    def _values(self, cells: Sequence[CellAt], of: Of, until: int) -> list[ComputedValue]:
        book = self._computed
        told = (
            computed.value_of(
                computed.total_of(cells, trait, until, book.state_of(trait)),
                trait,
                book.counts_since(trait),
            )
            for trait in book.traits.values()
            if trait.of == of
        )
        return [one for one in told if one is not None]

    def _with(self, profile: P, cells: Sequence[CellAt], names: Iterable[str], until: int = 0) -> P:
        until, of, wanted = until or self.until, _of(profile), frozenset(names)
        found: dict[str, object] = {"insight_as_of": format_instant(until)}
        if "computed" in wanted:
            values: JsonObject = {one.key: one.value for one in self._values(cells, of, until)}
            found["computed"] = values
        if "intents" in wanted:
            found["intents"] = self._shown_intents(cells, until)
        if "purchases" in wanted:
            found["purchases"] = purchases(cells)
        if "product_use" in wanted:
            found["product_use"] = product_use(cells, until)
        if "scores" in wanted:
            found["scores"] = self.scores.of(profile, cells, until)
        if "rfm" in wanted:
            found["rfm"] = scored(figures_of(cells), self._rfm.cuts[of], until)
        if wanted.issuperset(INSIGHTS):
            found["first_touch"] = reading.arrival(cells)
        return msgspec.structs.replace(profile, **found)

    def _shown_intents(self, cells: Sequence[CellAt], until: int) -> dict[str, Intent]:
        trusted, public = reading.registers(cells)
        for key, writing in public.items():
            keep_newer(trusted, key, writing)
        return self._intents.intents.read(evidence_of(cells), trusted, until)


def _of(profile: PersonProfile | AccountProfile) -> Of:
    return "person" if isinstance(profile, PersonProfile) else "account"


def read_by(rules: Iterable[Rule], of: Of) -> frozenset[str]:
    """Give which of INSIGHTS any of the rules reads of a person or an account."""
    return frozenset(
        name
        for rule in rules
        for keys in rule.key_paths
        if keys[0] in _VARIABLES[of]
        for name in (keys[1:2] or INSIGHTS)
        if name in INSIGHTS
    )
