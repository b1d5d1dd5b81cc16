"""A workspace with every hostile text in it, written by the doors through which it would come."""

import json
from pathlib import Path

import httpx

from tests.web.serving import Running
from wegweiser.terms.json import JsonObject

PERSON = "h-user-1"
# What a spreadsheet would run.
FORMULAS = ('=HYPERLINK("https://evil.example","x")', "+1+1", "-2+3", "@SUM(1)", "\t=1", "\r=1")
CONSENT = {"consent": {"categoryPreferences": {"personalisation": True, "profiling": True}}}


def lines_of(folder: Path) -> list[JsonObject]:
    """Read the hostile events that are taken in, without those that are no plain JSON."""
    lines = [json.loads(line) for line in (folder / "events.jsonl").read_text("utf-8").splitlines()]
    return [
        line
        for line in lines
        if line["encoding"] == "json" and line["expect"] == "accept" and not line.get("headers")
    ]


def texts_of(lines: list[JsonObject]) -> list[str]:
    """Give the texts that would run where they are not shown as text, and the formulas."""
    bodies = [line["body"] for line in lines]
    found = [
        str(body["properties"]["v"])  # type: ignore[index,call-overload]
        for body in bodies
        if isinstance(body, dict) and str(body.get("event")).startswith("XSS")
    ]
    assert len(found) > 5
    return [*found, *FORMULAS]


def pollute(server: Running, folder: Path) -> list[str]:
    """Send all lines, say the texts wherever somebody may, and decide for whom they speak of."""
    keys = server.site.callers.create("website")
    lines = lines_of(folder)
    texts = texts_of(lines)
    with httpx.Client(base_url=server.address, auth=(keys.write_key, "")) as client:
        for line in lines:
            answer = client.post(str(line["path"]), json=line["body"])
            assert answer.status_code < 500, line["name"]
    with httpx.Client(base_url=server.address, auth=(keys.secret_key, "")) as client:
        sent = client.post("/v1/batch", json={"batch": _told(texts)})
        assert sent.status_code == 200, sent.text
        server.wait(server.site.applier.apply([("hostile.yaml", _defined(texts))]))
        asked = {"request_id": "hostile-1", "userId": PERSON, "placements": [{"key": "home.hero"}]}
        decided = client.post("/v1/decide", json=asked)
        assert decided.json()["items"], decided.text
    server.site.people.add("mallory", "viewer", "mallory@example.com")
    server.wait(server.site.intake.settle())
    return texts


def _told(texts: list[str]) -> list[JsonObject]:
    """Make events that say every text as a trait, a name, an account, a page, a search."""
    traits: JsonObject = {f"trait {number} {text}": text for number, text in enumerate(texts)}
    told: list[JsonObject] = [
        {"type": "identify", "userId": PERSON, "traits": traits | {"name": texts[0]}}
        | {"context": CONSENT}
    ]
    for number, text in enumerate(texts):
        page = {"url": f"https://www.example.com/{number}", "title": text, "referrer": text}
        person = {"userId": PERSON, "context": {"page": page, "campaign": {"source": text}}}
        told += [
            {"type": "group", "groupId": text.strip(), "traits": {"name": text}} | person,
            {"type": "track", "event": text, "properties": {"v": text}} | person,
            {"type": "track", "event": "Search Performed", "properties": {"query": text}} | person,
            {"type": "page", "name": text, "properties": {"path": f"/{text}", "title": text}}
            | person,
        ]
    return told


def _defined(texts: list[str]) -> str:
    """Write a message and a segment whose every word is hostile."""
    variants = [
        {
            "key": f"v{number}",
            "channel": "web",
            "content": {"title": text, "text": text, "url": "https://www.example.com/"},
        }
        for number, text in enumerate(texts)
    ]
    documents = [
        {
            "kind": "message",
            "key": "hostile",
            "goal": "demo-booked",
            "topic": texts[0],
            "owner": texts[1],
            "variants": variants,
        },
        {"kind": "segment", "key": "hostile", "name": texts[0], "when": "person.engagement >= 0"},
    ]
    return "\n---\n".join(json.dumps(one) for one in documents)
