"""The version of a subject: it changes when what a decision may know of it does."""

import hashlib

import msgspec

from wegweiser.decide.facts import Facts
from wegweiser.decide.policy import Policy
from wegweiser.terms.json import JsonObject

# They depend on the moment of asking, or stand in the request itself.
_PASSING = ("context", "standing")


def subject_version(facts: Facts, policy: Policy, model: int, asked: JsonObject, now: int) -> str:
    """Hash what is known of a subject, the bundle, the model, what is asked, and what is on today.

    The arm follows from bundle and unit. Belief in a stage moves with every moment, so that only
    the evidence for it counts, which is in the profile.

    >>> from wegweiser.decide.policy import compile_policy
    >>> from wegweiser.terms.policy import Bundle
    >>> policy = compile_policy(Bundle())
    >>> one = subject_version(Facts(leaf="user_id:u-1"), policy, 1, {}, 0)
    >>> one == subject_version(Facts(leaf="user_id:u-1", context={"a": 1}), policy, 1, {}, 9)
    True
    >>> one == subject_version(Facts(leaf="user_id:u-1"), policy, 2, {}, 0)
    False
    """
    known: JsonObject = msgspec.to_builtins(facts)
    known = {name: value for name, value in known.items() if name not in _PASSING}
    for side in ("person", "account"):
        part = known.get(side)
        if isinstance(part, dict):
            known[side] = {name: value for name, value in part.items() if name != "stage"}
    edges = (edge for one in policy.messages.values() for edge in (one.starts_at, one.ends_at))
    begun = sum(edge is not None and edge <= now for edge in edges)
    whole = [known, policy.bundle_id, model, asked, begun]
    return hashlib.sha256(msgspec.json.encode(whole, order="sorted")).hexdigest()[:32]
