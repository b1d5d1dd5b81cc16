"""Check 10: a dragged slider ends on its last value, though late answers come out of order."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.acceptance.screen import Screens
from tests.web.serving import Running

pytestmark = pytest.mark.browser

STEPS = 20
# Where the track of the slider begins and ends, for it has room on both sides.
LEFT, RIGHT = 0.12, 0.88
ASKS = re.compile(r"/decisions/dec_\w+\?.*lever=")


class HeldBack:
    """Answers that wait until they are let go, the last one first."""

    def __init__(self, page: Page):
        self.routes: list[Route] = []
        self._page = page
        page.route(ASKS, self._hold)

    def _hold(self, route: Route) -> None:
        self.routes.append(route)

    def let_go(self) -> None:
        """Let the newest answer come first and the oldest last."""
        for route in reversed(self.routes):
            with self._page.expect_event("requestfinished"):
                route.continue_()


@pytest.fixture(scope="module")
def weighed(world: Running) -> str:
    """A decision in which a message had a rival."""
    site = world.site
    for one in site.unifier.decisions.newest(2_000, site.clock.now_ms()):
        told = site.explain(one.decision_id)
        chosen = told.get("chosen") if isinstance(told, dict) else None
        rows = chosen if isinstance(chosen, list) else []
        if any(isinstance(row, dict) and row.get("runner_up") for row in rows):
            return one.decision_id
    raise AssertionError("no message ever had a rival in this world")


def test_dragging_ends_on_the_last_value_though_late_answers_come_out_of_order(
    screens: Screens, world: Running, weighed: str
) -> None:
    before = world.site.unifier.policies.bundle.number, world.site.unifier.position
    seen = screens.on(world)
    page = seen.page
    answer = page.goto(f"/decisions/{weighed}?lang=en")
    assert answer is not None
    assert "require-trusted-types-for 'script'" in answer.headers["content-security-policy"]
    slider = page.get_by_role("slider", name="Lever")
    page.evaluate("window.kept = document.getElementById('lever-slider')")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box is not None
    held = HeldBack(page)
    height = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * LEFT, height)
    page.mouse.down()
    for step in range(1, STEPS + 1):
        with page.expect_request(ASKS):
            share = LEFT + (RIGHT - LEFT) * step / STEPS
            page.mouse.move(box["x"] + box["width"] * share, height)
    page.mouse.up()
    assert len(held.routes) >= STEPS
    held.let_go()
    tried = page.locator("#tried")
    expect(tried).to_contain_text("lever 2")
    expect(page.get_by_label("Lever, from 0.5 to 2")).to_have_value("2")
    # The slider itself was never swapped away, and still has the focus.
    assert page.evaluate("window.kept === document.activeElement")
    expect(slider).to_have_value("2")
    expect(page).to_have_url(re.compile(r"lever=2$"))
    assert (world.site.unifier.policies.bundle.number, world.site.unifier.position) == before
    assert seen.complaints == []


def test_the_field_and_the_slider_move_each_other_and_back_shows_the_address(
    screens: Screens, world: Running, weighed: str
) -> None:
    seen = screens.on(world)
    page = seen.page
    page.goto(f"/decisions/{weighed}?lang=en")
    field = page.get_by_label("Lever, from 0.5 to 2")
    slider = page.get_by_role("slider", name="Lever")
    field.fill("0.5")
    expect(slider).to_have_value("0.5")
    expect(page.locator("#tried")).to_contain_text("lever 0.5")
    expect(field).to_be_focused()
    first = page.locator("#tried").inner_text()
    slider.press("End")
    expect(field).to_have_value("2")
    expect(page.locator("#tried")).to_contain_text("lever 2")
    assert page.locator("#tried").inner_text() != first
    expect(slider).to_be_focused()
    page.goto("/decisions")
    page.go_back()
    expect(page.get_by_label("Lever, from 0.5 to 2")).to_have_value("2")
    expect(page.locator("#tried")).to_contain_text("lever 2")
    assert seen.complaints == []
