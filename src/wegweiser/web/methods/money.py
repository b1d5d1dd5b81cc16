"""How is computed money: revenue, profit, customers and their value."""

from wegweiser.web.methods.told import (
    ASSUMES_ALIKE,
    ASSUMES_COSTS,
    ASSUMES_LEDGER,
    ASSUMES_OBSERVED,
    ASSUMES_RANK,
    ASSUMES_TOMORROW,
    REFUSES_COSTLESS,
    REFUSES_EVENT,
    REFUSES_GROUPS,
    REFUSES_NEVER,
    REFUSES_ORDERS,
    REFUSES_THIRTY,
    Told,
)
from wegweiser.web.text import mark

MONEY = {
    "revenue.ledger": Told(
        mark("Sales less returns as booked, to the cent; every cut adds up to the whole."),
        ASSUMES_LEDGER,
        REFUSES_EVENT,
    ),
    "revenue.costs": Told(
        mark("What was spent beside what was earned; a relation, not an effect."),
        ASSUMES_LEDGER,
        REFUSES_EVENT,
    ),
    "revenue.relations": Told(
        mark("What goes together with a goal, compared like with like within strata."),
        ASSUMES_ALIKE,
        REFUSES_THIRTY,
    ),
    "revenue.leaks": Told(
        mark(
            "Which features were known before the goal and may stand beside it, and why others "
            "may not."
        ),
        ASSUMES_ALIKE,
        REFUSES_NEVER,
    ),
    "revenue.time_to_goal": Told(
        mark(
            "Share that reached the goal by day, by Kaplan and Meier, with those still waiting "
            "counted as such."
        ),
        ASSUMES_OBSERVED,
        REFUSES_THIRTY,
    ),
    "profit.accounts": Told(
        mark("Revenue of each customer less goods, shipping, contacts and care, each by its rule."),
        ASSUMES_COSTS,
        REFUSES_COSTLESS,
    ),
    "profit.concentration": Told(
        mark(
            "Customers in order of profit, and the share of all profit that the best of them bring."
        ),
        ASSUMES_COSTS,
        REFUSES_COSTLESS,
    ),
    "profit.groups": Told(
        mark(
            "Groups by value and by what may still come, kept only if they hold when drawn again."
        ),
        ASSUMES_COSTS,
        REFUSES_GROUPS,
    ),
    "rfm.groups": Told(
        mark("Fifths by last order, number of orders and amount, joined into nine groups."),
        ASSUMES_RANK,
        REFUSES_THIRTY,
    ),
    "lifetime.buying": Told(
        mark(
            "Orders still to come by a buy-till-they-leave model, chosen by how well it foretold "
            "held-back weeks."
        ),
        ASSUMES_TOMORROW,
        REFUSES_ORDERS,
    ),
    "lifetime.value": Told(
        mark(
            "Orders to come times the value of an order (Gamma-Gamma), discounted, for the next "
            "year."
        ),
        ASSUMES_TOMORROW,
        REFUSES_ORDERS,
    ),
    "lifetime.churn": Told(
        mark("Share of subscriptions that stays, month by month, by Kaplan and Meier."),
        ASSUMES_TOMORROW,
        REFUSES_THIRTY,
    ),
    "segments.distinct": Told(
        mark(
            "Features by which a group differs from all others, each with an interval, all looked"
            " at together."
        ),
        ASSUMES_OBSERVED,
        REFUSES_THIRTY,
    ),
}
