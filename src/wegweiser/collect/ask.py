"""The body of a request for a decision."""

from typing import get_args

from wegweiser.collect.moment import instant_of
from wegweiser.collect.name import id_text
from wegweiser.collect.subject import read_subject
from wegweiser.terms.decision import Ask, Mode, Situation
from wegweiser.terms.errors import InputRefused
from wegweiser.terms.instant import YEAR_2000_MS, YEAR_2100_MS
from wegweiser.terms.json import Json, JsonObject
from wegweiser.terms.message import Channel

_CHANNELS: dict[str, Channel] = {name: name for name in get_args(Channel)}
_MODES: dict[str, Mode] = {name: name for name in get_args(Mode)}
MOST_PLACEMENTS = 50
MOST_ITEMS = 100
LONGEST_DEADLINE_MS = 60_000
_LOCALE_CHARACTERS = 35


def read_situation(body: Json) -> Situation:
    """Read the body of `POST /v1/decide`.

    Raises InputRefused (400) naming the field: `bad_shape`, `bad_value`, `bad_id`,
    `no_identity`.

    >>> asked = read_situation(
    ...     {"request_id": "r-1", "userId": "u-42", "placements": [{"key": "home.hero"}]}
    ... )
    >>> asked.subject.person, asked.placements
    ('user_id:u-42', (Ask(key='home.hero', max=1),))
    """
    if not isinstance(body, dict):
        raise InputRefused("bad_shape", "The body is not a JSON object.")
    request_id = id_text(body.get("request_id"), "request_id")
    if not request_id:
        raise _bad_value("request_id", "is missing: the same id gives the same answer again")
    mode = _mode(body.get("mode"))
    return Situation(
        request_id=request_id,
        subject=read_subject(body),
        placements=_placements(body.get("placements")),
        channel=_channel(body.get("channel")),
        locale=_locale(body.get("locale")),
        mode=mode,
        deadline_ms=_deadline_ms(body),
        context=_context(body.get("context")),
        as_of=_as_of(body.get("as_of"), mode),
    )


def _placements(value: Json) -> tuple[Ask, ...]:
    if not isinstance(value, list) or not 0 < len(value) <= MOST_PLACEMENTS:
        raise _bad_value("placements", f"is not an array of 1 to {MOST_PLACEMENTS} placements")
    asks = tuple(_ask(item, f"placements[{index}]") for index, item in enumerate(value))
    if len({ask.key for ask in asks}) < len(asks):
        raise _bad_value("placements", "names a placement twice")
    return asks


def _ask(value: Json, field: str) -> Ask:
    asked: JsonObject = {"key": value} if isinstance(value, str) else {}
    if isinstance(value, dict):
        asked = value
    key = asked.get("key")
    if not isinstance(key, str) or not key.strip():
        raise _bad_value(f"{field}.key", "is not the key of a placement")
    return Ask(key, _whole(asked, "max", 1, MOST_ITEMS, f"{field}.max"))


def _deadline_ms(body: JsonObject) -> int | None:
    """Read how long the asker waits; None leaves it to the placements."""
    if body.get("deadline_ms") is None:
        return None
    return _whole(body, "deadline_ms", 0, LONGEST_DEADLINE_MS, "deadline_ms")


def _whole(stated: JsonObject, name: str, default: int, most: int, field: str) -> int:
    value = stated.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise _bad_value(field, f"is not a whole number from 1 to {most}")
    return value


def _channel(value: Json) -> Channel | None:
    if value is None:
        return None
    if not isinstance(value, str) or value not in _CHANNELS:
        raise _bad_value("channel", f"is not one of {', '.join(_CHANNELS)}")
    return _CHANNELS[value]


def _mode(value: Json) -> Mode:
    if value is None:
        return "serve"
    if not isinstance(value, str) or value not in _MODES:
        raise _bad_value("mode", f"is not one of {', '.join(_MODES)}")
    return _MODES[value]


def _as_of(value: Json, mode: Mode) -> int | None:
    if value is None:
        return None
    if mode != "simulate":
        raise _bad_value("as_of", "is for the mode simulate only: what is served is decided now")
    moment = instant_of(value)
    if moment is None or not YEAR_2000_MS <= moment < YEAR_2100_MS:
        raise _bad_value("as_of", 'is not a moment such as "2026-11-22T10:00:00Z"')
    return moment


def _locale(value: Json) -> str:
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > _LOCALE_CHARACTERS:
        raise _bad_value("locale", 'is not a language tag such as "de-DE"')
    return value


def _context(value: Json) -> JsonObject:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise InputRefused("bad_shape", "`context` is not an object.", field="context")
    return value


def _bad_value(field: str, reason: str) -> InputRefused:
    return InputRefused("bad_value", f"`{field}` {reason}.", field=field)
