"""What the figures of an answer are called beside their intervals, in the reader's language."""

import re

from wegweiser.terms.column import column_word
from wegweiser.web.text import Reader, mark
from wegweiser.web.values import value_words

BETWEEN = " · "
HEADS = {
    "difference": mark("Difference"),
    "difference_at_end": mark("Difference, read once at the end"),
    "difference_unadjusted": mark("Difference without the time before"),
    "relative": mark("Relative difference"),
    "relative_at_end": mark("Relative difference, read once at the end"),
    "incremental": mark("In all"),
    "believed": mark("Believed"),
    "click_rate": mark("Click rate"),
    "goal_rate": mark("Goal rate"),
    "bounce_rate": mark("Bounce rate"),
    "per_exposure": mark("Click rate"),
    "conversion": mark("Went all the way"),
    "rate": mark("Reached it"),
    "mean": mark("Mean"),
    "median": mark("Median"),
    "share_of_people": mark("Share of people"),
    "most_visited_share": mark("Share of the most visited"),
    "most_viewed_share": mark("Share of the most viewed"),
    "most_frequent_share": mark("Share of the most frequent"),
    "total": mark("In all"),
    "holdout": mark("Error on data held back"),
    "effect": mark("Effect"),
    "return": mark("Return"),
    "share": mark("Share"),
    "margin": mark("Margin"),
    "growth": mark("Growth"),
    "new": mark("New"),
    "test": mark("By a test"),
    "interaction": mark("Differs between groups"),
    "area": mark("Gain of choosing"),
    "months_to_come": mark("Months to come"),
    "value_to_come": mark("Value to come"),
    "orders": mark("Orders"),
    "alive": mark("Still buy"),
    "revenue_per_cost": mark("Revenue per cost"),
    "value_per_visit": mark("Value per visit"),
    "known": mark("Known"),
    "joined": mark("Joined"),
    "visits": mark("Visits"),
    "sources": mark("Sources"),
    "fields": mark("Fields"),
    "response": mark("Response"),
    "up": mark("higher"),
    "down": mark("lower"),
    "event": mark("Event"),
    "source": mark("Source"),
    "channel": mark("Channel"),
    "placement": mark("Placement"),
    "device": mark("Device"),
    "country": mark("Country"),
    "region": mark("Region"),
    "message": mark("Message"),
    "expected": mark("expected"),
    "all": mark("all"),
}
_COUNTED = {
    "week": mark("Week {number}"),
    "month": mark("Month {number}"),
    "by": mark("By day {number}"),
    "stays": mark("After {number} months"),
}
_NUMBERED = re.compile(r"([a-z]+)_([0-9]+)")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# Their names are made of several codes; of others what follows the first is a name of one's own.
_ALL_CODES = ("watch.", "trend.")
_COLUMNS = ("group", "arm", "channel")


def result_name(reader: Reader, measure: str, name: str) -> str:
    """Name a figure.

    >>> german = Reader("de", "UTC", 0)
    >>> result_name(german, "message.goals", "message.goals.click_rate.app.card")
    'Klickrate · app.card'
    >>> result_name(german, "web.retention", "web.retention.week_3")
    'Woche 3'
    >>> result_name(german, "trend.emerging", "trend.emerging.page./raffle")
    'eine Seite · /raffle'
    """
    rest = name.removeprefix(f"{measure}.")
    parts = rest.split(".", -1 if measure.startswith(_ALL_CODES) else 1)
    columns = (*_COLUMNS, "kind") if measure.startswith("trend.") else _COLUMNS
    words = [_part(reader, part, columns) for part in parts]
    return BETWEEN.join(word for word in words if word)


def _part(reader: Reader, part: str, columns: tuple[str, ...]) -> str:
    if part in HEADS:
        return reader.say(HEADS[part])
    if _DAY.fullmatch(part):
        return reader.day(part)
    counted = _NUMBERED.fullmatch(part)
    if counted is not None and counted[1] in _COUNTED:
        return reader.say(_COUNTED[counted[1]], number=counted[2])
    for column in columns:
        words = value_words(reader, column, part)
        if words != part:
            return words
    return column_word(part, reader.language) if "_" in part else part
