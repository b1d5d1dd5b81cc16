"""The published bundles, compiled; the newest one decides, older ones explain old decisions."""

from collections.abc import Callable

import msgspec

from wegweiser.decide.policy import Policy
from wegweiser.flow.tables import BUNDLES, number_key
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.terms.policy import Bundle


class PolicyBook:
    """Policies by bundle number, compiled on first use."""

    def __init__(self, store: OperationalStore, compile_bundle: Callable[[Bundle], Policy]):
        self._compile = compile_bundle
        self._bundles = {
            int.from_bytes(key, "big"): msgspec.json.decode(value, type=Bundle)
            for key, value in store.scan(BUNDLES)
        }
        self._policies: dict[int, Policy] = {}
        self._fresh: list[Change] = []
        self.current = self._compile(self.bundle)

    @property
    def bundle(self) -> Bundle:
        """The newest bundle; an empty one before the first publish."""
        return self._bundles[max(self._bundles)] if self._bundles else Bundle()

    def publish(self, bundle: Bundle) -> None:
        """Let a bundle decide from here on."""
        self.current = self._compile(bundle)
        self._bundles[bundle.number] = bundle
        self._policies[bundle.number] = self.current
        self._fresh.append(Change(BUNDLES, number_key(bundle.number), msgspec.json.encode(bundle)))

    def of(self, bundle_id: str) -> Policy:
        """Find the policy that an old decision was taken under, by its "hash#number"."""
        number = int(bundle_id.rpartition("#")[2] or 0)
        if number not in self._policies:
            self._policies[number] = self._compile(self._bundles.get(number, Bundle()))
        return self._policies[number]

    def drain(self) -> list[Change]:
        """Hand over what is not yet committed."""
        fresh, self._fresh = self._fresh, []
        return fresh
