"""What CLI and admin HTTP ask about deliveries: what was sent, what needs somebody, what to do."""

import asyncio
import base64
import binascii
from itertools import islice
from typing import get_args

import msgspec

from wegweiser.deliver.mail_address import plain_address
from wegweiser.deliver.receipt import DEAD_LETTERS, Delivery, DeliveryState, again
from wegweiser.flow.audience_files import AudienceFile
from wegweiser.terms.errors import InputRefused, NotFound
from wegweiser.terms.instant import format_instant
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.wrong import wrong
from wegweiser.workspace.arguments import read, text
from wegweiser.workspace.site import Site

MOST_LISTED = 1_000
MOST_MAILS = 500
ROWS_PER_SLICE = 200


async def delivery_list(site: Site, arguments: JsonObject) -> Json:
    """List deliveries in a state ("dead_letters": all that need somebody), newest first."""
    state = arguments.get("state") or "dead_letters"
    limit = min(read(arguments, "limit", int, 100), MOST_LISTED)
    await _begun(site)
    wanted = DEAD_LETTERS if state == "dead_letters" else (str(state),)
    found: list[Delivery] = []
    for number, one in enumerate(site.deciding.sender.deliveries()):
        if one.state in wanted or state == "all":
            found.append(one)
        if number % ROWS_PER_SLICE == 0:
            await asyncio.sleep(0)
    found.sort(key=lambda one: (one.parcel.at, one.parcel.parcel_id), reverse=True)
    return [_row(one) for one in islice(found, limit)]


async def delivery_counts(site: Site, arguments: JsonObject) -> Json:
    """Count the deliveries by state."""
    counts: dict[str, int] = dict.fromkeys(get_args(DeliveryState), 0)
    await _begun(site)
    for number, one in enumerate(site.deciding.sender.deliveries()):
        counts[one.state] += 1
        if number % ROWS_PER_SLICE == 0:
            await asyncio.sleep(0)
    return {**counts}


async def delivery_show(site: Site, arguments: JsonObject) -> Json:
    """Show one delivery with its parcel."""
    delivery = await _found(site, arguments)
    return {**_row(delivery), "parcel": delivery.parcel.data}


async def delivery_retry(site: Site, arguments: JsonObject) -> Json:
    """Send once more what surely did not arrive, under the same id; all checks are made anew."""
    delivery = await _free(site, arguments)
    fresh = again(delivery, site.clock.now_ms())
    if fresh is delivery or not delivery.endpoint:
        raise InputRefused("not_possible", _why_not(delivery), 409, "id")
    site.deciding.sender.put(fresh)
    return _row(fresh)


async def delivery_give_up(site: Site, arguments: JsonObject) -> Json:
    """Send a message no more, with a reason; its place in the contact ledger is given back."""
    delivery = await _free(site, arguments)
    if delivery.over and delivery.state not in DEAD_LETTERS:
        raise InputRefused("not_possible", _why_not(delivery), 409, "id")
    reason = text(arguments, "reason")
    over = msgspec.structs.replace(delivery, state="given_up", next_at=None, detail=reason)
    await site.deciding.sender.end(over)
    return _row(over)


async def endpoint_list(site: Site, arguments: JsonObject) -> Json:
    """List the endpoints with how they fare."""
    await _begun(site)
    sender = site.deciding.sender
    waiting: dict[str, int] = {}
    for one in sender.pending:
        waiting[one.endpoint] = waiting.get(one.endpoint, 0) + 1
    listed: list[Json] = []
    for endpoint in site.unifier.policies.bundle.endpoints if site.unifier.position else ():
        off = sender.endpoints.off(endpoint)
        listed.append(
            {
                "key": endpoint.key,
                "channel": endpoint.channel,
                "via": endpoint.via,
                "target": endpoint.target,
                "waiting": waiting.get(endpoint.key, 0),
                "paused": sender.endpoints.is_paused(endpoint.key, site.clock.now_ms()),
                "switched_off_at": None if off is None else format_instant(off.at),
                "detail": "" if off is None else off.detail,
            }
        )
    return listed


async def endpoint_enable(site: Site, arguments: JsonObject) -> Json:
    """Call an endpoint again that answered 410, or of which too many mails came back."""
    key = text(arguments, "key")
    return {"key": key, "enabled": site.deciding.sender.endpoints.switch_on(key)}


async def bounce_load(site: Site, arguments: JsonObject) -> Json:
    """Read mails that came back, each in base64; gives what became of each, in order."""
    mails = read(arguments, "mails", list[str], [])
    if len(mails) > MOST_MAILS:
        raise InputRefused("too_large", f"Send at most {MOST_MAILS} mails at once.", 413, "mails")
    taken: list[Json] = []
    for number, mail in enumerate(mails):
        try:
            raw = base64.b64decode(mail, validate=True)
        except (binascii.Error, ValueError):
            told = f"Mail {number} is no base64."
            raise InputRefused("bad_input", told, 422, "mails") from None
        taken.append(msgspec.structs.asdict(await site.deciding.sending.bounces.take(raw)))
    return taken


async def address_show(site: Site, arguments: JsonObject) -> Json:
    """Say whether mails may go to an address, and why not."""
    address = plain_address(text(arguments, "address"))
    stop = site.deciding.sending.stops.of(address)
    if stop is None:
        return {"address": address, "stopped": False}
    return {
        "address": address,
        "stopped": True,
        "reason": stop.reason,
        "since": format_instant(stop.at),
        "delivery": stop.parcel_id,
    }


async def address_lift(site: Site, arguments: JsonObject) -> Json:
    """Let mails go to an address again; consent is another matter, and stays as it is."""
    address = plain_address(text(arguments, "address"))
    return {"address": address, "lifted": site.deciding.sending.stops.lift(address)}


async def _begun(site: Site) -> None:
    """See to it that whatever was decided before has its delivery, before it is looked at."""
    await site.intake.settle()
    await site.deciding.sender.begin()


async def _found(site: Site, arguments: JsonObject) -> Delivery:
    await _begun(site)
    found = site.deciding.sender.one(text(arguments, "id"))
    if found is None:
        raise NotFound(wrong("no_delivery"))
    return found


async def _free(site: Site, arguments: JsonObject) -> Delivery:
    delivery = await _found(site, arguments)
    if site.deciding.sender.is_busy(delivery.parcel.parcel_id):
        raise InputRefused("busy", wrong("handed_over"), 409, "id")
    return delivery


def _why_not(delivery: Delivery) -> str:
    if delivery.state == "unknown":
        return "It may have arrived, so that a second copy must not be sent."
    if not delivery.endpoint:
        return "It was never complete; mend what the reason says, then decide again."
    return f"It is {delivery.state}; there is nothing to do."


def _row(delivery: Delivery) -> JsonObject:
    data = delivery.parcel.data
    return {
        "id": delivery.parcel.parcel_id,
        "state": delivery.state,
        "reason": delivery.detail,
        "endpoint": delivery.endpoint,
        "channel": data.get("channel"),
        "message": data.get("message"),
        "decision": data.get("decisionId"),
        "tries": delivery.tries,
        "status": delivery.status,
        "decided_at": format_instant(delivery.parcel.at),
        "next_at": None if delivery.next_at is None else format_instant(delivery.next_at),
    }


async def audience_list(site: Site, arguments: JsonObject) -> Json:
    """List the files of many messages, oldest first, with what became of each."""
    return [_file(one) for one in site.deciding.sending.audiences.all()]


async def audience_write(site: Site, arguments: JsonObject) -> Json:
    """Write what is due into files now, without waiting for the next minute."""
    await site.intake.settle()
    await site.deciding.sender.send_due()
    await site.deciding.sending.audiences.run()
    return await audience_list(site, arguments)


async def audience_acknowledge(site: Site, arguments: JsonObject) -> Json:
    """Take the word of a receiver that it has a file: its messages are delivered."""
    return _file(await site.deciding.sending.audiences.acknowledge(text(arguments, "id")))


def _file(file: AudienceFile) -> JsonObject:
    return {
        "id": file.file_id,
        "state": file.state,
        "endpoint": file.endpoint,
        "file": f"{file.folder}/{file.name}",
        "count": len(file.parcels),
        "acknowledge_until": format_instant(file.lease_until),
    }


OPERATIONS = {
    "delivery_list": delivery_list,
    "delivery_show": delivery_show,
    "delivery_counts": delivery_counts,
    "delivery_retry": delivery_retry,
    "delivery_give_up": delivery_give_up,
    "endpoint_list": endpoint_list,
    "endpoint_enable": endpoint_enable,
    "bounce_load": bounce_load,
    "address_show": address_show,
    "address_lift": address_lift,
    "audience_list": audience_list,
    "audience_write": audience_write,
    "audience_acknowledge": audience_acknowledge,
}
