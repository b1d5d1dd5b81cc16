"""The columns of answers in words, so that a German chart or report holds no English."""

_GERMAN = {
    "accounts": "Unternehmen",
    "arm": "Versuchsgruppe",
    "campaign": "Kampagne",
    "channel": "Kanal",
    "clicks": "Klicks",
    "closed_people": "Personen mit abgelaufener Frist",
    "cost": "Kosten",
    "credit": "Zurechnung",
    "day": "Tag",
    "decisions": "Entscheidungen",
    "device": "Gerät",
    "downloads": "Downloads",
    "engaged_visits": "Besuche mit Beschäftigung",
    "events": "Ereignisse",
    "exposures": "Sichtkontakte",
    "goal": "Ziel",
    "goals": "Ziele",
    "medium": "Medium",
    "message": "Botschaft",
    "month": "Monat",
    "name": "Name",
    "orders": "Bestellungen",
    "path": "Seite",
    "people": "Personen",
    "people_with_click": "Personen mit Klick",
    "people_with_goal": "Personen mit Ziel",
    "persons": "Personen",
    "placement": "Platz",
    "region": "Region",
    "revenue": "Umsatz",
    "searches": "Suchen",
    "share": "Anteil",
    "single_view_visits": "Besuche mit einer Seite",
    "source": "Quelle",
    "units": "Einheiten",
    "views": "Seitenaufrufe",
    "visitors": "Personen",
    "visits": "Besuche",
}


def column_word(column: str, language: str) -> str:
    """Write the name of a column in a language ("en", "de"); a name of one's own stays.

    >>> column_word("single_view_visits", "en"), column_word("visits", "de")
    ('single view visits', 'Besuche')
    """
    written = column.replace("_", " ")
    return _GERMAN.get(column, written) if language == "de" else written
