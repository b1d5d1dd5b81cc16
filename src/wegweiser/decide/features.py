"""The named features of a candidate in a request, as they are scored, recorded and learned."""

import hashlib
from functools import lru_cache
from itertools import pairwise

from wegweiser.decide.candidate import Candidate
from wegweiser.decide.circumstance import Circumstance, words_of
from wegweiser.terms.journey import ON_PATH, STAGES
from wegweiser.terms.json import Json
from wegweiser.terms.model import Snapshot
from wegweiser.terms.prior import BIAS, FEATURES, MATCHES
from wegweiser.terms.weights import mean_of, variance_of

HASH_SLOTS = 1 << 18
QUERY_MATCH = "query_match"
# Shared by all messages: how far the request is about what a message is for.
INTEREST_MATCH = "match:interest"
PEERS_MATCH = "match:peers"
# Characters of all texts of a variant: up to here it is short, up to there medium.
SHORT, MEDIUM = 200, 1_000
# How the stage of a tag stands to the one that a message is for: there, one before, one after.
_MATCHES: dict[tuple[str, str], str] = {
    **{(f"stage:{stage}", stage): "match:stage" for stage in STAGES},
    **{(f"stage:{one}", aim): "match:stage_before" for one, aim in pairwise(STAGES[:ON_PATH])},
    **{(f"stage:{one}", aim): "match:stage_after" for aim, one in pairwise(STAGES[:ON_PATH])},
}
# Everything that is the same for all candidates of a request ranks nothing.
_SHARED = (BIAS, "channel:", "placement:", "recency:", "fatigue:", "dwell:")


def shared(feature: str) -> bool:
    """Tell whether all candidates of a request have this feature, so that it ranks nothing.

    >>> shared("channel:web"), shared("channel:web&format:card"), shared("recency:day")
    (True, False, True)
    """
    return feature.startswith(_SHARED) and "&" not in feature


def own_features(candidate: Candidate, placement: str) -> list[str]:
    """Name the features that a candidate has in every request, each with the weight 1."""
    message, variant = candidate.message, candidate.variant
    form = variant.format or message.format
    names = [BIAS, f"channel:{variant.channel}", f"placement:{placement}"]
    names += [f"message:{message.key}", f"length:{_length(variant.content)}"]
    for kind, value in (
        ("topic", message.topic),
        ("format", form),
        ("stage_aim", message.stage_aim),
        ("persona_aim", message.persona_aim),
    ):
        if value:
            names.append(f"{kind}:{value}")
    if form:
        names.append(f"channel:{variant.channel}&format:{form}")
    return names


def crossed_with(candidate: Candidate, tag: str, features: int = FEATURES) -> list[str]:
    """Name what a candidate makes of one tag of the request; most make nothing of most.

    `features` is the set of features, of which older ones have less. Tags of attributes are hashed
    into one of 2**18 slots, whose names records keep.
    """
    message = candidate.message
    kind = tag[: tag.index(":")]
    if kind == "stage":
        aim = message.stage_aim
        aimed = [f"{tag}&stage_aim:{aim}"] if aim else []
        match = _MATCHES.get((tag, aim)) if features >= MATCHES else None
        return [*([match] if match else []), *aimed, f"message:{message.key}&{tag}"]
    found = []
    if kind in ("persona", "role") and message.persona_aim:
        found.append(f"{tag}&persona_aim:{message.persona_aim}")
    if kind == "persona" or not message.topic:
        return found
    full = f"{tag}&topic:{message.topic}"
    return [*found, slot_of(full) if kind == "attribute" else full]


def affinity_of(candidate: Candidate) -> str:
    """Name the feature whose weight is the person's interest in a candidate's topic."""
    topic = candidate.message.topic
    return f"affinity:{topic}" if topic else ""


def words_about(candidate: Candidate) -> frozenset[str]:
    """Give the words that a candidate answers to when somebody searches."""
    message, title = candidate.message, candidate.variant.content.get("title")
    texts = [message.key, message.topic, title if isinstance(title, str) else ""]
    return frozenset(word for text in texts for word in words_of(text.replace("_", " ")))


def all_features(candidate: Candidate, placement: str, seen: Circumstance) -> dict[str, float]:
    """Name all features of a candidate in a request with their weights from 0 to 1."""
    found = dict.fromkeys(own_features(candidate, placement), 1.0)
    found.update(seen.context)
    for tag, weight in seen.tags.items():
        for name in crossed_with(candidate, tag, seen.features):
            found[name] = weight
    if leaning := seen.leanings.get(candidate.message.topic, 0.0):
        found[INTEREST_MATCH] = leaning
    if leaning := seen.peers.get(candidate.message.topic, 0.0):
        found[PEERS_MATCH] = leaning
    interest = seen.interests.get(candidate.message.topic, 0.0)
    if interest:
        found[affinity_of(candidate)] = interest
    if seen.words:
        about = words_about(candidate)
        matched = sum(word in about for word in seen.words) / len(seen.words)
        if matched:
            found[QUERY_MATCH] = matched
    return found


def names_of(candidate: Candidate, seen: Circumstance) -> dict[str, str]:
    """Give the texts behind the hashed features of a candidate, by slot."""
    topic = candidate.message.topic
    texts = [f"{tag}&topic:{topic}" for tag in seen.tags if tag.startswith("attribute:") and topic]
    return {slot_of(text): text for text in texts}


@lru_cache(maxsize=65_536)
def slot_of(text: str) -> str:
    """Hash the text of a feature into one of 2**18 slots.

    >>> slot_of("attribute:person.traits.plan=team&topic:sso")
    'slot:063656'
    """
    digest = hashlib.sha256(text.encode()).digest()
    return f"slot:{int.from_bytes(digest[:4], 'big') % HASH_SLOTS:06d}"


def alone_features(seen: Circumstance) -> dict[str, float]:
    """Name the features of saying nothing: those of the request alone."""
    found = {BIAS: 1.0}
    for name, weight in seen.alone.items():
        found[slot_of(name) if name.startswith("attribute:") else name] = weight
    return found


def _length(content: Json) -> str:
    size = _size(content)
    if size <= SHORT:
        return "short"
    return "medium" if size <= MEDIUM else "long"


def _size(content: Json) -> int:
    if isinstance(content, str):
        return len(content)
    if isinstance(content, dict):
        return sum(map(_size, content.values()))
    return sum(map(_size, content)) if isinstance(content, list) else 0


def contributions(
    candidate: Candidate, placement: str, seen: Circumstance, snapshot: Snapshot, head: str
) -> dict[str, tuple[float, float, float]]:
    """Give weight, points and doubt of each feature in a head; the points add up to its mean.

    Hashed features come under the text that was hashed.
    """
    texts = names_of(candidate, seen)
    return {
        texts.get(name, name): (
            weight,
            weight * mean_of(snapshot, head, name),
            weight * variance_of(snapshot, head, name) ** 0.5,
        )
        for name, weight in sorted(all_features(candidate, placement, seen).items())
    }
