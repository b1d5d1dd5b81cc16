"""Sources and what stands behind their keys: rows, scopes, options, the proof of user ids."""

import hashlib
import hmac

import msgspec
import pytest

from tests.flow.keyed import all_keys, ask, refused, send, tracks, with_source
from tests.flow.sites import post
from wegweiser.adapters.memory import MemoryClock
from wegweiser.collect.proof import user_hash
from wegweiser.flow.callers import Callers, NewSource
from wegweiser.flow.tables import KEYS, SOURCES, USER_HASHES
from wegweiser.ports.operational_store import Change
from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.source import Trust
from wegweiser.workspace import operations
from wegweiser.workspace.engines import in_memory
from wegweiser.workspace.site import Site

ORIGIN = "https://www.example.com"


def test_rows_of_before_are_still_read() -> None:
    engines = in_memory(MemoryClock())
    digest = hashlib.sha256(b"wgw_pk_old").hexdigest()
    old_key = {
        "digest": digest,
        "source_id": "src_1",
        "public": True,
        "scopes": ["ingest"],
        "created_at": 5,
        "revoked_at": None,
    }
    old_source = {"source_id": "src_1", "name": "old", "kind": "live", "created_at": 5}
    rows = ((KEYS, digest, old_key), (SOURCES, "src_1", old_source))
    engines.store.commit(
        [Change(table, name.encode(), msgspec.json.encode(row)) for table, name, row in rows]
    )
    caller = Callers(engines.store, engines.clock).of_key("wgw_pk_old")
    assert (caller.source_id, caller.public, caller.options.max_body_bytes) == ("src_1", True, None)


def test_nothing_that_is_shown_or_stored_gives_a_key_away() -> None:
    async def check(site: Site, made: NewSource) -> None:
        await ask(site, "source_user_hash", name="shop")
        shown = msgspec.json.encode(
            [
                await ask(site, "source_show", name="shop"),
                await operations.run(site, "source_list", {}),
                await operations.run(site, "key_list", {}),
            ]
        )
        for secret in (made.write_key, made.secret_key, "wgw_uh_"):
            assert secret.encode() not in shown
            assert hashlib.sha256(secret.encode()).hexdigest().encode() not in shown
        rows = b"".join(value for _, value in site.engines.store.scan(KEYS))
        assert made.write_key.encode() not in rows
        assert made.secret_key.encode() not in rows

    with_source(check)


def test_last_use_is_remembered() -> None:
    async def check(site: Site, made: NewSource) -> None:
        await send(site, tracks(3), x_write_key=made.write_key)
        used = {
            row["kind"]: (row["last_used_at"], row["elements_today"])
            for row in await all_keys(site)
        }
        assert used["secret"] == (None, 0)
        assert used["public"][0] is not None
        assert used["public"][1] == 3
        site.callers.allowances.save()
        kept = Callers(site.engines.store, site.clock)
        key = kept.key_named(made.write_key)
        assert key is not None
        assert kept.allowances.use_of(key).last_used_at == site.clock.now_ms()

    with_source(check)


def test_sources_are_renamed_and_set_without_losing_their_keys() -> None:
    async def check(site: Site, made: NewSource) -> None:
        site.callers.create("other")
        for name in ("other", " "):
            with pytest.raises(InputRefused):
                await ask(site, "source_rename", name="shop", new_name=name)
        with pytest.raises(NotFound):
            await ask(site, "source_rename", name="nowhere", new_name="x")
        await ask(site, "source_rename", name="shop", new_name="store")
        with pytest.raises(InputRefused) as refusal:
            await ask(site, "source_options", name="store", options={"colour": 1})
        assert refusal.value.code == "unknown_setting"
        options: JsonObject = {"browser_batching": True, "max_body_bytes": "600000"}
        told = await ask(site, "source_options", name="store", options=options)
        assert told == {"browser_batching": True, "max_body_bytes": 600_000}
        large = {**tracks(1), "context": {"app": {"name": "x" * 520_000}}}
        assert (await refused(site, large, x_write_key=made.write_key))[0] == 200
        assert await refused(site, large | {"writeKey": made.write_key}) == (413, "too_large")
        caller = site.callers.of_key(made.write_key)
        assert caller.options.browser_batching
        again = Callers(site.engines.store, site.clock)
        assert again.of_key(made.write_key).options == caller.options

    with_source(check)


def page(user: str, number: int, search: str = "", **context: Json) -> JsonObject:
    return {
        "type": "page",
        "messageId": f"p-{number}",
        "userId": user,
        "anonymousId": "a-1",
        "context": {"page": {"search": search}, **context},
    }


def test_a_valid_user_hash_proves_a_user_id_and_nothing_else_does() -> None:
    async def check(site: Site, made: NewSource) -> None:
        told = await ask(site, "source_user_hash", name="shop")
        secret = str(told["user_hash_secret"])
        assert await ask(site, "source_user_hash", name="shop") == told
        assert secret.encode() in [value for _, value in site.engines.store.scan(USER_HASHES)]
        identify = {
            "type": "identify",
            "messageId": "i-1",
            "userId": "u-1",
            "traits": {"plan": "a"},
        }
        await post(site, made.secret_key, "/v1/batch", {"batch": [identify]})
        key = made.write_key

        def joined() -> bool:
            known = site.views.find_person("user_id:u-1")
            return known is not None and known == site.views.find_person("anonymous_id:a-1")

        wrong = [
            page("u-1", 1, "?ajs_uid=u-1"),
            page("u-1", 2, "?ajs_uid=u-1", userHash="0" * 64),
            page("u-1", 3, "?ajs_uid=u-1", userHash=user_hash(secret, "u-2")),
            page("u-1", 4, "?ajs_uid=u-1", userHash=user_hash("wgw_uh_other", "u-1")),
            page("u-1", 5, userHash=5),
        ]
        for element in wrong:
            await post(site, key, "/v1/batch", {"batch": [element]})
            assert not joined(), element["messageId"]
        proof = hmac.new(secret.encode(), b"u-1", hashlib.sha256).hexdigest()
        await post(
            site, key, "/v1/batch", {"batch": [page("u-1", 6, "?ajs_uid=u-1", userHash=proof)]}
        )
        assert joined()
        newest = await ask(site, "source_user_hash", name="shop", new=True)
        assert newest != told
        both = (str(newest["user_hash_secret"]), secret)
        assert newest["valid_beside_it"] == secret
        assert site.callers.of_key(key).user_hash_secrets == both
        await ask(site, "source_user_hash", name="shop", retire=True)
        assert site.callers.of_key(key).user_hash_secrets == both[:1]

    with_source(check)


def test_scopes_do_not_include_one_another() -> None:
    async def check(site: Site, made: NewSource) -> None:
        told = await ask(
            site, "key_create", source="shop", scopes=["export"], settings={"label": "x"}
        )
        caller = site.callers.of_key(str(told["key"]))
        assert (caller.scopes, caller.trust) == (("export",), Trust.SERVER)
        assert await refused(site, tracks(1), x_write_key=str(told["key"])) == (403, "forbidden")
        public = await ask(site, "key_create", source="shop", public=True)
        assert str(public["key"]).startswith("wgw_pk_")
        for arguments in (
            {"scopes": ["root"]},
            {"scopes": ["ingest"]},
            {"public": True, "scopes": ["admin"]},
        ):
            with pytest.raises(InputRefused):
                await ask(site, "key_create", source="shop", **arguments)  # type: ignore[arg-type]
        with pytest.raises(InputRefused):
            await ask(site, "key_set", key=made.write_key, scopes=["admin"])
        widened = await ask(site, "key_set", key=str(told["key_id"]), scopes=["ingest:trusted"])
        assert widened["scopes"] == ["ingest:trusted"]
        assert await refused(site, tracks(1), x_write_key=str(told["key"])) == (200, "")

    with_source(check)
