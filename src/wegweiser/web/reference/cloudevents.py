"""The route that takes CloudEvents."""

import json

from wegweiser.web.examples import STORED
from wegweiser.web.reference.documented import ANY_KEY, Documented, Family
from wegweiser.web.reference.shapes import Stored

_EVENT = {
    "specversion": "1.0",
    "id": "order-7",
    "source": "/shop",
    "type": "com.example.order.paid",
    "time": "2026-11-22T09:41:07Z",
    "userid": "u-42",
    "data": {"revenue": 120, "currency": "EUR"},
}

FAMILY = Family(
    "CloudEvents",
    "CloudEvents 1.0 in all three modes: `ce-` headers, one structured event, or an array of them\n"
    "(`application/cloudevents-batch+json`). An event of type `wegweiser.{call}.v1` carries an\n"
    "element as its `data`. Any other type becomes a track event of that name, with `data` as its\n"
    "properties and the other attributes in `context.cloudevent`. It is about the extensions\n"
    "`userid` and `anonymousid`; without them, and with a secret key, about the user `subject`.\n"
    "The same `source` and `id` are stored once. Answers are those of `/v1/batch`.",
    (
        Documented(
            "POST",
            ("/cloudevents", "/v1/cloudevents"),
            "Takes one CloudEvent, or up to 5,000 in an array.",
            ANY_KEY,
            json.dumps(_EVENT, indent=1),
            STORED,
            gives=Stored,
        ),
    ),
)
