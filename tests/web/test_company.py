"""The company on a real server: changed by a form, taken back from the notice, written down."""

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.serving import Running, empty_site
from wegweiser.adapters.memory import MemoryClock
from wegweiser.deliver.mail import Letterhead, mail_of
from wegweiser.ports.channel import Parcel
from wegweiser.settings import Settings, read_settings
from wegweiser.terms.errors import InputRefused
from wegweiser.workspace import operations
from wegweiser.workspace.engines import embedded, in_memory
from wegweiser.workspace.site import Site

FORM = {
    "name": "Example GmbH",
    "language": "de",
    "currency": "eur",
    "time_zone": "Europe/Berlin",
    "working_days": "0,1,2,3,4,5",
    "holidays": "2026-12-25 Christmas\r\n\r\n2026-05-01 Labour Day",
    "legal_footer": "Example GmbH\r\nMusterstadt",
}


@pytest.fixture(scope="module")
def company() -> Iterator[Running]:
    server = Running(empty_site)
    yield server
    server.close()


def hidden_in(notice: str) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', notice)
    return dict(found)


def test_the_company_is_changed_and_taken_back(company: Running) -> None:
    before = company.site.settings
    assert company.client.post("/settings/company", data=FORM).status_code == 303
    settings = company.site.settings
    assert (settings.name, settings.time_zone, settings.currency) == (
        "Example GmbH",
        "Europe/Berlin",
        "EUR",
    )
    assert settings.working_days == (0, 1, 2, 3, 4, 5)
    assert settings.holidays == {"2026-12-25": "Christmas", "2026-05-01": "Labour Day"}
    assert settings.legal_footer == "Example GmbH\nMusterstadt"
    page = company.client.get("/settings/company").text
    assert "Example GmbH" in page
    assert "2026-05-01 Labour Day\n2026-12-25 Christmas" in page
    notice = re.search(r'<div class="notice.*?</form>', page, re.DOTALL)
    assert notice is not None
    undo = hidden_in(notice[0])
    assert company.client.post("/settings/company", data=undo).status_code == 303
    assert company.site.settings == before
    assert sum(row.what == "company.change" for row in company.site.audit.rows()) == 2


@pytest.mark.parametrize(
    ("field", "wrong", "told"),
    [
        ("currency", "euro", "three capital letters"),
        ("time_zone", "Berlin", "a place such as Europe/Berlin"),
        ("holidays", "25.12. Christmas", "one holiday per line"),
        ("holidays", "2026-12-25", "one holiday per line"),
        ("holidays", "20261225 Christmas", "one holiday per line"),
        ("name", "x" * 101, "at most 100 signs"),
        ("legal_footer", "a\x00b", "plain text"),
    ],
)
def test_a_wrong_value_comes_back_with_a_sentence_at_its_field(
    company: Running, field: str, wrong: str, told: str
) -> None:
    before = company.site.settings
    answer = company.client.post("/settings/company", data={**FORM, field: wrong})
    assert answer.status_code == 422
    assert told in answer.text
    assert f'id="wrong-{field}"' in answer.text or 'class="at-field"' in answer.text
    assert company.site.settings == before


def test_it_is_written_beside_what_else_stands_there(tmp_path: Path) -> None:

    path = tmp_path / "settings.json"

    async def change() -> None:
        site = Site(embedded(tmp_path, Settings()), read_settings(path))
        await site.start(background=False)
        await operations.run(site, "company_set", {"name": "Example GmbH"})
        with pytest.raises(InputRefused, match="working_days"):
            await operations.run(site, "company_set", {"working_days": [0, 0, 9]})
        with pytest.raises(InputRefused, match="Name one of"):
            await operations.run(site, "company_set", {"demo": False})
        await site.stop()

    tmp_path.joinpath("log").mkdir()
    path.write_text(json.dumps({"demo": True, "send_seconds": 2.0}))
    asyncio.run(change())
    assert json.loads(path.read_text()) == {
        "demo": True,
        "send_seconds": 2.0,
        "name": "Example GmbH",
    }
    assert path.stat().st_mode & 0o077 == 0


def test_the_legal_footer_stands_below_text_and_html_and_is_no_markup() -> None:
    content = {"subject": "Hello", "text": "Hi", "html": "<p>Hi</p>"}
    parcel = Parcel(
        parcel_id="p1",
        type="message.send",
        at=0,
        data={"subject": {"email": "jo@example.org"}, "content": content},
    )
    head = Letterhead("Example <mail@example.com>", footer="A & B <GmbH>\nMusterstadt")
    sent = mail_of(parcel, head, 0).content.decode()
    assert "Hi\r\n\r\nA & B <GmbH>\r\nMusterstadt" in sent
    assert "A &amp; B &lt;GmbH&gt;<br>Musterstadt" in sent
    without = mail_of(parcel, Letterhead("Example <mail@example.com>"), 0).content.decode()
    assert "Musterstadt" not in without


def test_a_site_in_memory_changes_without_a_file() -> None:

    async def change() -> None:
        site = Site(in_memory(MemoryClock()), Settings())
        await site.start(background=False)
        told = await operations.run(site, "company_set", {"time_zone": "Europe/Vienna"})
        assert isinstance(told, dict)
        assert (told["time_zone"], site.settings.time_zone) == ("Europe/Vienna", "Europe/Vienna")
        await site.stop()

    asyncio.run(change())
