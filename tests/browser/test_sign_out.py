"""Signing out in a browser: its own policy lets no form lead to the identity provider."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.web.openid.provider import CLIENT, SECRET, Provider
from tests.web.serving import Running
from wegweiser.adapters.memory import MemoryClock
from wegweiser.settings import OpenIdSettings, Settings
from wegweiser.workspace.engines import in_memory
from wegweiser.workspace.openid.sign_out import OUT
from wegweiser.workspace.site import Site

STARTED_AT = 1_800_000_000_000
SECRET_ENV = "WEGWEISER_SECRET_SIGN_OUT"


@pytest.fixture
def identity() -> Iterator[Provider]:
    provider = Provider(lambda: STARTED_AT)
    provider.claims = {"sub": "ada-1", "email": "ada@example.com", "email_verified": True}
    yield provider
    provider.close()


@pytest.fixture
def company(identity: Provider, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    async def make() -> Site:
        openid = OpenIdSettings(
            identity.issuer,
            CLIENT,
            name="Example ID",
            secret_env=SECRET_ENV,
            allowed_domains=("example.com",),
            default_role="viewer",
        )
        settings = Settings(openid=openid, allowed_targets=("127.0.0.1",))
        site = Site(in_memory(MemoryClock(STARTED_AT)), settings)
        await site.start(background=False)
        return site

    monkeypatch.setenv(SECRET_ENV, SECRET)
    server = Running(make)
    identity.out = server.address + OUT
    yield server
    server.close()


def test_signing_out_leads_to_the_provider_and_back(
    browser: Browser, company: Running, identity: Provider
) -> None:
    with browser.new_context(locale="en-GB", java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{company.address}/sign-in")
        page.get_by_role("link", name="Sign in with Example ID").click()
        page.get_by_role("button", name="Sign out ada@example.com").click()
        told = page.get_by_role("status").filter(has_text="You are signed out here and at")
        expect(told).to_be_visible()
        assert identity.ended == ["ada-1"]
        page.goto(f"{company.address}/settings/me")
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
