"""Texts in the reader's language: sentences from the catalogue, numbers and dates by Babel."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
from babel import Locale, dates, lists, numbers
from babel.core import negotiate_locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from wegweiser.terms.role import Sight

LANGUAGES = ("en", "de")
# English dates in the order of the interface: 24 Nov, not Nov 24.
LOCALES = {"en": "en_GB", "de": "de_DE"}
CATALOGUES = Path(__file__).parent / "locale"


def mark(text: str) -> str:
    """Mark a text for the catalogue where it is written down, to be said later."""
    return text


@cache
def translations(language: str) -> NullTranslations:
    """Read the catalogues of a language; English needs none, its sentences are the keys."""
    paths = sorted((CATALOGUES / language).glob("*.po"))
    if not paths:
        return NullTranslations()
    whole = Catalog(locale=language)
    for path in paths:
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                whole[message.id] = message
    compiled = BytesIO()
    write_mo(compiled, whole)
    compiled.seek(0)
    return GNUTranslations(compiled)


def language_of(stated: Sequence[str], accepted: str, otherwise: str) -> str:
    """Choose a language: the first stated one we have, then the browser's, then the workspace's.

    >>> language_of(["", "fr"], "fr-CH, de;q=0.8, en;q=0.5", "en")
    'de'
    """
    for language in stated:
        if language in LANGUAGES:
            return language
    wanted = [part.partition(";")[0].strip() for part in accepted.split(",")]
    found = negotiate_locale(wanted, LANGUAGES, sep="-")
    if found is None:
        found = next((word[:2] for word in wanted if word[:2] in LANGUAGES), None)
    return found or (otherwise if otherwise in LANGUAGES else "en")


def masked(value: str) -> str:
    """Leave of a value so much that it can be told from others, and nobody is named.

    >>> masked("ada@example.com"), masked("Ada Example"), masked("+49 170 1234567")
    ('a…@example.com', 'A…', '+…')
    """
    local, at, domain = value.rpartition("@")
    if at and local and domain:
        return f"{local[0]}…@{domain}"
    return f"{value[:1]}…" if value else ""


class Reader(msgspec.Struct, frozen=True):
    """For whom a page is written: language, time zone, the present moment (ms UTC), and sight.

    `sight` is how much of a person the reader may see.
    """

    language: str
    zone: str
    now: int
    sight: Sight = "whole"

    def private(self, value: str) -> str:
        """Write what names somebody, as far as the reader may see it.

        >>> Reader("en", "UTC", 0, "masked").private("ada@example.com")
        'a…@example.com'
        """
        return value if self.sight == "whole" else masked(value)

    @property
    def locale(self) -> Locale:
        """The locale for numbers and dates."""
        return Locale.parse(LOCALES[self.language])

    def say(self, text: str, **values: object) -> str:
        """Say a sentence of the catalogue, its placeholders filled.

        >>> Reader("de", "UTC", 0).say("Today")
        'Heute'
        """
        said = translations(self.language).gettext(text)
        return said.format(**values) if values else said

    def count(self, one: str, many: str, number: int, **values: object) -> str:
        """Say a sentence with a number in it, in the right plural; {count} is the number."""
        said = translations(self.language).ngettext(one, many, number)
        return said.format(count=self.number(number), **values)

    def number(self, value: float, decimals: int = 0) -> str:
        """Write a number with a fixed count of decimals.

        >>> Reader("de", "UTC", 0).number(1234.5, 1)
        '1.234,5'
        >>> Reader("en", "UTC", 0).number(-0.28)
        '0'
        """
        pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
        # What is nothing once it is rounded has no sign.
        value = 0 if round(value, decimals) == 0 else value
        return numbers.format_decimal(value, format=pattern, locale=self.locale)

    def percent(self, share: float, decimals: int = 1, signed: bool = False) -> str:
        """Write a share of 1 in per cent.

        >>> Reader("en", "UTC", 0).percent(0.067), Reader("en", "UTC", 0).percent(0.1, 0, True)
        ('6.7%', '+10%')
        """
        tail = "\N{NO-BREAK SPACE}%" if self.language == "de" else "%"
        sign = "+" if signed and round(share * 100, decimals) > 0 else ""
        shown = 0.0 if round(share * 100, decimals) == 0 else share * 100
        return sign + self.number(shown, decimals) + tail

    def money(self, value: float, currency: str, decimals: int = 2) -> str:
        """Write an amount with its currency.

        >>> Reader("de", "UTC", 0).money(412300, "EUR", 0)
        '412.300\\xa0€'
        """
        pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
        shape = f"{pattern}\N{NO-BREAK SPACE}¤" if self.language == "de" else f"¤{pattern}"
        return numbers.format_currency(
            value, currency, format=shape, locale=self.locale, currency_digits=False
        )

    def all_of(self, parts: Sequence[str]) -> str:
        """Join parts as a list in words."""
        return lists.format_list(list(parts), locale=self.locale)

    def day_of(self, at_ms: int) -> str:
        """Write the day of a moment in the workspace's zone, with year when it is another."""
        return self._day(self._local(at_ms).date())

    def day(self, iso: str) -> str:
        """Write an ISO date as people do, a month by its name.

        >>> Reader("de", "UTC", 1795340467000).day("2026-11-24")
        '24. Nov.'
        >>> Reader("en", "UTC", 1795340467000).day("2026-11")
        'Nov 2026'
        """
        try:
            if len(iso) == len("2026-11"):
                first = date.fromisoformat(f"{iso}-01")
                return dates.format_skeleton("yMMM", first, locale=self.locale)
            return self._day(date.fromisoformat(iso[:10]))
        except ValueError:
            return iso

    def _day(self, day: date) -> str:
        skeleton = "MMMd" if day.year == self._local(self.now).year else "yMMMd"
        return dates.format_skeleton(skeleton, day, locale=self.locale)

    def begin_of(self, day: date) -> int:
        """Give the moment (ms) at which a day begins in the workspace's zone.

        >>> Reader("de", "Europe/Berlin", 0).begin_of(date(1970, 1, 2))
        82800000
        """
        midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(self.zone))
        return int(midnight.timestamp() * 1000)

    def time(self, at_ms: int) -> str:
        """Write the time of day."""
        return dates.format_time(self._local(at_ms), "HH:mm", locale=self.locale)

    def moment(self, at_ms: int) -> str:
        """Write day and time."""
        return f"{self.day_of(at_ms)}, {self.time(at_ms)}"

    def ago(self, at_ms: int) -> str:
        """Write how long ago a moment is, in the largest unit that fits.

        >>> Reader("de", "UTC", 7_200_000).ago(0)
        'vor 2 Stunden'
        """
        # Nothing is told in seconds, and "0 minutes" reads like a mistake.
        passed_s = max((self.now - at_ms) // 1000, 60)
        return dates.format_timedelta(
            -passed_s, add_direction=True, threshold=1, granularity="minute", locale=self.locale
        )

    def lasting(self, seconds: float) -> str:
        """Write how long something lasts, in the largest unit that fits.

        >>> Reader("de", "UTC", 0).lasting(5400.0), Reader("en", "UTC", 0).lasting(0.2)
        ('2 Stunden', '0 seconds')
        """
        return dates.format_timedelta(round(seconds), threshold=1, locale=self.locale)

    def _local(self, at_ms: int) -> datetime:
        return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(ZoneInfo(self.zone))
