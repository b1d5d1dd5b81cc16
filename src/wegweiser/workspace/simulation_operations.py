"""The operation of simulating: a draft held against the decisions of the past."""

from wegweiser.decide.bundle import Merged, merge
from wegweiser.decide.document import read_documents
from wegweiser.decide.policy import compile_policy
from wegweiser.flow.rehearsal import Rehearsal
from wegweiser.flow.rewards import ENGAGED, check_metric
from wegweiser.flow.simulate import Wish
from wegweiser.query.period import read_period
from wegweiser.terms.instant import DAY_MS, format_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.workspace.arguments import plain, read
from wegweiser.workspace.channels import judge_of_targets
from wegweiser.workspace.site import Site

USUAL_DAYS = 30


async def simulate(site: Site, arguments: JsonObject) -> Json:
    """Say what a draft would have chosen and earned; nothing is published, shown or counted.

    `files` are documents as `apply` takes them, laid over what is published; none asks about
    the published rules with the newest model. `from` and `to` (30 days by default), `zone`,
    `placement` and `metric` ("engaged" or a goal) say which decisions are asked, for what. With a
    `segment` its members are asked about as well: what the draft would say to them now.
    """
    wish, merged = read_wish(site, arguments)
    await site.intake.settle()
    await site.intake.checkpoint()
    segment = read(arguments, "segment", str, "")
    rehearsed = await _rehearsed(site, wish, segment) if segment else None
    told = plain(await site.analyst.simulate(wish))
    assert isinstance(told, dict)
    draft: JsonObject = {
        "created": [*merged.created],
        "changed": [*merged.changed],
        "unchanged": len(merged.unchanged),
    }
    asked: JsonObject = {
        "from": format_instant(wish.start),
        "to": format_instant(wish.end),
        "placement": wish.placement,
    }
    return {**asked, "draft": draft, **told, "segment": rehearsed}


async def _rehearsed(site: Site, wish: Wish, segment: str) -> Json:
    rehearsal = Rehearsal(site.unifier, site.views, site.segments, site.clock)
    snapshot = site.deciding.trainer.snapshot
    return plain(await rehearsal.run(wish.bundle, snapshot, segment, wish.placement))


def read_wish(site: Site, arguments: JsonObject) -> tuple[Wish, Merged]:
    """Read what is to be simulated; raises InputRefused for what cannot be."""
    files = read(arguments, "files", list[tuple[str, str]], [])
    now = site.clock.now_ms()
    given = {name: str(arguments.get(name) or "") for name in ("from", "to", "zone", "placement")}
    start = given["from"] or format_instant(now - USUAL_DAYS * DAY_MS)
    period = read_period(start, given["to"], now, given["zone"] or "UTC")
    documents = read_documents(files, judge_of_targets(site.settings))
    merged = merge(site.unifier.policies.bundle, documents.objects)
    compile_policy(merged.bundle)
    wish = Wish(
        bundle=merged.bundle,
        start=period.start,
        end=period.end,
        as_of=now,
        metric=str(arguments.get("metric") or ENGAGED),
        placement=given["placement"],
    )
    check_metric(merged.bundle.goals, wish.metric)
    return wish, merged


OPERATIONS = {"simulate": simulate}
