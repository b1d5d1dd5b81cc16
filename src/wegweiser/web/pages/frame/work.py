"""Long work on a page: its step in words, the share done, the time left as a range."""

import msgspec

from wegweiser.web.text import Reader


class Work(msgspec.Struct, frozen=True):
    """What the macro `progress` shows; `share` is per cent, None where it is not known.

    `stream` is the path of server-sent events that say when to look again.
    """

    id: str
    name: str
    step: str
    share: int | None = None
    left: str = ""
    cancel: str = ""
    result: str = ""
    stream: str = ""
    over: bool = False


def time_left(reader: Reader, share: float, passed_s: float) -> str:
    """Say how long work takes yet, as a range; empty as long as nothing can be said.

    >>> time_left(Reader("en", "UTC", 0), 0.5, 120)
    'between 2 and 4 minutes left'
    """
    if share < 0.02 or passed_s < 2:
        return ""
    rest_s = passed_s * (1 - share) / share
    if rest_s < 60:
        return reader.say("less than a minute left")
    low, high = int(rest_s // 60), int(-(-rest_s * 1.5 // 60)) + 1
    return reader.say(
        "between {low} and {high} minutes left", low=reader.number(low), high=reader.number(high)
    )
