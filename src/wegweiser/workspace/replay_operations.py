"""Operations on old decisions: show one with its reasons, prove it, decide it again."""

import asyncio
from collections.abc import AsyncIterator, Mapping

from wegweiser.decide.bundle import merge
from wegweiser.decide.chances import shown
from wegweiser.decide.document import read_documents
from wegweiser.decide.drops import again_at
from wegweiser.decide.policy import Policy, compile_policy
from wegweiser.decide.verify import verify
from wegweiser.flow.decision_export import FORMATS, DecisionExport, ExportWish
from wegweiser.flow.decision_replay import DecisionReplay, Tally
from wegweiser.flow.rewards import ENGAGED
from wegweiser.query.period import read_period
from wegweiser.terms.decision import Decision
from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.instant import DAY_MS, format_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.wrong import wrong
from wegweiser.workspace.arguments import plain, read, text
from wegweiser.workspace.channels import judge_of_targets
from wegweiser.workspace.site import Site

MOST_AT_ONCE = 100_000
DECISION_LOG = "decision_log"
USUAL_DAYS = 30
_PER_SLICE = 20
# Fields of the record that are told as they are; bytes and facts have their own form.
_TOLD = (
    "decision_id",
    "request_id",
    "person_id",
    "group_id",
    "unit_id",
    "unit_kind",
    "channel",
    "bundle",
    "model",
    "arm",
    "ghost",
    "status",
    "reason",
    "items",
    "candidates",
    "locale",
    "asked",
    "slots",
    "source_id",
    "stage",
    "attempt",
    "epoch",
    "flags",
    "factors",
    "key_id",
    "profile_version",
    "timings",
)


async def decision_show(site: Site, arguments: JsonObject) -> Json:
    """Give one decision by its `id`: what was decided, all probabilities, and why."""
    decision = await _found(site, arguments)
    return {**_record(site, decision), "explain": site.deciding.chooser.explain(decision)}


async def decision_verify(site: Site, arguments: JsonObject) -> Json:
    """Derive choices again from stored integers: of one `id`, or of the `last` so many."""
    if "last" in arguments:
        return await _checked(site, arguments, compute=False)
    decision = await _found(site, arguments)
    return {"decision_id": decision.decision_id, "verified": verify(decision)}


async def decision_recompute(site: Site, arguments: JsonObject) -> Json:
    """Decide again from stored inputs: of one `id`, or of the `last` so many."""
    if "last" in arguments:
        return await _checked(site, arguments, compute=True)
    decision = await _found(site, arguments)
    found = _replay(site).recompute(decision)
    told = plain(found)
    assert isinstance(told, dict)
    return {
        "decision_id": decision.decision_id,
        "replayable": not found.lacking,
        "holds": found.holds,
        **told,
    }


async def decision_what_if(site: Site, arguments: JsonObject) -> Json:
    """Decide one situation again (`id`) under other rules, another `model` number, or both.

    `files` are documents as `apply` takes them, laid over what is published; `bundle` is the
    number of an old bundle in their place.
    """
    decision = await _found(site, arguments)
    model = arguments.get("model")
    if model is not None and (not isinstance(model, int) or isinstance(model, bool)):
        raise InputRefused(
            "bad_input", wrong("number_of", name="model", what="model"), 422, "model"
        )
    draft = _other_rules(site, arguments)
    found = _replay(site).what_if(decision, draft, model)
    told = plain(found)
    assert isinstance(told, dict)
    return {
        "decision_id": decision.decision_id,
        "replayable": not found.lacking,
        "bundle": [decision.bundle, draft.bundle_id if draft else decision.bundle],
        "model": [decision.model, decision.model if model is None else model],
        **told,
    }


def _other_rules(site: Site, arguments: JsonObject) -> Policy | None:
    number = arguments.get("bundle")
    if number is not None:
        if not isinstance(number, int) or isinstance(number, bool):
            raise InputRefused(
                "bad_input", wrong("number_of", name="bundle", what="bundle"), 422, "bundle"
            )
        policy = site.unifier.policies.of(f"#{number}")
        if policy.bundle.number != number:
            raise NotFound(wrong("no_bundle", key=str(number)))
        return policy
    files = read(arguments, "files", list[tuple[str, str]], [])
    if not files:
        return None
    documents = read_documents(files, judge_of_targets(site.settings))
    return compile_policy(merge(site.unifier.policies.bundle, documents.objects).bundle)


def _replay(site: Site) -> DecisionReplay:
    room = site.deciding
    return DecisionReplay(
        site.unifier.decisions,
        site.unifier.policies,
        room.trainer.numbered,
        room.chooser.stream_key,
    )


async def _checked(site: Site, arguments: JsonObject, compute: bool) -> Json:
    last = arguments["last"]
    if not isinstance(last, int) or isinstance(last, bool) or not 1 <= last <= MOST_AT_ONCE:
        told = wrong("number_between", name="last", least=1, most=MOST_AT_ONCE)
        raise InputRefused("bad_input", told, 422, "last")
    await site.intake.settle()
    await site.intake.checkpoint()
    found = Tally()
    checks = _replay(site).checks(last, site.clock.now_ms(), compute)
    for number, tally in enumerate(checks, 1):
        found = tally
        # Others get in between: to compute one takes as long as to verify very many.
        if compute or number % _PER_SLICE == 0:
            await asyncio.sleep(0)
    return plain(found)


async def _found(site: Site, arguments: JsonObject) -> Decision:
    await site.intake.settle()
    name = text(arguments, "id")
    decision = site.unifier.decisions.get(name)
    if decision is None:
        raise NotFound(wrong("no_decision", key=repr(name[:100])))
    return decision


def _record(site: Site, decision: Decision) -> JsonObject:
    policy = site.unifier.policies.of(decision.bundle)
    fields = {name: plain(getattr(decision, name)) for name in _TOLD}
    draws: list[Json] = [
        {"placement": draw.placement, "slot": draw.slot, "how": draw.how, **shown(policy, draw)}
        for draw in decision.draws
    ]
    until = again_at(decision) if decision.status == "deferred" else None
    return {
        **fields,
        "at": format_instant(decision.at),
        "not_before": None if until is None else format_instant(until),
        "deferred_from": decision.deferral.decision_id if decision.deferral else None,
        "draws": draws,
    }


async def log(site: Site, options: Mapping[str, str]) -> AsyncIterator[bytes]:
    """Yield decisions with what became of them as a file, in parts.

    `format` is dsjson, ccb, csv or parquet; `since`, `until` (30 days by default), `zone` and
    `metric` ("engaged" or a goal) say which decisions, and what counts as reward.
    """
    form = next((one for one in FORMATS if one == (options.get("format") or FORMATS[0])), None)
    if form is None:
        told = wrong("one_from", name="format", known=", ".join(FORMATS))
        raise InputRefused("bad_format", told, 422, "format")
    await site.intake.settle()
    await site.intake.checkpoint()
    now = site.clock.now_ms()
    start = options.get("since") or format_instant(now - USUAL_DAYS * DAY_MS)
    period = read_period(start, options.get("until", ""), now, options.get("zone") or "UTC")
    metric = options.get("metric") or ENGAGED
    wish = ExportWish(format=form, start=period.start, end=period.end, as_of=now, metric=metric)
    site.audit.note("data.export", detail={"kind": DECISION_LOG})
    for part in DecisionExport(site.engines.store).parts(wish):
        yield part
        await asyncio.sleep(0)


OPERATIONS = {
    "decision_show": decision_show,
    "decision_verify": decision_verify,
    "decision_recompute": decision_recompute,
    "decision_what_if": decision_what_if,
}
