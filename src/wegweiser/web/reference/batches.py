"""The routes that decide for many, list decisions, and tell outcomes without a key."""

from wegweiser.web.reference.batch_shapes import BatchTold, BatchWish, DecisionPage, ResultPage
from wegweiser.web.reference.documented import (
    NO_KEY,
    READ_KEY,
    Documented,
    Family,
    Parameter,
)

_ONE = "/v1/decide/batch/{batch}"
_WISH = """{"placement": "newsletter", "request_id": "autumn",
 "subjects": ["user_id:u-42", {"userId": "u-43"}], "locale": "de-DE"}"""
_TOLD = """{"batch_id": "bat_01M80WS6HYFSEXQ6WFGYW406RW", "status": "running",
 "placement": "newsletter", "total": 2, "done": 0, "left": 2, "counts": {},
 "created_at": "2026-11-22T09:41:07.000Z", "ended_at": null}"""
_TOKEN = (Parameter("token", "The token of an item (`track`).", {"type": "string"}),)


def _number(name: str, does: str, least: int, most: int) -> Parameter:
    return Parameter(name, does, {"type": "integer", "minimum": least, "maximum": most})


def _text(name: str, does: str) -> Parameter:
    return Parameter(name, does, {"type": "string"})


LIST = Documented(
    "GET",
    ("/v1/decisions",),
    "Lists decisions, oldest first; `next` is the `after` of the next page, null at the end. The"
    " key needs the scope `profile:read`.",
    READ_KEY,
    gives=DecisionPage,
    query=(
        _text("person", "Any identifier, as type:value."),
        _text("message", "Where it was chosen."),
        _text("placement", "Where it was asked for."),
        _text("status", "decided, nothing, deferred, fallback or expired."),
        _text("since", "From this moment on."),
        _text("until", "Before this moment."),
        _text("after", "The id of a decision."),
        _number("limit", "How many, 100 if absent.", 1, 1_000),
    ),
    refusals=(404, 422),
)

FAMILY = Family(
    "Decisions for many",
    "For a placement that sends by itself, such as e-mail. Subjects are decided for one after the\n"
    "other, behind everybody who waits for an answer; a restart goes on where it was. People of\n"
    "an account that has fewer contacts left than people to tell are decided for together: who\n"
    "gets them is drawn, and the others are put off with the reason `shared_budget`. The key\n"
    "needs the scope `decide`.",
    (
        Documented(
            "POST",
            ("/v1/decide/batch",),
            "Takes up to 1,000 subjects, or a segment whose members are meant. The same"
            " `request_id` is the same batch.",
            READ_KEY,
            _WISH,
            _TOLD,
            202,
            takes=BatchWish,
            gives=BatchTold,
            refusals=(404, 409),
        ),
        Documented("GET", (_ONE,), "Tells how far a batch is.", READ_KEY, gives=BatchTold),
        Documented(
            "GET",
            (f"{_ONE}/results",),
            "Gives what was decided for each, in the order of the subjects; `next` is the `after`"
            " of the next page.",
            READ_KEY,
            gives=ResultPage,
            query=(
                _number("after", "The number of the first one, from 0.", 0, 999_999_999),
                _number("limit", "How many, 100 if absent.", 1, 1_000),
            ),
        ),
        Documented(
            "DELETE",
            (_ONE,),
            "Ends a batch. What is decided stays, and is sent; `left` tells how many are not.",
            READ_KEY,
            gives=BatchTold,
        ),
        LIST,
        Documented(
            "GET",
            ("/v1/impression",),
            "Gives a picture of one point and notes that the item of the token was seen, once.",
            NO_KEY,
            media="image/gif",
            query=_TOKEN,
            refusals=(429,),
        ),
        Documented(
            "GET",
            ("/v1/click",),
            "Notes a click on the item of the token, once, and leads on to the `url` that its"
            " variant's content holds: never anywhere else. The link of a mail that this server"
            " sent also says that the visitor of the cookie `wgw_aid` reads that mailbox.",
            NO_KEY,
            status=302,
            media="text/plain",
            tries=("/v1/click?token={token}",),
            query=_TOKEN,
            refusals=(401, 404),
        ),
    ),
)
