"""Frequency caps over one ledger for all channels, in rolling windows (t - w, t]."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import msgspec

from wegweiser.decide.block import Block
from wegweiser.decide.calendar import beginning, next_beginning
from wegweiser.terms.contact import counts_from, reached_state
from wegweiser.terms.instant import HOUR_MS
from wegweiser.terms.policy import Cap
from wegweiser.terms.profile import Contact

# Entries with the moment from which they count in the usual way.
Rows = Sequence[tuple[int | None, Contact]]
LEVEL_OF_SCOPE = {"account": 5, "group": 6, "person": 7, "tenant": 8}
# Whose contacts several people share.
SHARED_SCOPES = ("account", "group")


class Room(msgspec.Struct, frozen=True):
    """What a cap of an account or buying group still leaves for a channel.

    `left` contacts, of which a service message takes one where it `counts_service`; once they are
    gone there is room again at `until` (ms), None where time does not tell. `detail` names cap,
    scope and owner as drops do.
    """

    cap: str
    detail: str
    left: int
    until: int | None
    counts_service: bool = False


def rows_of(entries: Sequence[Contact], as_of: int) -> Rows:
    """Look up once for all caps from when each entry counts, at a moment (ms)."""
    return [(counts_from(entry, as_of), entry) for entry in entries]


def blocks(
    caps: Sequence[Cap],
    channel: str,
    ledgers: Mapping[str, Sequence[tuple[str, Rows]]],
    as_of: int,
    zone: str = "",
    direction: Literal["", "pull", "push"] = "",
) -> Iterator[Block]:
    """Yield what used-up caps keep from a channel; `ledgers` are named rows by scope.

    A cap of one direction keeps nothing from the other, where `direction` says what is asked.

    >>> weekly = Cap("weekly", limit=1, window_hours=168)
    >>> rows = rows_of([Contact(0, "e-1", "email", "welcome")], 1000)
    >>> [block.until for block in blocks([weekly], "web", {"person": [("", rows)]}, 1000)]
    [604800000]
    """
    for cap in caps:
        if cap.channels and channel not in cap.channels:
            continue
        if cap.direction and direction and cap.direction != direction:
            continue
        for name, rows in ledgers.get(cap.scope, ()):
            yield from _of_cap(cap, channel, rows, as_of, zone, name)


def _of_cap(
    cap: Cap, channel: str, rows: Rows, as_of: int, zone: str, name: str
) -> Iterator[Block]:
    if cap.limit == 0:
        yield _block(cap, None, None, name)
        return
    start = _start(cap, zone, as_of)
    kept = math.ceil(cap.limit * cap.reserve)
    if kept >= cap.limit:
        # All room is kept, so that what is worth less never gets any.
        yield _block(cap, None, None, name, cap.high_value)
    for key, times in _counted(cap, channel, rows, start, as_of).items():
        if len(times) >= cap.limit - kept:
            times.sort()
            full = len(times) >= cap.limit
            limit = cap.limit if full else cap.limit - kept
            until = _free_at(cap, times, limit, zone, as_of)
            yield _block(cap, key, until, name, 0.0 if full else cap.high_value)


def _block(cap: Cap, key: str | None, until: int | None, name: str, below: float = 0.0) -> Block:
    per = grouping(cap)
    return Block(
        f"cap:{cap.key}",
        8 if per == "message" else LEVEL_OF_SCOPE[cap.scope],
        until if cap.on_exceed == "defer" else None,
        message=key if per == "message" else None,
        topics=(key,) if per == "topic" and key is not None else cap.topics,
        messages=cap.messages,
        classes=(key,) if per == "class" and key is not None else cap.classes,
        exempt=cap.exempt,
        below=below,
        detail=f"{cap.scope} {name}" if name else "",
        account=name.partition("/")[0] if cap.scope in ("account", "group") else "",
    )


def rooms(
    caps: Sequence[Cap],
    channel: str,
    ledgers: Mapping[str, Sequence[tuple[str, Rows]]],
    as_of: int,
    zone: str = "",
) -> Iterator[tuple[Block, Room]]:
    """Yield how much room caps of accounts and groups leave for whatever is sent in a channel.

    Only caps count that a push fills from its reservation on, whatever message it is; each comes
    with the block that it is when it is full.

    >>> weekly = Cap("weekly", limit=3, window_hours=168, scope="account")
    >>> rows = rows_of([Contact(0, "e-1", "email", "welcome", direction="push")], 1000)
    >>> [room.left for _, room in rooms([weekly], "email", {"account": [("acme", rows)]}, 1000)]
    [2]
    """
    for cap in caps:
        if cap.scope not in SHARED_SCOPES or not _is_of_all(cap, channel):
            continue
        for name, rows in ledgers.get(cap.scope, ()):
            counted = _counted(cap, channel, rows, _start(cap, zone, as_of), as_of)
            times = [at for found in counted.values() for at in found]
            until = None
            if cap.on_exceed == "defer":
                first = min(times, default=as_of) + _window_ms(cap)
                until = next_beginning(cap.calendar, zone, as_of) if cap.calendar else first
            block = _block(cap, None, until, name)
            serves = "service" not in cap.exempt and cap.classes != ("normal",)
            yield block, Room(cap.key, block.detail, cap.limit - len(times), until, serves)


def _is_of_all(cap: Cap, channel: str) -> bool:
    """Tell whether every normal message that is sent in a channel takes room of a cap at once."""
    named = cap.messages or cap.topics or (cap.classes and "normal" not in cap.classes)
    if named or "normal" in cap.exempt or grouping(cap) not in ("", "channel"):
        return False
    if cap.direction == "pull" or cap.counted not in ("", "reserved"):
        return False
    return not cap.channels or channel in cap.channels


def grouping(cap: Cap) -> str:
    """Give what a cap counts by itself: "message", "topic", "class", "channel", or "" for all."""
    return cap.per or ("message" if cap.per_message else "")


def _counted(
    cap: Cap, channel: str, rows: Rows, start: int, as_of: int
) -> dict[str | None, list[int]]:
    found: dict[str | None, list[int]] = {}
    per = grouping(cap)
    only = (channel,) if per == "channel" or cap.on_exceed == "other_channel" else cap.channels
    for at, entry in _inside(cap, only, rows, start, as_of):
        found.setdefault(_key(per, entry), []).append(at)
    return found


def _inside(
    cap: Cap, only: Sequence[str], rows: Rows, start: int, as_of: int
) -> Iterator[tuple[int, Contact]]:
    usual = not cap.counted and cap.count_at != "served"
    for counts, entry in rows:
        at = counts if usual else _moment(cap, entry, counts, as_of)
        # What is dated later than now, after the clock was set back, counts as well.
        if at is None or at <= start or (only and entry.channel not in only):
            continue
        if _is_meant(cap, entry):
            yield at, entry


def used(cap: Cap, rows: Rows, as_of: int, zone: str = "") -> int:
    """Count the contacts that a cap counts at a moment (ms), all that it groups by together.

    >>> sent = Contact(0, "e-1", "email", "welcome", direction="push")
    >>> used(Cap("daily", 2, 24), rows_of([sent], 1000), 1000)
    1
    """
    return sum(1 for _ in _inside(cap, cap.channels, rows, _start(cap, zone, as_of), as_of))


def may_be_full(cap: Cap, count: int, more: int) -> bool:
    """Tell whether so many contacts and so many `more` fill a cap, for some message at least.

    >>> may_be_full(Cap("c", 10, 24, reserve=0.5), 4, 1), may_be_full(Cap("c", 10, 24), 4, 1)
    (True, False)
    """
    return cap.limit > 0 and count + more >= cap.limit - math.ceil(cap.limit * cap.reserve)


def full_groups(cap: Cap, rows: Rows, as_of: int, zone: str, more: int) -> Iterator[list[Contact]]:
    """Yield what fills a cap at a moment (ms), or would with so many `more`: the newest up to it.

    One list for each value that the cap counts by itself.
    """
    per = grouping(cap)
    apart = per == "channel" or cap.on_exceed == "other_channel"
    found: dict[tuple[str | None, str], list[tuple[int, Contact]]] = {}
    for at, entry in _inside(cap, cap.channels, rows, _start(cap, zone, as_of), as_of):
        key = _key(per, entry), entry.channel if apart else ""
        found.setdefault(key, []).append((at, entry))
    for entries in found.values():
        if may_be_full(cap, len(entries), more):
            yield [entry for _, entry in sorted(entries)[-cap.limit :]]


def _start(cap: Cap, zone: str, as_of: int) -> int:
    return beginning(cap.calendar, zone, as_of) if cap.calendar else as_of - _window_ms(cap)


def _moment(cap: Cap, entry: Contact, usual: int | None, as_of: int) -> int | None:
    if cap.count_at == "served" and entry.direction == "pull":
        served = reached_state(entry, "served", as_of)
        return usual if served is None else served
    return reached_state(entry, cap.counted, as_of) if cap.counted else usual


def _is_meant(cap: Cap, entry: Contact) -> bool:
    if ("service" if entry.service else "normal") in cap.exempt:
        return False
    if cap.direction and entry.direction and entry.direction != cap.direction:
        return False
    if cap.classes and ("service" if entry.service else "normal") not in cap.classes:
        return False
    if cap.messages and entry.message not in cap.messages:
        return False
    return not cap.topics or entry.topic in cap.topics


def _key(per: str, entry: Contact) -> str | None:
    match per:
        case "message":
            return entry.message
        case "topic":
            return entry.topic
        case "class":
            return "service" if entry.service else "normal"
    return None


def _window_ms(cap: Cap) -> int:
    return cap.window_hours * HOUR_MS


def _free_at(cap: Cap, times: list[int], limit: int, zone: str, as_of: int) -> int | None:
    if limit <= 0:
        return None
    if cap.calendar:
        return next_beginning(cap.calendar, zone, as_of)
    return times[len(times) - limit] + _window_ms(cap)
