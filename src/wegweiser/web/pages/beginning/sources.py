"""Whether anything may come at all: a source was made, or something arrived already."""

from wegweiser.web.pages.desk import Desk


def has_sources(desk: Desk) -> bool:
    """Tell whether there is a source, or anything that was sent without one of our making."""
    return bool(desk.site.callers.sources()) or desk.site.unifier.tally.received > 0


def is_waiting(desk: Desk) -> bool:
    """Tell whether events may come, and none could be used so far."""
    return desk.site.unifier.tally.stored == 0 and has_sources(desk)
