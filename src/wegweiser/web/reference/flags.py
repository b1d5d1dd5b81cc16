"""The routes of OpenFeature, and the streams of what has changed."""

from wegweiser.web.reference.batch_shapes import FlagQuestion, FlagRefusal, FlagsTold, FlagTold
from wegweiser.web.reference.documented import (
    ANY_KEY,
    READ_KEY,
    Documented,
    Family,
    Parameter,
)

_QUESTION = '{"context": {"targetingKey": "u-42", "locale": "de-DE"}}'
_FLAGS = "/ofrep/v1/evaluate/flags"
_STREAM = (
    Parameter("token", "The token of an answer, in place of a key.", {"type": "string"}),
    Parameter("subject", "Whom alone it is about, as type:value.", {"type": "string"}),
    Parameter("once", "End where nothing follows yet.", {"enum": ["true", "false"]}),
)

FAMILY = Family(
    "OpenFeature and streams",
    "Placements as flags (OFREP 0.3): the key of a flag is that of a placement, its value the\n"
    "chosen content. With a public key `targetingKey` is the visitor's `anonymous_id`, with a\n"
    "secret one a `user_id`. An evaluation is no exposure. Errors have the shape of that\n"
    "standard, and are never 429.",
    (
        Documented(
            "POST",
            (_FLAGS + "/{key}",),
            "Evaluates one flag. The same `context.request_id` gives the same answer; without a"
            " `value` the default of the caller counts.",
            ANY_KEY,
            _QUESTION,
            tries=(_FLAGS + "/home.hero",),
            takes=FlagQuestion,
            gives=FlagTold,
            refusals=(503,),
            refuses=FlagRefusal,
        ),
        Documented(
            "POST",
            (_FLAGS,),
            "Evaluates all flags of up to 50 placements that send nothing by themselves. The"
            " answer has an `ETag`; sent as `If-None-Match` it gives 304 as long as the decisions"
            " hold.",
            ANY_KEY,
            _QUESTION,
            takes=FlagQuestion,
            gives=FlagsTold,
            refusals=(304, 503),
            refuses=FlagRefusal,
        ),
        Documented(
            "GET",
            ("/v1/stream",),
            "Streams `bundle.published`, `decision.ready` (decided without anybody waiting) and"
            " `decision.invalidate` (what was decided holds no longer) as server-sent events; goes"
            " on after `Last-Event-ID` for a day. With the `stream_url` of an answer it is about"
            " that visitor, with a secret key about everybody, or about `subject`. Data are keys"
            " only.",
            READ_KEY,
            tries=("/v1/stream?once=true",),
            media="text/event-stream",
            query=_STREAM,
            refusals=(429,),
        ),
        Documented(
            "GET",
            ("/ofrep/v1/events",),
            "The same for clients of OpenFeature, which are told to evaluate again. Its address"
            " comes with all flags (`eventStreams`).",
            READ_KEY,
            tries=("/ofrep/v1/events?once=true",),
            media="text/event-stream",
            query=_STREAM,
            refusals=(503,),
            refuses=FlagRefusal,
        ),
    ),
)
