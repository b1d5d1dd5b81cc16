"""What a key may send, how much, from where and until when; every change works at once."""

import msgspec
import pytest

from tests.flow.keyed import all_keys, ask, refused, send, set_key, tracks, with_source
from tests.flow.sites import post
from wegweiser.adapters.memory import MemoryClock
from wegweiser.flow.callers import Callers, NewSource
from wegweiser.terms.errors import ComeAgain, InputRefused, KeyRefused
from wegweiser.terms.instant import DAY_MS, HOUR_MS
from wegweiser.terms.json import JsonObject
from wegweiser.terms.wire import WireRequest
from wegweiser.workspace.site import Site

ORIGIN = "https://www.example.com"


def test_a_revoked_key_is_unknown_at_once_and_for_ever() -> None:
    async def check(site: Site, made: NewSource) -> None:
        assert (await post(site, made.write_key, "/v1/batch", tracks(1))).status == 200
        await ask(site, "key_revoke", key=made.write_key)
        assert await refused(site, tracks(1), x_write_key=made.write_key) == (401, "unknown_key")
        assert await refused(site, tracks(1) | {"writeKey": made.write_key}) == (401, "unknown_key")
        again = Callers(site.engines.store, site.clock)
        with pytest.raises(KeyRefused):
            again.of_key(made.write_key)
        for operation in ("key_resume", "key_rotate", "key_set"):
            with pytest.raises(InputRefused) as gone:
                await ask(site, operation, key=made.write_key)
            assert gone.value.code == "gone"
        assert (await send(site, tracks(1), x_write_key=made.secret_key)).status == 200

    with_source(check)


def test_a_paused_key_is_refused_until_it_is_resumed() -> None:
    async def check(site: Site, made: NewSource) -> None:
        await send(site, tracks(1), x_write_key=made.write_key)
        told = await ask(site, "key_pause", key=made.write_key)
        assert told["state"] == "paused"
        assert await refused(site, tracks(1), x_write_key=made.write_key) == (403, "forbidden")
        await ask(site, "key_resume", key=str(told["key_id"]))
        assert await refused(site, tracks(1), x_write_key=made.write_key) == (200, "")

    with_source(check)


def test_a_rotated_key_works_on_for_its_overlap() -> None:
    async def check(site: Site, made: NewSource) -> None:
        assert isinstance(site.clock, MemoryClock)
        await set_key(site, made.write_key, label="Web", allowed_origins=ORIGIN, daily_quota=9)
        told = await ask(site, "key_rotate", key=made.write_key, overlap_hours=2)
        new = str(told["key"])
        assert new.startswith("wgw_pk_")
        assert (told["label"], told["daily_quota"]) == ("Web", 9)
        assert told["allowed_origins"] == [ORIGIN]
        for key in (made.write_key, new):
            assert await refused(site, tracks(1), x_write_key=key) == (200, "")
        assert site.callers.of_key(new).source_id == site.callers.of_key(made.write_key).source_id
        site.clock.advance(2 * HOUR_MS)
        assert await refused(site, tracks(1), x_write_key=made.write_key) == (401, "unknown_key")
        assert await refused(site, tracks(1), x_write_key=new) == (200, "")
        states = {row["state"] for row in await all_keys(site)}
        assert states == {"expired", "active"}

    with_source(check)


def test_beyond_its_rate_a_key_is_told_to_come_again_before_anything_is_parsed() -> None:
    async def check(site: Site, made: NewSource) -> None:
        assert isinstance(site.clock, MemoryClock)
        key = made.write_key
        await set_key(site, key, rate_per_second=10, burst=20)
        assert await refused(site, tracks(20), x_write_key=key) == (200, "")
        broken = WireRequest("POST", "/v1/batch", headers={"x-write-key": key}, body=b"{")
        with pytest.raises(ComeAgain):
            await site.receiver.receive(broken)
        assert await refused(site, tracks(1) | {"writeKey": key}) == (429, "come_again")
        site.clock.advance(1_000)
        assert await refused(site, tracks(50, 100), x_write_key=key) == (200, "")
        assert await refused(site, tracks(1), x_write_key=key) == (429, "come_again")
        site.clock.advance(4_000)
        assert await refused(site, tracks(1), x_write_key=key) == (429, "come_again")
        site.clock.advance(200)
        assert await refused(site, tracks(1), x_write_key=key) == (200, "")
        assert site.unifier.tally.received == 71
        assert await refused(site, tracks(1), x_write_key=made.secret_key) == (200, "")
        assert site.receiver.refusals["come_again"] > 0

    with_source(check)


def test_a_daily_quota_holds_over_a_restart_and_ends_with_the_day() -> None:
    async def check(site: Site, made: NewSource) -> None:
        assert isinstance(site.clock, MemoryClock)
        key = made.write_key
        await set_key(site, key, daily_quota=5)
        assert await refused(site, tracks(6), x_write_key=key) == (200, "")
        assert await refused(site, tracks(1), x_write_key=key) == (429, "come_again")
        site.callers.allowances.save()
        again = Callers(site.engines.store, site.clock)
        kept = again.of_key(key).key
        assert kept is not None
        with pytest.raises(ComeAgain):
            again.allowances.require(kept, "")
        site.clock.advance(DAY_MS)
        assert await refused(site, tracks(1), x_write_key=key) == (200, "")

    with_source(check)


def test_one_network_does_not_use_up_the_others_share() -> None:
    async def check(site: Site, made: NewSource) -> None:
        key = made.write_key
        await set_key(site, key, address_rate_per_second=1, burst=3)
        await send(site, tracks(3), client="192.0.2.7", x_write_key=key)
        with pytest.raises(ComeAgain):
            await send(site, tracks(1), client="192.0.2.200", x_write_key=key)
        await send(site, tracks(1), client="198.51.100.1", x_write_key=key)
        await send(site, tracks(3), client="2001:db8:1:2::1", x_write_key=key)
        with pytest.raises(ComeAgain):
            await send(site, tracks(1), client="2001:db8:1:3::1", x_write_key=key)

    with_source(check)


@pytest.mark.parametrize(
    ("allowed", "origin", "status"),
    [
        (ORIGIN, ORIGIN, 200),
        (ORIGIN, "HTTPS://WWW.example.com", 200),
        (ORIGIN, "https://example.com", 403),
        (ORIGIN, "http://www.example.com", 403),
        (ORIGIN, "https://www.example.com.evil.example", 403),
        (ORIGIN, "null", 403),
        (ORIGIN, "", 200),
        ("https://*.example.com", "https://shop.example.com", 200),
        ("https://*.example.com", "https://a.b.example.com", 200),
        ("https://*.example.com", "https://example.com", 403),
        ("https://*.example.com", "https://notexample.com", 403),
        ("", "https://any.example", 200),
    ],
)
def test_pages_of_other_origins_are_refused(allowed: str, origin: str, status: int) -> None:
    async def check(site: Site, made: NewSource) -> None:
        await set_key(site, made.write_key, allowed_origins=allowed)
        headers = {"x_write_key": made.write_key} | ({"origin": origin} if origin else {})
        found = await refused(site, tracks(1), **headers)
        assert found == (status, "forbidden" if status == 403 else "")

    with_source(check)


def test_events_that_a_key_may_not_send_are_kept_nowhere() -> None:
    async def check(site: Site, made: NewSource) -> None:
        await set_key(site, made.write_key, allowed_events="page, Paid")
        body = {
            "batch": [
                *tracks(1)["batch"],  # type: ignore[misc]
                {"type": "track", "messageId": "x-1", "userId": "u-1", "event": "Refunded"},
                {"type": "identify", "messageId": "x-2", "userId": "u-1"},
                {"type": "page", "messageId": "x-3", "userId": "u-1"},
            ]
        }
        answer = msgspec.json.decode((await send(site, body, x_write_key=made.write_key)).body)
        assert answer["rejected"] == [
            {"index": 1, "messageId": "x-1", "code": "event_not_allowed"},
            {"index": 2, "messageId": "x-2", "code": "event_not_allowed"},
        ]
        tally = site.unifier.tally
        assert (tally.received, tally.stored, tally.dropped) == (4, 2, 2)
        await send(site, body, x_write_key=made.secret_key)
        assert site.unifier.tally.stored == 4

    with_source(check)


@pytest.mark.parametrize(
    "settings",
    [
        {"colour": "red"},
        {"rate_per_second": "fast"},
        {"rate_per_second": -1},
        {"daily_quota": 1.5},
        {"burst": True},
        {"allowed_origins": "www.example.com"},
        {"allowed_origins": "https://www.example.com/path"},
        {"allowed_origins": ["https://*.*.example.com"]},
        {"allowed_events": {"a": 1}},
        {"allowed_events": [1]},
        {"expires_at": "tomorrow"},
        {"label": "x" * 101},
    ],
)
def test_a_setting_that_cannot_be_is_refused_by_name(settings: JsonObject) -> None:
    async def check(site: Site, made: NewSource) -> None:
        before = await all_keys(site)
        with pytest.raises(InputRefused) as refusal:
            await set_key(site, made.write_key, **settings)
        assert refusal.value.status == 422
        assert refusal.value.field == next(iter(settings))
        assert await all_keys(site) == before

    with_source(check)


def test_settings_are_taken_back_by_null_or_nothing() -> None:
    async def check(site: Site, made: NewSource) -> None:
        await set_key(site, made.write_key, rate_per_second=5, burst=9, allowed_events='["a,b"]')
        told = await set_key(site, made.write_key, rate_per_second=None, allowed_events="")
        assert (told["rate_per_second"], told["burst"], told["allowed_events"]) == (None, 9, [])

    with_source(check)


def test_a_key_ends_at_its_time() -> None:
    async def check(site: Site, made: NewSource) -> None:
        assert isinstance(site.clock, MemoryClock)
        ends_at = site.clock.now_ms() + HOUR_MS
        await set_key(site, made.write_key, expires_at=ends_at)
        assert await refused(site, tracks(1), x_write_key=made.write_key) == (200, "")
        site.clock.advance(HOUR_MS)
        assert await refused(site, tracks(1), x_write_key=made.write_key) == (401, "unknown_key")

    with_source(check)
