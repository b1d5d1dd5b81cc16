"""Marks the events of sessions as they arrive, while the rules keep sessions apart."""

from collections.abc import Callable

from wegweiser.collect.screen import Screen
from wegweiser.flow.reading import Screener
from wegweiser.resolve.session import marked
from wegweiser.terms.identity_rules import IdentityRules
from wegweiser.terms.source import Caller


def session_screener(rules_now: Callable[[], IdentityRules]) -> Screener:
    """Give the screener that marks events; it shows them to nothing where the rules do not ask."""

    def screener(caller: Caller, received_at: int) -> Screen | None:
        return marked if rules_now().shared_devices == "session_owner" else None

    return screener
