"""The tabs of Measure in the order of the five stages, and which measures stand on each."""

import msgspec

from wegweiser.web.text import mark


class Tab(msgspec.Struct, frozen=True):
    """One tab: `leads` are shown whole, `more` with a link; `stage` names its neighbours."""

    key: str
    name: str
    stage: str
    question: str
    leads: tuple[str, ...]
    more: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """Where it is."""
        return f"/measure/{self.key}"


_WEB = mark("Web")
_REVENUE = mark("Revenue")
_WORKS = mark("What works")
_VALUE = mark("Customer value")
_WATCH = mark("Watch and trends")
_STAND = mark("Where we stand")

TABS = (
    Tab(
        "web",
        _WEB,
        _WEB,
        mark("Who comes, from where, and what do they do?"),
        ("web.visits", "web.entry_pages", "web.click_rate"),
        (
            *(
                "web.dwell",
                "web.depth",
                "web.regions",
                "web.pages",
                "web.searches",
                "web.downloads",
            ),
            *("web.funnel", "web.retention", "web.paths", "message.goals", "events.seen"),
            "reach.days",
        ),
    ),
    Tab(
        "revenue",
        _REVENUE,
        _REVENUE,
        mark("What brings revenue, and how much of it is joined to somebody?"),
        ("revenue.ledger", "revenue.costs"),
        ("revenue.leaks", "revenue.relations", "revenue.time_to_goal"),
    ),
    Tab(
        "lift",
        mark("Lift"),
        _WORKS,
        mark("What did the messages cause?"),
        ("lift", "verdicts"),
        (
            *("lift.arms", "lift.accounts", "lift.guardrails", "lift.several", "lift.segments"),
            *("lift.targeting", "lift.ratio", "watch.effect"),
        ),
    ),
    Tab(
        "experiments",
        mark("Tests"),
        _WORKS,
        mark("Can the tests be trusted, and how many people does the next one need?"),
        ("experiment.split_check", "experiment.sample_size"),
        ("experiment.split_checks", "experiment.components", "geo.power"),
    ),
    Tab(
        "credit",
        mark("Credit"),
        _WORKS,
        mark("Which contacts stood before the goals?"),
        ("credit", "lift"),
    ),
    Tab(
        "what-if",
        mark("What if"),
        _WORKS,
        mark("What would other rules have done, and what does learning cost?"),
        ("decisions.exploration", "decisions.sensitivity"),
        (
            *("decisions.calibration", "decisions.contests", "decisions.dropoff"),
            *("decisions.nothing", "decisions.stages", "decisions.budget", "decisions.gaps"),
            *("decisions.counters", "decisions.channels"),
        ),
    ),
    Tab(
        "mix",
        mark("Media mix"),
        _WORKS,
        mark("What does each channel bring, by a model of all sales?"),
        ("mix", "mix.curves"),
    ),
    Tab(
        "geo",
        mark("Regions"),
        _WORKS,
        mark("What did a test in some regions change?"),
        ("geo.effect",),
        ("geo.power", "geo.intervention"),
    ),
    Tab(
        "value",
        _VALUE,
        _VALUE,
        mark("Which customers are worth what, now and later?"),
        ("lifetime.value", "rfm.groups"),
        ("lifetime.buying", "lifetime.churn"),
    ),
    Tab(
        "profit",
        mark("Profit"),
        _VALUE,
        mark("What do customers leave after their costs?"),
        ("profit.accounts", "profit.concentration"),
        ("profit.groups",),
    ),
    Tab(
        "concentrate",
        mark("Where to concentrate"),
        _VALUE,
        mark("Where should the next hour and the next euro go?"),
        ("allocate.effort", "allocate.budget"),
    ),
    Tab(
        "watch",
        _WATCH,
        _WATCH,
        mark("What is unusual, what changed for good, and what is rising?"),
        ("watch.alarms", "watch.changes", "trend.rising"),
        ("watch.baseline", "watch.effect", "trend.outside"),
    ),
    Tab(
        "maturity",
        _STAND,
        _STAND,
        mark("How far are we, judged from the data, and what is next?"),
        ("maturity.report",),
    ),
)
BY_KEY = {tab.key: tab for tab in TABS}


def home_of(measure: str) -> Tab:
    """Give the first tab on which a measure stands; the first of all for one that has none.

    >>> home_of("lift.arms").key, home_of("rfm.groups").key
    ('lift', 'value')
    """
    return next((tab for tab in TABS if measure in (*tab.leads, *tab.more)), TABS[0])
