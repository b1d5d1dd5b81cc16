"""What CLI and admin HTTP ask about webhooks and pulls."""

import base64

import msgspec

from wegweiser.collect.proof_of_hook import STANDARD_PREFIX
from wegweiser.flow.hook_book import KeptHook
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.instant import format_instant, parse_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.workspace.arguments import plain, text
from wegweiser.workspace.site import Site

NEW_SECRET_BYTES = 32


async def hook_list(site: Site, arguments: JsonObject) -> Json:
    """List the hooks with the addresses to give to the senders."""
    return [_shown(site, kept) for kept in site.hooks.book.all()]


def _shown(site: Site, kept: KeptHook) -> JsonObject:
    book = site.hooks.book
    hook = book.get(kept.key)
    secrets = len(book.secrets(kept.key))
    return {
        "key": kept.key,
        "url": site.address.rstrip("/") + kept.path,
        "verify": hook.verification.by,
        "mappings": [*hook.mappings],
        "secrets": secrets,
        "ready": book.is_ready(kept.key),
        "created_at": format_instant(kept.created_at),
    }


async def hook_secret(site: Site, arguments: JsonObject) -> Json:
    """Set the secret of a hook, or make one, which is shown this once."""
    key, only = text(arguments, "key"), arguments.get("only") is True
    given = arguments.get("secret")
    if isinstance(given, str) and given:
        site.hooks.book.set_secret(key, given, only)
        return {"key": key, "secrets": len(site.hooks.book.secrets(key))}
    verification = site.hooks.book.get(key).verification
    fresh = site.clock.random_bytes(NEW_SECRET_BYTES)
    encoded = base64.b64encode(fresh).decode()
    made = encoded if verification.secret_encoding == "base64" else fresh.hex()
    if verification.by == "standard_webhooks":
        made = STANDARD_PREFIX + encoded
    site.hooks.book.set_secret(key, made, only)
    return {"key": key, "secret": made, "secrets": len(site.hooks.book.secrets(key))}


async def hook_remove(site: Site, arguments: JsonObject) -> Json:
    """Take a hook away."""
    key = text(arguments, "key")
    site.hooks.book.remove(key)
    return {"key": key, "removed": True}


async def hook_replay(site: Site, arguments: JsonObject) -> Json:
    """Map what came through a hook with its mappings as they are now; gives the counts."""
    claim = arguments.get("since")
    since = parse_instant(claim) if claim else 0
    if since is None:
        raise InputRefused("bad_input", f"since {claim!r} is no time; write 2026-11-22.", 422)
    return plain(await site.hooks.replay(text(arguments, "key"), since))


async def pull_list(site: Site, arguments: JsonObject) -> Json:
    """List the pulls, with how they stand."""
    listed: list[Json] = []
    for pull, state in site.pulls.all():
        listed.append(
            {
                "key": pull.key,
                "function": pull.function,
                "mapping": pull.mapping,
                "every_minutes": pull.every_minutes,
                "ran_at": None if state.ran_at is None else format_instant(state.ran_at),
                "since": state.since,
                "stored": state.tally.stored,
                "failure": state.failure,
            }
        )
    return listed


async def pull_run(site: Site, arguments: JsonObject) -> Json:
    """Run one pull now; gives what became of its rows."""
    tally = await site.pulls.run(text(arguments, "key"), arguments.get("anew") is True)
    return msgspec.structs.asdict(tally)


OPERATIONS = {
    "hook_list": hook_list,
    "hook_secret": hook_secret,
    "hook_remove": hook_remove,
    "hook_replay": hook_replay,
    "pull_list": pull_list,
    "pull_run": pull_run,
}
