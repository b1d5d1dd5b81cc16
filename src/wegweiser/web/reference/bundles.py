"""The routes that check and publish what decides, and bring back what did."""

from msgspec import UNSET, Struct, UnsetType

from wegweiser.terms.json import Json, JsonObject
from wegweiser.web.reference.documented import ADMIN_KEY, Documented, Family

_DOCUMENTS = """{"documents": [
  {"kind": "goal", "key": "newsletter", "when": "event == \\"Newsletter Ordered\\""}],
 "reason": "the spring campaign counts newsletters"}"""
_VALID = """{"valid": true, "faults": [], "warnings": [],
 "warning_sentences": [], "others": 0,
 "published": "cb6f4b62edae#2", "created": ["goal newsletter"], "changed": [], "removed": [],
 "unchanged": 0, "changes": [{"name": "goal newsletter", "change": "created", "words": [],
   "lines": ["--- goal newsletter (before)", "+++ goal newsletter (after)", "..."]}]}"""
_PUBLISHED = """{"bundle": "1f0a5b62c1d2#3", "number": 3, "created": 1, "changed": 0,
 "unchanged": 0}"""
_LISTED = """{"bundles": [{"number": 3, "bundle": "1f0a5b62c1d2#3",
  "sha256": "1f0a5b62c1d24f...", "at": "2026-11-22T09:41:07.000Z", "by": "key_9f2c",
  "reason": "the spring campaign counts newsletters"}]}"""
_ROLLED_BACK = '{"bundle": "cb6f4b62edae#4", "number": 4, "restores": 1, "published": true}'
_TEST = """{"rule": "person.traits.plan == \\"enterprise\\"",
 "profiles": ["user_id:u-42"], "context": {"page": {"path": "/security"}}}"""
_TESTED = """{"rule": "person.traits.plan == \\"enterprise\\"", "profiles": [
  {"profile": "user_id:u-42", "value": false,
   "failing": "person.traits.plan == \\"enterprise\\"", "found": "team"}]}"""


class DocumentsSent(Struct):
    """Documents as objects, or as `[file name, text of YAML]`; one body of YAML will do as well."""

    documents: list[JsonObject] | UnsetType = UNSET
    files: list[tuple[str, str]] | UnsetType = UNSET
    prune: bool | UnsetType = UNSET
    reason: str | UnsetType = UNSET


class DocumentFault(Struct):
    """What is wrong in which file and line, and what to do.

    `fault` is its stable code ("" where it has none), `sentence` the reason in English and German.
    """

    file: str
    line: int
    reason: str
    fault: str
    sentence: dict[str, str]


class Change(Struct):
    """One object that differs, in words and as the lines of a unified diff."""

    name: str
    change: str
    words: list[str]
    lines: list[str]


class Validated(Struct):
    """All faults by file and line, what is worth a look, and what would change."""

    valid: bool
    faults: list[DocumentFault]
    warnings: list[str]
    warning_sentences: list[dict[str, str]]
    others: int
    published: str
    created: list[str] | UnsetType = UNSET
    changed: list[str] | UnsetType = UNSET
    removed: list[str] | UnsetType = UNSET
    unchanged: int | UnsetType = UNSET
    changes: list[Change] | UnsetType = UNSET


class BundlePublished(Struct):
    """The bundle that decides now, and how many objects were created, changed and the same."""

    bundle: str
    number: int
    created: int
    changed: int
    unchanged: int
    removed: int | UnsetType = UNSET
    warnings: list[str] | UnsetType = UNSET


class Reason(Struct):
    """What for; kept with what is done."""

    reason: str | UnsetType = UNSET


class RolledBack(Struct):
    """The new number of an old bundle; not `published` where it decided already."""

    bundle: str
    number: int
    restores: int
    published: bool


class RuleTest(Struct):
    """A rule, profiles as TYPE:VALUE, and the situation in which they ask."""

    rule: str
    profiles: list[str]
    context: JsonObject | UnsetType = UNSET
    placement: str | UnsetType = UNSET
    message: str | UnsetType = UNSET


class RuleTried(Struct):
    """What a rule says of one profile: true, false or "unknown", and the part that made it so."""

    profile: str
    value: bool | str
    failing: str | UnsetType = UNSET
    found: Json | UnsetType = UNSET
    unknown: str | UnsetType = UNSET
    where: str | UnsetType = UNSET


class RuleTested(Struct):
    """A rule and what it says of each profile."""

    rule: str
    profiles: list[RuleTried]


FAMILY = Family(
    "Publishing what decides",
    "Messages, placements, goals and policies are published together as one bundle, which never\n"
    "changes. Its name is the SHA-256 of its canonical JSON (12 digits) and a running number.",
    (
        Documented(
            "POST",
            ("/v1/bundles:validate",),
            "Checks documents and changes nothing: all faults with file, line and remedy, warnings,"
            " and what publishing them would change. The body is JSON, or YAML with a content type"
            " such as `application/yaml`.",
            ADMIN_KEY,
            _DOCUMENTS,
            _VALID,
            takes=DocumentsSent,
            gives=Validated,
            refusals=(422,),
        ),
        Documented(
            "POST",
            ("/v1/bundles:publish",),
            "Applies documents, all or nothing, as `wegweiser apply` does. With faults it answers"
            " 422, and `faults` lists all of them. Where the setting `publish_release` asks for a"
            " second person it answers 403: send a draft.",
            ADMIN_KEY,
            _DOCUMENTS,
            _PUBLISHED,
            takes=DocumentsSent,
            gives=BundlePublished,
            refusals=(422,),
        ),
        Documented(
            "GET",
            ("/v1/bundles",),
            "Lists what was published, newest first, with who, when and why.",
            ADMIN_KEY,
            "",
            _LISTED,
        ),
        Documented(
            "GET",
            ("/v1/bundles/{number}",),
            "Gives a published bundle: its objects, and the YAML that makes it (`files`).",
            ADMIN_KEY,
            tries=("/v1/bundles/1",),
        ),
        Documented(
            "GET",
            ("/v1/bundles/{number}/diff/{other}",),
            "Tells what is different between two published bundles.",
            ADMIN_KEY,
            tries=("/v1/bundles/1/diff/2",),
        ),
        Documented(
            "POST",
            ("/v1/bundles/{number}:rollback",),
            "Publishes an old bundle again under a new number. What decides already stays.",
            ADMIN_KEY,
            '{"reason": "newsletters were counted twice"}',
            _ROLLED_BACK,
            tries=("/v1/bundles/1:rollback",),
            takes=Reason,
            gives=RolledBack,
        ),
        Documented(
            "GET",
            ("/v1/drafts",),
            "Lists the drafts: documents that wait for their publication.",
            ADMIN_KEY,
        ),
        Documented(
            "POST",
            ("/v1/drafts/{name}",),
            "Keeps documents as a draft, also unfinished ones; the answer says what is wrong with"
            " them. Whoever changes a draft begins its review anew.",
            ADMIN_KEY,
            _DOCUMENTS.replace("newsletter", "call").replace("Newsletter Ordered", "Called"),
            tries=("/v1/drafts/spring",),
            takes=DocumentsSent,
            refusals=(422,),
        ),
        Documented(
            "GET",
            ("/v1/drafts/{name}",),
            "Gives a draft with its documents, its faults and what it would change.",
            ADMIN_KEY,
            tries=("/v1/drafts/spring",),
        ),
        Documented(
            "GET",
            ("/v1/drafts/{name}/diff",),
            "Tells what publishing a draft would change now.",
            ADMIN_KEY,
            tries=("/v1/drafts/spring/diff",),
        ),
        Documented(
            "POST",
            ("/v1/drafts/{name}:{step}",),
            "Takes a draft one step on: `submit`, `approve`, `publish`. Where the setting"
            " `publish_release` is `second_person`, somebody approves it who has neither written"
            " nor submitted it.",
            ADMIN_KEY,
            "{}",
            tries=("/v1/drafts/spring:submit",),
            takes=Reason,
            choices={"step": ("submit", "approve", "publish")},
            refusals=(409, 422),
        ),
        Documented(
            "DELETE",
            ("/v1/drafts/{name}",),
            "Forgets a draft.",
            ADMIN_KEY,
            tries=("/v1/drafts/spring",),
        ),
        Documented(
            "POST",
            ("/v1/rules:test",),
            "Says of sample profiles whether a rule holds: true, false or unknown, which part of it"
            " failed, and on which value.",
            ADMIN_KEY,
            _TEST,
            _TESTED,
            takes=RuleTest,
            gives=RuleTested,
            refusals=(404, 422),
        ),
        Documented(
            "GET",
            ("/v1/rules",),
            "Lists the published rules with how they ran since the start: how often asked, what"
            " was unknown why, which were slow.",
            ADMIN_KEY,
        ),
    ),
)
