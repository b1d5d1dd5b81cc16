"""The tabs of Measure in a browser: both languages and themes, wide and on a phone."""

import pytest

from tests.browser.conftest import Visits
from tests.browser.test_looks import PALE
from tests.web.serving import Running, settled
from wegweiser.web.pages.measure.tabs import TABS

pytestmark = pytest.mark.browser

VIEWS = (("en", "light", 1360), ("de", "dark", 390))
PATHS = (*(tab.path for tab in TABS), "/measure/one", "/measure/one/web.visits?by=device")


def test_the_tabs_fit_complain_of_nothing_and_open_their_marks(
    running: Running, visit: Visits
) -> None:
    for language, theme, width in VIEWS:
        opened = visit(width=width, color_scheme=theme)
        for path in PATHS:
            address = f"{path}{'&' if '?' in path else '?'}lang={language}"
            settled(running.client, address)
            opened.page.goto(address)
            assert opened.page.evaluate("document.documentElement.scrollWidth") <= width, path
            assert opened.page.locator("h1").count() == 1
            assert opened.page.evaluate(PALE) == [], path
        mark = opened.page.locator(".drawing:visible a").first
        mark.focus()
        assert mark.get_attribute("aria-label")
        assert "#web-visits-r0" in (mark.get_attribute("href") or "")
        assert opened.complaints == []
