"""Operations on verdicts: write them down, and grade what was written down by later data."""

from typing import TYPE_CHECKING

from wegweiser.flow.kept_advice import keep_verdicts, kept_verdicts
from wegweiser.measure.verdict.grade import graded
from wegweiser.terms.instant import format_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.workspace.arguments import plain, read
from wegweiser.workspace.measure_operations import answer_document

if TYPE_CHECKING:
    from wegweiser.workspace.site import Site


async def verdict_keep(site: "Site", arguments: JsonObject) -> Json:
    """Answer `verdicts` with these options and write each advice down with its inputs."""
    options = read(arguments, "options", dict[str, str], {})
    found = await site.measure("verdicts", options)
    count = keep_verdicts(site.engines.store, found, options)
    return {"kept": count, **answer_document(found)}


async def verdict_list(site: "Site", arguments: JsonObject) -> Json:
    """List kept advice with its grade, and the share of keeps and drops that was reversed."""
    kept = kept_verdicts(site.engines.store)
    grades = graded(kept)
    rows: list[Json] = [
        {
            "at": format_instant(one.at),
            "by": one.by,
            "thing": one.thing,
            "advice": one.advice,
            "why": one.why,
            "at_stake": one.at_stake,
            "profit": one.profit,
            "profit_low": one.profit_low,
            "profit_high": one.profit_high,
            "units": one.units,
            "options": plain(one.options),
            "question": one.question,
            "grade": grade,
        }
        for one, grade in zip(kept, grades.grades, strict=True)
    ]
    return {
        "verdicts": rows,
        "stood": grades.stood,
        "reversed": grades.reversed,
        "open": grades.open,
        "share_reversed": grades.share_reversed,
    }


OPERATIONS = {"verdict_keep": verdict_keep, "verdict_list": verdict_list}
