"""Each guard finds a planted fault, and lets the nearest good case pass."""

from pathlib import Path

import pytest

from tests.house import links, locks, names, openings, packages, sizes, texts


def planted(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def function_of(lines: int) -> str:
    return "def walk():\n" + "    step = 1\n" * (lines - 1)


@pytest.mark.parametrize("ending", [".py", ".js"])
def test_a_file_may_have_400_lines_and_not_401(tmp_path: Path, ending: str) -> None:
    good = planted(tmp_path, f"good{ending}", "a = 1\n" * 400)
    bad = planted(tmp_path, f"bad{ending}", "a = 1\n" * 401)
    assert sizes.oversized(good) == []
    assert "401 lines" in sizes.oversized(bad)[0]


@pytest.mark.parametrize("kind", ["", "async "])
def test_a_function_may_have_60_lines_and_not_61(tmp_path: Path, kind: str) -> None:
    good = planted(tmp_path, "good.py", kind + function_of(60))
    bad = planted(tmp_path, "bad.py", kind + function_of(61))
    assert sizes.oversized(good) == []
    assert "walk has 61 lines" in sizes.oversized(bad)[0]


def test_a_long_method_inside_a_class_is_found(tmp_path: Path) -> None:
    body = "".join(f"    {line}\n" for line in function_of(61).splitlines())
    bad = planted(tmp_path, "bad.py", "class Road:\n" + body)
    assert "walk has 61 lines" in sizes.oversized(bad)[0]


@pytest.mark.parametrize(
    "name",
    ["utils.py", "web/helpers/date.py", "text_utils.py", "Manager.js", "app-common.js", "base.py"],
)
def test_a_name_that_says_nothing_is_found(tmp_path: Path, name: str) -> None:
    assert names.nameless(planted(tmp_path, name, ""), tmp_path)


@pytest.mark.parametrize("name", ["database.py", "base_rate.py", "commonality.py", "cell.py"])
def test_a_name_of_the_field_passes(tmp_path: Path, name: str) -> None:
    assert names.nameless(planted(tmp_path, name, ""), tmp_path) == []


@pytest.mark.parametrize("text", ["", "import os\n", '"""no sentence"""\n', "# a comment\n"])
def test_a_file_without_opening_sentence_is_found(tmp_path: Path, text: str) -> None:
    assert openings.unopened(planted(tmp_path, "road.py", text))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("road.py", '"""One sentence."""\n'),
        ("road.py", '"""One sentence\nover two lines.\n\nMore"""\n'),
        ("__init__.py", ""),
    ],
)
def test_an_opening_sentence_passes(tmp_path: Path, name: str, text: str) -> None:
    assert openings.unopened(planted(tmp_path, name, text)) == []


def test_a_page_missing_from_its_index_is_found(tmp_path: Path) -> None:
    index = planted(tmp_path, "README.md", "[one](0001-one.md)")
    planted(tmp_path, "0001-one.md", "")
    assert links.unlisted(index) == []
    two = planted(tmp_path, "0002-two.md", "")
    assert links.unlisted(index) == [f"{two}: add it to the index in README.md."]


def test_a_folder_that_the_contracts_would_skip_is_found(tmp_path: Path) -> None:
    planted(tmp_path, "__init__.py", "")
    planted(tmp_path, "road/sign.py", "")
    assert [breach.split(":")[0] for breach in packages.unmarked(tmp_path)] == [
        str(tmp_path / "road")
    ]
    planted(tmp_path, "road/__init__.py", "")
    assert packages.unmarked(tmp_path) == []


@pytest.mark.parametrize(
    "text",
    [
        "--index-url https://py" + "pi.org/simple",
        "see files.python" + "hosted.org",
        "registry.npm" + "js.org",
        "open('/" + "tmp/events')",
        "data in /" + "work/main",
        "cd /" + "root/",
        "/ho" + "me/ada/wegweiser",
        "# TO" + "DO later",
        "FIX" + "ME",
    ],
)
def test_a_forbidden_text_is_found(tmp_path: Path, text: str) -> None:
    assert texts.unwanted(planted(tmp_path, "page.md", text))


@pytest.mark.parametrize(
    "text",
    ["https://www.example.com/work/with-us", "tests/tmp/x", "GET /people/{id}", "mastodon TODOS"],
)
def test_an_innocent_text_passes(tmp_path: Path, text: str) -> None:
    assert texts.unwanted(planted(tmp_path, "page.md", text)) == []


def test_a_link_that_leads_nowhere_is_found(tmp_path: Path) -> None:
    planted(tmp_path, "here.md", "")
    page = planted(
        tmp_path,
        "page.md",
        "[a](here.md#part) [b](https://www.example.com) `[c](code.md)` [d](gone.md)",
    )
    assert links.dangling(page) == [
        f"{page}: the link to 'gone.md' leads nowhere; mend or remove it."
    ]


@pytest.mark.parametrize(
    "text",
    [
        "--index-url https://packages.example.com\n",
        "road==1.0\n",
        "road>=1.0 --hash=sha256:00\n",
        "road @ https://packages.example.com/road.whl\n",
    ],
)
def test_a_loose_lock_is_found(tmp_path: Path, text: str) -> None:
    assert locks.loose(planted(tmp_path, "requirements.lock", text))


def test_a_hashed_lock_passes(tmp_path: Path) -> None:
    text = "road==1.0 ; python_full_version < '3.12' \\\n    --hash=sha256:00\n"
    assert locks.loose(planted(tmp_path, "requirements.lock", text)) == []
