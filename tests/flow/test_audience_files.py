"""Files of many messages: whole or not at all, acknowledged within a day, harmless to open."""

import asyncio
import csv
import hashlib
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.decisioning.mail_world import decide, opened, person, states
from wegweiser.adapters.memory import MemoryClock
from wegweiser.deliver.spreadsheet import harmless
from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.json import JsonObject
from wegweiser.workspace.operations import run as run_operation
from wegweiser.workspace.site import Site

PEOPLE = 5
FILES: dict[str, object] = {"via": "file", "target": "partner", "sender": ""}


async def written(folder: Path, form: str) -> tuple[Site, JsonObject]:
    """Decide about some people and write the file; gives it as it is listed."""
    site = await opened(folder, 9, PEOPLE, format=form, **FILES)
    for number in range(PEOPLE):
        await decide(site, number)
    listed = await run_operation(site, "audience_write", {})
    assert isinstance(listed, list)
    [file] = listed
    assert isinstance(file, dict)
    assert states(site) == {"leased": PEOPLE}
    return site, file


async def outcomes(site: Site) -> list[str]:
    upto = await site.intake.settle()
    return [str(row["kind"]) for row in site.exporter.outcomes(upto)]


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "outbox" / "partner").iterdir())


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_file_is_whole_and_its_word_delivers(tmp_path: Path, form: str) -> None:
    async def run() -> None:
        site, file = await written(tmp_path, form)
        assert (file["count"], file["state"]) == (PEOPLE, "waiting")
        path = tmp_path / "outbox" / str(file["file"])
        manifest = json.loads(path.with_name(f"{path.name}.manifest.json").read_bytes())
        content = path.read_bytes()
        assert manifest["sha256"] == hashlib.sha256(content).hexdigest()
        assert (manifest["count"], manifest["bytes"]) == (PEOPLE, len(content))
        rows = (
            list(csv.DictReader(path.read_text().splitlines()))
            if form == "csv"
            else pq.read_table(path).to_pylist()
        )
        assert {row["person"] for row in rows} == {f"user_id:u-{one}" for one in range(PEOPLE)}
        assert {row["message"] for row in rows} == {"welcome"}
        for _ in range(2):
            told = await run_operation(site, "audience_acknowledge", {"id": file["id"]})
            assert isinstance(told, dict)
            assert told["state"] == "acknowledged"
        assert states(site) == {"delivered": PEOPLE}
        assert await outcomes(site) == ["delivered"] * PEOPLE
        await run_operation(site, "audience_write", {})
        assert len(left_in(tmp_path)) == 2
        with pytest.raises(NotFound):
            await run_operation(site, "audience_acknowledge", {"id": "aud_none"})
        await site.stop()

    asyncio.run(run())


def test_silence_takes_a_file_back(tmp_path: Path) -> None:
    async def run() -> None:
        site, file = await written(tmp_path, "csv")
        clock = site.clock
        assert isinstance(clock, MemoryClock)
        clock.advance(24 * 3_600_000)
        with pytest.raises(InputRefused, match="not acknowledged in time"):
            await run_operation(site, "audience_acknowledge", {"id": file["id"]})
        await site.deciding.sending.audiences.run()
        assert states(site) == {"withdrawn": PEOPLE}
        assert await outcomes(site) == ["withdrawn"] * PEOPLE
        assert left_in(tmp_path) == []
        await site.stop()

    asyncio.run(run())


def test_a_file_that_a_crash_left_half_written_is_finished_once(tmp_path: Path) -> None:
    async def run() -> None:
        site = await opened(tmp_path, 9, PEOPLE, format="csv", **FILES)
        for number in range(PEOPLE):
            await decide(site, number)
        await site.intake.settle()
        await site.deciding.sender.send_due()
        (tmp_path / "outbox" / "partner").write_text("a file where the folder should be")
        with pytest.raises(OSError, match="partner"):
            await site.deciding.sending.audiences.run()
        assert states(site) == {"leased": PEOPLE}
        (tmp_path / "outbox" / "partner").unlink()
        await site.deciding.sending.audiences.run()
        await site.deciding.sending.audiences.run()
        [file] = list(site.deciding.sending.audiences.all())
        assert (file.state, len(file.parcels)) == ("waiting", PEOPLE)
        assert len(left_in(tmp_path)) == 2
        await site.stop()

    asyncio.run(run())


def test_somebody_erased_is_in_no_file(tmp_path: Path) -> None:
    async def run() -> None:
        site, _ = await written(tmp_path, "csv")
        await run_operation(site, "forget", {"identifier": "user_id:u-1"})
        texts = [path.read_text() for path in (tmp_path / "outbox").rglob("*") if path.is_file()]
        assert not any("u-1" in text for text in texts)
        await site.stop()

    asyncio.run(run())


def test_a_word_that_was_cut_off_still_counts_for_the_whole_file(tmp_path: Path) -> None:
    async def run() -> None:
        site, file = await written(tmp_path, "csv")
        audiences, clock = site.deciding.sending.audiences, site.clock
        assert isinstance(clock, MemoryClock)
        taking = asyncio.create_task(audiences.acknowledge(str(file["id"])))
        while states(site)["delivered"] == 0:
            await asyncio.sleep(0)
        taking.cancel()
        await asyncio.gather(taking, return_exceptions=True)
        assert 0 < states(site)["delivered"] < PEOPLE
        clock.advance(24 * 3_600_000)
        await audiences.run()
        assert states(site) == {"delivered": PEOPLE}
        assert [one.state for one in audiences.all()] == ["acknowledged"]
        clock.advance(92 * 24 * 3_600_000)
        await audiences.run()
        assert list(audiences.all()) == []
        await site.stop()

    asyncio.run(run())


def test_what_two_runs_want_at_once_lies_in_one_file(tmp_path: Path) -> None:
    async def run() -> None:
        site = await opened(tmp_path, 9, PEOPLE, format="csv", **FILES)
        for number in range(PEOPLE):
            await decide(site, number)
        # One is withdrawn while the file is put together.
        denied = person(0, email=False) | {"messageId": "denied"}
        await site.loader.take("crm", [denied], kind="live")
        await site.intake.settle()
        await site.deciding.sender.send_due()
        audiences = site.deciding.sending.audiences
        await asyncio.gather(*(audiences.run() for _ in range(4)))
        [file] = list(audiences.all())
        assert len(file.parcels) == PEOPLE - 1
        await site.stop()

    asyncio.run(run())


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\r=1", " =1", '"=1', "%3D1", "＝1", ";=1"]
)
def test_no_cell_becomes_a_formula(text: str) -> None:
    assert harmless(text) == f"'{text}"
    assert harmless(f"a{text}") == f"a{text}"
