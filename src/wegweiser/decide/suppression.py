"""What rests because of what came of it: declined too often, or its goal is reached."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from wegweiser.decide.block import Block
from wegweiser.decide.contact import Rows
from wegweiser.decide.policy import Policy
from wegweiser.terms.contact import reached_state
from wegweiser.terms.instant import HOUR_MS
from wegweiser.terms.policy import Suppression
from wegweiser.terms.profile import Contact

# What binds service messages too, unless the law requires them.
_LEVEL = 8


def suppressed(
    suppressions: Iterable[Suppression], channel: str, rows: Rows, as_of: int
) -> Iterator[Block]:
    """Yield the messages or topics of a person that rest on a channel at a moment (ms)."""
    for rule in suppressions:
        if rule.only_channels and channel not in rule.only_channels:
            continue
        for key, times in _answers(rule, rows, as_of).items():
            until = _rests_until(rule, sorted(times))
            if key and until is not None and as_of < until:
                yield Block(
                    f"suppressed:{rule.key}",
                    _LEVEL,
                    until,
                    message=key if rule.of == "message" else None,
                    topics=(key,) if rule.of == "topic" else (),
                    spares="required",
                    detail=f"{rule.of} {key}",
                )


def _answers(rule: Suppression, rows: Rows, as_of: int) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for _, entry in rows:
        at = _answered(rule, entry, as_of)
        if at is not None:
            found.setdefault(entry.message if rule.of == "message" else entry.topic, []).append(at)
    return found


def _answered(rule: Suppression, entry: Contact, as_of: int) -> int | None:
    if not entry.states or (rule.channels and entry.channel not in rule.channels):
        return None
    at = reached_state(entry, "declined", as_of) if "declined" in rule.counting else None
    if at is None and "ignored" in rule.counting:
        clicked = reached_state(entry, "clicked", as_of) or reached_state(entry, "done", as_of)
        at = None if clicked is not None else reached_state(entry, "seen", as_of)
    return at


def runs(rule: Suppression, entries: Iterable[Contact], as_of: int) -> Iterator[Contact]:
    """Yield the answers that brought the newest pause of each message or topic, if it holds yet.

    Of these alone the same pause follows.
    """
    found: dict[str, list[tuple[int, Contact]]] = {}
    for entry in entries:
        at = _answered(rule, entry, as_of)
        if at is not None:
            key = entry.message if rule.of == "message" else entry.topic
            found.setdefault(key, []).append((at, entry))
    for told in found.values():
        told.sort()
        until = _rests_until(rule, [at for at, _ in told])
        if until is not None and as_of < until:
            ends = until - rule.pause_hours * HOUR_MS
            yield from [entry for at, entry in told if at <= ends][-rule.after :]


def _rests_until(rule: Suppression, times: Sequence[int]) -> int | None:
    """Give when the newest pause ends that the answers at some moments bring; sorted, in ms.

    >>> thrice = Suppression("s", after=2, window_hours=1, pause_hours=1)
    >>> _rests_until(thrice, [0, 3_599_999]), _rests_until(thrice, [0, 3_600_000])
    (7199999, None)
    """
    window_ms, pause_ms = rule.window_hours * HOUR_MS, rule.pause_hours * HOUR_MS
    for last in range(len(times) - 1, rule.after - 2, -1):
        if times[last] - times[last - rule.after + 1] < window_ms:
            return times[last] + pause_ms
    return None


def goals_done(
    policy: Policy, person: Mapping[str, int], account: Mapping[str, int], as_of: int
) -> Iterator[Block]:
    """Yield the goals whose messages are pointless, reached by the person or by a colleague."""
    for goal in policy.goals.values():
        if not goal.suppress_on_reach:
            continue
        by_account = goal.unit == "account" and goal.key in account
        at = min(
            (
                there[goal.key]
                for there in (person, account if by_account else {})
                if goal.key in there
            ),
            default=None,
        )
        keys = tuple(part.key for part in policy.messages.values() if part.goal == goal.key)
        if at is not None and at <= as_of and keys:
            yield Block(
                f"goal_reached:{goal.key}",
                _LEVEL,
                messages=keys,
                spares="required",
                detail="account" if by_account and goal.key not in person else "",
            )
