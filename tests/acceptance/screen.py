"""A browser with scripts, signed in on one of the servers, for what only a browser can show."""

from playwright.sync_api import Browser, BrowserContext

from tests.browser.conftest import Visit
from tests.web.serving import Running


class Screens:
    """Opens browsers of their own, and closes them all at the end."""

    def __init__(self, browser: Browser):
        self._browser = browser
        self._contexts: list[BrowserContext] = []

    def on(self, server: Running, **options: object) -> Visit:
        """Open a browser of the owner; options are those of a browser context."""
        context = self._browser.new_context(base_url=server.address, **options)  # type: ignore[arg-type]
        self._contexts.append(context)
        token = server.client.cookies["wegweiser"]
        context.add_cookies([{"name": "wegweiser", "value": token, "url": server.address}])
        return Visit(context, server.address)

    def close(self) -> None:
        """Close them all."""
        for context in self._contexts:
            context.close()
