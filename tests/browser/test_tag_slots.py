"""Slots of a website: the decided message in its place, seen, clicked and dismissed."""

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.browser.tagged import GRANT, Shop, Visitor, visiting, while_pumping
from tests.web.serving import until

pytestmark = pytest.mark.browser

SLOT = '<div id="hero" data-wegweiser-slot="home.hero" data-wegweiser-timeout="{}">Default</div>'
TEMPLATE = """<template id="card"><article><h2 data-wegweiser-text="title"></h2>
<a data-wegweiser-href="url">Read</a><i data-wegweiser-if="badge">New</i>
<button data-wegweiser-dismiss="seen enough">Close</button></article></template>"""
ANSWER = """{"decision_id": "dec_1", "items": [{"placement": "home.hero", "slot": 0,
 "message": "m", "variant": "v", "content": {"title": "<img src=x onerror=alert(1)>",
 "text": "T", "url": "javascript:alert(1)"}}]}"""


def agreed(visitor: Visitor) -> None:
    """Open the page and agree."""
    visitor.go("/")
    visitor.page.evaluate(f"wegweiser.consent({GRANT})")


def state(visitor: Visitor, expected: str) -> None:
    """Wait for the state of the slot."""
    expect(visitor.page.locator("#hero")).to_have_attribute("data-wegweiser-state", expected)


def test_a_slot_shows_the_decided_message_and_tells_what_became_of_it(
    browser: Browser, shop: Shop
) -> None:
    slot = SLOT.format(20_000).replace("<div", '<div data-wegweiser-template="#card"')
    shop.pages = {"/": slot + TEMPLATE}
    shop.options = ""
    with visiting(browser, shop) as visitor:
        page = visitor.page
        agreed(visitor)
        state(visitor, "shown")
        expect(page.locator("#hero h2")).to_have_text("SSO in one hour")
        expect(page.locator("#hero a")).to_have_attribute("href", "https://www.example.com/sso")
        expect(page.locator("#hero i")).to_have_count(0)
        assert visitor.sent().count("/v1/decide") == 1
        [viewed] = [_without_view(told) for told in _named(shop, "Message Viewed")]
        page.evaluate("addEventListener('click', event => event.preventDefault(), true)")
        page.click("#hero a")
        [clicked] = [_without_view(told) for told in _named(shop, "Message Clicked")]
        page.click("#hero button")
        [dismissed] = [_without_view(told) for told in _named(shop, "Message Dismissed")]
        until(lambda: len(shop.outcomes()) >= 3)
    place = {"placement": "home.hero", "slot": 0, "message": "whitepaper", "variant": "short"}
    place["decision_id"] = viewed["decision_id"]
    assert viewed == place
    assert clicked == {**place, "url": "https://www.example.com/sso", "text": "Read"}
    assert dismissed == {**place, "reason": "seen enough"}
    mine = [told for told in shop.outcomes() if told["decisionId"] == viewed["decision_id"]]
    assert {told["kind"] for told in mine} == {"seen", "click", "declined"}


def _named(shop: Shop, name: str) -> list[dict[str, object]]:
    until(lambda: bool(shop.named(name)))
    return shop.named(name)  # type: ignore[return-value]


def _without_view(told: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in told.items() if name != "page_view_id"}


def test_without_personalisation_the_default_stays(browser: Browser, shop: Shop) -> None:
    shop.pages = {"/": SLOT.format(800)}
    shop.options = ""
    with visiting(browser, shop) as visitor:
        visitor.go("/")
        visitor.page.evaluate("wegweiser.consent({measurement: true})")
        shop.awaited("page")
        expect(visitor.page.locator("#hero")).to_have_text("Default")
        assert "/v1/decide" not in visitor.sent()


@pytest.mark.parametrize(
    ("body", "status", "expected"),
    [
        ('{"decision_id": "d", "status": "nothing", "items": []}', 200, "default"),
        ('{"success": false}', 500, "error"),
        (None, 0, "error"),
    ],
)
def test_default_content_on_nothing_and_errors(
    browser: Browser, shop: Shop, body: str | None, status: int, expected: str
) -> None:
    shop.pages = {"/": SLOT.format(20_000)}
    shop.options = ""

    def answer(route: Route) -> None:
        if body is None:
            route.abort()
        else:
            headers = {"access-control-allow-origin": "*"}
            route.fulfill(status=status, headers=headers, body=body)

    with visiting(browser, shop) as visitor:
        visitor.context.route("**/v1/decide", answer)
        agreed(visitor)
        state(visitor, expected)
        expect(visitor.page.locator("#hero")).to_have_text("Default")


def test_an_answer_after_the_timeout_is_not_drawn(browser: Browser, shop: Shop) -> None:
    shop.pages = {"/": SLOT.format(100)}
    shop.options = ""
    late: list[Route] = []

    def late_answer(route: Route) -> None:
        late.append(route)

    with visiting(browser, shop) as visitor:
        visitor.context.route("**/v1/decide", late_answer)
        agreed(visitor)
        state(visitor, "default")
        while_pumping(visitor.page, lambda: bool(late))
        late[0].fulfill(headers={"access-control-allow-origin": "*"}, body=ANSWER)
        visitor.page.wait_for_timeout(100)
        expect(visitor.page.locator("#hero")).to_have_text("Default")


def test_what_is_drawn_is_text_and_no_script(browser: Browser, shop: Shop) -> None:
    shop.pages = {"/": SLOT.format(20_000)}
    shop.options = ""
    headers = {"access-control-allow-origin": "*"}
    with visiting(browser, shop) as visitor:
        visitor.context.route(
            "**/v1/decide", lambda route: route.fulfill(headers=headers, body=ANSWER)
        )
        agreed(visitor)
        state(visitor, "shown")
        expect(visitor.page.locator("#hero a")).to_have_text("<img src=x onerror=alert(1)>")
        assert visitor.page.locator("#hero a").get_attribute("href") is None
        assert visitor.page.locator("#hero [onerror]").count() == 0


def test_a_message_is_seen_after_one_second_at_half_visibility(
    browser: Browser, shop: Shop
) -> None:
    shop.pages = {"/": '<div style="height: 3000px"></div>' + SLOT.format(20_000)}
    shop.options = ""
    with visiting(browser, shop) as visitor:
        page = visitor.page
        page.clock.install()
        agreed(visitor)
        state(visitor, "shown")
        page.clock.run_for(5_000)
        assert shop.named("Message Viewed") == []
        page.locator("#hero").scroll_into_view_if_needed()
        page.wait_for_timeout(200)
        page.clock.run_for(5_000)
        until(lambda: len(shop.named("Message Viewed")) == 1)
