"""Operations for the rights of persons: erasure, suppression, access to all that is kept."""

from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from wegweiser.flow.access import Disclosure
from wegweiser.flow.erasure_subject import spelled
from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.instant import format_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.workspace.arguments import read, text

if TYPE_CHECKING:
    from wegweiser.workspace.site import Site


async def forget(site: "Site", arguments: JsonObject) -> Json:
    """Erase a person or an account by any identifier; `dry_run` only tells what would go.

    Where only claims of visitors join somebody to the identifier, `confirm` must be true.
    """
    name = _identifier(arguments)
    with_persons = read(arguments, "with_persons", bool, False)
    async with site.erasing() as eraser:
        if read(arguments, "dry_run", bool, False):
            return await eraser.preview(name, with_persons)
        return await eraser.forget(name, with_persons, read(arguments, "confirm", bool, False))


async def erasure_list(site: "Site", arguments: JsonObject) -> Json:
    """List the receipts of all erasures, each with whether its seal is intact."""
    async with site.erasing() as eraser:
        found: list[Json] = [
            {**msgspec.to_builtins(receipt), "intact": intact}
            for receipt, intact in eraser.receipts()
        ]
    return found


async def suppression_list(site: "Site", arguments: JsonObject) -> Json:
    """Count who may not come in again, by request and kind; the list holds no names."""
    held = site.suppressions.all()
    counts = Counter((one.request_id, one.kind) for one in held)
    first = {(one.request_id, one.kind): one for one in reversed(held)}
    lifted = Counter((one.request_id, one.kind) for one in held if one.lifted_at is not None)
    rows: list[Json] = [
        {
            "request_id": key[0],
            "kind": key[1],
            "identifiers": count,
            "erased_at": format_instant(first[key].erased_at),
            "lifted": lifted[key],
        }
        for key, count in counts.items()
    ]
    return {"identifiers": len(held), "lifted": sum(lifted.values()), "requests": rows}


async def suppression_lift(site: "Site", arguments: JsonObject) -> Json:
    """Let somebody in again from now on; `reason` says why."""
    name, reason = spelled(_identifier(arguments)), text(arguments, "reason")
    lifted = site.suppressions.lift(name, site.clock.now_ms(), reason)
    if lifted is None:
        raise NotFound("This identifier is not on the suppression list.")
    assert lifted.lifted_at is not None
    return {
        "request_id": lifted.request_id,
        "kind": lifted.kind,
        "erased_at": format_instant(lifted.erased_at),
        "lifted_at": format_instant(lifted.lifted_at),
        "reason": lifted.reason,
    }


async def access(site: "Site", arguments: JsonObject) -> Json:
    """Gather everything that is kept of a person, with where it came from."""
    name = _identifier(arguments)
    await site.intake.settle()
    person_id = site.views.find_person(name)
    if person_id is None:
        raise NotFound("Profile was not found.")
    disclosure = Disclosure(
        site.engines.log,
        site.engines.store,
        site.unifier,
        site.views,
        site.callers,
        site.clock,
        site.chooser.explain,
        site.settings.retention_days,
        site.unread,
    )
    return {"language": site.settings.language, **await disclosure.document(person_id)}


def _identifier(arguments: JsonObject) -> str:
    name = text(arguments, "identifier")
    kind, colon, value = name.partition(":")
    if not (kind and colon and value):
        raise InputRefused("bad_id", "Write the identifier as TYPE:VALUE.", 422, "identifier")
    return name


OPERATIONS = {
    "forget": forget,
    "access": access,
    "erasure_list": erasure_list,
    "suppression_list": suppression_list,
    "suppression_lift": suppression_lift,
}
