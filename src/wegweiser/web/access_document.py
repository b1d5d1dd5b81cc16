"""The answer to a person who asks what is kept of them: one file for machines, one to read."""

from pathlib import Path

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from wegweiser.terms.errors import InputRefused
from wegweiser.terms.instant import parse_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.web.text import LANGUAGES, Reader, mark

TEMPLATES = Path(__file__).parent / "templates"
_OWNER_ONLY = 0o600
# Section: heading, what is written where there is nothing, and columns as (key, heading).
_SECTIONS: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = (
    (
        "identifiers",
        mark("Identifiers"),
        (("type", mark("Type")), ("value", mark("Value")), ("status", mark("State"))),
    ),
    (
        "evidence",
        mark("Why these identifiers are one person"),
        (
            ("a", mark("First identifier")),
            ("b", mark("Second identifier")),
            ("source", mark("Source")),
            ("trust", mark("Trust")),
            ("at", mark("Time")),
            ("refused", mark("Not used because")),
        ),
    ),
    (
        "traits",
        mark("Traits"),
        (
            ("trait", mark("Trait")),
            ("value", mark("Value")),
            ("source", mark("Source")),
            ("trust", mark("Trust")),
            ("at", mark("Time")),
        ),
    ),
    (
        "accounts",
        mark("Accounts"),
        (
            ("groupId", mark("Account")),
            ("role", mark("Role")),
            ("status", mark("State")),
            ("from", mark("From")),
            ("to", mark("To")),
        ),
    ),
    ("segments", mark("Segments"), (("key", mark("Name")),)),
    (
        "stages",
        mark("Stage"),
        (("stage", mark("Stage")), ("probability", mark("Probability"))),
    ),
    (
        "consentHistory",
        mark("Consent as it was given or withdrawn"),
        (("at", mark("Time")), ("source", mark("Source")), ("*", mark("What was said"))),
    ),
    (
        "subscriptions",
        mark("Topics of mails, wanted or not"),
        (
            ("address", mark("Address")),
            ("topic", mark("Topic")),
            ("status", mark("State")),
            ("at", mark("Time")),
            ("source", mark("Source")),
            ("reason", mark("Reason")),
        ),
    ),
    (
        "events",
        mark("Events"),
        (
            ("timestamp", mark("Time")),
            ("type", mark("Type")),
            ("event", mark("Name")),
            ("source", mark("Source")),
            ("*", mark("Content")),
        ),
    ),
    (
        "setAside",
        mark("Elements set aside"),
        (
            ("receivedAt", mark("Time")),
            ("source", mark("Source")),
            ("code", mark("Reason")),
            ("element", mark("Content")),
        ),
    ),
    (
        "webhooks",
        mark("Webhooks that named this person"),
        (("receivedAt", mark("Time")), ("webhook", mark("Webhook"))),
    ),
    (
        "decisions",
        mark("Decisions and their reasons"),
        (
            ("at", mark("Time")),
            ("status", mark("State")),
            ("items", mark("Chosen")),
            ("explanation", mark("Reasons")),
        ),
    ),
    (
        "deliveries",
        mark("Messages handed over, and to whom"),
        (
            ("at", mark("Time")),
            ("endpoint", mark("Recipient")),
            ("channel", mark("Channel")),
            ("message", mark("Message")),
            ("state", mark("State")),
            ("content", mark("Content")),
        ),
    ),
    (
        "recipients",
        mark("Who else got data about you"),
        (("key", mark("Recipient")),),
    ),
    (
        "outcomes",
        mark("What became of it"),
        (("at", mark("Time")), ("kind", mark("Kind")), ("*", mark("Content"))),
    ),
    (
        "sources",
        mark("Where the data came from"),
        (("source", mark("Source")), ("kind", mark("Kind"))),
    ),
    (
        "identityStatements",
        mark("What operators said about who you are"),
        (
            ("at", mark("Time")),
            ("kind", mark("Kind")),
            ("identifiers", mark("Identifiers")),
            ("reason", mark("Reason")),
        ),
    ),
    (
        "retentionRules",
        mark("Content that goes by its age"),
        (("of", mark("Kind")), ("days", mark("Days")), ("events", mark("Events"))),
    ),
)


def write_files(document: JsonObject, folder: Path, language: str = "") -> JsonObject:
    """Write access.json and access.html, readable by their owner only; gives both paths.

    `language` is that of the workspace where it is empty. Raises InputRefused when the folder
    cannot be written.
    """
    spoken = language or str(document["language"])
    contents = {
        "access.json": msgspec.json.format(msgspec.json.encode(document), indent=2),
        "access.html": page(document, spoken).encode(),
    }
    written: JsonObject = {}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            path = folder / name
            path.touch(_OWNER_ONLY)
            path.chmod(_OWNER_ONLY)
            path.write_bytes(content)
            written[name.partition(".")[2]] = str(path)
    except OSError as error:
        raise InputRefused(
            "not_written", f"{folder} cannot be written: {error.strerror}."
        ) from error
    return written


def page(document: JsonObject, language: str) -> str:
    """Write the document as one page that needs nothing else; English or German."""
    now = parse_instant(document["generatedAt"]) or 0
    reader = Reader(language if language in LANGUAGES else "en", "UTC", now)
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined
    )
    consent = document["consent"]
    assert isinstance(consent, dict)
    told = {**document, "consentHistory": consent["history"]}
    told |= _lists(document)
    told["decisions"] = [_in_words(row, reader.language) for row in _rows(document["decisions"])]
    return environment.get_template("access.html").render(
        reader=reader,
        say=reader.say,
        document=document,
        consent=consent["now"],
        sections=[
            (heading, columns, [_row(row, columns) for row in _rows(told[key])])
            for key, heading, columns in _SECTIONS
        ],
    )


def _lists(document: JsonObject) -> JsonObject:
    """Turn what is no list of rows into one."""
    retention, stage = document["retention"], document.get("stage")
    belief = stage.get("probabilities") if isinstance(stage, dict) else None
    stages: list[Json] = [
        {"stage": name, "probability": share}
        for name, share in (belief.items() if isinstance(belief, dict) else ())
    ]
    found: JsonObject = {"stages": stages}
    for name in ("segments", "recipients"):
        held = document[name]
        found[name] = [{"key": one} for one in held] if isinstance(held, list | tuple) else []
    found["retentionRules"] = retention.get("rules") if isinstance(retention, dict) else []
    return found


def _in_words(decision: JsonObject, language: str) -> JsonObject:
    explanation = decision.get("explanation")
    sentence = explanation.get("sentence") if isinstance(explanation, dict) else None
    said = sentence.get(language) if isinstance(sentence, dict) else None
    return {**decision, "explanation": said}


def _rows(value: Json) -> list[JsonObject]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _row(row: JsonObject, columns: tuple[tuple[str, str], ...]) -> list[str]:
    named = {key for key, _ in columns}
    rest: JsonObject = {key: value for key, value in row.items() if key not in named}
    return [_written(rest if key == "*" else row.get(key)) for key, _ in columns]


def _written(value: Json) -> str:
    if value is None or value in ({}, []):
        return ""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
