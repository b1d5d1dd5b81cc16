"""Operations on what is published: apply, check, list, compare, roll back, export."""

from collections.abc import Awaitable, Callable

from wegweiser.decide.bundle import bundle_id
from wegweiser.decide.bundle_diff import differences
from wegweiser.decide.bundle_export import export, written
from wegweiser.flow.apply import Checked
from wegweiser.flow.policies import Publication
from wegweiser.terms.errors import DocumentRefused, InputRefused
from wegweiser.terms.instant import format_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.policy import Bundle
from wegweiser.terms.source import Caller
from wegweiser.terms.wrong import wrong
from wegweiser.workspace.arguments import plain, read
from wegweiser.workspace.identity_operations import said_by
from wegweiser.workspace.site import Site

Files = tuple[tuple[str, str], ...]
MOST_LISTED = 1_000
DIGITS = 12
LANGUAGES = ("en", "de")


def files_of(arguments: JsonObject) -> Files:
    """Read documents: `files` as [name, text of YAML], or `documents` as objects."""
    files = read(arguments, "files", tuple[tuple[str, str], ...], [])
    documents = read(arguments, "documents", list[JsonObject], [])
    named = tuple(
        (f"documents[{place}]", written(document)) for place, document in enumerate(documents)
    )
    if not files and not named and not read(arguments, "prune", bool, False):
        raise InputRefused("bad_input", wrong("files_missing"), 422, "files")
    return (*files, *named)


async def apply(site: Site, arguments: JsonObject, caller: Caller | None = None) -> Json:
    """Apply configuration documents, all or nothing; with `dry_run` only say what would change."""
    files, prune = files_of(arguments), read(arguments, "prune", bool, False)
    if read(arguments, "dry_run", bool, False):
        checked = site.applier.check(files, prune)
        checked.require_good()
        return plain(preview(site, checked))
    by, reason = said_by(arguments, caller), read(arguments, "reason", str, "")
    applied = await site.applier.apply(files, by, reason, prune)
    note(site, "configuration.publish", by, reason, files=len(files))
    return plain(applied)


async def bundle_validate(site: Site, arguments: JsonObject) -> Json:
    """Check documents and change nothing: all faults by file and line, warnings, what is new."""
    files = files_of(arguments)
    return plain(preview(site, site.applier.check(files, read(arguments, "prune", bool, False))))


async def bundle_publish(site: Site, arguments: JsonObject, caller: Caller | None = None) -> Json:
    """Apply documents as `apply` does; gives the bundle that decides from now on as well."""
    applied = await apply(site, {**arguments, "dry_run": False}, caller)
    assert isinstance(applied, dict)
    return {**current(site), **applied}


def preview(site: Site, checked: Checked) -> JsonObject:
    """Tell what documents would change, and everything that is wrong with them."""
    told: JsonObject = {
        "valid": not checked.faults,
        "faults": [fault(one) for one in checked.faults],
        "warnings": [one.said() for one in checked.warnings],
        "warning_sentences": [
            {lang: one.said(lang) for lang in LANGUAGES} for one in checked.warnings
        ],
        "others": len(checked.documents.loose),
        "published": bundle_id(site.unifier.policies.bundle),
    }
    if not checked.faults:
        merged = checked.merged
        told |= {
            "created": [*merged.created],
            "changed": [*merged.changed],
            "removed": [*merged.removed],
            "unchanged": len(merged.unchanged),
            "changes": compared(site.unifier.policies.bundle, merged.bundle),
        }
    return told


def fault(error: InputRefused) -> JsonObject:
    """Write a fault with its place; one that lies in no document has none.

    `fault` is its stable code, `sentence` what is wrong in English and German.
    """
    if isinstance(error, DocumentRefused):
        sentence: JsonObject = {one: error.reason_said(one) for one in LANGUAGES}
        told: JsonObject = {"file": error.file, "line": error.line, "reason": error.reason}
        return {**told, "fault": error.fault, "sentence": sentence}
    sentence = {one: error.said(one) for one in LANGUAGES}
    return {"file": "", "line": 0, "reason": error.message, "fault": "", "sentence": sentence}


def compared(old: Bundle, new: Bundle) -> list[Json]:
    """Write the differences of two bundles, in words and line by line."""
    return [plain(one) for one in differences(old, new)]


def current(site: Site) -> JsonObject:
    """Name the bundle that decides now."""
    bundle = site.unifier.policies.bundle
    return {"bundle": bundle_id(bundle), "number": bundle.number}


async def bundle_list(site: Site, arguments: JsonObject) -> Json:
    """List what was published, newest first: number, hash, who, when and why."""
    limit = read(arguments, "limit", int, 100)
    if not 1 <= limit <= MOST_LISTED:
        told = wrong("number_between", name="limit", least=1, most=MOST_LISTED)
        raise InputRefused("bad_input", told, 422, "limit")
    await site.intake.settle()
    return [published(one) for one in site.unifier.policies.publications()[:limit]]


def published(one: Publication) -> JsonObject:
    """Write one publication."""
    told: JsonObject = {
        "number": one.number,
        "bundle": f"{one.digest[:DIGITS]}#{one.number}",
        "sha256": one.digest,
        "at": format_instant(one.at) if one.at else None,
        "by": one.by,
        "reason": one.reason,
    }
    if one.erased_at:
        told["changed_by_erasure"] = format_instant(one.erased_at)
    return told | ({"restores": one.restores} if one.restores else {})


async def bundle_show(site: Site, arguments: JsonObject) -> Json:
    """Show a bundle by its number (the newest without one), with its documents as YAML."""
    await site.intake.settle()
    bundle = _bundle(site, arguments, "number")
    rows = site.unifier.policies.publications()
    told = next((published(one) for one in rows if one.number == bundle.number), current(site))
    return {**told, "files": dict(export(bundle)), "objects": plain(bundle)}


async def bundle_export(site: Site, arguments: JsonObject) -> Json:
    """Give a bundle as YAML by file name; applied again, it changes nothing."""
    await site.intake.settle()
    files: JsonObject = {**dict(export(_bundle(site, arguments, "number")))}
    return files


async def bundle_diff(site: Site, arguments: JsonObject) -> Json:
    """Compare two published bundles by their numbers, `old` and `new` (the newest)."""
    await site.intake.settle()
    old, new = _bundle(site, arguments, "old"), _bundle(site, arguments, "new")
    return {"old": bundle_id(old), "new": bundle_id(new), "changes": compared(old, new)}


async def bundle_rollback(site: Site, arguments: JsonObject, caller: Caller | None = None) -> Json:
    """Publish an old bundle again under a new number, unless it is what decides already."""
    await site.intake.settle()
    number = read(arguments, "number", int)
    by, reason = said_by(arguments, caller), read(arguments, "reason", str, "")
    is_new = await site.applier.restore(number, by, reason)
    if is_new:
        note(site, "configuration.rollback", by, reason, restores=number)
    return {**current(site), "restores": number, "published": is_new}


def note(site: Site, what: str, by: str, reason: str, **detail: Json) -> None:
    """Note in the audit who published what, and why."""
    said: JsonObject = {"reason": reason} if reason else {}
    site.audit.note(what, by, detail={**detail, "bundle": str(current(site)["bundle"]), **said})


def _bundle(site: Site, arguments: JsonObject, name: str) -> Bundle:
    policies = site.unifier.policies
    if arguments.get(name) is None:
        return policies.bundle
    return policies.numbered(read(arguments, name, int))


OfCaller = Callable[[Site, JsonObject, Caller | None], Awaitable[Json]]
OF_CALLERS: dict[str, OfCaller] = {
    "apply": apply,
    "bundle_publish": bundle_publish,
    "bundle_rollback": bundle_rollback,
}
OPERATIONS: dict[str, Callable[[Site, JsonObject], Awaitable[Json]]] = {
    "apply": apply,
    "bundle_publish": bundle_publish,
    "bundle_rollback": bundle_rollback,
    "bundle_validate": bundle_validate,
    "bundle_list": bundle_list,
    "bundle_show": bundle_show,
    "bundle_export": bundle_export,
    "bundle_diff": bundle_diff,
}
