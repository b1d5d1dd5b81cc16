"""A source with its keys that sends over HTTP, as any shop does."""

import httpx

from tests.web.serving import Running


class Shop:
    """One source of a server; every test makes its own."""

    def __init__(self, server: Running, name: str):
        self.server, self.name = server, name
        self.keys = server.site.callers.create(name)

    def send(self, *elements: dict[str, object]) -> None:
        """Send events with the secret key; each is taken or set aside."""
        answer = httpx.post(
            f"{self.server.address}/v1/batch",
            auth=(self.keys.secret_key, ""),
            json={"batch": [*elements]},
        )
        assert answer.status_code == 200, answer.text
