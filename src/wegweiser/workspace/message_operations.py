"""Operations on one message: whom it would reach, what a person would get, and saving a draft."""

import re

from wegweiser.decide.bundle import changed_content, next_key
from wegweiser.decide.bundle_export import documents_of, written
from wegweiser.decide.document import read_documents
from wegweiser.decide.yaml_tree import read_yaml
from wegweiser.flow.message_course import Courses
from wegweiser.flow.message_trial import MessageTrial
from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.message import Message
from wegweiser.terms.policy import Bundle
from wegweiser.terms.source import Caller
from wegweiser.terms.wrong import wrong
from wegweiser.workspace.arguments import plain, read, text
from wegweiser.workspace.bundle_operations import preview
from wegweiser.workspace.draft_operations import draft_save
from wegweiser.workspace.site import Site

FILE = "message.yaml"
DRAFT = "message-"
NEWEST = 2_000
_SAID = ("by", "reason")
_TOP = re.compile(r"([a-z_]+):")
_FIELD = re.compile(r"[ -]*([A-Za-z_]+):")


def draft_name(key: str) -> str:
    """Name the draft that waits for a message.

    >>> draft_name("spring-offer")
    'message-spring-offer'
    """
    return DRAFT + key


async def message_reach(site: Site, arguments: JsonObject) -> Json:
    """Count whom a message would reach now: its rules, of these consent, of these nothing against.

    `key` names it; `document` is how it would be, without one it is as published.
    """
    await site.intake.settle()
    await site.segments.settle()
    bundle = _bundle(site, arguments)
    return plain(await _trial(site).reach(bundle, text(arguments, "key")))


async def message_course(site: Site, arguments: JsonObject) -> Json:
    """Tell what became of a message (`key`) in the newest decisions, and what kept it back."""
    await site.intake.settle()
    newest = site.unifier.decisions.newest(NEWEST, site.clock.now_ms())
    courses = Courses(site.unifier.policies, site.unifier.outcomes)
    return plain(await courses.course(text(arguments, "key"), newest))


async def message_standing(site: Site, arguments: JsonObject) -> Json:
    """Tell of a `person` (TYPE:VALUE) how far each variant gets, and what it would say.

    With `hidden` only the first letter is told of what is known of the person.
    """
    await site.intake.settle()
    await site.segments.settle()
    name = text(arguments, "person")
    person_id = site.views.find_person(name)
    if person_id is None:
        raise NotFound(wrong("no_person_called", key=repr(name[:200])))
    hidden = read(arguments, "hidden", bool, False)
    bundle = _bundle(site, arguments)
    found = _trial(site).standing(bundle, text(arguments, "key"), person_id, hidden)
    return {"person_id": person_id, "variants": plain(found)}


async def message_check(site: Site, arguments: JsonObject) -> Json:
    """Check a message (`document`) and change nothing: faults by field, and what would change.

    Each fault has its code as `fault` and a `sentence` in English and German.

    `renamed` tells new keys of published variants with other content, by their old ones.
    """
    document, renamed = renewed(site, read(arguments, "document", JsonObject))
    text_of_it = written(document)
    found = preview(site, site.applier.check([(FILE, text_of_it)]))
    told: JsonObject = {**renamed}
    faults: list[Json] = [*_placed(found, text_of_it)]
    return {**found, "faults": faults, "renamed": told, "document": document}


def _placed(found: JsonObject, text_of_it: str) -> list[JsonObject]:
    faults = found["faults"]
    rows = [one for one in faults if isinstance(one, dict)] if isinstance(faults, list) else []
    return [{**one, "path": path_at(text_of_it, read(one, "line", int, 0))} for one in rows]


def path_at(text_of_it: str, line: int) -> str:
    """Say which field of a document stands in a line of its YAML (from 1); "" where there is none.

    >>> path_at("kind: message\\nrules:\\n- when: a\\n  label: b\\n- when: c\\n", 5)
    'rules[1].when'
    """
    lines = text_of_it.splitlines()
    if not 0 < line <= len(lines):
        return ""
    name = _FIELD.match(lines[line - 1])
    top, place, deep = "", -1, 0
    for one in lines[:line]:
        if (found := _TOP.match(one)) is not None:
            top, place = found[1], -1
        elif one.startswith("- "):
            place += 1
        deep = len(one) - len(one.lstrip(" "))
    if place < 0:
        return top
    # What lies deeper belongs to the content of a variant.
    inner = "content." if deep > 2 else ""
    return f"{top}[{place}].{inner}{name[1] if name else ''}"


async def message_save(site: Site, arguments: JsonObject, caller: Caller | None = None) -> Json:
    """Keep a message (`document`) as a draft; a published variant with new content is renamed.

    `renamed` tells the new keys by the old ones.
    """
    document = read(arguments, "document", JsonObject)
    key = text(document, "key")
    document, renamed = renewed(site, document)
    said: JsonObject = {name: arguments[name] for name in _SAID if name in arguments}
    asked: JsonObject = {**said, "name": draft_name(key), "files": [[FILE, written(document)]]}
    saved = await draft_save(site, asked, caller)
    assert isinstance(saved, dict)
    told: JsonObject = {**renamed}
    return {**saved, "renamed": told}


async def message_read(site: Site, arguments: JsonObject) -> Json:
    """Read the YAML of one document (`text`) as an object, also one that is not valid yet."""
    trees = read_yaml(FILE, text(arguments, "text"))
    value = trees[0].value if trees else None
    return value if isinstance(value, dict) else {}


def renewed(site: Site, document: JsonObject) -> tuple[JsonObject, dict[str, str]]:
    """Give published variants whose content is another one now keys of their own."""
    try:
        [described] = read_documents([(FILE, written({**document, "kind": "message"}))]).objects
    except InputRefused:
        # What cannot be read is kept as it is; the check of the draft tells what is wrong.
        return document, {}
    message, published = described.value, site.unifier.policies.variants()
    if not isinstance(message, Message):
        return document, {}
    taken = {key for name, key in published if name == message.key}
    taken |= {variant.key for variant in message.variants}
    renamed: dict[str, str] = {}
    for variant in message.variants:
        old = published.get((message.key, variant.key))
        if old is not None and changed_content(old, variant):
            key = next_key(variant.key)
            while key in taken:
                key = next_key(key)
            taken.add(key)
            renamed[variant.key] = key
    return _with_keys(document, renamed), renamed


def _with_keys(document: JsonObject, renamed: dict[str, str]) -> JsonObject:
    stated = document.get("variants")
    if not renamed or not isinstance(stated, list):
        return document
    variants: list[Json] = [
        {**one, "key": renamed.get(str(one.get("key")), one.get("key"))}
        for one in stated
        if isinstance(one, dict)
    ]
    return {**document, "variants": variants}


def document_of(bundle: Bundle, key: str) -> JsonObject | None:
    """Give a message of a bundle as its document; None where there is none."""
    found = documents_of(bundle).get("message", [])
    return next((one for one in found if one["key"] == key), None)


def _bundle(site: Site, arguments: JsonObject) -> Bundle:
    """Give what is published with the message as it would be; raises DocumentRefused."""
    if arguments.get("document") is None:
        return site.unifier.policies.bundle
    document = read(arguments, "document", JsonObject)
    document, _ = renewed(site, document)
    checked = site.applier.check([(FILE, written(document))])
    checked.require_good()
    return checked.merged.bundle


def _trial(site: Site) -> MessageTrial:
    return MessageTrial(site.unifier, site.views, site.deciding.trainer, site.clock)


OF_CALLERS = {"message_save": message_save}
OPERATIONS = {
    "message_reach": message_reach,
    "message_course": message_course,
    "message_standing": message_standing,
    "message_check": message_check,
    "message_read": message_read,
    "message_save": message_save,
}
