"""What each key has used up: when it was last used, its bucket, its day, its networks."""

import msgspec

from wegweiser.collect.allowance import (
    Bucket,
    Spent,
    burst_of,
    network_of,
    quota_wait_s,
    wait_s,
)
from wegweiser.flow.tables import KEY_USES
from wegweiser.ports.clock import Clock
from wegweiser.ports.operational_store import Change, OperationalStore
from wegweiser.terms.errors import ComeAgain
from wegweiser.terms.source import Allowance, Key

NETWORKS_KEPT = 10_000


class KeyUse(msgspec.Struct):
    """When a key was last used (ms; 0 never), and what was sent with it that day."""

    last_used_at: int = 0
    spent: Spent = msgspec.field(default_factory=Spent)


class Allowances:
    """Counts per key in memory; days and last uses are saved now and then.

    What was counted since the last save is lost by a crash, to the sender's advantage.
    """

    def __init__(self, store: OperationalStore, clock: Clock):
        self._store = store
        self._clock = clock
        self._uses: dict[str, KeyUse] = {}
        self._buckets: dict[str, Bucket] = {}
        self._networks: dict[tuple[str, str], Bucket] = {}
        self._unsaved: set[str] = set()
        for digest, value in store.scan(KEY_USES):
            self._uses[digest.decode()] = msgspec.json.decode(value, type=KeyUse)

    def use_of(self, key: Key) -> KeyUse:
        """Give what is known of a key's use."""
        return self._uses.get(key.digest) or KeyUse()

    def require(self, key: Key, client: str) -> None:
        """Raise ComeAgain while nothing may be sent with the key from this address."""
        if key.allowance.limited:
            self._require(key, client, self._clock.now_ms())

    def spend(self, key: Key, client: str, count: int) -> None:
        """Count elements sent with a key; raises ComeAgain, counting nothing, if none may be."""
        self.require(key, client)
        self.add(key, client, count)

    def add(self, key: Key, client: str, count: int) -> None:
        """Count elements of a request that was let in already."""
        now = self._clock.now_ms()
        allowance = key.allowance
        if allowance.limited:
            for bucket, _ in self._limits(key, client, allowance, now):
                bucket.tokens -= count
        use = self._uses.get(key.digest)
        if use is None:
            use = self._uses[key.digest] = KeyUse()
        use.last_used_at = now
        use.spent.add(count, now)
        self._unsaved.add(key.digest)

    def _require(self, key: Key, client: str, now: int) -> None:
        allowance = key.allowance
        if allowance.daily_quota is not None:
            wait = quota_wait_s(self.use_of(key).spent, allowance.daily_quota, now)
            if wait:
                raise ComeAgain("the daily quota of this key is used up", wait)
        for bucket, rate in self._limits(key, client, allowance, now):
            if wait := wait_s(bucket, rate):
                raise ComeAgain("more is sent than this key allows per second", wait)

    def _limits(
        self, key: Key, client: str, allowance: Allowance, now: int
    ) -> list[tuple[Bucket, float]]:
        """Give the filled buckets that a request draws on, each with its rate."""
        found: list[tuple[Bucket, float]] = []
        rate = allowance.rate_per_second
        if rate is not None:
            size = burst_of(rate, allowance.burst)
            bucket = self._buckets.setdefault(key.digest, Bucket(size, now))
            bucket.fill(rate, size, now)
            found.append((bucket, rate))
        rate = allowance.address_rate_per_second
        network = network_of(client) if rate is not None else ""
        if rate is not None and network:
            size = burst_of(rate, allowance.burst)
            bucket = self._network(key.digest, network, size, now)
            bucket.fill(rate, size, now)
            found.append((bucket, rate))
        return found

    def _network(self, digest: str, network: str, size: float, now: int) -> Bucket:
        place = (digest, network)
        # The longest untouched comes first, so that it is the one forgotten.
        bucket = self._networks.pop(place, None) or Bucket(size, now)
        self._networks[place] = bucket
        if len(self._networks) > NETWORKS_KEPT:
            del self._networks[next(iter(self._networks))]
        return bucket

    def save(self) -> None:
        """Commit what was counted since the last save; raises ComeAgain when the disk is full."""
        if not self._unsaved:
            return
        digests, self._unsaved = self._unsaved, set()
        changes = [
            Change(KEY_USES, digest.encode(), msgspec.json.encode(self._uses[digest]))
            for digest in sorted(digests)
        ]
        try:
            self._store.commit(changes)
        except ComeAgain:
            self._unsaved |= digests
            raise
