"""Operations on plans of effort: hand one over as a draft, and list those that were."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from wegweiser.decide.bundle_export import written
from wegweiser.flow import drafts
from wegweiser.flow.effort_draft import documents_of
from wegweiser.flow.kept_effort import NAME, keep_plan, kept_plans
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.instant import format_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.source import Caller
from wegweiser.terms.wrong import InBoth, wrong
from wegweiser.workspace.arguments import plain, read
from wegweiser.workspace.bundle_operations import note
from wegweiser.workspace.identity_operations import said_by
from wegweiser.workspace.site import Site


async def effort_draft(site: Site, arguments: JsonObject, caller: Caller | None = None) -> Json:
    """Plan the next period and keep it as a draft of factors to review; nothing is published.

    Raises InputRefused where there is no advice, or nothing would change.
    """
    options = read(arguments, "options", dict[str, str], {})
    by = said_by(arguments, caller)
    name = read(arguments, "name", str, "") or _name_of_today(site)
    bundle = site.unifier.policies.bundle
    of_accounts = _segments_of_accounts(site, options.get("group", ""), bundle.arms.unit)
    found = await site.measure(NAME, options)
    advice = next((one for one in found.results if one.name == NAME), None)
    if advice is None or not advice.enough_data:
        raise InputRefused("no_advice", InBoth(found.results[-1].sentence), 409)
    documents = documents_of(
        found, options.get("group", ""), bundle.arms.unit, bundle.factors, of_accounts
    )
    if not documents:
        raise InputRefused("no_change", "The plan is what is published already.", 409)
    files = (("effort.yaml", "---\n".join(map(written, documents))),)
    reason = read(arguments, "reason", str, "") or advice.sentence["en"]
    draft = site.publishing.drafts.save(name, files, by, reason)
    note(site, "draft.save", by, reason, name=draft.name, files=len(files))
    kept = keep_plan(site.engines.store, found, options, draft.name)
    return {**drafts.told(draft), "factors": [*documents], "plan": plain(kept)}


async def effort_list(site: Site, arguments: JsonObject) -> Json:
    """List the plans of effort that were handed over, with what each was expected to bring."""
    return [
        {
            "at": format_instant(one.at),
            "draft": one.draft,
            "gain": one.gain,
            "gain_low": one.gain_low,
            "gain_high": one.gain_high,
            "options": plain(one.options),
            "cells": len(one.cells),
        }
        for one in kept_plans(site.engines.store)
    ]


def _segments_of_accounts(site: Site, group: str, unit: str) -> list[str]:
    """Give the segments of accounts among those that are planned by; rules read what is declared.

    Raises InputRefused for one that is not, and for people's where arms are drawn for accounts.
    """
    _, is_by_segment, listed = group.partition("segment:")
    keys = listed.split(",") if is_by_segment else []
    for key in keys:
        segment = site.segments.get(key)
        if segment is None:
            told = wrong("no_segment_called", key=repr(key))
            raise InputRefused("bad_option", told, 422, "group")
        if segment.of == "person" and unit == "account":
            raise InputRefused("bad_option", wrong("group_of_people", key=key), 422, "group")
    return [key for key in keys if site.segments.book.by_key[key].of == "account"]


def _name_of_today(site: Site) -> str:
    today = datetime.fromtimestamp(site.clock.now_ms() / 1000, UTC)
    return f"effort-{today:%Y-%m-%d}"


OF_CALLERS = {"effort_draft": effort_draft}
OPERATIONS: dict[str, Callable[[Site, JsonObject], Awaitable[Json]]] = {
    **OF_CALLERS,
    "effort_list": effort_list,
}
