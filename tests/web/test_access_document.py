"""What a person is given: escaped, in both languages, with everything an erasure would take."""

import asyncio
import json
from pathlib import Path

from tests.flow.erasing import run
from tests.flow.sites import CONSENT, caller, post, running
from wegweiser.terms.json import JsonObject
from wegweiser.web.access_document import page, write_files

EVIL = "<script>alert('x')</script>"


async def _told() -> JsonObject:
    async with running() as site:
        key, _ = caller(site)
        batch: list[JsonObject] = [
            {
                "type": "identify",
                "messageId": "m-1",
                "userId": "ada",
                "anonymousId": "phone",
                "traits": {"name": EVIL, "email": "ada@buyer.example"},
                "context": CONSENT,
            },
            {"type": "track", "messageId": "m-2", "userId": "bob", "event": "Secret of Bob"},
            {"type": "track", "messageId": "m-3", "userId": "ada", "event": 7},
        ]
        await post(site, key, "/v1/batch", {"batch": batch})
        body: JsonObject = {
            "subject": {"person": "user_id:ada"},
            "placements": [{"key": "home.hero", "max": 1}],
        }
        await run(site, "decide", **body)
        return await run(site, "access", identifier="email:ADA@buyer.example")


def test_the_document_holds_all_of_one_person_and_nothing_of_another() -> None:
    told = asyncio.run(_told())
    assert [row["messageId"] for row in told["events"]] == ["m-1"]  # type: ignore[union-attr,index,call-overload]
    traits = {row["trait"]: (row["value"], row["source"]) for row in told["traits"]}  # type: ignore[union-attr,index,call-overload]
    assert traits == {"name": (EVIL, "shop"), "email": ("ada@buyer.example", "shop")}
    assert len(told["evidence"]) == 2  # type: ignore[arg-type]
    assert told["consent"]["history"][0]["source"] == "shop"  # type: ignore[index,call-overload]
    [decision] = told["decisions"]  # type: ignore[misc]
    assert decision["explanation"]["sentence"]["de"]  # type: ignore[index,call-overload]
    assert "Bob" not in json.dumps(told)


def test_the_page_is_escaped_and_speaks_both_languages() -> None:
    told = asyncio.run(_told())
    english, german = page(told, "en"), page(told, "de")
    assert "<script" not in english
    assert "&lt;script&gt;" in english
    assert ("What we keep of you" in english, "What we keep of you" in german) == (True, False)
    sentence = told["decisions"][0]["explanation"]["sentence"]["de"]  # type: ignore[index,call-overload]
    assert str(sentence).split()[0] in german


def test_the_files_are_their_owners_only(tmp_path: Path) -> None:
    written = write_files(asyncio.run(_told()), tmp_path / "out", "en")
    for path in written.values():
        assert Path(str(path)).stat().st_mode & 0o777 == 0o600
