"""The routes that take events."""

import json

from wegweiser.web.examples import BATCH, IDENTIFY, STORED, TRACK
from wegweiser.web.reference.documented import ANY_KEY, Documented, Family
from wegweiser.web.reference.shapes import Batch, Element, Stored


def _call(name: str, does: str, body: str) -> Documented:
    return Documented(
        "POST",
        (f"/v1/{name}", f"/v1/{name[0]}"),
        does,
        ANY_KEY,
        body,
        STORED,
        takes=Element,
        gives=Stored,
    )


def _body(**fields: object) -> str:
    return json.dumps(fields)


FAMILY = Family(
    "Sending events",
    "The elements are those of the Segment libraries, unchanged. Success is status 200 and an\n"
    'object that begins `{"success": true`; it comes after the events are on disk and in the\n'
    "profiles. The answer's header `Wegweiser-Position` names the place in the log. An element\n"
    "that cannot be read does not harm its neighbours: it is set aside and listed under\n"
    "`quarantined`. The same `messageId` of the same source is stored once; `duplicates` counts\n"
    "the others. A body may be gzipped; the content type is not looked at.",
    (
        _call("identify", "States what is known of a person.", IDENTIFY),
        _call("track", "States that somebody did something.", TRACK),
        _call("page", "States that a page was viewed.", _body(userId="u-42", name="Security")),
        _call(
            "screen", "States that a view of an app was seen.", _body(userId="u-42", name="Home")
        ),
        _call(
            "group",
            "States that a person belongs to an account, and what is known of the account.",
            _body(userId="u-42", groupId="acme", traits={"name": "Acme"}),
        ),
        _call(
            "alias",
            "States that two user ids are one person; believed with a secret key only.",
            _body(previousId="u-41", userId="u-42"),
        ),
        Documented(
            "POST",
            ("/v1/batch", "/v1/b", "/v1/import", "/beacon/v1/batch"),
            "Takes up to 5,000 events of all kinds. 512,000 bytes with a public key, 4 MiB with a"
            " secret key in a header. The beacon also takes its key as `?writeKey=`.",
            ANY_KEY,
            BATCH,
            STORED,
            takes=Batch,
            gives=Stored,
        ),
    ),
)
