"""What the benchmark sends: events of 2,000 visitors, messages with 40 rules, questions."""

import base64
from collections.abc import Collection
from datetime import UTC, datetime

import msgspec

from wegweiser.terms.json import Json, JsonObject

PEOPLE = 2_000
TOPICS = ("security", "pricing", "analytics", "integration", "support", "hosting")
PLANS = ("free", "team", "business", "enterprise")
# The placements that are asked about, by how many messages compete for them.
PLACEMENTS = {100: ("app.card", "app"), 1_000: ("home.hero", "web")}
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


def question(number: int, series: str, candidates: int = 1_000) -> bytes:
    """Write the body of a request for a decision about a signed-in visitor."""
    visitor = (number * 7919 % PEOPLE) | 1
    return msgspec.json.encode(
        {
            "request_id": f"{series}-{number}",
            "subject": {"person": f"user_id:user-{visitor}"},
            "placements": [{"key": PLACEMENTS[candidates][0], "max": 1}],
            "locale": "en-GB",
        }
    )


def flag(number: int, series: str, candidates: int) -> tuple[str, bytes]:
    """Write path and body of a flag that a signed-in visitor's application evaluates."""
    visitor = (number * 7919 % PEOPLE) | 1
    key = PLACEMENTS[candidates][0]
    context = {"targetingKey": f"user_id:user-{visitor}", "request_id": f"{series}-{number}"}
    return f"/ofrep/v1/evaluate/flags/{key}", msgspec.json.encode({"context": context})


def outcomes(first: int, size: int, series: str) -> bytes:
    """Write `size` reached goals, from number `first` on, as the body of POST /v1/outcomes."""
    return msgspec.json.encode(
        [
            {
                "outcome_id": f"{series}-{number}",
                "subject": {"person": f"user_id:user-{number * 7919 % PEOPLE | 1}"},
                "kind": "goal",
                "goal": "demo-booked",
            }
            for number in range(first, first + size)
        ]
    )


def configuration(counts: Collection[int] = tuple(PLACEMENTS)) -> str:
    """Write messages for the placements under 40 different rules, as a file to apply."""
    rules = [f'person.traits.plan != "plan-{index}"' for index in range(20)]
    rules += [f"person.traits.seats < {40 + index}" for index in range(10)]
    rules += [f"person.engagement < {1000 + index}.0" for index in range(10)]
    documents: list[JsonObject] = [
        *(
            {"kind": "placement", "key": key, "channel": channel, "slots": 1}
            for key, channel in map(PLACEMENTS.__getitem__, sorted(counts))
        ),
        {
            "kind": "goal",
            "key": "demo-booked",
            "when": 'event == "Demo Booked"',
            "window_days": 30,
            "worth": 400,
        },
    ]
    for count in sorted(counts):
        _, channel = PLACEMENTS[count]
        documents += [
            _message(f"{channel}-{index:04}", channel, index, rules[index % len(rules)])
            for index in range(count)
        ]
    return "\n---\n".join(msgspec.json.encode(document).decode() for document in documents)


def _message(key: str, channel: str, index: int, rule: str) -> JsonObject:
    title = f"Guide number {index}"
    return {
        "kind": "message",
        "key": key,
        "goal": "demo-booked",
        "topic": TOPICS[index % len(TOPICS)],
        "value": 20 + index % 30,
        "rules": [{"label": "eligible", "when": rule, "on_unknown": "pass"}],
        "variants": [
            {"key": "en", "channel": channel, "locale": "en", "content": {"title": title}}
        ],
    }


def authorization(key: str) -> str:
    """Write a key as the value of the Authorization header, as Segment clients do.

    >>> authorization("key")
    'Basic a2V5Og=='
    """
    return "Basic " + base64.b64encode(f"{key}:".encode()).decode()
