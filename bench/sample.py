"""What the benchmark sends: events of 2,000 visitors, 1,000 messages with 40 rules, questions."""

import base64
from datetime import UTC, datetime

import msgspec

from wegweiser.terms.json import Json, JsonObject

PEOPLE = 2_000
MESSAGES = 1_000
TOPICS = ("security", "pricing", "analytics", "integration", "support", "hosting")
PLANS = ("free", "team", "business", "enterprise")
PLACEMENT = "home.hero"
_GRANTED: JsonObject = {
    "categoryPreferences": {"measurement": True, "personalisation": True, "profiling": True}
}


def event(number: int, series: str) -> JsonObject:
    """Make one event of about 350 bytes as JSON; equal numbers of a series are duplicates.

    Half of the visitors are signed in; 12 of 20 events are page views, 7 tracks, 1 identify.
    One event in 100 reaches the goal.
    """
    visitor = number * 7919 % PEOPLE
    topic = TOPICS[number % len(TOPICS)]
    path = f"/{topic}/guide-{number % 40}"
    made: JsonObject = {
        "messageId": f"{series}-{number:09}",
        "anonymousId": f"3f0c9a52-77aa-4d1e-9c41-{visitor:012}",
        "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "context": {
            "library": {"name": "analytics.js", "version": "next-1.70.0"},
            "locale": "en-GB",
        },
    }
    if visitor % 2:
        made["userId"] = f"user-{visitor}"
    kind = number % 20
    if kind < 12:
        url = f"https://www.example.com{path}"
        return made | {"type": "page", "properties": {"path": path, "url": url, "topic": topic}}
    if kind < 19:
        seen: JsonObject = {"topic": topic, "file": f"{topic}-{number % 9}.pdf", "pages": kind}
        name = "Demo Booked" if number % 100 == 17 else "Whitepaper Downloaded"
        return made | {"type": "track", "event": name, "properties": seen}
    traits: JsonObject = {"plan": PLANS[visitor % 4], "industry": topic, "seats": visitor % 50}
    return made | {"type": "identify", "traits": traits}


def single(number: int, series: str) -> tuple[str, bytes]:
    """Write one event as path and body of its own request."""
    made = event(number, series)
    return f"/v1/{made['type']}", msgspec.json.encode(made)


def batch(first: int, size: int, series: str) -> bytes:
    """Write `size` events, from number `first` on, as the body of POST /v1/batch."""
    return msgspec.json.encode(
        {
            "batch": [event(number, series) for number in range(first, first + size)],
            "sentAt": datetime.now(UTC).isoformat(timespec="milliseconds"),
        }
    )


def consents() -> list[Json]:
    """Make one identify with traits and consent for every signed-in visitor."""
    return [
        {
            "type": "identify",
            "messageId": f"consent-{visitor}",
            "userId": f"user-{visitor}",
            "traits": {
                "plan": PLANS[visitor % 4],
                "seats": visitor % 50,
                "industry": TOPICS[visitor % len(TOPICS)],
            },
            "context": {"consent": _GRANTED},
        }
        for visitor in range(1, PEOPLE, 2)
    ]


def question(number: int, series: str) -> bytes:
    """Write the body of a request for a decision about a signed-in visitor."""
    visitor = (number * 7919 % PEOPLE) | 1
    return msgspec.json.encode(
        {
            "request_id": f"{series}-{number}",
            "subject": {"person": f"user_id:user-{visitor}"},
            "placements": [{"key": PLACEMENT, "max": 1}],
            "locale": "en-GB",
        }
    )


def configuration() -> str:
    """Write 1,000 messages under 40 different rules, as a file for `wegweiser apply`."""
    rules = [f'person.traits.plan != "plan-{index}"' for index in range(20)]
    rules += [f"person.traits.seats < {40 + index}" for index in range(10)]
    rules += [f"person.engagement < {1000 + index}.0" for index in range(10)]
    documents: list[JsonObject] = [
        {"kind": "placement", "key": PLACEMENT, "channel": "web", "slots": 1},
        {
            "kind": "goal",
            "key": "demo-booked",
            "when": 'event == "Demo Booked"',
            "window_days": 30,
            "worth": 400,
        },
    ]
    documents += [_message(index, rules[index % len(rules)]) for index in range(MESSAGES)]
    return "\n---\n".join(msgspec.json.encode(document).decode() for document in documents)


def _message(index: int, rule: str) -> JsonObject:
    title = f"Guide number {index}"
    return {
        "kind": "message",
        "key": f"message-{index:04}",
        "goal": "demo-booked",
        "topic": TOPICS[index % len(TOPICS)],
        "value": 20 + index % 30,
        "rules": [{"label": "eligible", "when": rule, "on_unknown": "pass"}],
        "variants": [{"key": "en", "channel": "web", "locale": "en", "content": {"title": title}}],
    }


def authorization(key: str) -> str:
    """Write a key as the value of the Authorization header, as Segment clients do.

    >>> authorization("key")
    'Basic a2V5Og=='
    """
    return "Basic " + base64.b64encode(f"{key}:".encode()).decode()
