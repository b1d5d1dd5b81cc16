"""Every page in both themes, both languages and four widths: no complaint, nothing sticks out."""

import itertools

import pytest

from tests.browser.conftest import Visits
from tests.web.serving import Running

pytestmark = pytest.mark.browser

VIEWS = [
    ("en", "light", 1360),
    ("de", "dark", 1360),
    ("de", "light", 900),
    ("en", "dark", 390),
    ("de", "light", 320),
]
NAMES = ["today", "profiles", "person", "account", "decision", "patterns", "sign-in"]

PALE = """
() => {
  const parse = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
  const part = (v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  const ground = (element) => {
    for (; element; element = element.parentElement) {
      const found = parse(getComputedStyle(element).backgroundColor);
      if (found.length === 3 || found[3] > 0.5) return found;
    }
    return [255, 255, 255];
  };
  const contrast = (element) => {
    const lights = [light(parse(getComputedStyle(element).color)), light(ground(element))];
    return (Math.max(...lights) + 0.05) / (Math.min(...lights) + 0.05);
  };
  const said = (element) => [...element.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
  return [...document.querySelectorAll("body *:not(svg *)")]
    .filter((element) => element.checkVisibility() && said(element) && contrast(element) < 4.5)
    .map((element) => element.textContent.trim());
}
"""


@pytest.fixture(scope="session")
def paths(running: Running) -> dict[str, str]:
    views = running.site.views
    person = next(
        one.person_id
        for one in views.recent_persons(limit=500)
        if any(decision.items for decision in views.decisions(one.person_id))
    )
    decision = next(one for one in views.decisions(person) if one.items)
    group_id = views.person(person).accounts[0].group_id
    return {
        "today": "/",
        "profiles": "/profiles",
        "person": f"/people/{person}",
        "account": f"/accounts/{group_id}",
        "decision": f"/decisions/{decision.decision_id}",
        "patterns": "/patterns",
        "sign-in": "/sign-in",
    }


@pytest.mark.parametrize(("name", "view"), list(itertools.product(NAMES, VIEWS)))
def test_page(visit: Visits, paths: dict[str, str], name: str, view: tuple[str, str, int]) -> None:
    language, theme, width = view
    opened = visit(width=width, color_scheme=theme)
    page = opened.page
    page.goto(f"{paths[name]}?lang={language}")
    assert page.locator("h1").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("[...document.images].every((one) => one.complete)")
    assert page.evaluate(PALE) == []
    assert opened.complaints == []


def test_targets_are_large_enough(visit: Visits, paths: dict[str, str]) -> None:
    page = visit(width=390).page
    page.goto(paths["today"])
    for target in page.locator("button, select, nav a, summary").all():
        if target.is_visible():
            box = target.bounding_box()
            assert box is not None
            assert box["height"] >= 24


@pytest.mark.parametrize(("width", "shown"), [(1360, "wide"), (390, "narrow")])
def test_one_drawing_is_shown_and_its_text_can_be_read(
    visit: Visits, width: int, shown: str
) -> None:
    page = visit(width=width).page
    page.goto("/")
    drawings = [one for one in page.locator("#visitors svg.drawing").all() if one.is_visible()]
    assert [shown in (one.get_attribute("class") or "") for one in drawings] == [True]
    height = (
        drawings[0]
        .locator("text")
        .first.evaluate(
            "(text) => parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a"
        )
    )
    assert height >= 11
