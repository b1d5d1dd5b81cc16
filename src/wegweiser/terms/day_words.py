"""Days in sentences, as people write them in English and German."""

_MONTHS = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "de": (
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ),
}


def day(iso: str, language: str) -> str:
    """Write an ISO day as people do; a month by its name.

    >>> day("2026-10-01", "en"), day("2026-10-01", "de"), day("2026-10", "de")
    ('1 Oct 2026', '1. Oktober 2026', 'Oktober 2026')
    """
    year, month, *rest = iso[:10].split("-")
    named = f"{_MONTHS[language][int(month) - 1]} {year}"
    return f"{int(rest[0])}{'.' if language == 'de' else ''} {named}" if rest else named
