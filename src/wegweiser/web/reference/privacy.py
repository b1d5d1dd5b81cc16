"""The routes for the rights of people: regulations, OpenDSR, suppressions, the key of receipts."""

from wegweiser.web.reference.documented import ERASE_KEY, NO_KEY, Documented, Family

_REGULATION = (
    '{"regulationType":"SUPPRESS_WITH_DELETE","subjectType":"USER_ID","subjectIds":["u-42"]}'
)
_REQUEST = (
    '{"regulation":"gdpr","subject_request_id":"a7551968-d5d6-44b2-9831-815ac9017798",'
    '"subject_request_type":"erasure","submitted_time":"2026-11-03T10:00:00Z",'
    '"subject_identities":[{"identity_type":"controller_customer_id","identity_value":"u-42",'
    '"identity_format":"raw"}],"api_version":"2.0"}'
)
_UNKNOWN = "b3f1c2d4-0000-4000-8000-000000000001"
_PEM = "application/x-pem-file"

FAMILY = Family(
    "Rights of people",
    "To erase and suppress many at once in the shape of Segment's regulations, to take\n"
    "requests of people in the shape of OpenDSR 2.0, to verify receipts. Regulation types:\n"
    "`SUPPRESS_ONLY`, `UNSUPPRESS`, `SUPPRESS_WITH_DELETE`, `SUPPRESS_WITH_DELETE_INTERNAL`,\n"
    "`DELETE_INTERNAL`, `DELETE_ONLY`; with `_INTERNAL` no recipient is told. Subject types:\n"
    "`USER_ID`, `OBJECT_ID` (an account or a record of a CRM), `IDENTIFIER` (`type:value`).\n"
    "Answers below `/opendsr/v1` and all callbacks carry `X-OpenDSR-Processor-Domain` and\n"
    "`X-OpenDSR-Signature`: Ed25519 over the body, in base64; `certificate` gives the key.",
    (
        Documented(
            "POST",
            ("/regulations",),
            "Takes a regulation for up to 5,000 subjects; it is carried out within seconds.",
            ERASE_KEY,
            _REGULATION,
            '{"data":{"regulateId":"reg_01M80WS6HYFSEXQ6WFGYW406RW"}}',
        ),
        Documented("GET", ("/regulations",), "Lists the regulations, newest first.", ERASE_KEY),
        Documented(
            "GET",
            ("/regulations/{regulateId}",),
            "Gives one with its state, and that of every recipient that has to be told:"
            " `INITIALIZED`, `RUNNING`, `FINISHED`, `PARTIAL_SUCCESS`, `FAILED`, `INVALID`,"
            " `NOT_SUPPORTED`.",
            ERASE_KEY,
            status=404,
            tries=("/regulations/reg_none",),
        ),
        Documented(
            "DELETE",
            ("/regulations/{regulateId}",),
            "Takes back a regulation that is `INITIALIZED`.",
            ERASE_KEY,
            status=404,
            tries=("/regulations/reg_none",),
            refusals=(409,),
        ),
        Documented(
            "POST",
            ("/regulations/sources/{id}", "/regulations/cloudsources/{id}"),
            "Takes a regulation for one source. It ends as `NOT_SUPPORTED`: people are erased from"
            " the whole workspace.",
            ERASE_KEY,
            _REGULATION,
            '{"data":{"regulateId":"reg_01M80WS6HYFSEXQ6WFGYW406RW"}}',
            tries=("/regulations/sources/src_1",),
        ),
        Documented(
            "GET",
            ("/suppressions",),
            "Lists who may not come in, by keyed hash; the list holds no names.",
            ERASE_KEY,
        ),
        Documented(
            "GET",
            ("/opendsr/v1/discovery",),
            "Gives which identities and requests are understood, and where the certificate lies.",
            NO_KEY,
        ),
        Documented("GET", ("/opendsr/v1/status",), "Says how many requests wait.", NO_KEY),
        Documented(
            "GET",
            ("/opendsr/v1/certificate",),
            "Gives the certificate whose key signs the answers and callbacks.",
            NO_KEY,
            media=_PEM,
        ),
        Documented(
            "POST",
            ("/opendsr/v1/requests",),
            "Takes a request for `erasure`, `access` or `portability`. Identities may be hashed"
            " (`sha256`, `sha1`, `md5` of the normalised value). The same id with the same body"
            " gets the same answer; with another body 409.",
            ERASE_KEY,
            _REQUEST,
            '{"controller_id":"src_1","expected_completion_time":"2026-11-04T10:00:00.000Z",'
            '"received_time":"2026-11-03T10:00:00.000Z","encoded_request":"e30=",'
            '"subject_request_id":"a7551968-d5d6-44b2-9831-815ac9017798"}',
            201,
            refusals=(409,),
        ),
        Documented(
            "GET",
            ("/opendsr/v1/requests/{subject_request_id}",),
            "Gives the state: `pending`, `in_progress`, `completed`, `cancelled`.",
            ERASE_KEY,
            status=404,
            tries=(f"/opendsr/v1/requests/{_UNKNOWN}",),
        ),
        Documented(
            "DELETE",
            ("/opendsr/v1/requests/{subject_request_id}",),
            "Takes back a request that is `pending`; 202.",
            ERASE_KEY,
            status=404,
            tries=(f"/opendsr/v1/requests/{_UNKNOWN}",),
            refusals=(202,),
        ),
        Documented(
            "GET",
            ("/v1/receipts/public-key",),
            "Gives the public key with which anybody can verify the receipt of an erasure.",
            NO_KEY,
            media=_PEM,
        ),
    ),
)
