"""One server with an identity provider for all tests of this package."""

import os
from collections.abc import Iterator

import pytest

from tests.web.openid.provider import CLIENT, SECRET, Provider
from tests.web.serving import Running
from wegweiser.adapters.memory import MemoryClock
from wegweiser.settings import OpenIdSettings, Settings
from wegweiser.workspace.engines import in_memory
from wegweiser.workspace.site import Site

STARTED_AT = 1_800_000_000_000
SECRET_ENV = "WEGWEISER_SECRET_OPENID"


@pytest.fixture(scope="package")
def clock() -> MemoryClock:
    return MemoryClock(STARTED_AT)


@pytest.fixture(scope="package")
def identity(clock: MemoryClock) -> Iterator[Provider]:
    provider = Provider(clock.now_ms)
    yield provider
    provider.close()


@pytest.fixture(scope="package")
def company(identity: Provider, clock: MemoryClock) -> Iterator[Running]:
    async def make() -> Site:
        openid = OpenIdSettings(
            identity.issuer,
            CLIENT,
            name="Example ID",
            secret_env=SECRET_ENV,
            roles={"leads": "admin", "marketing": "marketer"},
            allowed_domains=("example.com",),
            default_role="viewer",
        )
        settings = Settings(openid=openid, allowed_targets=("127.0.0.1",))
        site = Site(in_memory(clock), settings)
        await site.start(background=False)
        return site

    os.environ[SECRET_ENV] = SECRET
    server = Running(make)
    yield server
    server.close()
    del os.environ[SECRET_ENV]


@pytest.fixture(autouse=True)
def honest(identity: Provider) -> Iterator[None]:
    """Let every test begin with a provider that does all things right."""
    yield
    identity.claims, identity.document, identity.header = {}, {}, {}
    identity.forge, identity.signing = None, identity.keys[0]
    identity.refused.clear()
    identity.ended.clear()
    identity.out = ""
