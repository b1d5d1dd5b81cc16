"""Log records as the archive reads them: of an event only what a row needs, the rest unread."""

from collections.abc import Callable

import msgspec

from wegweiser.collect.enrich.remember import LONGEST_HELD
from wegweiser.log.record import decode, encode
from wegweiser.resolve.familiar import LEFT_GROUP, PLAIN_CALLS, TELLING, TELLING_TRAITS
from wegweiser.terms.event import SHOWN_NAMES, Event
from wegweiser.terms.record import Collected, Record
from wegweiser.terms.source import Trust

LeafOf = Callable[[Event, Trust], str]
LEAVES_HELD = 131_072
_COLLECTED = b'{"type":"collected"'
# Written by us, so that the name of a field stands there letter by letter.
_TELLING_BYTES = tuple(f'"{name}"'.encode() for name in sorted(TELLING))
_TELLING_TRAITS_BYTES = tuple(f'"{name}"'.encode() for name in sorted(TELLING_TRAITS))
_IN_ADDRESS = b"ajs_"
_UNREAD = msgspec.Raw(b"{}")


class LoggedEvent(msgspec.Struct, frozen=True, rename="camel"):
    """An event of the log, of which the parts that senders fill are still as they were written."""

    type: str
    message_id: str
    at: int
    user_id: str = ""
    anonymous_id: str = ""
    group_id: str = ""
    event: str = ""
    properties: msgspec.Raw = _UNREAD
    traits: msgspec.Raw = _UNREAD
    context: msgspec.Raw = _UNREAD
    flags: tuple[str, ...] = ()
    enriched: msgspec.Raw = _UNREAD

    @property
    def shown_name(self) -> str:
        """The name under which people see and count this event."""
        return self.event if self.type == "track" else SHOWN_NAMES[self.type]


class LoggedBody(msgspec.Struct, frozen=True, tag="collected"):
    """A collected record whose events are read so far; `payload` is all of it."""

    received_at: int
    source_id: str
    trust: Trust
    events: tuple[LoggedEvent, ...] = ()
    payload: bytes = b""


_read_body = msgspec.json.Decoder(LoggedBody).decode


def read_record(payload: bytes) -> Record | LoggedBody:
    """Read a record of the log; raises EngineBroken as `decode` does.

    >>> body = Collected(received_at=7, source_id="site", trust=Trust.PUBLIC, kind="live")
    >>> read_record(encode(body)).received_at
    7
    """
    if not payload.startswith(_COLLECTED):
        record = decode(payload)
        if not isinstance(record, Collected):
            return record
        payload = encode(record)
    try:
        body = _read_body(payload)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        decode(payload)
        raise
    return msgspec.structs.replace(body, payload=payload)


class Leaves:
    """The leaves of logged events; one that says no more than its ids is asked about once.

    `leaf_of` may only look at the ids of an event, its call and its trust where nothing else of
    it names anybody (resolve/familiar.py).
    """

    def __init__(self, leaf_of: LeafOf):
        self._leaf_of = leaf_of
        self._known: dict[tuple[str, str, int, bool], str] = {}
        self._whole: tuple[LoggedBody, Collected] | None = None

    def of(self, body: LoggedBody, index: int, tells: bool) -> str:
        """Give the leaf of an event; `tells` says whether its context may name anybody."""
        event = body.events[index]
        if tells or not _is_plain(event):
            return self._leaf_of(self._whole_of(body).events[index], body.trust)
        ids = (event.user_id, event.anonymous_id, body.trust, event.type == "identify")
        leaf = self._known.get(ids)
        if leaf is None:
            leaf = self._leaf_of(self._whole_of(body).events[index], body.trust)
            if len(self._known) >= LEAVES_HELD:
                self._known.clear()
            if len(event.user_id) + len(event.anonymous_id) <= LONGEST_HELD:
                self._known[ids] = leaf
        return leaf

    def forget(self) -> None:
        """Ask about everybody anew: an erasure may have changed who is named."""
        self._known.clear()
        self._whole = None

    def _whole_of(self, body: LoggedBody) -> Collected:
        if self._whole is None or self._whole[0] is not body:
            record = decode(body.payload)
            assert isinstance(record, Collected)
            self._whole = body, record
        return self._whole[1]


def _is_plain(event: LoggedEvent) -> bool:
    if event.flags or event.type not in PLAIN_CALLS or event.event == LEFT_GROUP:
        return False
    traits = event.traits
    if traits is _UNREAD:
        return True
    stated = bytes(traits)
    return not any(name in stated for name in _TELLING_TRAITS_BYTES)


def context_tells(context: bytes) -> bool:
    """Say whether a context as written may name somebody beside the two ids of its event.

    >>> context_tells(b'{"locale":"en"}'), context_tells(b'{"device":{"id":"x"}}')
    (False, True)
    """
    if _IN_ADDRESS in context or any(name in context for name in _TELLING_BYTES):
        return True
    return b'"traits"' in context and any(name in context for name in _TELLING_TRAITS_BYTES)
