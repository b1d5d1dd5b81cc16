"""The routes that tell and change who is who."""

from wegweiser.web.identity_examples import (
    CUT,
    CUT_PREVIEW,
    DRY_RUN,
    EVIDENCE,
    IDENTITY,
    MESSAGE,
    PUBLISHED,
    RULES,
)
from wegweiser.web.reference.documented import (
    IDENTITY_KEY,
    READ_KEY,
    Documented,
    Family,
    Parameter,
)
from wegweiser.web.reference.profiles import USERS
from wegweiser.web.reference.shapes import Said

SPACE = "/v1/spaces/default"
_ADA = f"{USERS}/user_id%3Au-42"
_PROFILE = f"{USERS}/{{type}}:{{value}}"
PREVIEW = Parameter(
    "preview", "Tell what would change, and change nothing.", {"type": "boolean", "default": False}
)
_A, _B = (Parameter(name, "An identifier, `type:value`.", {"type": "string"}) for name in "ab")
_LIMIT = Parameter(
    "limit", "How many at most.", {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100}
)
_AFTER = Parameter("after", "The `next` of the page before.", {"type": "string"})
_KIND = Parameter(
    "kind", "One list only.", {"type": "string", "enum": ["frozen", "quarantined", "refused"]}
)
_REFUSED = (401, 403, 404, 409, 422)


def _said(kind: str, does: str, body: str, answer: str = "") -> Documented:
    return Documented(
        "POST",
        (f"{SPACE}/identity/{kind}",),
        does,
        IDENTITY_KEY,
        body,
        answer,
        tries=(f"{SPACE}/identity/{kind}?preview=true",),
        gives=Said,
        query=(PREVIEW,),
        refusals=_REFUSED,
    )


def _read(path: str, does: str, *query: Parameter) -> Documented:
    return Documented(
        "GET",
        (f"{SPACE}/identity/{path}",),
        does,
        IDENTITY_KEY,
        query=query,
        refusals=(401, 403, 422, 429),
    )


FAMILY = Family(
    "Who is who",
    "Every join rests on evidence that can be read, taken out and put back. Statements of\n"
    "operators are records in the log; `?preview=true` tells who would change and changes\n"
    "nothing. A write key is answered 401 here.",
    (
        Documented(
            "GET",
            (f"{_PROFILE}/identity",),
            "Gives what a person is called, its older ids, and what operators said about it.",
            READ_KEY,
            answer=IDENTITY,
            tries=(f"{_ADA}/identity",),
            choices={"type": ("user_id", "anonymous_id", "email", "phone")},
            refusals=(401, 403, 429, 503),
        ),
        Documented(
            "GET",
            (f"{_PROFILE}/evidence",),
            "Tells why two identifiers are, or are not, one person: the accepted pairs between\n"
            "them, or the refused ones with the rule and what would change it.",
            READ_KEY,
            answer=EVIDENCE,
            tries=(f"{_ADA}/evidence?a=user_id%3Au-42&b=email%3Aada%40acme.example",),
            query=(_A, _B),
            choices={"type": ("user_id", "anonymous_id", "email", "phone")},
            refusals=(401, 403, 422, 429, 503),
        ),
        _said("link", "Says that the two of each pair are one person.", CUT),
        _said(
            "cut",
            "Says that the evidence on a pair joins nobody; `hold: false` lets new evidence count.",
            CUT,
            CUT_PREVIEW,
        ),
        _said("separate", "Says that the two of each pair may never be one person.", CUT),
        _said(
            "restore",
            "Takes everybody tied to an identifier back to a log `position`, or to a time (`at`).",
            '{"identifier": "user_id:u-42", "position": 1}',
        ),
        _said(
            "release",
            "Lets a frozen component be resolved again; 409 where nothing waits.",
            '{"identifier": "user_id:u-42"}',
        ),
        Documented(
            "POST",
            (f"{SPACE}/identity/operations/{{operation}}/undo",),
            "Takes back what an operator said; an undo can be undone too.",
            IDENTITY_KEY,
            "{}",
            tries=(f"{SPACE}/identity/operations/{{operation}}/undo?preview=true",),
            gives=Said,
            query=(PREVIEW,),
            refusals=_REFUSED,
        ),
        Documented(
            "POST",
            (f"{_PROFILE}/external_ids/delete",),
            "Takes identifiers out of a profile: each stands apart from all the others of it.",
            IDENTITY_KEY,
            '{"delete_external_ids": [{"id": "ada@acme.example", "type": "email"}]}',
            tries=(f"{_ADA}/external_ids/delete?preview=true",),
            gives=Said,
            query=(PREVIEW,),
            choices={"type": ("user_id", "anonymous_id", "email", "phone")},
            refusals=_REFUSED,
        ),
        _read(
            "operations",
            "Lists what operators said and the rules they published, newest first.",
            _LIMIT,
            _AFTER,
        ),
        _read(
            "queue",
            "Lists what waits for an operator: frozen, in quarantine, refused.",
            _KIND,
            _LIMIT,
            _AFTER,
        ),
        _read(
            "types",
            "Lists the types that senders made up: distinct values per person, how many values,\n"
            "since when, from which sources, and whether one is for review, classified or refused.",
        ),
        Documented(
            "POST",
            (f"{SPACE}/identity/types",),
            "Gives a type that senders made up a class (`strong`, `weak`, `unique`) or refuses it\n"
            "(`refused`), by publishing the rules with it; first with `?preview=true`, a dry run.",
            IDENTITY_KEY,
            '{"type": "loyalty_card", "class": "strong", "reason": "Cards are personal"}',
            tries=(f"{SPACE}/identity/types?preview=true",),
            query=(PREVIEW,),
            refusals=_REFUSED,
        ),
        _read("rules", "Gives the rules that count, the draft, and all that was published."),
        Documented(
            "POST",
            (f"{SPACE}/identity/rules/dry-run",),
            "Tells what rules would change among those touched in the last `days`, or of `all`.",
            IDENTITY_KEY,
            RULES,
            DRY_RUN,
            refusals=_REFUSED,
        ),
        Documented(
            "POST",
            (f"{SPACE}/identity/rules",),
            "Lets rules count that were tried by a dry run; with `version`, earlier ones.",
            IDENTITY_KEY,
            RULES,
            PUBLISHED,
            refusals=_REFUSED,
        ),
        Documented(
            "GET",
            (f"{SPACE}/messages/{{messageId}}",),
            "Tells what happened to one message, and what it gave.",
            READ_KEY,
            answer=MESSAGE,
            tries=(f"{SPACE}/messages/m-1",),
            refusals=(401, 403, 429),
        ),
    ),
)
