"""Frequency caps over one ledger for all channels, in rolling windows (t - w, t]."""

from collections.abc import Iterator, Sequence

import msgspec

from wegweiser.terms.instant import HOUR_MS
from wegweiser.terms.policy import Cap
from wegweiser.terms.profile import Contact


class Block(msgspec.Struct, frozen=True):
    """A cap that is used up: for one message, or for all where `message` is None.

    `until` is the moment (ms) from which one more contact fits, None if that never comes.
    """

    cap: str
    message: str | None
    until: int | None


def blocks(
    caps: Sequence[Cap],
    channel: str,
    person: Sequence[Contact],
    account: Sequence[Contact],
    as_of: int,
) -> Iterator[Block]:
    """Yield the used-up caps that concern a channel, from the contacts of person and account.

    >>> weekly = Cap("weekly", limit=1, window_hours=168)
    >>> mail = Contact(0, "e-1", "email", "welcome")
    >>> [block.until for block in blocks([weekly], "web", [mail], [], 1000)]
    [604800000]
    """
    for cap in caps:
        if cap.channels and channel not in cap.channels:
            continue
        ledger = person if cap.scope == "person" else account
        counted = _counted(cap, ledger, as_of)
        if not cap.per_message or cap.limit == 0:
            counted = {None: [at for times in counted.values() for at in times]}
        for message, times in counted.items():
            if len(times) >= cap.limit:
                yield Block(cap.key, message, _free_at(cap, sorted(times)))


def _counted(cap: Cap, ledger: Sequence[Contact], as_of: int) -> dict[str | None, list[int]]:
    start = as_of - cap.window_hours * HOUR_MS
    found: dict[str | None, list[int]] = {}
    seen: set[str] = set()
    for contact in ledger:
        if not start < contact.at <= as_of or contact.entry_id in seen:
            continue
        if cap.channels and contact.channel not in cap.channels:
            continue
        seen.add(contact.entry_id)
        found.setdefault(contact.message, []).append(contact.at)
    return found


def _free_at(cap: Cap, times: list[int]) -> int | None:
    if cap.limit == 0:
        return None
    return times[len(times) - cap.limit] + cap.window_hours * HOUR_MS
