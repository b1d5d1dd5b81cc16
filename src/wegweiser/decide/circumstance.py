"""What of a request the learner looks at: weights that are the same for every candidate."""

import re
from bisect import bisect_right
from collections.abc import Mapping
from functools import cached_property

import msgspec

from wegweiser.decide.facts import Facts
from wegweiser.decide.learned import INTERESTS, Learned
from wegweiser.terms.instant import DAY_MS, HOUR_MS
from wegweiser.terms.journey import STAGES
from wegweiser.terms.json import Json
from wegweiser.terms.model import Snapshot
from wegweiser.terms.prior import FEATURES, ROLES

MOST_WORDS = 20
LONGEST_NAME = 60
# Upper ends in ms of the time since somebody was last seen.
_RECENCY = (
    (HOUR_MS, "hour"),
    (DAY_MS, "day"),
    (7 * DAY_MS, "week"),
    (30 * DAY_MS, "month"),
)
_FATIGUE = ((0, "0"), (1, "1"), (3, "2-3"), (7, "4-7"))
# Upper ends in seconds of the stay on the page that asks.
_DWELL = ((5.0, "bounce"), (30.0, "glance"), (60.0, "read"))
_WORD = re.compile(r"\w{2,}")

_PERSONA = ("person.traits.persona",)
_INDUSTRY = ("account.traits.industry", "person.traits.industry")
_EVERYTHING = Learned()
_STAGE_TAGS = tuple((stage, f"stage:{stage}") for stage in STAGES)
_NUMBER = (int, float)


class Circumstance(msgspec.Struct, frozen=True, dict=True):
    """Weights from 0 to 1 by feature name.

    `tags` are crossed with what a message aims at ("stage:evaluate", "persona:cto", "role:user",
    "industry:steel", "attribute:…"), `context` stands alone and ranks nothing, `interests` are
    affinities by topic, `words` what was searched for, `numbers` the values of attributes.
    `features` is the set of features that these are crossed to. `peers` is how far people of the
    same `role` lean to each topic.
    """

    tags: Mapping[str, float] = {}
    context: Mapping[str, float] = {}
    interests: Mapping[str, float] = {}
    words: tuple[str, ...] = ()
    numbers: Mapping[str, float] = {}
    features: int = FEATURES
    role: str = ""
    peers: Mapping[str, float] = {}

    @cached_property
    def leanings(self) -> dict[str, float]:
        """How strong each interest is beside the strongest one, from 0 to 1, by topic.

        Formula: a / (1 + max a), with a = i / (1 - i) for an affinity i. Who looks at much comes
        to have some interest in everything; what they come for stands out.

        >>> Circumstance(interests={"sso": 0.9, "pricing": 0.75}).leanings
        {'sso': 0.9, 'pricing': 0.3}
        """
        if not self.features:
            return {}
        amounts = {topic: i / max(1.0 - i, 1e-9) for topic, i in self.interests.items()}
        most = 1.0 + max(amounts.values(), default=0.0)
        return {topic: round(amount / most, 9) for topic, amount in amounts.items()}

    @cached_property
    def key(self) -> tuple[tuple[object, ...], ...]:
        """All that the response depends on, in the order in which it is added up."""
        parts = (self.tags, self.context, self.interests)
        return (*(tuple(part.items()) for part in parts), self.words)

    @property
    def alone(self) -> dict[str, float]:
        """All that is true of the request whatever is said: the features of "nothing"."""
        return {**self.tags, **self.context}


def circumstance(
    facts: Facts, as_of: int, snapshot: Snapshot, learned: Learned = _EVERYTHING
) -> Circumstance:
    """Read the weights of a request at `as_of` (ms); `learned` says which fields may be read.

    >>> facts = Facts(person={"stage": {"evaluate": 1.0}}, context={"query": "SSO setup"})
    >>> seen = circumstance(facts, 0, Snapshot())
    >>> dict(seen.tags), dict(seen.context), seen.words
    ({'stage:evaluate': 1.0}, {'fatigue:0': 1.0}, ('setup', 'sso'))
    """
    tags = _stages(facts.person.get("stage")) if learned.allows("person.stage") else {}
    role = _name(facts.role) if snapshot.features >= ROLES and learned.reads_role else ""
    persona, industry = _first(facts, _PERSONA, learned), _first(facts, _INDUSTRY, learned)
    for kind, name in (("persona", persona), ("role", role), ("industry", industry)):
        if name:
            tags[f"{kind}:{name}"] = 1.0
    numbers: dict[str, float] = {}
    for path in learned.attributes:
        value = _at(facts, path)
        if isinstance(value, bool | str):
            tags[f"attribute:{path}={_name(value)}"] = 1.0
        elif isinstance(value, int | float) and abs(value) < 1e300:
            numbers[path] = float(value)
            cuts = snapshot.bins.get(path)
            if cuts:
                tags[f"attribute:{path}#{bisect_right(cuts, float(value))}"] = 1.0
    return Circumstance(
        tags=tags,
        context=_context(facts, as_of, learned),
        interests=facts.interests() if learned.allows(INTERESTS) else {},
        words=_words(facts.context.get("query")),
        numbers=numbers,
        features=snapshot.features,
        role=role,
        peers=snapshot.peers.get(role, {}),
    )


def _stages(belief: Json) -> dict[str, float]:
    if not isinstance(belief, dict):
        return {}
    return {
        tag: min(float(share), 1.0)
        for stage, tag in _STAGE_TAGS
        if isinstance(share := belief.get(stage), _NUMBER) and share > 0
    }


def _first(facts: Facts, paths: tuple[str, ...], learned: Learned) -> str:
    names = (_name(_at(facts, path)) for path in paths if learned.allows(path))
    return next(filter(None, names), "")


def _context(facts: Facts, as_of: int, learned: Learned) -> dict[str, float]:
    context = {f"fatigue:{_bucket(facts.contacts_lately, _FATIGUE, '8+')}": 1.0}
    last = facts.person.get("last_seen")
    if isinstance(last, int) and not isinstance(last, bool) and learned.allows("person.last_seen"):
        context[f"recency:{_bucket(max(as_of - last, 0), _RECENCY, 'longer')}"] = 1.0
    stay = facts.context.get("dwell_seconds")
    if isinstance(stay, int | float) and not isinstance(stay, bool):
        context[f"dwell:{_bucket(stay, _DWELL, 'long')}"] = 1.0
    return context


def _bucket(value: float, ends: tuple[tuple[float, str], ...], beyond: str) -> str:
    for end, name in ends:
        if value <= end:
            return name
    return beyond


def _words(query: Json) -> tuple[str, ...]:
    if not isinstance(query, str):
        return ()
    return tuple(sorted(set(words_of(query[:500])))[:MOST_WORDS])


def words_of(text: str) -> list[str]:
    """Split a text into its words of two letters and more, in small letters.

    >>> words_of("Single sign-on (SSO)")
    ['single', 'sign', 'on', 'sso']
    """
    return _WORD.findall(text.casefold())


def _name(value: Json) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.strip().casefold()[:LONGEST_NAME] if isinstance(value, str) else ""


def _at(facts: Facts, path: str) -> Json:
    first, *keys = path.split(".")
    owner: Json = facts.account if first == "account" else facts.person
    if first == "context":
        owner = facts.context
    for key in keys:
        if not isinstance(owner, dict):
            return None
        owner = owner.get(key)
    return owner
