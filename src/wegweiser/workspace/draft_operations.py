"""Operations on drafts: save, show, compare, submit, approve, publish, discard."""

from collections.abc import Awaitable, Callable

from wegweiser.flow import drafts
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.source import Caller
from wegweiser.workspace.arguments import plain, read, text
from wegweiser.workspace.bundle_operations import current, files_of, note, preview
from wegweiser.workspace.identity_operations import said_by
from wegweiser.workspace.site import Site


async def draft_save(site: Site, arguments: JsonObject, caller: Caller | None = None) -> Json:
    """Keep documents under a name, also unfinished ones; says what is wrong with them."""
    by, reason = said_by(arguments, caller), read(arguments, "reason", str, "")
    files, prune = files_of(arguments), read(arguments, "prune", bool, False)
    draft = site.publishing.drafts.save(text(arguments, "name"), files, by, reason, prune)
    note(site, "draft.save", by, reason, name=draft.name, files=len(files))
    return _with_preview(site, draft)


async def draft_list(site: Site, arguments: JsonObject) -> Json:
    """List all drafts: name, status, authors, and the bundle each was begun upon."""
    return [drafts.told(draft) for draft in site.publishing.drafts.all()]


async def draft_show(site: Site, arguments: JsonObject) -> Json:
    """Show a draft with its documents, its faults and its warnings."""
    draft = site.publishing.drafts.get(text(arguments, "name"))
    documents: JsonObject = {**dict(draft.files)}
    return {**_with_preview(site, draft), "documents": documents}


async def draft_diff(site: Site, arguments: JsonObject) -> Json:
    """Say what publishing a draft would change now."""
    draft = site.publishing.drafts.get(text(arguments, "name"))
    return _with_preview(site, draft)


def _with_preview(site: Site, draft: drafts.Draft) -> JsonObject:
    found = plain(preview(site, site.publishing.drafts.checked(draft)))
    assert isinstance(found, dict)
    return {**drafts.told(draft), **found}


async def draft_submit(site: Site, arguments: JsonObject, caller: Caller | None = None) -> Json:
    """Ask for the review of a draft; refused as long as it could not be published."""
    by = said_by(arguments, caller)
    draft = site.publishing.drafts.submit(text(arguments, "name"), by)
    note(site, "draft.submit", by, "", name=draft.name)
    return drafts.told(draft)


async def draft_approve(site: Site, arguments: JsonObject, caller: Caller | None = None) -> Json:
    """Approve a draft that was submitted; where two persons are asked for, not by its author."""
    by = said_by(arguments, caller)
    draft = site.publishing.drafts.approve(text(arguments, "name"), by)
    note(site, "draft.approve", by, "", name=draft.name)
    return drafts.told(draft)


async def draft_publish(site: Site, arguments: JsonObject, caller: Caller | None = None) -> Json:
    """Publish a draft; it is a draft no more then."""
    by, reason = said_by(arguments, caller), read(arguments, "reason", str, "")
    name = text(arguments, "name")
    reason = reason or site.publishing.drafts.get(name).reason
    applied = plain(await site.publishing.drafts.publish(name, by, reason))
    assert isinstance(applied, dict)
    note(site, "configuration.publish", by, reason, name=name)
    return {**current(site), **applied}


async def draft_discard(site: Site, arguments: JsonObject, caller: Caller | None = None) -> Json:
    """Forget a draft."""
    by = said_by(arguments, caller)
    draft = site.publishing.drafts.discard(text(arguments, "name"))
    note(site, "draft.discard", by, "", name=draft.name)
    return {"discarded": draft.name}


OF_CALLERS: dict[str, Callable[[Site, JsonObject, Caller | None], Awaitable[Json]]] = {
    "draft_save": draft_save,
    "draft_submit": draft_submit,
    "draft_approve": draft_approve,
    "draft_publish": draft_publish,
    "draft_discard": draft_discard,
}
OPERATIONS: dict[str, Callable[[Site, JsonObject], Awaitable[Json]]] = {
    "draft_save": draft_save,
    "draft_submit": draft_submit,
    "draft_approve": draft_approve,
    "draft_publish": draft_publish,
    "draft_discard": draft_discard,
    "draft_list": draft_list,
    "draft_show": draft_show,
    "draft_diff": draft_diff,
}
