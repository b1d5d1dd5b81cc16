"""Operations for the rights of persons: erasure, suppression, access to all that is kept."""

from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from wegweiser.flow.access_releases import told
from wegweiser.flow.erasure_subject import spelled
from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.identity import kind_of
from wegweiser.terms.instant import format_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.source import Caller
from wegweiser.terms.wrong import wrong
from wegweiser.workspace.arguments import read, text
from wegweiser.workspace.audited import who_is

if TYPE_CHECKING:
    from wegweiser.workspace.site import Site


async def forget(site: "Site", arguments: JsonObject) -> Json:
    """Erase a person or an account by any identifier; `dry_run` only tells what would go.

    Where only claims of visitors join somebody to the identifier, `confirm` must be true.
    With `suppress` false they may begin anew afterwards, with a clean profile. `called` are texts
    that people may have written for them, beside the full names that their traits hold.
    """
    name, called = _identifier(arguments), read(arguments, "called", list[str], [])
    with_persons = read(arguments, "with_persons", bool, False)
    async with site.erasing() as eraser:
        if read(arguments, "dry_run", bool, False):
            return await eraser.preview(name, with_persons, called)
        return await eraser.forget(
            name,
            with_persons,
            read(arguments, "confirm", bool, False),
            read(arguments, "suppress", bool, True),
            called=called,
        )


async def erasure_list(site: "Site", arguments: JsonObject) -> Json:
    """List the receipts of all erasures, each with whether its signature holds."""
    async with site.erasing() as eraser:
        found: list[Json] = [
            {**msgspec.to_builtins(receipt), "intact": intact}
            for receipt, intact in eraser.receipts()
        ]
    return found


async def receipt_key(site: "Site", arguments: JsonObject) -> Json:
    """Give the public key with which anybody can verify receipts."""
    return {"key_id": site.receipt_keys.key_id, "public_key": site.receipt_keys.public_pem}


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


async def suppression_add(site: "Site", arguments: JsonObject) -> Json:
    """Let nothing more in about an identifier, without erasing what is there."""
    name, now = spelled(_identifier(arguments)), site.clock.now_ms()
    if not name:
        raise InputRefused("bad_id", wrong("useless_identifier"), 422, "identifier")
    request_id = f"sup_{site.clock.random_bytes(8).hex()}"
    site.suppressions.put(site.suppressions.rows([name], 0, request_id))
    return {"request_id": request_id, "kind": kind_of(name), "suppressed_at": format_instant(now)}


async def suppression_lift(site: "Site", arguments: JsonObject) -> Json:
    """Let somebody in again from now on; `reason` says why."""
    name, reason = spelled(_identifier(arguments)), text(arguments, "reason")
    lifted = site.suppressions.lift(name, site.clock.now_ms(), reason)
    if lifted is None:
        raise NotFound(wrong("not_suppressed"))
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
    if site.settings.access_release == "second_person":
        told = wrong("needs_release")
        raise InputRefused("release_needed", told, 403)
    return await site.privacy.document(await _person(site, arguments))


async def access_request(site: "Site", arguments: JsonObject, caller: Caller | None = None) -> Json:
    """Ask for the document of a person; `by` says who asks, of a key it is the key."""
    person_id = await _person(site, arguments)
    return told(site.privacy.releases.ask(person_id, _by(arguments, caller)))


async def access_release(site: "Site", arguments: JsonObject, caller: Caller | None = None) -> Json:
    """Let a document out that somebody else asked for; `by` says who does."""
    request_id = text(arguments, "request_id")
    return told(site.privacy.releases.release(request_id, _by(arguments, caller)))


def _by(arguments: JsonObject, caller: Caller | None) -> str:
    """Name who acts: the holder of a key cannot pass for somebody else."""
    return text(arguments, "by") if caller is None else who_is(caller)


async def access_document(site: "Site", arguments: JsonObject) -> Json:
    """Gather the document of a request that was released."""
    request = site.privacy.releases.released(text(arguments, "request_id"))
    await site.settle()
    if not site.unifier.directory.known(request.person_id):
        raise NotFound(wrong("no_profile"))
    return await site.privacy.document(request.person_id)


async def access_requests(site: "Site", arguments: JsonObject) -> Json:
    """List who asked for which document, and who released it."""
    return [told(request) for request in site.privacy.releases.all()]


async def _person(site: "Site", arguments: JsonObject) -> str:
    name = _identifier(arguments)
    await site.settle()
    person_id = site.views.find_person(name)
    if person_id is None:
        raise NotFound(wrong("no_profile"))
    return person_id


def _identifier(arguments: JsonObject) -> str:
    name = text(arguments, "identifier")
    kind, colon, value = name.partition(":")
    if not (kind and colon and value):
        raise InputRefused("bad_id", wrong("write_identifier"), 422, "identifier")
    return name


OPERATIONS = {
    "forget": forget,
    "access": access,
    "access_request": access_request,
    "access_release": access_release,
    "access_document": access_document,
    "access_requests": access_requests,
    "erasure_list": erasure_list,
    "receipt_key": receipt_key,
    "suppression_list": suppression_list,
    "suppression_add": suppression_add,
    "suppression_lift": suppression_lift,
}
# What these do depends on who asks.
OF_CALLERS = {"access_request": access_request, "access_release": access_release}
