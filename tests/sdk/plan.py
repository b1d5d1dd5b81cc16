"""What a client library is told to send, and what must stand in the store afterwards."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

KINDS = ("track", "identify", "page", "screen", "group", "alias")
PEOPLE = 49  # no common divisor with the kinds, so that everybody makes calls of every kind
ACCOUNTS = 19
FIELDS = ("type", "userId", "anonymousId", "event", "name", "category", "groupId", "previousId")
# What a page's visitor chose; without it the server keeps no fine facts of the device.
CONSENT = {"consent": {"categoryPreferences": {"measurement": True, "personalisation": True}}}
Call = dict[str, Any]


@dataclass(frozen=True)
class Manner:
    """How a library is set: events per request, and how long it waits for an answer."""

    upload_size: int
    timeout_seconds: int


def calls(count: int, now: datetime) -> list[Call]:
    """Give `count` calls of all six kinds, one a minute and the last one `now`.

    Half of them leave the message id to the library. One in seven leaves it the time as well, but
    no call that sets traits: of several in one millisecond nobody can say which is the last.
    """
    return [_call(number, now - timedelta(minutes=count - 1 - number)) for number in range(count)]


def _call(number: int, moment: datetime) -> Call:
    user = f"u-{number % PEOPLE}"
    kind = KINDS[number % len(KINDS)]
    call: Call = {
        "type": kind,
        "userId": user,
        "context": {"number": number, "locale": "de-DE"},
    }
    if number % 7 or kind in ("identify", "group"):
        call["timestamp"] = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if number // len(KINDS) % 2:
        call["messageId"] = f"m-{number}"
    return call | _content(kind, user, number)


def _content(kind: str, user: str, number: int) -> Call:
    match kind:
        case "track":
            topics = {"sso": True, "Größe": "ü 🚀", "steps": [1, 2.5, "drei"]}
            return {"event": "Report Opened", "properties": {"number": number, "topics": topics}}
        case "identify":
            traits = {"plan": "team", "seats": number, "company": {"name": "Beispiel AG"}}
            return {"anonymousId": f"a-{user}", "traits": traits}
        case "page":
            about = {"path": "/start", "url": "https://www.example.com/start", "number": number}
            return {"category": "Docs", "name": "Start", "properties": about}
        case "screen":
            return {"category": "App", "name": "Home", "properties": {"number": number}}
        case "group":
            traits = {"name": "Beispiel AG", "employees": number}
            return {"groupId": f"g-{number % ACCOUNTS}", "traits": traits}
    return {"previousId": f"old-{user}"}


def differences(
    planned: Iterable[Call],
    stored: Iterable[Mapping[str, Any]],
    started: datetime,
    tolerance: timedelta,
) -> list[str]:
    """Say what is missing, doubled or other than planned; an empty list is good news.

    A time that the plan gives must be kept exactly as the claim, and within `tolerance` as the
    event time; one that it does not give must lie between `started` and the receipt.
    """
    rows: dict[int, list[Mapping[str, Any]]] = {}
    for row in stored:
        rows.setdefault(row["context"]["number"], []).append(row)
    wanted = {call["context"]["number"]: call for call in planned}
    told = [f"{number}: not planned" for number in rows if number not in wanted]
    for number, call in wanted.items():
        found = rows.get(number, [])
        if len(found) != 1:
            told.append(f"{number}: stored {len(found)} times")
        else:
            told += _other(call, found[0]) + _untimely(call, found[0], started, tolerance)
    ids = [row["messageId"] for found in rows.values() for row in found]
    return told + (["a message id twice"] if len(set(ids)) != len(ids) else [])


def _other(call: Call, row: Mapping[str, Any]) -> list[str]:
    number = call["context"]["number"]
    wrong = [
        f"{number}: {name} is {row.get(name)!r}, sent was {value!r}"
        for name, value in call.items()
        if name not in ("context", "timestamp", "traits") and not _holds(row.get(name), value)
    ]
    if "traits" in call and call["traits"] not in (row.get("traits"), row["context"].get("traits")):
        wrong.append(f"{number}: traits are {row.get('traits')!r}, sent was {call['traits']!r}")
    if not row["messageId"] or row["context"].get("locale") != "de-DE":
        wrong.append(f"{number}: message id or context is lost: {row!r}")
    return wrong


def _holds(stored: object, sent: object) -> bool:
    # Libraries add to the properties, say the category of a page.
    if isinstance(stored, dict) and isinstance(sent, dict):
        return sent.items() <= stored.items()
    return stored == sent


def _untimely(
    call: Call, row: Mapping[str, Any], started: datetime, tolerance: timedelta
) -> list[str]:
    number = call["context"]["number"]
    happened, received = moment(row["timestamp"]), moment(row["receivedAt"])
    if "timestamp" not in call:
        good = started - tolerance <= happened <= received + tolerance
        return [] if good else [f"{number}: happened at {happened}, received {received}"]
    claim = moment(call["timestamp"])
    # A client that states both is believed as a collector that has corrected the time itself.
    kept = {row.get("originalTimestamp"), row["timestamp"]}
    if claim not in {moment(text) for text in kept if text}:
        return [f"{number}: the claim {claim} is kept as {sorted(map(str, kept))}"]
    return [] if abs(happened - claim) <= tolerance else [f"{number}: {happened} for {claim}"]


def moment(text: str) -> datetime:
    """Read an exported time."""
    return datetime.fromisoformat(text).astimezone(UTC)


def as_sent(row: Mapping[str, Any], event: Mapping[str, Any]) -> bool:
    """Tell whether an event that a page's library says it sent is stored with all that it holds.

    "" and nothing are the same, addresses of pages may be added to properties, and the browser's
    name is kept in a shorter form.
    """
    return all((row.get(field) or None) == (event.get(field) or None) for field in FIELDS) and all(
        (row.get(part) or {}).get(name) == value
        for part in ("properties", "traits", "context")
        for name, value in (event.get(part) or {}).items()
        if name not in ("userAgent", "userAgentData")
    )
