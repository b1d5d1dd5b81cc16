"""The features of a whole shelf as arrays, so that a thousand candidates are one sum."""

from collections.abc import Mapping, Sequence

import numpy as np

from wegweiser.decide.candidate import Candidate, Indexes
from wegweiser.decide.circumstance import Circumstance
from wegweiser.decide.features import (
    INTEREST_MATCH,
    PEERS_MATCH,
    QUERY_MATCH,
    affinity_of,
    crossed_with,
    own_features,
    shared,
    words_about,
)
from wegweiser.decide.policy import Numbers, Policy
from wegweiser.terms.message import Placement
from wegweiser.terms.model import Head, Snapshot
from wegweiser.terms.prior import BIAS, FEATURES, kind_of, prior_variance
from wegweiser.terms.weights import mean_of, variance_of

# Tags come from what people say of themselves; more than these are not remembered.
MOST_TAGS = 512
MOST_SETS = 64

# Mean and variance per candidate.
Parts = tuple[Numbers, Numbers]


class Feature:
    """One family of names: which candidate has which name; -1 where it has none."""

    def __init__(self, names: Sequence[str], features: int = FEATURES) -> None:
        self.names = sorted(set(names) - {""})
        place = {name: index for index, name in enumerate(self.names)}
        self.codes: Indexes = np.array([place.get(name, -1) for name in names], dtype=np.intp)
        self.priors = [prior_variance(name, features) for name in self.names]

    @property
    def ranks_nothing(self) -> bool:
        """True when all candidates of several have the same name."""
        return len(self.codes) > 1 and len(self.names) == 1 and bool((self.codes == 0).all())

    def spread(self, values: Sequence[float]) -> Numbers:
        """Lay a value per name out over the candidates; 0 where there is no name."""
        return np.array([*values, 0.0])[self.codes]


class Table:
    """The feature names of candidates at a placement; no snapshot and no request is in it."""

    def __init__(
        self,
        candidates: Sequence[Candidate],
        placement: str,
        is_whole: bool = True,
        features: int = FEATURES,
    ) -> None:
        """`is_whole` is False for some of a shelf: what these share, the others do not have.

        `features` is the set of features that the candidates have.
        """
        self.features = features
        self.candidates = candidates
        self.placement = placement
        self.is_whole = is_whole
        own = [own_features(candidate, placement) for candidate in candidates]
        kinds = dict.fromkeys(kind_of(name) for names in own for name in names)
        by_kind = [{kind_of(name): name for name in names} for names in own]
        self.own = [self._feature([names.get(kind, "") for names in by_kind]) for kind in kinds]
        self.affinities = self._feature([affinity_of(candidate) for candidate in candidates])
        self.topics = [name.partition(":")[2] for name in self.affinities.names]
        self._about: dict[str, Indexes] = self._words()
        self._crosses: dict[str, list[Feature]] = {}
        self._parts: dict[bytes, Table] = {}

    def _feature(self, names: Sequence[str]) -> Feature:
        return Feature(names, self.features)

    def _words(self) -> dict[str, Indexes]:
        places: dict[str, list[int]] = {}
        for place, candidate in enumerate(self.candidates):
            for word in words_about(candidate):
                places.setdefault(word, []).append(place)
        return {word: np.array(found, dtype=np.intp) for word, found in places.items()}

    def of(self, rows: Indexes) -> "Table":
        """Take some of the candidates, remembered as long as this table."""
        if len(rows) == len(self.candidates):
            return self
        key = rows.tobytes()
        if key not in self._parts:
            some = [self.candidates[row] for row in rows]
            self._parts[key] = Table(some, self.placement, False, self.features)
        return self._parts[key]

    def crosses(self, tag: str) -> list[Feature]:
        """Give what the candidates make of a tag of the request."""
        found = self._crosses.get(tag)
        if found is None:
            if len(self._crosses) >= MOST_TAGS:
                self._crosses.clear()
            names = [crossed_with(one, tag, self.features) for one in self.candidates]
            width = max(map(len, names), default=0)
            # From the end, since what every candidate has stands there.
            found = [
                self._feature([one[-place] if place <= len(one) else "" for one in names])
                for place in range(1, width + 1)
            ]
            self._crosses[tag] = found
        return found

    def by_topic(self, weights: Mapping[str, float]) -> Numbers:
        """Lay weights by topic out over the candidates; 0 where a topic has none."""
        return self.affinities.spread([weights.get(topic, 0.0) for topic in self.topics])

    def matches(self, words: tuple[str, ...]) -> Numbers | None:
        """Give the share of the words that each candidate answers to; None where none does."""
        known = [self._about[word] for word in words if word in self._about]
        if not known:
            return None
        counts = np.zeros(len(self.candidates))
        for places in known:
            counts[places] += 1.0
        return counts / len(words)


def table_of(policy: Policy, placement: Placement, features: int = FEATURES) -> Table:
    """Name the features of all candidates of a placement."""
    candidates = policy.shelves[placement.channel].candidates
    return Table(candidates, placement.key, features=features)


class Columns:
    """One head over a table: what is fixed per candidate, and a column per tag of requests."""

    def __init__(self, table: Table, snapshot: Snapshot, head: str) -> None:
        self._table = table
        self._snapshot = snapshot
        self._head = head
        self._found = snapshot.heads.get(head, Head())
        self._mean, self._variance = self._sum(table.own)
        self._affinity = self._of(table.affinities)
        self._query, self._leaning, self._peers = (
            (mean_of(snapshot, head, name), variance_of(snapshot, head, name))
            for name in (QUERY_MATCH, INTEREST_MATCH, PEERS_MATCH)
        )
        if table.is_whole and table.affinities.ranks_nothing:
            # Where all are about one topic, an interest in it is shared by all of them.
            self._leaning, self._peers = (self._leaning[0], 0.0), (self._peers[0], 0.0)
        self._tags: dict[str, Parts] = {}
        self._sets: dict[tuple[str, ...], Parts] = {}

    def _of(self, feature: Feature) -> Parts:
        found, names = self._found, feature.names
        if names == [BIAS]:
            mean = feature.spread([mean_of(self._snapshot, self._head, BIAS)])
        else:
            # In bulk, since this is done for every candidate when a snapshot is published.
            mean = feature.spread([found.mean.get(name, 0.0) for name in names])
        # What is the same for all candidates cannot change their ranking.
        ranks_nothing = self._table.is_whole and feature.ranks_nothing
        if ranks_nothing or all(map(shared, names)):
            return mean, np.zeros(len(mean))
        held = zip(names, feature.priors, strict=True)
        return mean, feature.spread([found.variance.get(name, prior) for name, prior in held])

    def _sum(self, features: Sequence[Feature]) -> Parts:
        count = len(self._table.candidates)
        mean, variance = np.zeros(count), np.zeros(count)
        for feature in features:
            part = self._of(feature)
            mean += part[0]
            variance += part[1]
        return mean, variance

    def _together(self, names: tuple[str, ...]) -> Parts:
        """Give the columns of a set of tags as two arrays of candidates by tags."""
        found = self._sets.get(names)
        if found is None:
            if len(self._tags) >= MOST_TAGS:
                self._tags.clear()
            if len(self._sets) >= MOST_SETS:
                self._sets.clear()
            for name in names:
                if name not in self._tags:
                    self._tags[name] = self._sum(self._table.crosses(name))
            columns = [self._tags[name] for name in names]
            found = (
                np.column_stack([one[0] for one in columns]),
                np.column_stack([one[1] for one in columns]),
            )
            self._sets[names] = found
        return found

    def at(self, seen: Circumstance, matched: Numbers | None) -> Parts:
        """Give mean and variance per candidate for one request; `matched` weighs the search."""
        mean = self._mean + self._alone(seen.context)
        variance = self._variance
        if seen.tags:
            means, variances = self._together(tuple(seen.tags))
            weights = np.array(list(seen.tags.values()))
            mean = mean + means @ weights
            variance = variance + variances @ (weights * weights)
        if self._table.affinities.names:
            for leanings, part in (
                (seen.interests, self._affinity),
                (seen.leanings, self._leaning),
                (seen.peers, self._peers),
            ):
                if leanings:
                    weights = self._table.by_topic(leanings)
                    mean = mean + weights * part[0]
                    variance = variance + weights * weights * part[1]
        if matched is not None:
            mean = mean + matched * self._query[0]
            variance = variance + matched * matched * self._query[1]
        return mean, variance

    def _alone(self, context: Mapping[str, float]) -> float:
        return sum(
            weight * mean_of(self._snapshot, self._head, name) for name, weight in context.items()
        )
