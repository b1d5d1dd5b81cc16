"""Operations on what is sensed: decide about rising topics, keep where the organisation stands."""

from typing import TYPE_CHECKING

from wegweiser.flow.standing_book import KeptStanding, keep_standing, kept_standings
from wegweiser.flow.topic_book import keep_topic, kept_topics
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.instant import format_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.topic import TOPIC_DECISIONS, TopicDecided
from wegweiser.workspace.arguments import plain, read, text
from wegweiser.workspace.measure_operations import answer_document

if TYPE_CHECKING:
    from wegweiser.workspace.site import Site


async def topic_decide(site: "Site", arguments: JsonObject) -> Json:
    """Write down what is done about a rising topic: follow, wait or ignore."""
    decision = text(arguments, "decision")
    if decision not in TOPIC_DECISIONS:
        told = f"decision must be one of {', '.join(TOPIC_DECISIONS)}, not {decision!r}."
        raise InputRefused("bad_input", told, 422, "decision")
    decided = TopicDecided(
        kind=text(arguments, "kind"),
        term=text(arguments, "term"),
        decision=decision,  # type: ignore[arg-type]  # one of TOPIC_DECISIONS, as checked
        why=read(arguments, "why", str, ""),
        at=site.clock.now_ms(),
    )
    keep_topic(site.engines.store, decided)
    return _topic(decided)


async def topic_list(site: "Site", arguments: JsonObject) -> Json:
    """List what was decided about topics, the newest first."""
    return [_topic(one) for one in reversed(list(kept_topics(site.engines.store)))]


async def maturity_keep(site: "Site", arguments: JsonObject) -> Json:
    """Answer `maturity.report` and keep where the organisation stands."""
    found = await site.measure("maturity.report", read(arguments, "options", dict[str, str], {}))
    kept = keep_standing(site.engines.store, found)
    return {"kept": _standing(kept), **answer_document(found)}


async def maturity_list(site: "Site", arguments: JsonObject) -> Json:
    """List where the organisation stood, the oldest first."""
    return [_standing(one) for one in kept_standings(site.engines.store)]


def _topic(one: TopicDecided) -> JsonObject:
    told: JsonObject = {"kind": one.kind, "term": one.term, "decision": one.decision}
    return told | {"why": one.why, "at": format_instant(one.at)}


def _standing(one: KeptStanding) -> JsonObject:
    told: JsonObject = {"at": format_instant(one.at), "stage": one.reached}
    return told | {"stages": [*one.stages], "lines": plain(one.lines)}


OPERATIONS = {
    "topic_decide": topic_decide,
    "topic_list": topic_list,
    "maturity_keep": maturity_keep,
    "maturity_list": maturity_list,
}
