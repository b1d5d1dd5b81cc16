"""Check 17: what a screen reader is told of the parts that every page has, as text.

After a wanted change: WEGWEISER_WRITE_GOLDEN=1 pytest tests/acceptance/test_17_heard.py
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.acceptance.looking import LANGUAGES, Looker, View
from tests.web.serving import Running

pytestmark = pytest.mark.browser
GOLDEN = Path(__file__).parents[1] / "golden" / "heard"
# A name, the page, and the part of it that is the same whatever the figures are.
PARTS = {
    "menu": ("/settings", ".side"),
    "head": ("/journeys", ".head"),
    "foot": ("/settings", ".foot-forms"),
    "sign-in": ("/sign-in", "main"),
    "keys": ("/help", "section[aria-labelledby=keys]"),
}


@pytest.fixture(scope="module")
def looker(browser: Browser, world: Running) -> Iterator[Looker]:
    made = Looker(browser, world)
    yield made
    made.close()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PARTS)
def test_17_a_part_is_told_as_before(looker: Looker, name: str, language: str) -> None:
    address, part = PARTS[name]
    looker.open(address, View(language, "light", 1360))
    told = looker.page.locator(part).aria_snapshot()
    # Addresses with a moment in them differ from run to run.
    told = re.sub(r"\d{4}-\d\d-\d\d", "DAY", told) + "\n"
    file = GOLDEN / f"{name}.{language}.txt"
    if os.environ.get("WEGWEISER_WRITE_GOLDEN"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(told, encoding="utf-8")
    assert told == file.read_text(encoding="utf-8")
