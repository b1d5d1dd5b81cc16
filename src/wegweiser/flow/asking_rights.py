"""What whoever asks with a public key may ask: about the own device, and nothing that is sent."""

from wegweiser.decide.policy import Policy
from wegweiser.terms.contact import outbound
from wegweiser.terms.decision import Situation
from wegweiser.terms.errors import KeyRefused
from wegweiser.terms.identity import kind_of
from wegweiser.terms.source import Caller

# What a browser or app knows of itself; anything else would name somebody by guess.
_OWN_KINDS = frozenset({"anonymous_id", "ios.id", "android.id"})


def require_own(situation: Situation, caller: Caller) -> None:
    """Refuse whoever asks with a public key about somebody else (403)."""
    if not caller.public:
        return
    subject = situation.subject
    if subject.person or subject.account or not subject.device:
        raise KeyRefused(
            "forbidden",
            "A public key may ask for its own visitor only: send subject.device alone.",
            403,
        )
    if kind_of(subject.device) not in _OWN_KINDS:
        raise KeyRefused(
            "forbidden",
            f"A public key may name its visitor by {', '.join(sorted(_OWN_KINDS))} only.",
            403,
        )
    if situation.mode != "serve":
        raise KeyRefused("forbidden", "A public key may only ask with mode serve.", 403)


def require_asked(situation: Situation, policy: Policy, caller: Caller) -> None:
    """Refuse whoever asks with a public key for a placement that sends (403)."""
    for ask in situation.placements if caller.public else ():
        placement = policy.placements.get(ask.key)
        if placement is not None and outbound(placement):
            raise KeyRefused(
                "forbidden", "A public key may not ask for a placement that sends messages.", 403
            )
