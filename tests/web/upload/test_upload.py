"""A file on a page: looked at, loaded as long work, deleted; hostile names and cells do nothing."""

import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook

from tests.acceptance.reader import Reader, reading_as
from tests.web.roles import browser_of
from tests.web.serving import HOSTILE, Running, empty_site
from wegweiser.workspace import row_reading
from wegweiser.workspace.uploads import LOOKED_AT_MS, MOST_WAITING

HERE = "/data/upload"
ROWS = [
    {"Bestellnummer": "A-1", "Kunden-Nr.": "u-1", "Betrag": "1.290,00", "Datum": "2026-01-05"},
    {"Bestellnummer": "A-2", "Kunden-Nr.": "u-2", "Betrag": "80,50", "Datum": "2026-01-06"},
    {"Bestellnummer": "A-3", "Betrag": "10,00", "Datum": "2026-01-07"},
]
NAMED = """
kind: mapping
key: visits
source: visits
event: {type: track, event: Visited, userId: =row.who, messageId: '="v-" + row.who'}
""".lstrip()


@pytest.fixture(scope="module")
def shared() -> Iterator[Running]:
    made = Running(empty_site)
    made.wait(made.site.applier.apply([("visits.yaml", NAMED)]))
    yield made
    made.close()


@pytest.fixture
def server(shared: Running) -> Running:
    """A server on which no file of another test waits."""
    shared.site.uploads.forget()
    return shared


def as_csv() -> bytes:
    names = [*ROWS[0]]
    lines = [";".join(names), *(";".join(row.get(name, "") for name in names) for row in ROWS)]
    return "\r\n".join(lines).encode("utf-8-sig")


def as_lines() -> bytes:
    return b"\n".join(str(row).replace("'", '"').encode() for row in ROWS)


def as_sheet() -> bytes:
    book, out = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    sheet.append([*ROWS[0]])
    for row in ROWS:
        sheet.append([row.get(name) for name in ROWS[0]])
    book.save(out)
    return out.getvalue()


def as_parquet() -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(ROWS), out)
    return out.getvalue()


def chosen(server: Running, content: bytes, name: str = "orders.csv", mapping: str = "") -> Reader:
    """Send a file; gives the page that shows what would become of it."""
    reader = reading_as(server).open(f"{HERE}?lang=en")
    return reader.send("Look at the file", {"Mapping": mapping}, file=(name, content))


def refused(server: Running, content: bytes, name: str = "orders.csv") -> Reader:
    """Send a file that cannot be loaded; gives the page that says why."""
    reader = reading_as(server).open(HERE)
    reader.send("Look at the file", file=(name, content), refused=True)
    return reader


def kept(server: Running) -> list[Path]:
    """List what lies on the disk of all files that were sent."""
    made = server.site.uploads._made
    return [] if made is None else [*made.iterdir()]


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("orders.csv", as_csv),
        ("orders.ndjson", as_lines),
        ("orders.xlsx", as_sheet),
        ("orders.parquet", as_parquet),
    ],
)
def test_every_kind_of_file_is_looked_at_and_nothing_is_stored(
    server: Running, name: str, write: Callable[[], bytes]
) -> None:
    before, made = server.site.unifier.tally, server.site.callers.named("files")
    page = chosen(server, write(), name)
    assert page.says("2 events of the first rows would be stored, 1 set aside.")
    rows = [one.text for one in page.part("What the first rows would become").all("tr")]
    assert "Order Completed" in rows[1]
    assert "1290" in rows[1]
    assert "quarantine" in rows[3]
    assert page.says("files (is made by this)") == (made is None)
    assert server.site.unifier.tally == before
    assert server.site.callers.named("files") == made
    page.send("Discard file")
    assert page.path == HERE
    assert page.says("The file was deleted")
    assert kept(server) == []


def test_a_file_is_loaded_by_somebody_without_scripts_and_deleted(server: Running) -> None:
    before = server.site.unifier.tally
    page = chosen(server, as_csv())
    page.send("Load all rows")
    assert re.fullmatch(r"/progress/wrk_\w+", page.path)
    work = server.site.works.get(page.path.rpartition("/")[2])
    page.settle()
    assert page.says("Loading a file: orders.csv is done: 2 events were stored.")
    after = server.site.unifier.tally
    assert (after.stored - before.stored, after.quarantined - before.quarantined) == (2, 1)
    assert after.unaccounted == 0
    assert server.site.views.find_person("user_id:u-1")
    assert kept(server) == []
    loads = (row for row in server.site.audit.rows() if row.what == "file.load")
    (noted,) = (row for row in loads if row.detail["work_id"] == work.work_id)
    assert "orders" not in str(noted.detail)
    # The same file again stores nothing.
    again = chosen(server, as_csv())
    again.send("Load all rows").settle()
    assert again.says("0 events were stored")
    assert server.site.unifier.tally.stored == after.stored


def test_a_mapping_is_chosen_changed_and_looked_at_again(server: Running) -> None:
    page = chosen(server, b"who,why\nu-7,a\n", mapping="visits")
    assert page.says("1 event of the first rows would be stored")
    changed = NAMED.replace("Visited", "Called")
    page.send("Look again", {"How a row becomes events": changed})
    assert page.says("Called")
    wrong = changed.replace("=row.who,", "=row.who +,", 1)
    page.send("Look again", {"How a row becomes events": wrong}, refused=True)
    box = next(one for one in page.fields("Look again") if one.field == "mapping")
    assert box.value() == wrong
    assert page.says("character 10")
    # What was looked at with success last is what is loaded.
    page.open(page.address).send("Load all rows").settle()
    found = server.site.views.find_person("user_id:u-7")
    assert "Called" in server.site.views.person(found).counters


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "no rows"),
        (b"\x1f\x8b\x08\x00abc", "packed"),
        ("Stra\u00dfe\nUlm\u00e4\n".encode("latin-1"), "no UTF-8 text"),
        (b"PAR1nothing", "cannot be read"),
        (b"PK\x03\x04nothing", "cannot be read"),
        (b"[1, 2", "JSON array"),
    ],
)
def test_what_cannot_be_read_is_said_and_deleted(
    server: Running, content: bytes, sentence: str
) -> None:
    page = refused(server, content)
    assert page.path == HERE
    assert page.says(sentence)
    assert kept(server) == []


def test_a_file_that_unpacks_to_too_much_is_refused(
    server: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(row_reading, "MOST_UNPACKED_BYTES", 1024 * 1024)
    packed = io.BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as bomb, bomb.open("xl/sheet.xml", "w") as inside:
        inside.write(bytes(1024 * 1024 + 1))
    assert refused(server, packed.getvalue(), "bomb.xlsx").says("holds too much")


def test_no_file_and_too_large_a_file_are_answered(server: Running) -> None:
    reader = reading_as(server).open(HERE)
    reader.send("Look at the file", refused=True)
    assert reader.says("Choose a file first.")
    large = b"a,b\n" + b"1,2\n" * (33 * 1024 * 1024 // 4)
    reader.open(HERE).send("Look at the file", file=("large.csv", large), refused=True)
    assert reader.status == 413
    assert reader.says("The file is too large.")
    assert kept(server) == []


def test_hostile_names_and_cells_are_text_and_nothing_else(server: Running) -> None:
    cells = f'who,=1+1,"{HOSTILE.replace(chr(34), chr(34) * 2)}"\nu-9,=cmd|x,a\n'
    page = chosen(server, cells.encode(), f"../../{HOSTILE}.csv")
    assert "<script>alert" not in page.html
    assert "<img src=x" not in page.html
    assert [one.name for one in kept(server)] == [*server.site.uploads._waiting]
    page.send("Load all rows").settle()
    assert "<script>alert" not in page.html
    assert kept(server) == []


def test_a_file_is_of_whoever_sent_it_and_of_nobody_without_the_right(server: Running) -> None:
    page = chosen(server, as_csv())
    assert browser_of(server, "marketer").get(page.path).status_code == 404
    assert browser_of(server, "analyst").get(HERE).status_code == 403
    files = {"file": ("a.csv", b"a\n1\n")}
    assert browser_of(server, "analyst").post(HERE, files=files).status_code == 403
    # A form of somebody else's page brings no token.
    stranger = browser_of(server, "marketer")
    del stranger.headers["x-form-token"]
    assert stranger.post(HERE, files=files).status_code == 403
    assert len(kept(server)) == 1
    page.send("Discard file")


def test_what_nobody_loads_goes_after_an_hour_or_for_newer_ones(server: Running) -> None:
    first = chosen(server, as_csv())
    for _ in range(MOST_WAITING):
        chosen(server, as_csv())
    assert len(kept(server)) == MOST_WAITING
    assert server.client.get(first.path).status_code == 404
    server.site.uploads.forget()
    chosen(server, as_csv())
    server.site.uploads.sweep()
    assert len(kept(server)) == 1
    server.site.clock.advance(LOOKED_AT_MS + 1)
    server.site.uploads.sweep()
    assert kept(server) == []


def test_a_source_that_sends_by_itself_takes_no_file(server: Running) -> None:
    server.site.callers.create("website")
    page = chosen(server, b"who\nu-7\n", mapping="visits")
    wrong = NAMED.replace("source: visits", "source: website")
    page.send("Look again", {"How a row becomes events": wrong}, refused=True)
    assert page.says("sends by itself")


PEOPLE = """
kind: mapping
key: contacts
source: contacts
event:
  type: =row.type
  userId: =row.who
  previousId: =row.old
  messageId: '="c-" + row.number'
  traits: {email: =row.mail, plan: =row.plan}
  context:
    verified: [email]
    consent: {categoryPreferences: {email: '=row.wish == "yes"', sharing: '=row.share == "yes"'}}
"""


def people(*rows: str) -> bytes:
    """Write a file of contacts with their wishes."""
    return "\n".join(["number;type;who;old;mail;plan;wish;share", *rows]).encode()


def test_whoever_makes_keys_loads_files_that_count_whole(server: Running) -> None:
    rows = people("9;identify;u-whole;;whole@buyer.example;team;yes;no")
    page = chosen(server, rows, "people.csv")
    page.send("Look again", {"How a row becomes events": PEOPLE})
    assert not page.says("For your role consent that is granted")
    page.send("Load all rows")
    page.settle()
    consent = server.site.views.consent("user_id:u-whole")
    assert (consent["email"], consent["sharing"]) == ("granted", "denied")


def test_a_file_of_a_marketer_overrides_no_address_and_no_wish(server: Running) -> None:
    site = server.site
    site.callers.create("crm")
    told = {
        "type": "identify",
        "messageId": "crm-1",
        "userId": "u-kept",
        "traits": {"email": "kept@buyer.example"},
        "context": {"consent": {"categoryPreferences": {"email": False, "sharing": True}}},
    }
    other = {**told, "messageId": "crm-2", "userId": "u-other"}
    mail = {"traits": {"email": "other@buyer.example"}}
    server.wait(site.loader.take("crm", [told, {**other, **mail}], kind="live"))
    rows = people(
        "1;identify;u-kept;;taken@else.example;team;yes;no",
        "2;identify;u-other;;kept@buyer.example;team;yes;yes",
        "3;alias;u-kept;u-other;;;;",
        "4;identify;u-new;;new@buyer.example;team;yes;yes",
    )

    reader = Reader(browser_of(server, "marketer")).open(f"{HERE}?lang=en")
    page = reader.send("Look at the file", {"Mapping": ""}, file=("people.csv", rows))
    page.send("Look again", {"How a row becomes events": PEOPLE})
    assert page.says("For your role consent that is granted")
    page.send("Load all rows")
    page.settle()
    assert page.says("3 events were stored")
    kept = site.views.find_person("user_id:u-kept")
    assert kept is not None
    assert site.views.find_person("user_id:u-other") not in (None, kept)
    profile = site.views.person(kept)
    assert profile.traits == {"email": "kept@buyer.example", "plan": "team"}
    assert site.views.find_person("email:taken@else.example") is None
    assert site.views.find_person("email:kept@buyer.example") == kept
    consent = site.views.consent("user_id:u-kept")
    assert (consent["email"], consent["sharing"]) == ("denied", "denied")
    new = site.views.find_person("user_id:u-new")
    assert new == site.views.find_person("email:new@buyer.example")
    fresh = site.views.consent("user_id:u-new")
    assert {fresh.get(purpose) for purpose in ("email", "sharing")}.isdisjoint({"granted"})
