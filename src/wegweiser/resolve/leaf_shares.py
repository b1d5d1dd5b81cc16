"""Which leaves, on which days, make up a person."""

from wegweiser.resolve.device_sessions import DeviceSessions
from wegweiser.resolve.leaf import CLAIM
from wegweiser.resolve.person import LeafShare, Person, device_shares, owner_share


def leaf_shares(person: Person, sessions: DeviceSessions) -> tuple[LeafShare, ...]:
    """Give the leaves whose cells make up a person, each with its days, sorted."""
    leaves, rules = sessions.leaves, sessions.rules
    found: list[LeafShare] = []
    for name in person.members:
        # A cell is reached by one way only: claims below, and never by a name that looks so.
        if name in leaves and not name.startswith(CLAIM):
            shared = person.device
            found += (LeafShare(name),) if shared is None else device_shares(name, shared, rules)
        found += [LeafShare(leaf) for leaf in leaves.claims_following(name)]
    for device, kept in person.owned:
        share = owner_share(device, kept, rules)
        if device in leaves and share is not None:
            found.append(share)
    if leaves.has_sessions:
        found += sessions.shares(person)
    return tuple(sorted(found, key=lambda share: (share.leaf, share.from_day is not None)))
