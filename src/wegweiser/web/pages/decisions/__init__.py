"""Decisions: what was said, and why."""

from wegweiser.web.pages.data.stream import stream
from wegweiser.web.pages.decisions.decision import decision
from wegweiser.web.pages.decisions.listing import FILTERS, decisions
from wegweiser.web.pages.decisions.portfolio import HERE as PORTFOLIO
from wegweiser.web.pages.decisions.portfolio import portfolio
from wegweiser.web.pages.decisions.simulate import simulate
from wegweiser.web.pages.frame.family import Family, MenuEntry, Page
from wegweiser.web.text import mark

FAMILY = Family(
    (
        Page("/decisions", decisions, words=("period", "page", "form"), filters=FILTERS),
        Page("/decisions/stream", stream),
        Page(PORTFOLIO, portfolio, words=("period",)),
        Page(
            "/decisions/{decision_id}",
            decision,
            right="profiles",
            words=("message", "lever", "page", "again"),
        ),
        Page(
            "/simulate",
            simulate,
            right="define",
            words=("period", "draft", "metric", "placement"),
        ),
    ),
    MenuEntry("/decisions", mark("Decisions"), "d", mark("What was said, and why?")),
    also=("/simulate",),
)
