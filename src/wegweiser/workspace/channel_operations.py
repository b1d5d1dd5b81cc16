"""Operations on channels: a test message to one of us, and how many mails came back."""

import asyncio
from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from wegweiser.flow.address_stops import Stop
from wegweiser.flow.tables import ADDRESS_STOPS
from wegweiser.ports.channel import Parcel
from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.policy import Endpoint
from wegweiser.terms.wrong import wrong
from wegweiser.workspace.arguments import read, text

if TYPE_CHECKING:
    from wegweiser.workspace.site import Site

TEST = "endpoint.test"
ROWS_PER_SLICE = 500
# Mails that left us, whatever became of them then.
LEFT = ("delivered", "unknown", "refused")
SUBJECT = "Test message of Wegweiser"
WORDS = "This is a test message. The endpoint {key} works. Nobody else was told anything."


async def endpoint_test(site: "Site", arguments: JsonObject) -> Json:
    """Hand a test message to the endpoint `key`; a mail goes `to` somebody who may sign in.

    It stands in no contact ledger and is tried once. Gives the state, status and words of the
    receiver.
    """
    endpoint = _endpoint(site, text(arguments, "key"))
    to = read(arguments, "to", str, "")
    if endpoint.via == "smtp" and to not in {one.email for one in site.people.all() if one.email}:
        told = wrong("test_mail_to")
        raise InputRefused("not_ours", told, 422, "to")
    now = site.clock.now_ms()
    words = WORDS.format(key=endpoint.key)
    data: JsonObject = {
        "test": True,
        "endpoint": endpoint.key,
        "subject": {"email": to} if to else {},
        "content": {"subject": SUBJECT, "text": words, "title": SUBJECT},
    }
    parcel = Parcel(f"tst_{site.clock.random_bytes(12).hex()}", TEST, now, data)
    receipt = await site.open_channel(endpoint).hand_over(parcel)
    return {
        "key": endpoint.key,
        "state": receipt.state,
        "status": receipt.status,
        "detail": receipt.detail,
    }


async def mail_returns(site: "Site", arguments: JsonObject) -> Json:
    """Count mails that left, and addresses used no more as mails bounced or owners complained."""
    endpoints = site.unifier.policies.bundle.endpoints if site.unifier.position else ()
    servers = {one.key for one in endpoints if one.via == "smtp"}
    mails = 0
    for number, one in enumerate(site.deciding.sender.deliveries()):
        mails += one.endpoint in servers and one.state in LEFT
        if number % ROWS_PER_SLICE == 0:
            await asyncio.sleep(0)
    stops = (value for _, value in site.engines.store.scan(ADDRESS_STOPS))
    reasons = Counter(msgspec.json.decode(value, type=Stop).reason for value in stops)
    came_back = {name: reasons[name] for name in ("bounced", "complained")}
    return {"mails": mails, **came_back}


def _endpoint(site: "Site", key: str) -> Endpoint:
    endpoints = site.unifier.policies.bundle.endpoints if site.unifier.position else ()
    found = next((one for one in endpoints if one.key == key), None)
    if found is None:
        raise NotFound(wrong("no_endpoint", key=repr(key[:100])))
    return found


OPERATIONS = {"endpoint_test": endpoint_test, "mail_returns": mail_returns}
