"""Decisions: what was said, and why."""

from wegweiser.web.pages.data.stream import stream
from wegweiser.web.pages.decisions.decision import decision
from wegweiser.web.pages.decisions.listing import FILTERS, decisions
from wegweiser.web.pages.decisions.portfolio import HERE as PORTFOLIO
from wegweiser.web.pages.decisions.portfolio import portfolio
from wegweiser.web.pages.decisions.simulate import simulate
from wegweiser.web.pages.decisions.simulation import simulation
from wegweiser.web.pages.frame.family import Family, MenuEntry, Page
from wegweiser.web.pages.frame.rests import Rests
from wegweiser.web.text import mark

_ALL = Rests(
    "decisions",
    mark("Here you will see every decision: for whom, which message, and why."),
    "decisions",
)
_SIMULATE = Rests(
    "decisions",
    mark("Here you will try other rules on decisions of the past."),
    "decisions",
)

FAMILY = Family(
    (
        Page(
            "/decisions",
            decisions,
            words=("period", "page", "form"),
            filters=FILTERS,
            rests=_ALL,
        ),
        Page("/decisions/stream", stream),
        Page(PORTFOLIO, portfolio, words=("period",), rests=_ALL),
        Page(
            "/decisions/{decision_id}",
            decision,
            right="profiles",
            words=("message", "lever", "page", "again"),
        ),
        Page(
            "/simulate",
            simulate,
            ("GET", "POST"),
            right="define",
            words=("period", "draft", "metric", "placement"),
            rests=_SIMULATE,
        ),
        Page("/simulate/{work_id}", simulation, right="define"),
    ),
    MenuEntry("/decisions", mark("Decisions"), "d", mark("What was said, and why?")),
    also=("/simulate",),
)
