"""The functions that mappings of files and webhooks may call besides those of rules."""

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from zoneinfo import ZoneInfo

from wegweiser.query.cel.functions import RULE_FUNCTIONS
from wegweiser.query.cel.schema import DOUBLE, DYN, STRING, TIMESTAMP, Function
from wegweiser.query.cel.values import as_moment
from wegweiser.terms.rule_fault import NotWritten, fault

_NUMBERS = {
    "de": re.compile(r"[+-]?(?:[0-9]{1,3}(?:\.[0-9]{3}){1,99}|[0-9]{1,300})(?:,[0-9]{1,300})?"),
    "en": re.compile(r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3}){1,99}|[0-9]{1,300})(?:\.[0-9]{1,300})?"),
}
_DIRECTIVE = re.compile("%(.)", re.DOTALL)
_DIRECTIVES = frozenset("YymdHIMSfpzbBj%")
_OFFSET = re.compile(r"[Zz]\s*$|:[0-9.,]+\s*[+-][0-9]{2}:?[0-9]{2}\s*$")
_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+-]{0,30}(?:/[A-Za-z0-9_+-]{1,30}){0,2}")


def _language(text: str) -> str:
    if text not in _NUMBERS:
        raise NotWritten(fault("number_language"))
    return text


def _number(value: object, language: str = "en") -> float:
    if isinstance(value, str):
        plain = value.strip()
        if _NUMBERS[language].fullmatch(plain) is None:
            raise ValueError("not a number")
        grouping, point = (".", ",") if language == "de" else (",", ".")
        number = float(plain.replace(grouping, "").replace(point, "."))
    elif isinstance(value, int | float) and not isinstance(value, bool):
        number = float(value)
    else:
        raise TypeError("number")
    if not math.isfinite(number):
        raise OverflowError("number")
    return number


def _format(text: str) -> str:
    # Every directive once at most: the standard library turns the format into a regular
    # expression, in which a repeated directive is an error.
    directives = _DIRECTIVE.findall(text)
    if len(text) > 60 or text.count("%") != sum(1 + (d == "%") for d in directives):
        raise NotWritten(fault("long_format"))
    unknown = [d for d in directives if d not in _DIRECTIVES]
    if unknown:
        raise NotWritten(fault("bad_directive", sign=unknown[0]))
    if len(set(directives)) != len(directives):
        raise NotWritten(fault("double_directive"))
    return text


def _zone(text: str) -> ZoneInfo:
    try:
        if _ZONE.fullmatch(text) is None:
            raise ValueError
        return ZoneInfo(text)
    except (ValueError, OSError, LookupError):
        raise NotWritten(fault("time_zone")) from None


def _time(value: object, form: str = "", zone: ZoneInfo | None = None) -> datetime:
    if not form:
        moment = as_moment(value)
        local = zone is not None and isinstance(value, str) and not _OFFSET.search(value)
        return moment.replace(tzinfo=zone).astimezone(UTC) if local else moment
    if not isinstance(value, str) or len(value) > 100:
        raise ValueError("not a time")
    moment = datetime.strptime(value.strip(), form)  # noqa: DTZ007 (the zone is set below)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone or UTC)
    return moment.astimezone(UTC)


def _sha256(text: str) -> str:
    return sha256(text.encode("utf-8")).hexdigest()


MAPPING_FUNCTIONS: Mapping[str, Function] = {
    **RULE_FUNCTIONS,
    "number": Function((DYN, STRING), DOUBLE, _number, optional=1, prepare={1: _language}),
    "time": Function(
        (DYN, STRING, STRING), TIMESTAMP, _time, optional=2, prepare={1: _format, 2: _zone}
    ),
    "lower": Function((STRING,), STRING, str.lower),
    "trim": Function((STRING,), STRING, str.strip),
    "sha256": Function((STRING,), STRING, _sha256),
}
