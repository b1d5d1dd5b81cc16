"""Channels on a real server: a test message to an endpoint, and what came back of mails."""

from collections.abc import Iterator

import pytest

from tests.web.serving import Running, empty_site
from wegweiser.flow.address_stops import Stop
from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.workspace import operations

ENDPOINTS = """
kind: endpoint
key: crm
channel: webhook
via: webhook
target: https://hooks.crm.example/in
secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw
---
kind: endpoint
key: mail
channel: email
via: smtp
target: smtps://mail.example.com
sender: Example <news@example.com>
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    made = Running(empty_site)
    made.wait(made.site.applier.apply([("endpoints.yaml", ENDPOINTS)]))
    yield made
    made.close()


def tried(server: Running, key: str) -> str:
    form = {"do": "test", "key": key}
    answer = server.client.post("/settings/channels", data=form)
    if answer.status_code == 303:
        return server.client.get("/settings/channels").text
    assert answer.status_code == 422
    return answer.text


def test_an_endpoint_takes_a_test_message(server: Running) -> None:
    assert "crm took the test message: kept in memory" in tried(server, "crm")
    assert any(row.what == "endpoint.test" for row in server.site.audit.rows())
    assert "There is no endpoint" in tried(server, "nowhere")


def test_a_test_mail_goes_to_nobody_but_one_of_us(server: Running) -> None:
    assert "your sign-in has none" in tried(server, "mail")
    server.site.people.add("grace", "admin", "grace@example.com")
    run, site = operations.run, server.site
    with pytest.raises(InputRefused, match="may sign in"):
        server.wait(run(site, "endpoint_test", {"key": "mail", "to": "x@example.com"}))
    told = server.wait(run(site, "endpoint_test", {"key": "mail", "to": "grace@example.com"}))
    assert told["state"] == "delivered"
    with pytest.raises(NotFound):
        server.wait(run(site, "endpoint_test", {"key": "x", "to": "grace@example.com"}))


def test_bounces_and_complaints_are_counted(server: Running) -> None:
    assert "No mail has left yet." in server.client.get("/settings/channels").text
    stops = server.site.deciding.sending.stops
    stops.put("a@example.com", Stop("bounced", 0))
    stops.put("b@example.com", Stop("bounced", 0))
    stops.put("c@example.com", Stop("complained", 0))
    told = server.wait(operations.run(server.site, "mail_returns", {}))
    assert told == {"mails": 0, "bounced": 2, "complained": 1}
