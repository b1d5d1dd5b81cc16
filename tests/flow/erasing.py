"""Sites whose people are erased: what they hold, and whether anything of somebody is left."""

import msgspec

from wegweiser.flow.tables import DERIVED, META
from wegweiser.resolve.rows import BIRTHS
from wegweiser.terms.json import Json, JsonObject
from wegweiser.workspace import operations
from wegweiser.workspace.site import Site


async def run(site: Site, name: str, **arguments: Json) -> JsonObject:
    """Run an operation that gives an object."""
    found = await operations.run(site, name, arguments)
    assert isinstance(found, dict)
    return found


def derived_rows(site: Site) -> dict[str, dict[bytes, object]]:
    """Give all derived rows by table; of births what does not depend on their number."""
    found: dict[str, dict[bytes, object]] = {}
    for table in DERIVED:
        rows: dict[bytes, object] = dict(site.engines.store.scan(table))
        if table == BIRTHS:
            rows = {key: _birth(key, value) for key, value in rows.items()}
        if table == META:
            rows = {key: msgspec.json.decode(value) for key, value in rows.items()}  # type: ignore[arg-type]
        if rows:
            found[table] = rows
    return found


def _birth(key: bytes, value: object) -> object:
    if key[:1] != b"i":
        return value
    assert isinstance(value, bytes)
    position, _, received_at = msgspec.msgpack.decode(value)
    return position, received_at


def documents(site: Site) -> list[bytes]:
    """Give all persons and accounts as live memory has them, ids too."""
    directory, views = site.unifier.directory, site.views
    persons = [views.person(person_id) for person_id in directory.persons()]
    accounts = [views.account(group_id) for group_id in directory.accounts()]
    return sorted(map(msgspec.json.encode, [*persons, *accounts]))


def traces(site: Site, *texts: str) -> list[str]:
    """Give where a text still stands: tables by name, log records by position."""
    sought = [text.lower().encode() for text in texts]
    found = [
        f"log {position}"
        for position, payload in site.engines.log.read(0)
        if any(text in payload.lower() for text in sought)
    ]
    for table in (*DERIVED, META, "deliveries", "erasures", "erasures_running"):
        for key, value in site.engines.store.scan(table):
            if any(text in key.lower() or text in value.lower() for text in sought):
                found.append(f"{table} {key!r}")
    archive = site.engines.archive
    for name in ("events", "decisions", "exposures", "outcomes") if archive else ():
        rows = archive.read(name) if archive else None
        if rows is not None and any(
            text.lower() in str(rows.to_pylist()).lower() for text in texts
        ):
            found.append(f"archive {name}")
    return found


def differing(
    one: dict[str, dict[bytes, object]], other: dict[str, dict[bytes, object]]
) -> list[tuple[str, bytes, object, object]]:
    """Give the rows in which two stores differ, with both values."""
    return [
        (table, key, one.get(table, {}).get(key), other.get(table, {}).get(key))
        for table in sorted(one.keys() | other.keys())
        for key in sorted(one.get(table, {}).keys() | other.get(table, {}).keys())
        if one.get(table, {}).get(key) != other.get(table, {}).get(key)
    ]
