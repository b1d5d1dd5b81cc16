"""Writes alarms out as a mail: what is unusual first, then what moved with it and what to do."""

from collections.abc import Sequence

from wegweiser.deliver.report_part import Composed, Part
from wegweiser.flow.alarm_parcels import line_of
from wegweiser.terms.alarm import KeptAlarm
from wegweiser.terms.json import JsonObject

_WORDS = {
    "en": {
        "columns": (
            "since",
            "known on",
            "moved with it",
            "also seen in",
            "quiet",
            "name",
        ),
        "title": "Unusual",
        "foot": "wegweiser alarms judge NAME confirmed (or false) makes the alarms better.",
    },
    "de": {
        "columns": ("seit", "erkannt am", "bewegte sich mit", "auch bei", "ruhig", "Name"),
        "title": "Auffällig",
        "foot": "wegweiser alarms judge NAME confirmed (oder false) verbessert die Meldungen.",
    },
}
_COUNTED = {"en": ("alarm", "alarms"), "de": ("Meldung", "Meldungen")}


def alarm_mail(
    title: str, alarms: Sequence[KeptAlarm], language: str, address: str = ""
) -> Composed:
    """Compose the mail of new alarms, in one language ("en", "de"), with links to a server."""
    words, (one, many) = _WORDS[language], _COUNTED[language]
    part = Part(
        title=str(words["title"]),
        sentences=tuple(line_of(alarm, language, address) for alarm in alarms),
        columns=tuple(words["columns"]),
        cells=tuple(_cells(alarm) for alarm in alarms),
    )
    return Composed(
        title=title,
        subtitle=f"{len(alarms)} {one if len(alarms) == 1 else many}",
        foot=str(words["foot"]),
        language=language,
        parts=(part,),
    )


def _cells(alarm: KeptAlarm) -> tuple[str, ...]:
    found = (alarm.since, alarm.known, alarm.moved_with, alarm.also, alarm.quiet, alarm.alarm_id)
    return tuple(text or "–" for text in found)


def mail_of(data: JsonObject, alarms: Sequence[KeptAlarm], address: str = "") -> Composed:
    """Compose the mail that a parcel asks for."""
    return alarm_mail(str(data["title"]), alarms, str(data["language"]), address)
