"""Operations on long work: list, show, begin, cancel, and report what is done elsewhere."""

from typing import TYPE_CHECKING

from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.instant import format_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.source import Caller
from wegweiser.terms.wrong import wrong
from wegweiser.workspace.arguments import read, text
from wegweiser.workspace.audited import who_is
from wegweiser.workspace.simulation_operations import read_wish
from wegweiser.workspace.work import Work
from wegweiser.workspace.work_kinds import KINDS, RANGES, can_be_undone

if TYPE_CHECKING:
    from wegweiser.workspace.site import Site

# What a simulation takes, as the operation of that name does.
_SIMULATED = ("files", "from", "to", "zone", "placement", "metric", "segment")


async def work_list(site: "Site", arguments: JsonObject) -> Json:
    """List the newest hundred long works, the newest first."""
    return [told(site, one) for one in site.works.all()]


async def work_show(site: "Site", arguments: JsonObject) -> Json:
    """Show one long work by its `work_id`: how far it is, and what came of it."""
    work = site.works.get(text(arguments, "work_id"))
    return told(site, work) | {"found": work.found}


async def work_cancel(site: "Site", arguments: JsonObject) -> Json:
    """Stop a long work after the step under way; what was done stays done."""
    return told(site, site.works.cancel(text(arguments, "work_id")))


async def work_begin(site: "Site", arguments: JsonObject, caller: Caller | None = None) -> Json:
    """Begin long work of a `kind`, and give it at once; work_show tells how far it is.

    `replay` reads the quarantined elements of a `code` and a `source` once more, `undo` puts back
    into quarantine what the replay `work_id` let in, `learning` learns the models anew and
    compares, `simulation` takes what the operation `simulate` takes, or the name of a `draft`.
    """
    kind, by = text(arguments, "kind"), _by(arguments, caller)
    if kind == "replay":
        code, name = text(arguments, "code"), text(arguments, "source")
        source = site.callers.named(name) or site.callers.source(name)
        if source is None:
            raise NotFound(wrong("no_source_called", key=repr(name[:100])))
        given: JsonObject = {"code": code, "source_id": source.source_id}
        return told(site, site.works.begin(kind, f"{code}, {source.name}", given, by))
    if kind == "undo":
        return told(site, _undo(site, site.works.get(text(arguments, "work_id")), by))
    if kind == "learning":
        return told(site, site.works.begin(kind, "", {}, by))
    if kind == "simulation":
        given = _simulation(site, arguments)
        return told(site, site.works.begin(kind, read(given, "draft", str, ""), given, by))
    reason = wrong("kind_of_work")
    raise InputRefused("bad_input", reason, 422, "kind")


async def work_report(site: "Site", arguments: JsonObject, caller: Caller | None = None) -> Json:
    """Tell how far work is that another process does; the answer says whether to go on.

    Without `work_id` it begins, with `kind` and `subject`. `done` of `total` and what was `found`
    are shown; `state` "over" or "failed" ends it.
    """
    done, total = read(arguments, "done", int, 0), read(arguments, "total", int, 0)
    found = read(arguments, "found", JsonObject, {})
    if not arguments.get("work_id"):
        kind = text(arguments, "kind")
        if kind not in KINDS or KINDS[kind].run is not None:
            told_kinds = ", ".join(name for name, one in KINDS.items() if one.run is None)
            raise InputRefused(
                "bad_input", wrong("one_from", name="kind", known=told_kinds), 422, "kind"
            )
        subject = read(arguments, "subject", str, "")
        work = site.works.reported(kind, subject, _by(arguments, caller), done, total, found)
        return told(site, work)
    work = site.works.get(text(arguments, "work_id"))
    site.works.report(work, done, total, found)
    if (state := read(arguments, "state", str, "running")) != "running":
        site.works.ends(work, failed=state == "failed")
    return told(site, work)


def _simulation(site: "Site", arguments: JsonObject) -> JsonObject:
    """Read what a simulation is begun with; raises InputRefused for what cannot be simulated."""
    given = {name: arguments[name] for name in _SIMULATED if name in arguments}
    name = read(arguments, "draft", str, "")
    if name:
        files: list[Json] = [[*one] for one in site.publishing.drafts.get(name).files]
        given |= {"draft": name, "files": files}
    read_wish(site, given)
    return given


def _undo(site: "Site", work: Work, by: str) -> Work:
    """Begin to put back what a replay let in; raises InputRefused where there is nothing."""
    if not can_be_undone(site, work):
        reason = wrong("nothing_to_put_back")
        raise InputRefused("nothing_to_undo", reason, 409, "work_id")
    undo = site.works.begin("undo", work.subject, {RANGES: work.found[RANGES]}, by)
    site.works.mark(work, {"undone_by": undo.work_id})
    return undo


def _by(arguments: JsonObject, caller: Caller | None) -> str:
    """Name who acts: the holder of a key cannot pass for somebody else."""
    return read(arguments, "by", str, "") if caller is None else who_is(caller)


def told(site: "Site", work: Work) -> JsonObject:
    """Write a work for those who ask by HTTP or at the command line."""
    return {
        "work_id": work.work_id,
        "kind": work.kind,
        "subject": work.subject,
        "by": work.by,
        "state": work.state_at(site.clock.now_ms()),
        "started_at": format_instant(work.started_at),
        "ended_at": format_instant(work.ended_at) if work.ended_at else None,
        "done": work.done,
        "total": work.total or None,
        "path": f"/progress/{work.work_id}",
    }


OPERATIONS = {
    "work_list": work_list,
    "work_show": work_show,
    "work_cancel": work_cancel,
    "work_begin": work_begin,
    "work_report": work_report,
}
# What these do depends on who asks.
OF_CALLERS = {"work_begin": work_begin, "work_report": work_report}
