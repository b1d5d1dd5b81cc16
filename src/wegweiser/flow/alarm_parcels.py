"""What is handed over when there are new alarms: one parcel to each address and endpoint."""

from collections.abc import Sequence

import msgspec

from wegweiser.flow.alarm_document import Watch
from wegweiser.flow.alarm_post import AlarmPost
from wegweiser.ports.operational_store import Change
from wegweiser.terms.alarm import KeptAlarm
from wegweiser.terms.json import Json, JsonObject


def page_of(alarm: KeptAlarm, address: str) -> str:
    """Give the page that shows what an alarm is about, none where there is none.

    `address` is that of the server; without it nobody elsewhere could follow the link.
    """
    return address.rstrip("/") + alarm.page if address and alarm.page else ""


def line_of(alarm: KeptAlarm, language: str, address: str) -> str:
    """Say what is unusual, and where to look at it."""
    return " ".join(filter(None, (alarm.sentence[language], page_of(alarm, address))))


def alarm_parcels(
    post: AlarmPost, watch: Watch, alarms: Sequence[KeptAlarm], address: str = ""
) -> list[Change]:
    """Prepare one hand-over of new alarms to each address and endpoint of a watch.

    The person whom an alarm is about is not told: a mail is never erased. `address` is that of the
    server, to which the links lead.
    """
    about = ",".join(one.alarm_id for one in alarms)
    ids: list[Json] = [one.alarm_id for one in alarms]
    told: list[Json] = [_plain(one, address) for one in alarms]
    text = "\n".join(line_of(one, watch.language, address) for one in alarms)
    data: JsonObject = {
        "watch": watch.key,
        "title": watch.heading,
        "language": watch.language,
        "alarmIds": ids,
        "alarms": told,
    }
    mails = [post.parcel(about, {**data, "to": address}, watch.mail_by) for address in watch.to]
    # Chats take the text, everybody else the fields.
    content: JsonObject = {"text": f"{watch.heading}\n{text}"}
    calls = [post.parcel(about, {**data, "content": content}, place) for place in watch.call]
    return [*mails, *calls]


def _plain(alarm: KeptAlarm, address: str) -> JsonObject:
    named = alarm if alarm.watch else msgspec.structs.replace(alarm, member="")
    found: JsonObject = msgspec.to_builtins(named)
    page = page_of(alarm, address)
    return found | {"page": page} if page else found
