"""Five stages as a strip: how much of each is in place."""

from wegweiser.terms.result import Answer, Result
from wegweiser.web.charts.figures import Bar, BarsFigure, Tick
from wegweiser.web.text import Reader

SHARE = "share of lines in place"
_QUARTERS = (0.0, 0.25, 0.5, 0.75, 1.0)


def strip_of(answer: Answer, caption: str, reader: Reader) -> BarsFigure | None:
    """Draw one bar per stage with its share in percent; None for an answer without stages."""
    stages = [one for one in answer.results if one.unit == SHARE]
    if not stages:
        return None
    bars = tuple(_bar(one, reader) for one in stages)
    ends = tuple(Tick(at, reader.percent(at, 0)) for at in _QUARTERS)
    return BarsFigure(caption, bars, ends)


def _bar(one: Result, reader: Reader) -> Bar:
    told = one.sentence[reader.language]
    number, name = one.name.rpartition("_")[2], told.partition(":")[0]
    share = one.estimate or 0.0
    return Bar(f"{number} {name}", share, reader.percent(share, 0), told)
