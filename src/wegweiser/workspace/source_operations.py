"""What every door asks about sources and keys: make, list, change, rotate, revoke."""

import msgspec

from wegweiser.flow.key_settings import read_scopes, with_options, with_settings
from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.instant import HOUR_MS, format_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.source import (
    PUBLIC_SCOPES,
    SECRET_SCOPES,
    Caller,
    Key,
    Source,
    SourceKind,
)
from wegweiser.terms.wrong import wrong
from wegweiser.workspace.arguments import plain, read, text
from wegweiser.workspace.rights import refuse_more
from wegweiser.workspace.site import Site

OVERLAP_HOURS = 24.0


async def source_create(site: Site, arguments: JsonObject, caller: Caller | None = None) -> Json:
    """Make a source; gives its keys, shown this once."""
    refuse_more(caller, SECRET_SCOPES)
    kind: SourceKind = "bulk" if arguments.get("kind") == "bulk" else "live"
    return plain(site.callers.create(text(arguments, "name"), kind))


async def source_list(site: Site, arguments: JsonObject) -> Json:
    """List the sources."""
    return plain(site.callers.sources())


async def source_show(site: Site, arguments: JsonObject) -> Json:
    """Give a source with its options and its keys."""
    source = _source(site, arguments, "name")
    keys: list[Json] = [_told(site, key) for key in site.callers.keys(source.source_id)]
    told: JsonObject = msgspec.to_builtins(source)
    return {**told, "keys": keys}


async def source_rename(site: Site, arguments: JsonObject) -> Json:
    """Give a source another name; its keys and everything it sent stay."""
    source, name = _source(site, arguments, "name"), text(arguments, "new_name")
    site.callers.require_new_name(name)
    renamed = msgspec.structs.replace(source, name=name)
    site.callers.put_source(renamed)
    return plain(renamed)


async def source_options(site: Site, arguments: JsonObject) -> Json:
    """Change options of a source; gives all of them."""
    source = _source(site, arguments, "name")
    options = with_options(source.options, read(arguments, "options", dict[str, Json], {}))
    if options != source.options:
        site.callers.put_source(msgspec.structs.replace(source, options=options))
    return plain(options)


async def source_user_hash(site: Site, arguments: JsonObject) -> Json:
    """Give the secret whose hashes prove user ids.

    `new` makes another one and keeps the one before valid beside it, `retire` ends that.
    """
    source = _source(site, arguments, "name")
    new, retire = arguments.get("new") is True, arguments.get("retire") is True
    secret, *before = site.callers.user_hash_secrets(source, new, retire)
    # Whether claims of this source count for accounts hangs on it.
    site.views.forget_views()
    told: JsonObject = {"source": source.name, "user_hash_secret": secret}
    return told | ({"valid_beside_it": before[0]} if before else {})


async def key_list(site: Site, arguments: JsonObject) -> Json:
    """List the keys of a source, or of all."""
    named = arguments.get("source")
    source_id = _source(site, arguments, "source").source_id if named else ""
    return [_told(site, key) for key in site.callers.keys(source_id)]


async def key_create(site: Site, arguments: JsonObject, caller: Caller | None = None) -> Json:
    """Make one more key of a source, shown this once; secret with scopes, or public."""
    source = _source(site, arguments, "source")
    scopes = read(arguments, "scopes", list[str], [])
    if arguments.get("public") is True and scopes:
        raise InputRefused("bad_setting", wrong("public_scopes"), 422, "scopes")
    granted = PUBLIC_SCOPES if arguments.get("public") is True else SECRET_SCOPES
    granted = read_scopes(scopes) if scopes else granted
    refuse_more(caller, granted)
    shown, key = site.callers.new_key(source, granted)
    made = with_settings(key, read(arguments, "settings", dict[str, Json], {}))
    site.callers.put(made)
    return {**_told(site, made), "key": shown}


async def key_set(site: Site, arguments: JsonObject, caller: Caller | None = None) -> Json:
    """Change settings of a key."""
    key = _key(site, arguments)
    changed = with_settings(key, read(arguments, "settings", dict[str, Json], {}))
    scopes = read(arguments, "scopes", list[str], [])
    if scopes and key.public:
        raise InputRefused("bad_setting", wrong("public_scopes"), 422, "scopes")
    if scopes:
        granted = read_scopes(scopes)
        refuse_more(caller, [one for one in granted if one not in key.scopes])
        changed = msgspec.structs.replace(changed, scopes=granted)
    return _kept(site, changed)


async def key_rotate(site: Site, arguments: JsonObject, caller: Caller | None = None) -> Json:
    """Make a key with the same rights, shown this once; the old one ends after the overlap."""
    hours = read(arguments, "overlap_hours", float, OVERLAP_HOURS)
    if not 0 <= hours <= 24 * 365:
        raise InputRefused("bad_setting", wrong("overlap_hours"), 422)
    old = _key(site, arguments)
    # Whoever rotates a key is shown its successor.
    refuse_more(caller, old.scopes)
    source = site.callers.source(old.source_id)
    assert source is not None
    shown, fresh = site.callers.new_key(source, old.scopes)
    now = fresh.created_at
    ends_at = min(old.expires_at or 1 << 62, now + round(hours * HOUR_MS))
    new = msgspec.structs.replace(
        old, digest=fresh.digest, created_at=now, expires_at=None, paused=False
    )
    ending = msgspec.structs.replace(old, expires_at=ends_at)
    site.callers.put(ending, new)
    return {**_told(site, new), "key": shown, "old": _told(site, ending)}


async def key_revoke(site: Site, arguments: JsonObject) -> Json:
    """End a key for ever, everywhere at once."""
    now = site.clock.now_ms()
    return _kept(site, msgspec.structs.replace(_key(site, arguments), revoked_at=now))


async def key_pause(site: Site, arguments: JsonObject) -> Json:
    """Switch a key off; what is sent with it meanwhile is refused for good."""
    return _kept(site, msgspec.structs.replace(_key(site, arguments), paused=True))


async def key_resume(site: Site, arguments: JsonObject) -> Json:
    """Switch a key on again."""
    return _kept(site, msgspec.structs.replace(_key(site, arguments), paused=False))


def _source(site: Site, arguments: JsonObject, argument: str) -> Source:
    name = text(arguments, argument)
    found = site.callers.named(name) or site.callers.source(name)
    if found is None:
        raise NotFound(wrong("no_source_called", key=repr(name)))
    return found


def _key(site: Site, arguments: JsonObject) -> Key:
    """Find a key that is not gone, by its id or by its text."""
    key = site.callers.key_named(text(arguments, "key"))
    if key is None:
        raise NotFound(wrong("no_key"))
    if key.gone_at(site.clock.now_ms()):
        raise InputRefused("gone", wrong("key_ended"), 409, "key")
    return key


def _kept(site: Site, key: Key) -> JsonObject:
    site.callers.put(key)
    return _told(site, key)


def _told(site: Site, key: Key) -> JsonObject:
    """Write a key as it is shown: never its text or the hash of it."""
    source = site.callers.source(key.source_id)
    use = site.callers.allowances.use_of(key)
    now = site.clock.now_ms()
    told: JsonObject = {
        "key_id": key.key_id,
        "source": "" if source is None else source.name,
        "kind": "public" if key.public else "secret",
        "state": _state(key, now),
        "label": key.label,
        "scopes": [*key.scopes],
        "allowed_origins": [*key.allowed_origins],
        "allowed_events": [*key.allowed_events],
    }
    return told | {
        **msgspec.to_builtins(key.allowance),
        "created_at": format_instant(key.created_at),
        "expires_at": _written(key.expires_at),
        "revoked_at": _written(key.revoked_at),
        "last_used_at": _written(use.last_used_at or None),
        "elements_today": use.spent.on(now),
    }


def _state(key: Key, now: int) -> str:
    if key.revoked_at is not None:
        return "revoked"
    if key.gone_at(now):
        return "expired"
    return "paused" if key.paused else "active"


def _written(at: int | None) -> Json:
    return None if at is None else format_instant(at)


OPERATIONS = {
    "source_create": source_create,
    "source_list": source_list,
    "source_show": source_show,
    "source_rename": source_rename,
    "source_options": source_options,
    "source_user_hash": source_user_hash,
    "key_list": key_list,
    "key_create": key_create,
    "key_set": key_set,
    "key_rotate": key_rotate,
    "key_revoke": key_revoke,
    "key_pause": key_pause,
    "key_resume": key_resume,
}
OF_CALLERS = {
    "source_create": source_create,
    "key_create": key_create,
    "key_set": key_set,
    "key_rotate": key_rotate,
}
