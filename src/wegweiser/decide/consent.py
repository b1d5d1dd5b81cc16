"""Whether a channel may be used for a person at all: nothing overrides this."""

from collections.abc import Mapping

from wegweiser.decide.policy import Policy
from wegweiser.terms.json import Json


def needed_purpose(policy: Policy, channel: str) -> str:
    """Name the purpose that must be granted before the channel may be used."""
    return policy.purposes[channel]


def permitted(policy: Policy, channel: str, consent: Mapping[str, str]) -> bool:
    """Tell whether consent allows the channel; what is not granted in so many words is denied.

    >>> from wegweiser.decide.policy import compile_policy
    >>> from wegweiser.terms.policy import Bundle
    >>> policy = compile_policy(Bundle())
    >>> permitted(policy, "email", {"email": "granted"}), permitted(policy, "email", {})
    (True, False)
    """
    return consent.get(needed_purpose(policy, channel)) == "granted"


def google_signals(consent: Mapping[str, str]) -> dict[str, Json]:
    """Give what exports to Google must say of a person; what was not granted is DENIED.

    >>> google_signals({"gcm.ad_user_data": "granted"})
    {'ad_user_data': 'GRANTED', 'ad_personalization': 'DENIED'}
    """
    return {
        name: "GRANTED" if consent.get(f"gcm.{name}") == "granted" else "DENIED"
        for name in ("ad_user_data", "ad_personalization")
    }
