"""What is handed over when there are new alarms: one parcel to each address and endpoint."""

from collections.abc import Sequence

import msgspec

from wegweiser.flow.alarm_document import Watch
from wegweiser.flow.alarm_post import AlarmPost
from wegweiser.ports.operational_store import Change
from wegweiser.terms.alarm import KeptAlarm
from wegweiser.terms.json import Json, JsonObject


def alarm_parcels(post: AlarmPost, watch: Watch, alarms: Sequence[KeptAlarm]) -> list[Change]:
    """Prepare one hand-over of new alarms to each address and endpoint of a watch.

    The person whom an alarm is about is not told: a mail is never erased.
    """
    about = ",".join(one.alarm_id for one in alarms)
    ids: list[Json] = [one.alarm_id for one in alarms]
    told: list[Json] = [_plain(one) for one in alarms]
    text = "\n".join(one.sentence[watch.language] for one in alarms)
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


def _plain(alarm: KeptAlarm) -> JsonObject:
    named = alarm if alarm.watch else msgspec.structs.replace(alarm, member="")
    found: JsonObject = msgspec.to_builtins(named)
    return found
