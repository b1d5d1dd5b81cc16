"""The published bundles, compiled; the newest one decides, older ones explain old decisions."""

import copy
from collections.abc import Callable

import msgspec

from wegweiser.decide.bundle import bundle_digest, bundle_id
from wegweiser.decide.own_models import StandIns
from wegweiser.decide.policy import Policy
from wegweiser.decide.rule_guard import RuleGuard
from wegweiser.flow.tables import BUNDLES, PUBLICATIONS, number_key
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.terms.errors import NotFound
from wegweiser.terms.message import Variant
from wegweiser.terms.policy import Bundle
from wegweiser.terms.record import Published
from wegweiser.terms.wrong import wrong


class Publication(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who published a number, when (ms) and why; `restores` is the number it took up again.

    At `erased_at` an erasure changed it; `digest` is that of what is left.
    """

    number: int
    digest: str
    at: int = 0
    by: str = ""
    reason: str = ""
    restores: int = 0
    erased_at: int = 0


# So many stay compiled: with what they remember of requests they are large.
MOST_COMPILED = 32


class PolicyBook:
    """Policies by bundle number, compiled on first use; `guard` watches the newest one's rules."""

    def __init__(self, store: OperationalStore, compile_bundle: Callable[[Bundle], Policy]):
        # One set of models for all policies: it is registered while the program runs.
        self.stand_ins = StandIns()
        self._compile_bundle = compile_bundle
        self._bundles = {
            int.from_bytes(key, "big"): msgspec.json.decode(value, type=Bundle)
            for key, value in store.scan(BUNDLES)
        }
        self._publications = {
            int.from_bytes(key, "big"): msgspec.json.decode(value, type=Publication)
            for key, value in store.scan(PUBLICATIONS)
        }
        self._policies: dict[int, Policy] = {}
        self._variants: dict[tuple[str, str], Variant] = {}
        self._fresh: list[Change] = []
        self._guard: RuleGuard | None = None
        self.current = self.of(bundle_id(self.bundle))

    def _compile(self, bundle: Bundle) -> Policy:
        policy = self._compile_bundle(bundle)
        policy.stand_ins = self.stand_ins
        return policy

    @property
    def bundle(self) -> Bundle:
        """The newest bundle; an empty one before the first publish."""
        return self._bundles[max(self._bundles)] if self._bundles else Bundle()

    def publish(self, record: Published) -> None:
        """Let a bundle decide from here on."""
        bundle = record.bundle
        self._bundles[bundle.number] = bundle
        self._remember(bundle.number)
        self._variants.clear()
        self._guarded(self._policies[bundle.number])
        self._publications[bundle.number] = _publication(record)
        self._fresh += publication_rows(record)

    def replace(self, record: Published) -> None:
        """Put what an erasure left of a publication in its place; its rows are committed."""
        bundle = record.bundle
        self._bundles[bundle.number] = bundle
        self._publications[bundle.number] = _publication(record)
        self._policies.pop(bundle.number, None)
        self._variants.clear()
        if bundle.number == self.bundle.number:
            self._remember(bundle.number)
            self._guarded(self._policies[bundle.number])

    def watch(self, guard: RuleGuard) -> None:
        """Let a guard watch over the rules of the newest bundle, and of all that follow."""
        self._guard = guard
        self._guarded(self.of(bundle_id(self.bundle)))

    def _guarded(self, policy: Policy) -> None:
        # Whoever explains or repeats an old decision takes the policy without a guard.
        self.current = copy.copy(policy)
        self.current.guard = self._guard

    def of(self, bundle_id: str) -> Policy:
        """Find the policy that an old decision was taken under, by its "hash#number"."""
        number = int(bundle_id.rpartition("#")[2] or 0)
        if number not in self._policies:
            self._remember(number)
        return self._policies[number]

    def forget_people(self) -> None:
        """Drop what policies remember of the people whom they decided about."""
        for policy in (self.current, *self._policies.values()):
            policy.forget_people()

    def _remember(self, number: int) -> None:
        """Compile a bundle, and give up the policy that was compiled first of too many."""
        self._policies[number] = self._compile(self._bundles.get(number, Bundle()))
        if len(self._policies) > MOST_COMPILED:
            newest = max(self._bundles, default=0)
            kept = (number, newest)
            del self._policies[next(one for one in self._policies if one not in kept)]

    def numbered(self, number: int) -> Bundle:
        """Give a published bundle by its number; raises NotFound."""
        if number not in self._bundles:
            last = max(self._bundles, default=0)
            known = wrong("bundles_up_to", last=last) if last else wrong("no_bundles")
            raise NotFound(wrong("no_bundle_of", number=number, known=known))
        return self._bundles[number]

    def publications(self) -> list[Publication]:
        """List what was published, newest first; of the oldest it may not be known by whom."""
        return [
            self._publications.get(number) or Publication(number, bundle_digest(bundle))
            for number, bundle in sorted(self._bundles.items(), reverse=True)
        ]

    def variants(self) -> dict[tuple[str, str], Variant]:
        """Give every variant that was ever published, by message and key, as it was last."""
        if not self._variants:
            self._variants = {
                (message.key, variant.key): variant
                for _, bundle in sorted(self._bundles.items())
                for message in bundle.messages
                for variant in message.variants
            }
        return self._variants

    def drain(self) -> list[Change]:
        """Hand over what is not yet committed."""
        fresh, self._fresh = self._fresh, []
        return fresh


def publication_rows(record: Published) -> list[Change]:
    """Give the rows of a publication: the bundle, and who published it."""
    key = number_key(record.bundle.number)
    return [
        Change(BUNDLES, key, msgspec.json.encode(record.bundle)),
        Change(PUBLICATIONS, key, msgspec.json.encode(_publication(record))),
    ]


def _publication(record: Published) -> Publication:
    return Publication(
        record.bundle.number,
        bundle_digest(record.bundle),
        record.at,
        record.by,
        record.reason,
        record.restores,
        record.erased_at,
    )
