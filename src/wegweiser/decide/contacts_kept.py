"""Which contacts a record keeps: all that caps and rests hang on, and the newest besides."""

from collections.abc import Iterator, Sequence

from wegweiser.decide.contact import full_groups, may_be_full, rows_of
from wegweiser.decide.policy import Policy
from wegweiser.decide.suppression import runs
from wegweiser.terms.policy import CapScope
from wegweiser.terms.profile import Contact

# So many of the newest are kept whatever they say, and so many at most where more of them count.
MOST_CONTACTS, MOST_NEEDED = 100, 300
# A slate may fill so many more places of a cap than were filled before.
MOST_SAID = 50


def kept(
    contacts: Sequence[Contact], policy: Policy, as_of: int, scope: CapScope, zone: str
) -> tuple[list[Contact], bool]:
    """Give the contacts of a ledger that a record keeps, and whether it lacks some that count.

    A cap that is not nearly full is not full with fewer contacts either; of one that is, its
    newest ones up to the limit say all. `as_of` in milliseconds, `zone` is the subject's.
    """
    start, since = as_of - policy.longest_window_ms, as_of - policy.longest_rest_ms
    resting = policy.resting_states
    inside = sorted([one for one in contacts if _matters(one, start, since, resting)])
    if len(inside) <= MOST_CONTACTS:
        return inside, False
    newest = inside[-MOST_CONTACTS:]
    needed = {*newest, *_needed(inside, policy, as_of, scope, zone)}
    if len(needed) > MOST_NEEDED:
        return newest, True
    return sorted(needed), False


def _needed(
    inside: Sequence[Contact], policy: Policy, as_of: int, scope: CapScope, zone: str
) -> Iterator[Contact]:
    if policy.needs_counts and scope in ("person", "account"):
        yield from inside
        return
    caps = [cap for cap in policy.bundle.caps if cap.scope == scope]
    # Of fewer contacts than its limit none can have filled a cap.
    if caps := [cap for cap in caps if may_be_full(cap, len(inside), MOST_SAID)]:
        rows = rows_of(inside, as_of)
        for cap in caps:
            for entries in full_groups(cap, rows, as_of, zone, MOST_SAID):
                yield from entries
    if scope == "person":
        for rule in policy.bundle.suppressions:
            yield from runs(rule, inside, as_of)


def _matters(contact: Contact, start: int, since: int, resting: frozenset[str]) -> bool:
    """Tell whether a cap or a suppression may look at an entry."""
    if contact.at > start or any(at > start for _, at in contact.states):
        return True
    return any(at > since for state, at in contact.states if state in resting)
