"""Familiar senders: ids whose next plain event of a day can teach nothing new about identity."""

import msgspec

from wegweiser.resolve.directory import Directory
from wegweiser.resolve.statement import Stated
from wegweiser.terms.event import Event
from wegweiser.terms.identity import Leaf
from wegweiser.terms.instant import DAY_MS
from wegweiser.terms.record import Collected

MOST = 65_536
PLAIN_CALLS = frozenset({"track", "page", "screen", "identify"})
# What may name somebody or something else; such events are always read whole.
TELLING = frozenset(("externalIds", "device", "integrations", "groupId", "verified", "membership"))
TELLING_TRAITS = frozenset(("email", "phone", "company"))
_ASKED = TELLING | {"traits", "page"}
_IN_ADDRESS = "ajs_"
LEFT_GROUP = "Left Group"

Ids = tuple[str, str, str, int, bool]


class _Met(msgspec.Struct, frozen=True, gc=False):
    """The leaf of such events, and the event times (ms) for which nothing is new."""

    leaf: Leaf
    after: int
    before: int


class Familiar:
    """Leaves of senders who were met; the same as reading each event, only sooner.

    Nothing is new in an event that says no more than its two ids, when the directory holds
    evidence of the same source, trust and day that is older. Whoever takes evidence out of
    the directory must call `forget`.
    """

    def __init__(self, directory: Directory):
        self._directory = directory
        self._met: dict[Ids, _Met] = {}

    def leaf_of(self, event: Event, record: Collected) -> Leaf | None:
        """Give the leaf of an event that teaches nothing, None when it must be read."""
        met = self._met.get(_ids(event, record))
        if met is None or not met.after < event.at < met.before or not is_plain(event):
            return None
        return met.leaf

    def learn(self, event: Event, record: Collected, stated: Stated) -> None:
        """Remember what an event stated, once the directory was told."""
        if not is_plain(event) or not self._directory.holds(stated):
            return
        if len(self._met) >= MOST:
            self._met.clear()
        after, before = -1, 1 << 62
        if stated.evidence:
            after, before = event.at, event.at - event.at % DAY_MS + DAY_MS
        self._met[_ids(event, record)] = _Met(stated.leaf, after, before)

    def forget(self) -> None:
        """Read every sender's next event whole again."""
        self._met.clear()


def _ids(event: Event, record: Collected) -> Ids:
    # An identify says more than what other calls mention by the way.
    stated = event.type == "identify"
    return (event.user_id, event.anonymous_id, record.source_id, record.trust, stated)


def is_plain(event: Event) -> bool:
    """Tell whether an event says no more about identity than its user id and anonymous id.

    >>> is_plain(Event(type="page", message_id="m-1", at=0, anonymous_id="a-1"))
    True
    >>> is_plain(Event(type="identify", message_id="m-2", at=0, traits={"email": "a@example.com"}))
    False
    """
    if event.flags or event.type not in PLAIN_CALLS or event.event == LEFT_GROUP:
        return False
    if event.traits and not TELLING_TRAITS.isdisjoint(event.traits):
        return False
    context = event.context
    if _ASKED.isdisjoint(context):
        return True
    if not TELLING.isdisjoint(context):
        return False
    believed, page = context.get("traits"), context.get("page")
    if isinstance(believed, dict) and not TELLING_TRAITS.isdisjoint(believed):
        return False
    # An address may name somebody in its query (?ajs_uid=).
    search = page.get("search") if isinstance(page, dict) else None
    return not (isinstance(search, str) and _IN_ADDRESS in search)
