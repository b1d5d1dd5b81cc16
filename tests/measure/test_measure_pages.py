"""Every measure has a page, and every page says what a statistician asks of it."""

import re
from pathlib import Path

import pytest

from wegweiser.measure.registry import MEASURES

PAGES = Path(__file__).parents[2] / "docs" / "measures"
LISTED = (PAGES / "README.md").read_text(encoding="utf-8")
SAID = {
    "formula": r"\*\*Formula|=|[Cc]ount",
    "assumptions": r"[Aa]ssum",
    "when it refuses": r"[Nn]o answer|[Rr]efuses|Too little data|No advice",
    "source": r"Sources?\b",
    "a check": r"Checked|checked",
    "an example that runs": r">>> ",
}


def with_linked(page: str) -> str:
    """Read a page and those that it names for what it shares with them ("as in lift")."""
    written = (PAGES / page).read_text(encoding="utf-8")
    linked = re.findall(r"\(([a-z-]+\.md)", written)
    return "\n".join([written, *((PAGES / one).read_text(encoding="utf-8") for one in linked)])


@pytest.mark.parametrize("page", sorted(PAGES.glob("*.md")), ids=lambda page: page.stem)
def test_a_page_says_all_that_is_asked_of_it(page: Path) -> None:
    if page.stem == "README":
        return
    written = page.read_text(encoding="utf-8")
    missing = [what for what, pattern in SAID.items() if not re.search(pattern, written)]
    assert missing == []
    assert f"({page.name}" in LISTED


@pytest.mark.parametrize("name", sorted(MEASURES))
def test_a_measure_is_listed_with_its_page(name: str) -> None:
    listed = name if not name.startswith("decisions.") else "decisions.*"
    row = next(line for line in LISTED.splitlines() if line.startswith(f"| `{listed}` |"))
    page = re.search(r"\(([a-z-]+\.md)(#[a-z-]+)?\)", row)
    assert page is not None
    assert name.partition(".")[2] in (PAGES / page[1]).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(MEASURES))
def test_an_option_of_a_measure_stands_on_its_page(name: str) -> None:
    listed = name if not name.startswith("decisions.") else "decisions.*"
    row = next(line for line in LISTED.splitlines() if line.startswith(f"| `{listed}` |"))
    page = re.search(r"\(([a-z-]+\.md)", row)
    assert page is not None
    written = with_linked(page[1])
    own = [option.name for option in MEASURES[name].options]
    missing = [one for one in own if one not in written and one.replace("_", "-") not in written]
    assert missing == []
