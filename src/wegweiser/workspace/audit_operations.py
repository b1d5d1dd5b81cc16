"""Operations on the audit: who did what when, and whether anything was taken out of it."""

from typing import TYPE_CHECKING

from wegweiser.flow.audit import told
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.instant import format_instant, parse_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.wrong import wrong
from wegweiser.workspace.arguments import read

if TYPE_CHECKING:
    from wegweiser.workspace.site import Site

MOST_ROWS = 10_000


async def audit(site: "Site", arguments: JsonObject) -> Json:
    """List what was done, newest first; `intact` is false where rows were changed or removed.

    Filters: `what` (how the word begins), `who`, `about` (an identifier), `since`, `limit`. With
    `head`, a chain value noted earlier, `head_stands` tells whether its row is still there. With
    `only_new`, rows that were found whole since the start are not verified again; `verified_at`
    tells when all of them were.
    """
    limit = read(arguments, "limit", int, 100)
    if not 1 <= limit <= MOST_ROWS:
        raise InputRefused("bad_input", wrong("limit_to", most=f"{MOST_ROWS:,}"), 422, "limit")
    what, who, about = (str(arguments.get(name) or "") for name in ("what", "who", "about"))
    rows = site.audit.found(what, who, about, _since(arguments), limit)
    only_new = read(arguments, "only_new", bool, False)
    fault, (number, chain) = site.audit.first_fault(anew=not only_new), site.audit.head
    noted = read(arguments, "head", str, "")
    return {
        "intact": fault is None,
        "first_fault": fault,
        "verified_at": format_instant(site.audit.verified_at) if site.audit.verified_at else None,
        **({"head_stands": site.audit.holds(noted)} if noted else {}),
        "rows_in_all": number,
        "head": chain,
        "rows": [told(row) for row in rows],
    }


def _since(arguments: JsonObject) -> int:
    stated = arguments.get("since")
    if stated in (None, ""):
        return 0
    at = parse_instant(stated)
    if at is None:
        raise InputRefused("bad_input", wrong("since_when"), 422, "since")
    return at


OPERATIONS = {"audit": audit}
