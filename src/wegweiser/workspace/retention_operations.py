"""Operations on retention: the rules, and carrying them out."""

from typing import TYPE_CHECKING

from wegweiser.terms.instant import format_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.workspace.arguments import read

if TYPE_CHECKING:
    from wegweiser.workspace.site import Site


async def retention_show(site: "Site", arguments: JsonObject) -> Json:
    """List the rules, and when they were carried out last."""
    last = site.privacy.retained_at
    rules: list[Json] = [
        {"key": key, "of": rule.of, "days": rule.lasts_ms // 86_400_000, "events": [*rule.events]}
        for key, rule in site.retention.rules()
    ]
    return {"rules": rules, "last_run": None if last is None else format_instant(last)}


async def retention_run(site: "Site", arguments: JsonObject) -> Json:
    """Take away what is over now, or with `dry_run` only count it."""
    return await site.privacy.retain(read(arguments, "dry_run", bool, False))


OPERATIONS = {"retention_show": retention_show, "retention_run": retention_run}
