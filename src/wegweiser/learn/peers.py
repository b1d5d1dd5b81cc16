"""What people of one role lean to: somebody of whom little is known begins with it."""

from collections.abc import Mapping

from wegweiser.terms.model import Leanings

# Under this name stands everybody who has a role.
EVERYBODY = ""
# Labels of a role below which nothing is told of it, and as many of everybody's as are added.
ENOUGH = 20
# Beyond so many roles the one that was met least makes room.
MOST_ROLES = 30
# Then all that was gathered counts half, so that what people lean to may change.
MOST_LABELS = 2_000


def gather(held: dict[str, Leanings], role: str, leanings: Mapping[str, float]) -> None:
    """Count the leanings of one label, for everybody and for the role; changes `held`.

    >>> held = {}
    >>> gather(held, "cto", {"sso": 0.5})
    >>> sorted(held), held["cto"]
    (['', 'cto'], Leanings(labels=1, sums={'sso': 0.5}))
    """
    if role not in held and len(held) > MOST_ROLES:
        del held[min(held.keys() - {EVERYBODY}, key=lambda one: (held[one].labels, one))]
    for name in (EVERYBODY, role):
        held[name] = _with(held.get(name, Leanings()), leanings)


def _with(before: Leanings, leanings: Mapping[str, float]) -> Leanings:
    part = 0.5 if before.labels >= MOST_LABELS else 1.0
    sums = {topic: part * total for topic, total in before.sums.items()}
    for topic, leaning in sorted(leanings.items()):
        sums[topic] = sums.get(topic, 0.0) + leaning
    return Leanings(int(part * before.labels) + 1, sums)


def peers_of(held: Mapping[str, Leanings]) -> dict[str, dict[str, float]]:
    """Give by role how far its people lean to each topic on average, from 0 to 1.

    Formula: (sum + 20 a) / (labels + 20), with the average a of everybody. Of a role with fewer
    than 20 labels nothing is told, so that nobody's own leanings can be read off.

    >>> peers_of({"": Leanings(40, {"sso": 10.0}), "cto": Leanings(20, {"sso": 15.0})})
    {'cto': {'sso': 0.5}}
    """
    everybody = held.get(EVERYBODY, Leanings())
    usual = {topic: total / everybody.labels for topic, total in everybody.sums.items()}
    return {
        role: {
            topic: round((own.sums.get(topic, 0.0) + ENOUGH * part) / (own.labels + ENOUGH), 6)
            for topic, part in usual.items()
        }
        for role, own in held.items()
        if role != EVERYBODY and own.labels >= ENOUGH
    }
