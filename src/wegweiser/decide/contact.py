"""Frequency caps over one ledger for all channels, in rolling windows (t - w, t]."""

import math
from collections.abc import Iterator, Mapping, Sequence

from wegweiser.decide.block import Block
from wegweiser.decide.calendar import beginning, next_beginning
from wegweiser.terms.contact import counts_from, reached_state
from wegweiser.terms.instant import HOUR_MS
from wegweiser.terms.policy import Cap
from wegweiser.terms.profile import Contact

# Entries with the moment from which they count in the usual way.
Rows = Sequence[tuple[int | None, Contact]]
LEVEL_OF_SCOPE = {"account": 5, "group": 6, "person": 7, "tenant": 8}


def rows_of(entries: Sequence[Contact], as_of: int) -> Rows:
    """Look up once for all caps from when each entry counts, at a moment (ms)."""
    return [(counts_from(entry, as_of), entry) for entry in entries]


def blocks(
    caps: Sequence[Cap],
    channel: str,
    ledgers: Mapping[str, Sequence[tuple[str, Rows]]],
    as_of: int,
    zone: str = "",
) -> Iterator[Block]:
    """Yield what used-up caps keep from a channel; `ledgers` are named rows by scope.

    >>> weekly = Cap("weekly", limit=1, window_hours=168)
    >>> rows = rows_of([Contact(0, "e-1", "email", "welcome")], 1000)
    >>> [block.until for block in blocks([weekly], "web", {"person": [("", rows)]}, 1000)]
    [604800000]
    """
    for cap in caps:
        if cap.channels and channel not in cap.channels:
            continue
        for name, rows in ledgers.get(cap.scope, ()):
            yield from _of_cap(cap, channel, rows, as_of, zone, name)


def _of_cap(
    cap: Cap, channel: str, rows: Rows, as_of: int, zone: str, name: str
) -> Iterator[Block]:
    if cap.limit == 0:
        yield _block(cap, None, None, name)
        return
    start = beginning(cap.calendar, zone, as_of) if cap.calendar else as_of - _window_ms(cap)
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


def grouping(cap: Cap) -> str:
    """Give what a cap counts by itself: "message", "topic", "class", "channel", or "" for all."""
    return cap.per or ("message" if cap.per_message else "")


def _counted(
    cap: Cap, channel: str, rows: Rows, start: int, as_of: int
) -> dict[str | None, list[int]]:
    found: dict[str | None, list[int]] = {}
    per = grouping(cap)
    usual = not cap.counted and cap.count_at != "served"
    only = (channel,) if per == "channel" or cap.on_exceed == "other_channel" else cap.channels
    for counts, entry in rows:
        at = counts if usual else _moment(cap, entry, counts, as_of)
        # What is dated later than now, after the clock was set back, counts as well.
        if at is None or at <= start or (only and entry.channel not in only):
            continue
        if _is_meant(cap, entry):
            found.setdefault(_key(per, entry), []).append(at)
    return found


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
