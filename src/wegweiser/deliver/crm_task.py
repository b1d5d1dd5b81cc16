"""Writes a task for sales: what to say, why, until when, under a key that makes it one task."""

from collections.abc import Sequence

import msgspec

from wegweiser.deliver.signature import sign
from wegweiser.ports.channel import Parcel
from wegweiser.terms.instant import DAY_MS, format_instant
from wegweiser.terms.json import Json, JsonObject

TASK_UPSERT = "task.upsert"
VALID_MS = 7 * DAY_MS
MOST_EVIDENCE = 3


def task_request(parcel: Parcel, at: int, secrets: Sequence[str]) -> tuple[dict[str, str], bytes]:
    """Give headers and body of one try at `at` (ms), signed as a Standard Webhook.

    `key` is the decision's id and place in it: whoever keeps one task per key has exactly one.
    `done` or `declined` comes back as an outcome of `decisionId`.
    """
    data = parcel.data
    task: JsonObject = {
        "key": f"{data['decisionId']}/{data['placement']}/{data['slot']}",
        **{name: data[name] for name in _TOLD if name in data},
    }
    told = {"type": TASK_UPSERT, "timestamp": format_instant(parcel.at), "data": task}
    body = msgspec.json.encode(told)
    timestamp_s = at // 1000
    headers = {
        "content-type": "application/json",
        "idempotency-key": parcel.parcel_id,
        "webhook-id": parcel.parcel_id,
        "webhook-timestamp": str(timestamp_s),
        "webhook-signature": sign(parcel.parcel_id, timestamp_s, body, secrets),
    }
    return headers, body


def task_words(explained: JsonObject, index: int, decided_at: int) -> JsonObject:
    """Give sentence, evidence and expiry of a task from the explanation of its decision.

    Evidence are at most three features that spoke for the message, the strongest first.

    >>> told = task_words({"sentence": {"en": "Because."}}, 0, decided_at=0)
    >>> told["sentence"], told["evidence"], told["expiresAt"]
    ({'en': 'Because.'}, [], '1970-01-08T00:00:00.000Z')
    """
    return {
        "sentence": explained.get("sentence"),
        "evidence": [*_evidence(explained.get("chosen"), index)],
        "expiresAt": format_instant(decided_at + VALID_MS),
    }


def _evidence(chosen: Json, index: int) -> list[JsonObject]:
    entry = chosen[index] if isinstance(chosen, list) and index < len(chosen) else None
    parts = entry.get("contributions") if isinstance(entry, dict) else None
    engage = parts.get("engage") if isinstance(parts, dict) else None
    found: list[tuple[float, str]] = []
    for one in engage if isinstance(engage, list) else []:
        points = one.get("points") if isinstance(one, dict) else None
        if isinstance(one, dict) and isinstance(points, float) and points > 0:
            found.append((points, str(one.get("feature"))))
    strongest = sorted(found, reverse=True)[:MOST_EVIDENCE]
    return [{"feature": name, "points": points} for points, name in strongest]


_TOLD = (
    *("decisionId", "placement", "slot", "message", "variant", "subject", "content"),
    *("sentence", "evidence", "expiresAt"),
)
